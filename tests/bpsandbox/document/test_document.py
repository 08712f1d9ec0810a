"""Documents are read strictly, with the path of each error, and written as they were read."""

import json
import random

import pytest

from bpsandbox import core, spec
from bpsandbox.document import Document, InvalidDocument, Progress, WorkedExample
from tests.bpsandbox.document import mutants, runs
from tests.bpsandbox.spec.random_configs import random_config
from tests.full import counts


def without_nulls(document):
    """Nulls of fields with default null are not written."""
    document["provenance"] = {name: value for name, value in document["provenance"].items() if value is not None}
    return document


@pytest.mark.parametrize("name", runs.CONFIGS)
def test_a_document_is_written_as_it_was_read(name):
    plain = runs.document(name)
    assert Document.from_json(plain).to_json() == without_nulls(runs.document(name))


@pytest.mark.parametrize("count", counts(12, 40))
def test_the_documents_of_random_configs_are_read(count):
    read = 0
    for seed in range(count):
        try:
            parsed = spec.parse(random_config(random.Random(seed)))
        except spec.InvalidConfig:
            continue
        if not spec.limits.check(spec.price(parsed)):
            *_, last = core.train(spec.build(parsed))
            Document.from_json(runs.as_json(last.result))
            read += 1
    assert read > count / 2


@pytest.mark.parametrize("count", counts(100, 800))
@pytest.mark.parametrize("name", runs.CONFIGS)
def test_a_mutant_is_read_or_refused_with_its_path(name, count):
    rng, plain = random.Random(name), runs.document(name)
    refused = 0
    for _ in range(count):
        said, mutant = mutants.mutated(plain, rng)
        try:
            read = Document.from_json(mutant)
        except InvalidDocument as error:
            refused += 1
            assert error.path, said
            assert len(str(error)) < 600, said
        else:
            assert Document.from_json(json.loads(json.dumps(read.to_json(), allow_nan=False))) == read, said
    assert refused > count / 2


@pytest.mark.parametrize("value", [None, 1, "x", [], [[]], True])
def test_what_is_no_object_is_no_document(value):
    with pytest.raises(InvalidDocument, match="expected an object"):
        Document.from_json(value)


def put(document, path, value):
    *way, last = path
    for part in way:
        document = document[part]
    document[last] = value


HUGE = 10**400


@pytest.mark.parametrize(
    "path, value, said",
    [
        (("stop",), [5], "stop[0]: expected an object, got 5"),
        (("stop", 0, "reason"), "bored", "stop[0].reason: expected one of epochs, steps, target, tolerance, "
         "early_stopping, diverged, cancelled, limit, got 'bored'"),
        (("stop", 0, "epoch"), -1, "stop[0].epoch: expected a whole number ≥ 0, got -1"),
        (("stop", 0, "epoch"), HUGE, "stop[0].epoch: expected a whole number ≥ 0, got an integer of 1329 bits"),
        (("curves", "train_loss", 1, 2), HUGE,
         "curves.train_loss[1][2]: expected a finite number or null, got an integer of 1329 bits"),
        (("curves", "train_loss", 1, 2), float("inf"),
         "curves.train_loss[1][2]: expected a finite number or null, got inf"),
        (("curves", "train_loss", 1, 2), 1e308,
         "curves.train_loss[1][2]: expected a finite number or null, got 1e+308"),
        (("curves", "train_loss", 1, 2), True, "curves.train_loss[1][2]: expected a finite number or null, got true"),
        (("curves", "train_loss", 1), [0.5], "curves.train_loss[1]: expected 3 items, one for each of seeds, got 1"),
        (("curves", "train_loss"), [], "curves.train_loss: expected 5 items, one for each of epochs, got 0"),
        (("curves", "x" * 201), [], "curves: expected text of at most 200 characters, got "
         "'" + "x" * 40 + "\\u2026'"),
        (("steps",), [0], "steps: expected 5 items, one for each of epochs, got 1"),
        (("epochs", 1), 9, "epochs[2]: expected at least 9, got 2"),
        (("final", "train_loss"), [1], "final.train_loss: expected 3 items, one for each of seeds, got 1"),
        (("surprise",), 1, "surprise: unknown field"),
        (("engine",), "\0", "engine: expected text without NUL and lone surrogates"),
        (("engine",), "\ud800", "engine: expected text without NUL and lone surrogates"),
        (("checks", "gradient_check", 0, "band"), "nice",
         "checks.gradient_check[0].band: expected one of good, fair, suspicious, wrong, unchecked, got 'nice'"),
        (("records", "decision_boundary", 0, "x"), [1, 1],
         "records.decision_boundary[0].x: expected two ends in order, got 1 and 1"),
        (("records", "decision_boundary", 0, "values"), [[0]],
         "records.decision_boundary[0].values: expected 48 items, one for each of the grid's rows, got 1"),
        (("records", "weights", 0, "weights", 0, "value"), [[1], [1, 2]],
         "records.weights[0].weights[0].value[1]: expected shape [1], got [2]"),
        (("records", "confusion_matrix", "counts", 0, 0), 0.5,
         "records.confusion_matrix.counts[0][0]: expected a whole number ≥ 0, got 0.5"),
        (("records", "gradients", "norms", 0), [],
         "records.gradients.norms[0]: expected 2 items, one for each of layers, got 0"),
        (("members",), [], "members: expected at least one setting"),
        (("members",), [{"values": {}, "rows": [0, 3]}], "members[0].rows[1]: expected a place among 3 seeds, got 3"),
        (("members",), [{"values": {}, "rows": [0, 0]}], "members[0].rows[1]: seed 0 belongs to two settings"),
        (("members",), [{"values": {}, "rows": [0]}], "members: expected 3 items, one for each of seeds, got 1"),
    ],
)  # fmt: skip
def test_a_wrong_part_is_refused_with_its_path(path, value, said):
    plain = runs.document("whole")
    put(plain, path, value)
    with pytest.raises(InvalidDocument) as caught:
        Document.from_json(plain)
    assert str(caught.value) == said


