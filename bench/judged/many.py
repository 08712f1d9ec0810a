"""Judged queries among many texts: what a search costs, by kind of query.

The texts are those of a synthetic community. Every second one is a text of the corpus instead, so that the words of the
queries, in both languages, are in thousands of them.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import mean, median, quantiles
from typing import NamedTuple

from bench.judged import Judged, corpus, count_words, load
from bench.load.community import Community, analyze
from bench.load.texts import SHAPES
from bench.traffic.meters import cpu_seconds

ROUNDS = 3
SHOWN = 15
LONGEST = 4_000  # characters of a text of the corpus
COMMON = (
    "gradient", "loss", "network layer", "梯度", "损失 梯度", "the loss of the network", "kind:answer 梯度",
    "gradient -loss", "has:run loss", "weight after:2026", "score:2 gradient",
)  # fmt: skip


class Cost(NamedTuple):
    """Of a kind of query: how many, percentiles of milliseconds, and processor milliseconds of each search."""

    kind: str
    queries: int
    p50: float
    p95: float
    site: float
    database: float


def fill(size: str) -> float:
    """Write the community, then the judged corpus, to an empty database; return the seconds that indexing took."""
    community = Community(SHAPES[size], say=lambda line: print(line, flush=True))
    community.texts.bodies[1::2] = _repeated(len(community.texts.bodies) // 2)
    community.write()
    load()
    analyze()
    took = _indexed()
    count_words()
    return took


def _repeated(count: int) -> list[str]:
    found = [
        text[:LONGEST] for story in corpus() for text in (story.source, *(reply.source for reply in story.replies))
    ]
    return [found[place % len(found)] for place in range(count)]


def _indexed() -> float:
    from community.search.services import rebuild

    began = time.monotonic()
    rebuild()
    return time.monotonic() - began


def costs(queries: Sequence[Judged]) -> Iterator[Cost]:
    """Search as a visitor, each query a few times, and draw the first page of results."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for each in queries:
        by_kind[each.kind].append(each.query)
    by_kind["common words"] = list(COMMON)
    every: list[float] = []
    spent: list[tuple[float, float]] = []
    for kind, texts in by_kind.items():
        _timed(texts)
        cost, taken = _measured(kind, texts)
        every += taken
        spent += [(cost.site, cost.database)] * cost.queries
        yield cost
    yield Cost("all", len(spent), median(every), _p95(every), *map(mean, zip(*spent, strict=True)))


def _measured(kind: str, texts: Sequence[str]) -> tuple[Cost, list[float]]:
    site, database = time.process_time(), _of_database()
    taken = [each for _round in range(ROUNDS) for each in _timed(texts)]
    spent = [1000 * each / len(taken) for each in (time.process_time() - site, _of_database() - database)]
    return Cost(kind, len(texts), median(taken), _p95(taken), *spent), taken


def _timed(texts: Sequence[str]) -> list[float]:
    from django.contrib.auth.models import AnonymousUser

    from community.search.selectors import find, results

    taken = []
    for text in texts:
        began = time.perf_counter()
        found = find(text, AnonymousUser())
        results(found.matches[:SHOWN], found.text, AnonymousUser())
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def _p95(taken: Sequence[float]) -> float:
    return quantiles(taken, n=20, method="inclusive")[-1]


def _of_database() -> float:
    """Return the processor seconds of PostgreSQL's process for this connection; SQLite is in our own."""
    from django.db import connection

    return cpu_seconds([connection.connection.info.backend_pid]) if connection.vendor == "postgresql" else 0.0
