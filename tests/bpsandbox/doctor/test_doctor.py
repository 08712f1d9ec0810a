"""The doctor finds what is wrong with sick configs, and nothing in healthy ones."""

from collections import Counter

import pytest

from bpsandbox import explain, spec
from bpsandbox.core import LAYERS, run, train
from bpsandbox.document import KINDS
from bpsandbox.spec.presets import PRESETS

from .blind import BLIND
from .held_out import HELD_OUT
from .intervals import exact, written
from .labelled import LABELLED
from .once_held_out import ONCE_HELD_OUT
from .sealed import SEALED
from .unseen import UNSEEN

RECALL, FALSE_ALARMS = 0.95, 0.02


@pytest.fixture(scope="module")
def found():
    """Return the kinds that were found, by config."""
    return found_in(LABELLED)


def found_in(configs):
    return {each.name: kinds_of(document_of(each.text)) for each in configs}


def document_of(text):
    """Train a config, which may be a sweep."""
    *_, last = train(spec.build(spec.parse(text)))
    return last.result.document()


def kinds_of(document):
    return {finding.kind for finding in document.findings}


def confusion(configs, found):
    """Return for each kind how many labels were found and missed, and how many configs were alarmed falsely."""
    table = {kind: Counter() for kind in KINDS}
    for each in configs:
        for kind in each.kinds:
            table[kind]["found" if kind in found[each.name] else "missed"] += 1
        for kind in found[each.name] - each.kinds - each.may:
            table[kind]["false"] += 1
    return table


def test_findings_are_recalled_and_healthy_runs_are_left_alone(found):
    table, alarmed = told(LABELLED, found)
    healthy = [each for each in LABELLED if not each.kinds]
    for kind, row in table.items():
        assert row["found"] >= RECALL * (row["found"] + row["missed"]), kind
        assert row["false"] <= FALSE_ALARMS * len(LABELLED), kind
    assert len(alarmed) <= FALSE_ALARMS * len(healthy), alarmed
    assert len(LABELLED) >= 80


def told(configs, found):
    """Print and return the confusion table, and the names of the healthy configs with a finding."""
    table = confusion(configs, found)
    healthy = [each for each in configs if not each.kinds]
    alarmed = [each.name for each in healthy if found[each.name]]
    everything = sum(table.values(), Counter())
    for kind, row in [*table.items(), ("all", everything)]:
        of = row["found"] + row["missed"]
        print(f"{kind:12} {of:3} labels {row['found']:3} found {written(row['found'], of):16} {row['false']:3} false")
    print(f"{len(healthy)} healthy configs, {len(alarmed)} of them alarmed: {written(len(alarmed), len(healthy))}")
    print("\n".join(wrong(configs, found)))
    return table, alarmed


def wrong(configs, found):
    """Yield what is wrong with a config: its missed labels and its false alarms."""
    for each in configs:
        missed, false = each.kinds - found[each.name], found[each.name] - each.kinds - each.may
        if missed or false:
            yield f"{each.name}: missed {sorted(missed)}, false {sorted(false)}"


@pytest.mark.parametrize(
    ("found", "of", "low", "high"), [(0, 60, 0.0, 0.05963), (96, 98, 0.92822, 0.99752), (5, 10, 0.18709, 0.81291)]
)
def test_intervals_are_exact(found, of, low, high):
    assert exact(found, of) == pytest.approx((low, high), abs=1e-5)


def test_configs_that_were_held_out_once_are_judged_as_well_as_those_of_the_thresholds():
    table, alarmed = told(ONCE_HELD_OUT, found_in(ONCE_HELD_OUT))
    counted = {name: sum(row[name] for row in table.values()) for name in ("found", "missed", "false")}
    assert counted == {"found": 56, "missed": 1, "false": 0} and alarmed == []


def rows_of(table):
    return {kind: tuple(row[name] for name in ("found", "missed", "false")) for kind, row in table.items()}


