"""Trajectories of other libraries, step by step, within 1e-10 of ours in double precision.

The records are files; where PyTorch and scikit-learn are installed the same rows also run live.
"""

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from itertools import groupby, product, zip_longest
from typing import Any

import pytest

from tests.full import FULL

from . import record, starts
from .replay import LIMIT, distance
from .rows import ACTIVATIONS, BODIES, CLIPPINGS, DECAYS, LOSSES, OPTIMIZERS, SCHEDULES, TABLES, Row

SOURCES = {"recorded": record.read}
if find_spec("torch") and find_spec("sklearn"):
    SOURCES["live"] = record.record


PRODUCTS = {
    "layers": (9, (BODIES, ACTIVATIONS, LOSSES)),
    "optimizers": (4, (OPTIMIZERS, DECAYS, SCHEDULES, CLIPPINGS)),
}
"""Of the rows of the large products every ninth and every fourth is played, by which every pair is: of a layer, an
activation and a loss; of an optimiser, a decay, a schedule and a clipping. The others are in full, and in
`live --recorded`.
"""


def portions(table: str) -> tuple[list[Row], list[Row]]:
    """Return the rows of a table that are always played, and those that are in full."""
    every, parts = PRODUCTS.get(table, (1, ()))
    places = [sum(place) for place in product(*(range(len(part)) for part in parts))]
    few: list[Row] = []
    more: list[Row] = []
    for row, place in zip_longest(TABLES[table](), places, fillvalue=0):
        (more if place % every else few).append(row)
    return few, more


def groups() -> Iterable[Any]:
    """Return the rows of a table by the first part of their name, for one test each."""
    for table in TABLES:
        for rows, marks in zip(portions(table), ((), FULL), strict=True):
            for word, group in groupby(rows, lambda row: " / ".join(row.name.split(" / ")[:2])):
                yield pytest.param(table, list(group), id=f"{word}, the others" if marks else word, marks=marks)


@cache
def content(source: str, table: str):
    return SOURCES[source](table)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("table", "rows"), [*groups()])
def test_a_trajectory_is_the_peer_s(source, table, rows):
    apart = {row.name: distance(row, content(source, table)).worst for row in rows}
    assert {name: worst for name, worst in apart.items() if not worst <= LIMIT} == {}


def test_a_record_holds_its_rows_and_no_others():
    for table, rows in TABLES.items():
        assert list(record.read(table)["trajectories"]) == [row.name for row in rows()], "record again"


@pytest.mark.parametrize("name", starts.STARTS)
def test_a_start_spreads_as_far_as_pytorchs(name):
    assert starts.apart(name, record.read("starts")["starts"][name]) < starts.LIMIT
