"""How good a ranking is: NDCG, recall and precision of its first ten."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bench.judged import Judged

BEST = 10

type Find = Callable[[str], list[str]]


class Scores(NamedTuple):
    ndcg: float
    recall: float
    precision: float


def ndcg(found: Sequence[str], grades: dict[str, int]) -> float:
    """Return the normalised discounted cumulative gain of the first ten, with gains 2^grade - 1 (Järvelin 2002)."""
    return _gain([grades.get(key, 0) for key in found[:BEST]]) / _gain(sorted(grades.values(), reverse=True)[:BEST])


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def scores(found: Sequence[str], grades: dict[str, int]) -> Scores:
    """Score a ranking; precision is the share of what is shown that has a grade, 0 if nothing is."""
    shown = set(found[:BEST])
    right = len(shown & grades.keys())
    return Scores(ndcg(found, grades), right / len(grades), right / len(shown) if shown else 0.0)


class Measured(NamedTuple):
    """Means by kind of query and of all, and the queries from the worst on with what was found."""

    means: dict[str, Scores]
    worst: list[tuple[float, str, list[str]]]


def measured(find: Find, queries: Sequence[Judged]) -> Measured:
    by_kind: dict[str, list[Scores]] = defaultdict(list)
    each: list[tuple[float, str, list[str]]] = []
    for kind, query, grades in queries:
        found = find(query)
        score = scores(found, grades)
        by_kind[kind].append(score)
        by_kind["all"].append(score)
        each.append((score.ndcg, query, found))
    means = {kind: Scores(*(sum(column) / len(rows) for column in zip(*rows, strict=True)))
             for kind, rows in by_kind.items()}  # fmt: skip
    return Measured(means, sorted(each))
