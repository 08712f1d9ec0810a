"""The numbers of an engine never change: different results require a new ENGINE."""

import copy
import json

import pytest

from bpsandbox import spec
from bpsandbox.core import ACTIVATIONS, OPTIMIZERS
from bpsandbox.core.optim.schedules import SCHEDULES
from bpsandbox.spec.language import loss
from bpsandbox.spec.language.layer import RECORDS

from . import record


@pytest.fixture(scope="module")
def now():
    return record.trained()


def test_the_digits_are_those_that_were_recorded_under_this_engine(now):
    assert not (message := record.verdict(record.recorded(), now)), message


def test_the_pinned_configs_use_every_layer_activation_loss_optimiser_and_schedule():
    configs = [one.config for text in record.texts().values() for one in _members(spec.parse(text))]
    layers = [layer for config in configs for layer in config["model"]["layers"]]
    activations = {layer["activation"]["type"] for layer in layers if "activation" in layer} | {"identity"}
    assert len(record.texts()) == 30
    assert {layer["type"] for layer in layers} >= set(RECORDS)
    assert activations == set(ACTIVATIONS)
    assert {config["loss"]["type"] for config in configs} == set(loss.LOSS.records)
    assert {config["optimizer"]["type"] for config in configs} == set(OPTIMIZERS)
    assert {config["lr_scheduler"]["type"] for config in configs if "lr_scheduler" in config} == set(SCHEDULES)


def _members(parsed):
    return [setting.spec for setting in parsed.settings] or [parsed]


def one_digit_changed(entry, name):
    """Return the entry with the last bit of one number of one run changed."""
    changed = copy.deepcopy(entry)
    run = changed["runs"][name]
    run["digest"] = "0" * 64
    first = next(iter(run["values"].values()))
    first[0] *= 1 + 1e-10
    return changed


def test_one_digit_that_moved_asks_for_another_engine(now):
    name = next(iter(now["runs"]))
    engine = now["provenance"]["engine"]
    said = record.verdict({engine: now}, one_digit_changed(now, name))
    assert said == f"These digits moved: {name}. Raise ENGINE and record again: {record.COMMAND}"


def test_elsewhere_twelve_digits_are_compared_instead_of_bits(now):
    name = next(iter(now["runs"]))
    engine = now["provenance"]["engine"]
    elsewhere = one_digit_changed(now, name)
    elsewhere["provenance"]["fingerprint"] = "of another machine"
    assert record.verdict({engine: now}, elsewhere).startswith("These digits moved")
    first = next(iter(elsewhere["runs"][name]["values"].values()))
    first[0] = next(iter(now["runs"][name]["values"].values()))[0] * (1 + 1e-13)
    assert record.verdict({engine: now}, elsewhere) == ""


def test_an_engine_without_digits_asks_for_them(now):
    assert record.verdict({}, now) == f"There are no digits of engine {now['provenance']['engine']} yet. " + (
        f"Record them: {record.COMMAND}"
    )


def test_moved_digits_are_not_recorded_under_the_same_engine(now, tmp_path, monkeypatch):
    name = next(iter(now["runs"]))
    kept = tmp_path / "digits.json"
    kept.write_text(json.dumps({now["provenance"]["engine"]: now}), encoding="utf-8")
    before = kept.read_text(encoding="utf-8")
    monkeypatch.setattr(record, "RECORD", kept)
    monkeypatch.setattr(record, "trained", lambda: one_digit_changed(now, name))
    with pytest.raises(SystemExit, match="Raise ENGINE first"):
        record.main()
    assert kept.read_text(encoding="utf-8") == before
