"""Documents stored by engine 1 can still be read, drawn and explained. `engine_1.json` has a run and a sweep."""

import json
from pathlib import Path

import pytest

from bpsandbox import explain
from bpsandbox.document import CardDocument, Document, InvalidDocument, Summary
from tests.bpsandbox.document.test_readers import drawn, through_every_reader

STORED = json.loads(Path(__file__).with_name("engine_1.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", STORED)
def test_a_stored_result_goes_through_every_reader(name):
    stored = STORED[name]["document"]
    document = Document.from_store(stored)
    assert document.engine == "1" and list(document.final["train_loss"]) == stored["final"]["train_loss"]
    through_every_reader(document)


@pytest.mark.parametrize("name", STORED)
def test_a_stored_card_and_summary_are_shown(name):
    drawn(CardDocument.from_store(STORED[name]["card"]))
    summary = Summary.from_store(STORED[name]["summary"])
    assert (summary.final, summary.is_restored) == (STORED[name]["summary"]["final"], False)


def test_a_worked_example_with_fields_of_a_later_engine_is_read():
    step = {"id": "forward.0.sum", "phase": "forward", "layer": 0, "title": {"text": "A", "values": {}, "later": 1},
            "formula": "a = b", "numbers": "1 = 1", "later": []}  # fmt: skip
    example = {"spec_hash": "x", "sample": 0, "step": 0, "seed": 0, "steps": [step], "tensors": {}, "later": {}}
    stored = STORED["whole"]["document"]
    later = {**stored, "records": {**stored["records"], "worked_example": example}}
    (read,) = Document.from_store(later).records.worked_example.steps
    assert (read.id, read.formula) == ("forward.0.sum", "a = b")
    with pytest.raises(InvalidDocument, match=r"records\.worked_example\.later: unknown field"):
        Document.from_json(later)


def test_a_worked_example_of_other_parts_is_kept_and_not_shown():
    document = Document.from_store(STORED["whole"]["document"])
    assert document.records.worked_example["sample"] == 1
    assert explain.recorded(document.records.worked_example) is None
