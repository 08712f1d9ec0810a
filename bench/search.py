"""How well searches rank: `./run bench search`.

Asks the site's database, which has the demo community (`./run manage prepare`), every query of `judged.tsv` as a
visitor, and prints NDCG@10, recall and precision by kind of query, beside the database's own search with its defaults:
FTS5 with the porter tokenizer and bm25, or PostgreSQL's English configuration and ts_rank. Grades are of threads; the
best hit of each counts. Also tells how long a search takes, in processor time of this process.

--worst 10    also the queries that do worst
"""

# runs in: site

from __future__ import annotations

import argparse
import math
import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import django

JUDGED = Path(__file__).with_name("judged.tsv")
BEST = 10
GROUPS = ("english", "chinese", "formula or code", "operators")


def judged() -> list[tuple[str, dict[str, int]]]:
    """Return each query with the grades of threads, by the names of their demo stories."""
    lines = (line for line in JUDGED.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    rows = (line.split("\t") for line in lines)
    return [(query, {key: int(grade) for key, grade in (each.split(":") for each in grades.split())})
            for query, grades in rows]  # fmt: skip


def group_of(query: str) -> str:
    if any(sign in query for sign in ':"'):
        return "operators"
    if any("\u4e00" <= char <= "\u9fff" for char in query) or not query.isascii():
        return "chinese"
    return "formula or code" if any(sign in query for sign in "\\_") or query[1:] != query[1:].lower() else "english"


def ndcg(found: Sequence[str], grades: dict[str, int]) -> float:
    """Return the normalised discounted cumulative gain of the first ten, with gains 2^grade - 1 (Järvelin 2002)."""
    return _gain([grades.get(key, 0) for key in found[:BEST]]) / _gain(sorted(grades.values(), reverse=True)[:BEST])


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--worst", type=int, default=0)
    worst = options.parse_args().worst
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.embedded")
    django.setup()

    began = time.process_time()
    ours = _measured(_ours())
    took = 1000 * (time.process_time() - began) / len(judged())
    plain = _measured(_plain())
    print(f"{len(judged())} queries, {took:.1f} ms each\n")
    print(f"{'':18}{'NDCG@10':>16}{'recall@10':>16}{'precision':>16}    (plain)")
    for name in (*GROUPS, "all"):
        values = [f"{ours[name][n]:.3f} ({plain[name][n]:.3f})" for n in range(3)]
        print(f"{name:18}" + "".join(f"{value:>16}" for value in values))
    for score, query, found in sorted(ours["queries"])[:worst]:
        print(f"{score:.2f}  {query}: {' '.join(found[:4])}")


def _measured(find: Callable[[str], list[str]]) -> dict:
    """Return the means of NDCG, recall and precision by group, and each query's."""
    by_group, queries = defaultdict(list), []
    for query, grades in judged():
        found = find(query)
        shown = set(found[:BEST])
        scores = (
            ndcg(found, grades),
            len(shown & grades.keys()) / len(grades),
            len(shown & grades.keys()) / len(shown) if shown else 0.0,
        )
        for name in (group_of(query), "all"):
            by_group[name].append(scores)
        queries.append((scores[0], query, found))
    means = {name: [sum(column) / len(column) for column in zip(*rows, strict=True)] for name, rows in by_group.items()}
    return means | {"queries": queries}


def _names() -> dict[int, str]:
    """Return the story of each thread of the demo community."""
    from community.content.models import Post
    from community.pages.demo.loading import submission_of
    from community.pages.demo.reading import stories

    keys = {submission_of(story.key): story.key for story in stories()}
    rows = Post.objects.filter(submission__in=keys, number=1).values_list("submission", "thread")
    names = {thread: keys[submission] for submission, thread in rows if submission is not None}
    if len(names) < len(keys):
        raise SystemExit("The demo community is not there: run ./run manage prepare first.")
    return names


def _ours() -> Callable[[str], list[str]]:
    from django.contrib.auth.models import AnonymousUser

    from community.content.models import Post
    from community.search.selectors import find

    names, threads = _names(), dict(Post.objects.values_list("pk", "thread"))

    def search(query: str) -> list[str]:
        matches = find(query, AnonymousUser()).matches
        found = (names.get(threads[each.object_id]) for each in matches if each.kind == "post")
        return list(dict.fromkeys(filter(None, found)))

    return search


def _plain() -> Callable[[str], list[str]]:
    """Return the database's own search with its defaults over the same texts: every word must occur."""
    from django.db import connection

    from community.content.models import Post
    from community.search.tokens import RUN

    names = _names()
    posts = Post.objects.public().select_related("thread")
    rows = [(post.pk, post.thread_id, post.thread.title if post.is_opening else "", post.text) for post in posts]
    threads = {pk: thread for pk, thread, _title, _text in rows}
    cursor = connection.cursor()
    if connection.vendor == "sqlite":
        cursor.execute("CREATE VIRTUAL TABLE temp.plain USING fts5(title, body, tokenize='porter')")
        cursor.executemany(
            "INSERT INTO temp.plain (rowid, title, body) VALUES (%s, %s, %s)",
            [(pk, title, text) for pk, _thread, title, text in rows],
        )
        statement = "SELECT rowid FROM temp.plain WHERE plain MATCH %s ORDER BY rank"
    else:
        cursor.execute("CREATE TEMPORARY TABLE plain (id bigint, words tsvector)")
        cursor.executemany(
            "INSERT INTO plain VALUES (%s, to_tsvector('english', %s))",
            [(pk, f"{title} {text}") for pk, _thread, title, text in rows],
        )
        statement = (
            "SELECT id FROM plain, plainto_tsquery('english', %s) AS query WHERE words @@ query"
            " ORDER BY ts_rank(words, query) DESC, id DESC"
        )

    def search(query: str) -> list[str]:
        words = " ".join(f'"{run}"' for run in RUN.findall(query)) if connection.vendor == "sqlite" else query
        cursor.execute(statement, [words])
        found = (names.get(threads[pk]) for (pk,) in cursor.fetchall())
        return list(dict.fromkeys(filter(None, found)))

    return search


if __name__ == "__main__":
    main()
