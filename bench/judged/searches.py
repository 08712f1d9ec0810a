"""The searches that are compared: the site's, and the database's own with its defaults."""

from __future__ import annotations

from bench.judged.scores import Find


def ours(names: dict[int, str]) -> Find:
    from django.contrib.auth.models import AnonymousUser

    from community.content.models import Post
    from community.search.selectors import find

    threads = dict(Post.objects.values_list("pk", "thread"))

    def search(query: str) -> list[str]:
        matches = find(query, AnonymousUser()).matches
        found = (names.get(threads[each.object_id]) for each in matches if each.kind == "post")
        return list(dict.fromkeys(filter(None, found)))

    return search


def plain(names: dict[int, str]) -> Find:
    """FTS5 with unicode61 and bm25, or PostgreSQL's `simple` and ts_rank, on the same texts: every word must occur."""
    from django.db import connection

    from community.search.registry import sources
    from community.search.tokens import RUN

    source = sources()["post"]
    posts = {post.pk: post for post in source.rows()}
    texts = {pk: source.text(post) for pk, post in posts.items()}
    rows = [(pk, text.title, f"{text.body}\n{text.more}") for pk, text in texts.items()]
    cursor = connection.cursor()
    if connection.vendor == "sqlite":
        cursor.execute("CREATE VIRTUAL TABLE temp.plain USING fts5(title, body, tokenize='unicode61')")
        cursor.executemany("INSERT INTO temp.plain (rowid, title, body) VALUES (%s, %s, %s)", rows)
        statement = "SELECT rowid FROM temp.plain WHERE plain MATCH %s ORDER BY rank"
    else:
        cursor.execute("CREATE TEMPORARY TABLE plain (id bigint, words tsvector)")
        cursor.executemany(
            "INSERT INTO plain VALUES (%s, to_tsvector('simple', %s))",
            [(pk, f"{title} {body}") for pk, title, body in rows],
        )
        statement = (
            "SELECT id FROM plain, plainto_tsquery('simple', %s) AS query WHERE words @@ query"
            " ORDER BY ts_rank(words, query) DESC, id DESC"
        )

    def search(query: str) -> list[str]:
        words = " ".join(f'"{run}"' for run in RUN.findall(query)) if connection.vendor == "sqlite" else query
        cursor.execute(statement, [words])
        found = (names.get(posts[pk].thread_id) for (pk,) in cursor.fetchall())
        return list(dict.fromkeys(filter(None, found)))

    return search