def test_configs_that_were_held_out_are_judged_as_measured():
    table, alarmed = told(HELD_OUT, found_in(HELD_OUT))
    assert rows_of(table) == {
        "vanishing": (9, 0, 0), "exploding": (5, 0, 0), "saturated": (5, 0, 0), "dead": (5, 0, 0),
        "symmetric": (5, 0, 0), "plateau": (23, 0, 0), "diverged": (9, 0, 0), "overfitting": (5, 0, 0),
        "chaotic": (5, 0, 0),
    }  # fmt: skip
    assert alarmed == []


def test_configs_that_no_rule_has_seen_are_judged_as_measured():
    table, alarmed = told(UNSEEN, found_in(UNSEEN))
    assert rows_of(table) == {
        "vanishing": (2, 0, 0), "exploding": (2, 0, 0), "saturated": (2, 0, 0), "dead": (3, 0, 0),
        "symmetric": (3, 0, 0), "plateau": (8, 0, 0), "diverged": (3, 0, 0), "overfitting": (1, 0, 0),
        "chaotic": (1, 0, 0),
    }  # fmt: skip
    assert alarmed == [] and len([each for each in UNSEEN if not each.kinds]) == 30


def test_configs_that_were_labelled_before_any_was_examined_are_judged_as_measured():
    found = found_in(BLIND)
    table, alarmed = told([each for each in BLIND if not each.is_corrected], found)
    assert rows_of(table) == {
        "vanishing": (7, 0, 0), "exploding": (5, 0, 0), "saturated": (5, 0, 0), "dead": (6, 0, 0),
        "symmetric": (5, 0, 0), "plateau": (24, 0, 0), "diverged": (8, 0, 0), "overfitting": (5, 0, 0),
        "chaotic": (4, 0, 0),
    }  # fmt: skip
    assert alarmed == [] and len([each for each in BLIND if not each.kinds]) == 25
    corrected = [each for each in BLIND if each.is_corrected]
    assert len(corrected) == 2 and list(wrong(corrected, found)) == []


def test_configs_that_were_examined_once_are_judged_as_measured():
    table, alarmed = told(SEALED, found_in(SEALED))
    assert rows_of(table) == {
        "vanishing": (12, 1, 0), "exploding": (4, 0, 0), "saturated": (4, 0, 0), "dead": (4, 0, 0),
        "symmetric": (4, 0, 0), "plateau": (27, 1, 0), "diverged": (7, 0, 0), "overfitting": (3, 1, 0),
        "chaotic": (13, 2, 0),
    }  # fmt: skip
    assert alarmed == [] and len([each for each in SEALED if not each.kinds]) == 32


def test_configs_that_were_held_out_are_not_those_of_the_thresholds():
    fitted, held_out = [*LABELLED, *ONCE_HELD_OUT], [*HELD_OUT, *UNSEEN, *BLIND, *SEALED]
    assert not {each.text for each in held_out} & {each.text for each in fitted}
    assert (len(HELD_OUT), len(UNSEEN), len(BLIND), len(SEALED)) == (82, 49, 77, 93)
    for configs in (HELD_OUT, UNSEEN, BLIND, SEALED):
        assert {kind for each in configs for kind in each.kinds} == set(KINDS)


@pytest.mark.parametrize("configs", [LABELLED, [*HELD_OUT, *UNSEEN]], ids=["labelled", "held out"])
def test_every_layer_and_loss_is_among_the_configs_sick_and_healthy(configs):
    for is_sick in (True, False):
        layers, losses = used(configs, is_sick)
        assert len(losses) >= (6 if is_sick else 7), losses
        plain = {"Linear", "Conv2d", "RNN", "LSTM", "GRU", "Embedding", "Flatten", "LayerNorm"}
        assert layers >= (plain if is_sick else set(LAYERS)), (is_sick, set(LAYERS) - layers)


@pytest.mark.parametrize("is_sick", [True, False])
@pytest.mark.parametrize("configs", [BLIND, SEALED], ids=["blind", "sealed"])
def test_every_layer_is_among_the_configs_that_were_labelled_before_any_was_examined(configs, is_sick):
    layers, losses = used(configs, is_sick)
    assert layers == set(LAYERS) and len(losses) >= 5


