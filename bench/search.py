"""How well searches rank: `./run bench search`.

Writes a corpus of its own, the demo community and short threads in both languages, to a database that it makes and
removes: SQLite, or with CHAINRULE_TEST_DATABASE_URL PostgreSQL. Asks it every query of `bench/judged/queries.tsv` as a
visitor and prints NDCG@10, recall@10 and precision@10 by kind of query, beside the database's own search with its
defaults: FTS5 with unicode61 and bm25, or PostgreSQL's `simple` configuration and ts_rank. Grades are of threads; the
best hit of each counts. Also tells the processor time of a search in this process, and what the index needs.

Then every two, three and four characters that stand together in a Chinese article are searched for.

--worst 10       also the queries that do worst
--article FILE   another article, a text of your own, which joins the corpus
--size large     instead of all that: what the queries cost among 102,000 posts, by kind (or small, huge: see seed_load)
"""

# runs in: site

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import django

from bench.judged import judged, load
from bench.judged.scores import Measured, Scores, measured

ARTICLE = "article-by-hand-zh"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--worst", type=int, default=0)
    options.add_argument("--article", type=Path)
    options.add_argument("--size", choices=("tiny", "small", "large", "huge"))
    given = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.test")
    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        if given.size:
            among_many(given.size)
        else:
            names = load()
            compare(names, given.worst)
            sizes()
            chinese(given.article)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def compare(names: dict[int, str], worst: int) -> None:
    from bench.judged.searches import ours, plain

    queries = judged()
    search = ours(names)
    measured(search, queries[:20])
    began = time.process_time()
    site = measured(search, queries)
    took = 1000 * (time.process_time() - began) / len(queries)
    print(f"{len(queries)} queries, {len(names)} threads, {took:.1f} ms each\n")
    _table(site, measured(plain(names), queries))
    for score, query, found in site.worst[:worst]:
        print(f"{score:.2f}  {query}: {' '.join(found[:5])}")


def _table(site: Measured, base: Measured) -> None:
    columns = ("NDCG@10", "recall@10", "precision@10")
    print(f"{'':20}" + "".join(f"{column:>18}" for column in columns) + "    (plain)")
    for kind, ours in site.means.items():
        print(f"{kind:20}" + "".join(f"{_pair(ours, base.means[kind], n):>18}" for n in range(3)))


def _pair(ours: Scores, base: Scores, n: int) -> str:
    return f"{ours[n]:.3f} ({base[n]:.3f})"


def sizes() -> None:
    """Tell how long the index of the corpus takes to make, and how large it is."""
    from community.search.services import rebuild

    began = time.process_time()
    texts = rebuild()
    took = 1000 * (time.process_time() - began) / texts
    print(f"\nindex: {texts} texts, {took:.2f} ms and {_size() / texts / 1024:.2f} KB each")


def _size() -> int:
    """Return the bytes of the index."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            tables = ("search_fulltext_data", "search_names_data")
            cursor.execute(" UNION ALL ".join(f"SELECT sum(length(block)) AS size FROM {each}" for each in tables))
            return sum(size for (size,) in cursor.fetchall())
        cursor.execute("VACUUM FULL search_vector")
        cursor.execute("SELECT pg_total_relation_size('search_vector')")
        (size,) = cursor.fetchone()
    return size


def among_many(size: str) -> None:
    """Tell what searches cost among many texts, and their index."""
    from bench.judged.many import costs, fill
    from community.search.models import Document

    took = fill(size)
    texts = Document.objects.count()
    print(f"\nindex: {texts} texts in {took:.0f} s, {_size() / 2**20:.0f} MB\n")
    print(f"{'':20}{'queries':>10}{'p50 ms':>10}{'p95 ms':>10}{'site CPU':>10}{'database':>10}")
    for each in costs(judged()):
        numbers = f"{each.p50:>10.1f}{each.p95:>10.1f}{each.site:>10.1f}{each.database:>10.1f}"
        print(f"{each.kind:20}{each.queries:>10}{numbers}")


def chinese(article: Path | None) -> None:
    from django.contrib.auth.models import AnonymousUser

    from bench.judged.subwords import measured as measured_subwords
    from community.pages.demo.loading import submission_of
    from community.search.registry import sources
    from community.search.selectors import find
    from community.search.tokens import fold

    post = _added(article.read_text(encoding="utf-8")) if article else None
    source = sources()["post"]
    written = {row.pk: source.text(row) for row in source.rows()}
    texts = {pk: fold(f"{text.title}\n{text.body}\n{text.more}") for pk, text in written.items()}
    row = source.rows().get(pk=post) if post else source.rows().get(submission=submission_of(ARTICLE))

    def search(word: str) -> set[int]:
        return {match.object_id for match in find(word, AnonymousUser()).matches if match.kind == "post"}

    print(f"\nsub-words of {article.name if article else ARTICLE}: recall and precision")
    for length, words, recall, precision in measured_subwords(fold(row.text), texts, search):
        print(f"{length} characters: {words} words, {recall:.4f} {precision:.4f}")


def _added(text: str) -> int:
    from community.accounts.models import User
    from community.blogs.services import start_article

    author = User.objects.get(handle_key="demo-mei")
    made = start_article(
        author=author, title="文章", source=text, tags=(), language="zh-hans", publish=True, summary=""
    )
    return made.thread.posts.get(number=1).pk


if __name__ == "__main__":
    main()
