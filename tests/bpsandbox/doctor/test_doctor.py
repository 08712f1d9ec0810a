"""The doctor finds what is wrong with sick configs, and nothing in healthy ones. `bench doctor` counts how often."""

import pytest

from bench.doctor_configs.judging import MEASURED, SETS, document_of, found_in, kinds_of, part_of, wrong
from bench.doctor_configs.labelled import LABELLED
from bpsandbox import explain, spec
from bpsandbox.core import run
from bpsandbox.spec.presets import PRESETS
from tests.full import FULL, some

PART = 5
"""Of the other sets every fifth config of each finding is trained, and of the healthy ones, and all that are judged
otherwise than labelled; `./run bench doctor` trains all. ADR 84 has its tables.
"""
MISSED = {
    "a cubic through noise": ["overfitting"],
    "clouds by margins of two layers": ["overfitting"],
    "mixed blobs by silu with adamax at 3": ["chaotic"],
    "a GRU by margins with lion at 0.3": ["chaotic"],
    "houses in dollars": ["plateau"],
    "a kink by dead units and absolute errors": ["plateau"],
    "RMSprop at 300 on a step": ["diverged"],
    "an LSTM of 24 on bits with Lion at 0.3": ["chaotic"],
    "digits by kernels of tanh with Lion at 0.2": ["chaotic"],
}
FALSE = {
    "raw iris at a rate of 1e4": ["chaotic"],
    "an RNN at 100 on bits, a frozen output": ["diverged", "exploding"],
    "xor by one unit": ["saturated"],
}
"""The labels that are not found, and what is found without a label."""


MISSED_BY_MEASURE = {
    "chaotic": {"sine, sgd 3", "waves, sgd 3", "waves, sgd 12", "waves, adam 0.4"},
    "overfitting": {"corners, 40 samples, short", "clouds, 40 samples, short"},
}
FOUND_AGAINST_MEASURE = {
    "chaotic": {
        "circle, rmsprop 0.5", "spiral, sgd 3", "corners, sgd 3", "corners, rmsprop 0.5", "sine, adam 0.4",
        "hills, sgd 3", "hills, sgd 12", "hills, momentum 0.8", "hills, adam 0.4", "hills, rmsprop 0.5",
        "hills, nadam 1",
    },
    "overfitting": set[str](),
}  # fmt: skip
"""What is judged otherwise than measured, by the name of the candidate: ADR 84 says what it is."""

SICK = [each for each in LABELLED if each.kinds]


@pytest.mark.parametrize("each", some(LABELLED, kept=part_of(LABELLED, 2, FALSE)), ids=lambda each: each.name)
def test_a_config_is_judged_as_labelled(each):
    assert list(wrong([each], found_in([each]))) == list(known([each]))


@FULL
@pytest.mark.parametrize("name", list(SETS)[1:])
def test_a_part_of_the_other_sets_is_judged_as_measured(name):
    part = part_of(SETS[name], PART, {*MISSED, *FALSE})
    assert list(wrong(part, found_in(part))) == list(known(part))


@FULL
@pytest.mark.parametrize(("name", "kind"), [("measured chaos", "chaotic"), ("measured overfitting", "overfitting")])
def test_a_part_of_the_measured_sets_is_judged_no_worse_than_before(name, kind):
    missed, false = (
        {f"{kind}: {each}" for each in names[kind]} for names in (MISSED_BY_MEASURE, FOUND_AGAINST_MEASURE)
    )
    part = part_of(MEASURED[name], PART, missed | false)
    judged = {each: (gone, more) for each, gone, more in wrong(part, found_in(part))}
    known = {each: ([kind], []) for each in missed} | {each: ([], [kind]) for each in false}
    assert judged.items() <= known.items()  # a chaotic run near a threshold depends on the processor's last digits


def known(configs):
    """Yield what is known to be judged otherwise than labelled, as `wrong` does."""
    for each in configs:
        if each.name in MISSED or each.name in FALSE:
            yield each.name, MISSED.get(each.name, []), FALSE.get(each.name, [])


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


@pytest.mark.parametrize("each", some(SICK, every=7), ids=lambda each: each.name)
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