def used(configs, is_sick):
    """Return the layers and losses of the sick or the healthy configs."""
    parsed = [spec.parse(each.text).config for each in configs if bool(each.kinds) == is_sick]
    layers = {layer["type"] for config in parsed for layer in config["model"]["layers"]}
    return layers, {config["loss"]["type"] for config in parsed}


def test_one_setting_of_a_sweep_is_named_in_the_singular():
    text = PRESETS["lr-sweep"].text
    [diagnosis] = explain.diagnoses(document_of(text), spec.parse(text))
    assert diagnosis.facts == ("4 of 56 seeds", "setting 7")


def test_a_gradient_through_one_layer_has_one_number():
    parsed = spec.parse("""
seeds: {start: 0, count: 2}
dataset: {name: sine, n_samples: 64, noise: 0.1, seed: 0}
model: {layers: [{type: Linear, out_features: 8, activation: relu}, {type: Linear, out_features: 1}]}
init: {type: normal, std: 100}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 100}
training: {epochs: 50, batch_size: full}
""")
    found = explain.diagnoses(run(spec.build(parsed)).document(), parsed)
    [numbers] = next(one.numbers for one in found if one.kind == "exploding")
    assert numbers.count("=") == 1 and numbers.endswith(" = 121.8182")


def cured_kinds(name, kind):
    each = next(each for each in LABELLED if each.name == name)
    parsed = spec.parse(each.text)
    document = run(spec.build(parsed)).document()
    [diagnosis] = [one for one in explain.diagnoses(document, parsed) if one.kind == kind]
    changed = explain.cured(parsed, diagnosis.cures[0].name)
    return kinds_of(run(spec.build(spec.parse(str(changed)))).document())


@pytest.mark.parametrize(
    "kind, name",
    [
        ("vanishing", "ten tanh layers, small weights"),
        ("exploding", "eight linear layers, large weights"),
        ("saturated", "raw breast cancer into tanh"),
        ("dead", "a bias of -50 before relu"),
        ("symmetric", "xor from zeros"),
        ("plateau", "xor without a hidden layer"),
        ("diverged", "a plane at a rate of 10"),
        ("overfitting", "noisy moons, 64 units"),
        ("chaotic", "moons at a rate of 8"),
    ],
)
def test_the_first_cure_of_a_sick_config_cures_the_finding(kind, name):
    assert kind not in cured_kinds(name, kind)


def test_a_cause_in_one_seed_leaves_the_others_their_cures():
    parsed = spec.parse(PRESETS["xor-seed-lottery"].text)
    found = explain.diagnoses(run(spec.build(parsed)).document(), parsed)
    assert [(one.kind, bool(one.cures)) for one in found] == [("saturated", True), ("plateau", True)]


@pytest.mark.parametrize("each", [each for each in LABELLED if each.kinds], ids=lambda each: each.name)
def test_every_change_that_is_offered_is_a_valid_config(each):
    parsed = spec.parse(each.text)
    changes = [name for name in explain.CHANGES if explain.cured(parsed, name) is not None]
    assert "smaller_rate" in changes
    assert all(spec.parse(str(explain.cured(parsed, name))).hash != parsed.hash for name in changes)


RATES = """version: 1
dataset: {name: xor}
model:
  layers:
    - {type: Linear, out_features: 2, activation: tanh, lr: 0.5}
    - {type: Linear, out_features: 1}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: OLD}
training: {epochs: 3}
seeds: {start: 0, count: 1}
"""


@pytest.mark.parametrize(("old", "layer_rate"), [("0.1", 0.05), ("0", 0.5)])
def test_a_rate_is_set_and_scales_those_of_layers_if_there_was_one(old, layer_rate):
    found = explain.cured(spec.parse(RATES.replace("OLD", old)), "lr=0.01")
    assert found["optimizer"]["lr"] == 0.01 and found["model"]["layers"][0]["lr"] == layer_rate


@pytest.mark.parametrize("name", ["lr=9_9", "lr=1e-320", "lr=nan", "lr=-1", "lr= 1", "lr=0", "lr=٣", "lr=1\n"])
def test_a_strange_rate_is_no_change(name):
    assert explain.cured(spec.parse(RATES.replace("OLD", "0.1")), name) is None
