"""Suggestions for unknown fields name existing blocks and fields."""

import pytest

from bpsandbox.spec import advice
from bpsandbox.spec.language import CONFIG, dataset

from .configs import XOR, only


def names_in(kind):
    """Return every field of a kind, by our name and by other libraries'."""
    records = getattr(kind, "records", {"": kind}).values()
    inner = getattr(kind, "item", None)
    return names_in(inner) if inner else {name for each in records for name in (*each.fields, *each.aliases)}


def test_the_blocks_are_those_of_the_language():
    assert tuple(CONFIG.fields) == advice.BLOCKS


@pytest.mark.parametrize(("name", "home"), sorted(advice.HOMES.items()))
def test_a_field_exists_in_the_block_that_the_advice_names(name, home):
    special = {"dataset": dataset.NAMED, "dataset.points": dataset.POINTS}
    names = names_in(special.get(home) or CONFIG.fields[home].kind)
    assert name in names | {"points"}


@pytest.mark.parametrize(("line", "message"), [
    ("callbacks: []",
     "Callbacks are not available; for early stopping write stopping: {type: EarlyStopping, patience: 10}."),
    ("epochs: 3", "epochs belongs in training, not at the top level."),
    ("csv: x", "csv belongs in dataset.points, not at the top level."),
    ("batchsize: 3", "batchsize belongs in training, not at the top level."),
])  # fmt: skip
def test_a_field_at_the_top_level_gets_its_place(line, message):
    assert only(XOR + line + "\n").message == message


def test_a_renamed_block_is_read_as_ours():
    found = only(XOR.replace("loss:", "criterion:"))
    assert (found.suggestion, found.message.split(" Allowed")[0]) == (
        "loss",
        "Unknown field: criterion. Did you mean loss?",
    )
