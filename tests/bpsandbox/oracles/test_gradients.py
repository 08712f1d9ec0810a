"""Every named gradient of a first step equals PyTorch's, in the optimiser and in the printed worked step.

The record is a file; where PyTorch is installed it is also computed live.
"""

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from typing import Any

import pytest

from tests.bpsandbox.explain.working.configs import assert_gradients
from tests.full import FULL

from . import record
from .gradients import pytorchs_of, rows
from .replay import LIMIT, gradients_apart, printed_gradients, with_start, worked
from .rows import ACTIVATIONS, BODIES, LOSSES, fingerprint

PORTION = 3
"""Of the activations of each layer every third is worked, each layer beginning with another; all are in full."""


def groups() -> Iterator[Any]:
    """Return the rows by the first word of their name, for one test each: few of them, and in full the others."""
    for place, (word, rows_of) in enumerate(groupby(rows(), lambda row: row.name.split(" / ")[0])):
        group = list(rows_of)
        few = group[place % PORTION :: PORTION] or group[:1]
        yield pytest.param(few, id=word)
        yield pytest.param([row for row in group if row not in few], id=f"{word}, the others", marks=FULL)


@cache
def recorded():
    return record.read("gradients")["gradients"]


@cache
def starts():
    return record.read("layers")["starts"]


def theirs(row, source):
    if source == "live":
        return pytorchs_of(row)
    entry = recorded()[row.name]
    assert entry["config"] == fingerprint(row.config), "record again"
    return entry["gradient"]


@pytest.mark.parametrize("source", ["recorded", *(["live"] if find_spec("torch") else [])])
@pytest.mark.parametrize("group", [*groups()])
def test_every_gradient_is_pytorch_s(group, source):
    far = {}
    for row in group:
        working, expected = worked(with_start(row.config, starts()[row.start])), theirs(row, source)
        tensors = gradients_apart(row, working, expected).tensors
        far |= {f"{row.name}: {name}": value for name, value in tensors.items() if not value <= LIMIT}
        assert [step.id for step in working.steps if step.fault] == [], row.name
        assert_gradients(printed_gradients(working, expected), {})
    assert far == {}


def test_the_rows_have_every_layer_with_every_activation_and_every_loss():
    names = [row.name for row in rows()]
    assert list(recorded()) == names, "record again"
    assert {tuple(name.split(" / ")[:2]) for name in names} >= {(body, kind) for body in BODIES for kind in ACTIVATIONS}
    assert {name.split(" / ")[2] for name in names} >= set(LOSSES)