def test_a_part_that_is_missing_is_named():
    plain = runs.document("whole")
    del plain["stop"][1]["reason"]
    with pytest.raises(InvalidDocument) as caught:
        Document.from_json(plain)
    assert str(caught.value) == "stop[1].reason: missing"


def test_what_older_engines_did_not_write_has_defaults():
    plain = runs.document("whole")
    for name in ("warnings", "data", "parameters", "layers", "checks", "records", "provenance"):
        del plain[name]
    read = Document.from_store(plain)
    assert (read.layers, read.records.names, read.checks.gradient_check, read.provenance) == ((), (), None, None)


def test_what_newer_engines_write_is_left_out_of_what_was_kept():
    plain = runs.document("whole")
    plain["surprise"], plain["stop"][0]["mood"] = 1, "good"
    assert Document.from_store(plain) == Document.from_json(runs.document("whole"))


STEP = {
    "id": "forward-0", "phase": "forward", "layer": 0, "title": {"text": "Layer {k}", "values": {"k": 0}},
    "formula": "z = W x + b", "numbers": "1 = 1 \\cdot 1 + 0", "value": [[1.0]], "notes": [], "variants": {},
}  # fmt: skip
WORKED = {
    "spec_hash": "abc", "sample": 0, "step": 0, "seed": 0, "steps": [STEP],
    "tensors": {"before": {"layers.0.weight": [[1.0]]}, "gradient": {}, "after": {}}, "epoch": 0, "notes": [],
}  # fmt: skip


def test_a_worked_example_has_a_type():
    plain = runs.document("whole")
    plain["records"]["worked_example"] = WORKED
    read = Document.from_json(plain)
    assert isinstance(read.records.worked_example, WorkedExample)
    assert read.to_json()["records"]["worked_example"] == WORKED


def test_a_step_of_no_phase_is_refused():
    plain = runs.document("whole")
    plain["records"]["worked_example"] = {**WORKED, "steps": [{**STEP, "phase": "sideways"}]}
    with pytest.raises(InvalidDocument, match=r"records\.worked_example\.steps\[0\]\.phase: expected one of forward"):
        Document.from_json(plain)


def test_progress_is_read_and_written():
    plain = {
        "type": "progress", "points": [[0, 0, {"train_loss": [0.5, None]}]], "epoch": 0, "epochs": 9, "eta": 1.5,
        "attempt": 2, "states": [[0, [[0.25, -1.0], None]]],
    }  # fmt: skip
    assert Progress.from_json(plain).to_json() == plain
