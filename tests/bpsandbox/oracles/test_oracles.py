"""Trajectories of other libraries, step by step, within 1e-10 of ours in double precision.

The records are files; where PyTorch and scikit-learn are installed the same rows also run live.
"""

import os
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from itertools import groupby, product, zip_longest

import pytest

from . import record, starts
from .replay import LIMIT, distance
from .rows import ACTIVATIONS, BODIES, LOSSES, TABLES, Row

SOURCES = {"recorded": record.read}
if find_spec("torch") and find_spec("sklearn"):
    SOURCES["live"] = record.record


IS_WHOLE = os.environ.get("CI") == "true"
PORTION = 3
"""Of the rows of the large product every third is played, by which every pair of a layer, an activation and a loss is;
all of them in CI, and by `live --recorded`."""


def portion(table: str) -> list[Row]:
    rows = TABLES[table]()
    if IS_WHOLE or table != "layers":
        return rows
    places = [i + j + k for i, j, k in product(*(range(len(part)) for part in (BODIES, ACTIVATIONS, LOSSES)))]
    return [row for row, place in zip_longest(rows, places, fillvalue=0) if place % PORTION == 0]


def groups() -> Iterable[tuple[str, str, list[Row]]]:
    """Return the rows of a table by the first part of their name, for one test each."""
    for table in TABLES:
        for word, group in groupby(portion(table), lambda row: " / ".join(row.name.split(" / ")[:2])):
            yield table, word, list(group)


@cache
def content(source: str, table: str):
    return SOURCES[source](table)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("table", "rows"), [pytest.param(table, rows, id=word) for table, word, rows in groups()])
def test_a_trajectory_is_the_peer_s(source, table, rows):
    apart = {row.name: distance(row, content(source, table)).worst for row in rows}
    assert {name: worst for name, worst in apart.items() if not worst <= LIMIT} == {}


def test_a_record_holds_its_rows_and_no_others():
    for table, rows in TABLES.items():
        assert list(record.read(table)["trajectories"]) == [row.name for row in rows()], "record again"


@pytest.mark.parametrize("name", starts.STARTS)
def test_a_start_spreads_as_far_as_pytorchs(name):
    assert starts.apart(name, record.read("starts")["starts"][name]) < starts.LIMIT
