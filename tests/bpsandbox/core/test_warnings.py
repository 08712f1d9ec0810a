"""Warnings about a result: raised for real problems, none otherwise."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpsandbox import explain, spec
from bpsandbox.core import run, train
from bpsandbox.core.nn.layers import Linear
from bpsandbox.core.nn.network import Network
from bpsandbox.core.train.trends import noise, trend
from bpsandbox.core.train.warnings import overfits, warnings
from bpsandbox.document import Document
from bpsandbox.spec import presets
from tests.bpsandbox.documents import blank

SIX_SIGMOIDS = """
seeds: {start: 0, count: 4}
dataset: {name: moons, n_samples: 100, noise: 0.1, seed: 0}
model: {layers: [LAYERS{type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss}
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 60, batch_size: 20}
record: {gradients: true, activations: true}
""".replace("LAYERS", "{type: Linear, out_features: 6, activation: sigmoid}, " * 6)
DEAD = """
seeds: {start: 0, count: 2}
dataset: {name: moons, n_samples: 100, noise: 0.1, seed: 0}
model:
  layers:
    - {type: Linear, out_features: 8, activation: relu, bias_init: {type: constant, value: -50}}
    - {type: Linear, out_features: 2}
loss: {type: CrossEntropyLoss}
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 50, batch_size: 20}
record: {activations: true}
"""
ZEROS = """
seeds: [3, 4]
dataset: {name: xor}
model:
  layers:
    - {type: Linear, out_features: 3, activation: sigmoid}
    - {type: Linear, out_features: 1, activation: sigmoid}
init: zeros
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 0.5}
training: {epochs: 200, batch_size: full}
"""
SATURATED = """
seeds: [0, 1]
dataset: {name: spiral, n_samples: 90, seed: 0}
model:
  layers:
    - {type: Linear, out_features: 6, activation: tanh, init: {type: normal, std: 500}}
    - {type: Linear, out_features: 6, activation: tanh, init: {type: normal, std: 500}}
    - {type: Linear, out_features: 3, init: zeros, trainable: false}
loss: {type: CrossEntropyLoss}
optimizer: {type: SGD, lr: 0.01}
training: {epochs: 30, batch_size: 30}
record: {activations: true}
"""
OVERFITTED = """
seeds: {start: 0, count: 4}
dataset: {name: moons, n_samples: 60, noise: 0.5, split: {val: 0.5, seed: 0}, seed: 0}
model: {layers: [{type: Linear, out_features: 64, activation: relu}, {type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss}
optimizer: {type: Adam, lr: 0.03}
training: {epochs: 200, batch_size: 10}
"""
UNFINISHED = """
seeds: [0, 1]
dataset: {name: circle, n_samples: 100, seed: 0}
model: {layers: [{type: Linear, out_features: 8, activation: tanh}, {type: Linear, out_features: 1}]}
loss: {type: BCEWithLogitsLoss}
optimizer: {type: Adam, lr: 0.02}
training: {epochs: 60, batch_size: 20}
"""
EXPLODED = """
seeds: [0, 1, 2]
dataset: {name: sine}
model: {layers: [{type: Linear, out_features: 8, activation: relu}, {type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: SGD, lr: 3}
training: {epochs: 100}
"""


def document(text):
    return run(spec.build(spec.parse(text))).document().to_json()


def found(text):
    """Return the warnings of a config by code."""
    made = document(text)
    read = Document.from_json(json.loads(json.dumps(made, allow_nan=False)))
    assert [warning.code for warning in read.warnings] == [warning["code"] for warning in made["warnings"]]
    return {warning["code"]: warning for warning in made["warnings"]}


def test_a_deep_sigmoid_net_has_learned_nothing_because_its_gradient_vanishes():
    warnings = found(SIX_SIGMOIDS)
    assert set(warnings) == {"nothing_learned", "vanishing"}
    nothing, vanishing = warnings["nothing_learned"], warnings["vanishing"]
    assert nothing["seeds"] == vanishing["seeds"] == [0, 1, 2, 3]
    assert nothing["baseline"] == pytest.approx(np.log(2))
    assert nothing["losses"] == pytest.approx([np.log(2)] * 4, rel=0.01)
    assert (vanishing["first_layer"], vanishing["last_layer"]) == (0, 6)
    norms = zip(vanishing["first_norms"], vanishing["last_norms"], strict=True)
    assert max(first / last for first, last in norms) < 1e-3


def test_dead_units_are_named_with_their_layer_and_share():
    warnings = found(DEAD)
    assert set(warnings) == {"nothing_learned", "dead"}
    assert warnings["dead"] == {"code": "dead", "seeds": [0], "layer": 0, "type": "Linear", "share": 1.0}


def test_a_start_at_zero_is_found_by_equal_units():
    warnings = found(ZEROS)
    assert set(warnings) == {"nothing_learned", "symmetric"}
    symmetric = {"code": "symmetric", "seeds": [3, 4], "layer": 0, "type": "Linear", "units": 3}
    assert warnings["symmetric"] == symmetric


def test_random_biases_break_the_symmetry_of_equal_weights():
    warnings = found(ZEROS.replace("init: zeros", "init: {type: constant, value: 0.3}\nbias_init: {type: normal}"))
    assert "symmetric" not in warnings


def test_saturated_outputs_are_named_where_nothing_was_learned():
    warnings = found(SATURATED)
    assert set(warnings) == {"nothing_learned", "saturated"}
    assert warnings["saturated"]["share"] > 0.9


def test_overfitting_says_where_the_minimum_was_and_nobody_is_told_to_train_longer():
    made = document(OVERFITTED)
    warnings = {warning["code"]: warning for warning in made["warnings"]}
    assert set(warnings) == {"overfitting"}
    medians = [float(np.median(row)) for row in made["curves"]["val_loss"]]
    told = warnings["overfitting"]
    assert (told["part"], told["lowest"], told["last"]) == ("val", min(medians), medians[-1])
    assert medians[made["epochs"].index(told["epoch"])] == min(medians)


def test_seeds_whose_loss_explodes_are_neither_stuck_nor_without_learning():
    made = document(EXPLODED)
    assert {warning["code"] for warning in made["warnings"]} == {"grown"}
    assert made["warnings"][0]["seeds"] == [0, 1, 2]
    assert made["warnings"][0]["losses"] == made["curves"]["train_loss"][-1]
    read = Document.from_json(made)
    assert explain.verdict(read).startswith("The loss of every seed grew: the median ended at 4.6×10²⁸⁶.")
    assert not [*explain.cautions(read), *explain.hints(read)]


def test_an_exploding_seed_beside_one_that_learns_has_grown_and_is_not_stuck():
    curves = {"train_loss": [[1.0 - 0.04 * i, 0.3 * 1.5**i, 0.9] for i in range(20)]}
    stop = [{"reason": "epochs", "epoch": 19, "step": 40}] * 3
    steps = list(range(20))
    made = blank(seeds=[0, 1, 2], epochs=steps, steps=steps, curves=curves, stop=stop)
    last = replace(made, curves={"train_loss": (*made.curves["train_loss"][:-1], (0.01, 900.0, 0.9))})
    network = Network([Linear(3), Linear(1)], (2,)).bind(np.ones((3, 13)) * np.arange(13))
    found = {warning.code: warning.seeds for warning in warnings(last, network)}
    assert (found["grown"], found["stuck"]) == ((1,), (2,))


def test_restored_best_weights_are_not_overfitted():
    stopping = "stopping: [{type: EarlyStopping, monitor: val_loss, patience: 300, restore_best_weights: true}]"
    assert "overfitting" not in found(OVERFITTED + stopping)


def test_a_run_that_stopped_too_early_still_falls():
    assert found(UNFINISHED) == {"still_falling": {"code": "still_falling", "seeds": [0, 1]}}


def test_one_step_is_no_time_to_learn():
    assert found(presets.PRESETS["by-hand"].text) == {}


def test_a_loss_without_a_baseline_has_learned_nothing_when_it_did_not_move():
    text = ZEROS.replace("MSELoss", "L1Loss").replace("lr: 0.5", "lr: 1.0e-9").replace("init: zeros", "")
    nothing = found(text)["nothing_learned"]
    assert "baseline" not in nothing and nothing["seeds"] == [3, 4]


@pytest.mark.parametrize("name", ["xor", "spiral", "digits", "sine", "adding", "moons", "iris", "batch-norm", "lstm"])
def test_a_healthy_preset_alarms_nobody(name):
    codes = set(found(presets.PRESETS[name].text))
    assert codes <= {"still_falling", "overfitting"}
    assert ("overfitting" in codes) == (name == "digits")


@pytest.mark.parametrize("name", ["xor-luck", "xor-seed-lottery", "lr-sweep", "circle"])
def test_no_seed_is_both_stuck_and_still_falling(name):
    *_, last = train(spec.build(spec.parse(presets.PRESETS[name].text)))
    seeds = {each["code"]: set(each["seeds"]) for each in last.result.document().to_json()["warnings"]}
    assert not seeds.get("stuck", set()) & seeds.get("still_falling", set())


def test_a_sweep_joins_what_its_sessions_found():
    text = UNFINISHED + "sweep: {parameters: {model.layers.0.out_features: [4, 8]}}"
    *_, last = train(spec.build(spec.parse(text)))
    assert last.result.document().to_json()["warnings"] == [{"code": "still_falling", "seeds": [0, 1, 0, 1]}]


def test_noise_is_the_scatter_around_a_smooth_line():
    rng = np.random.default_rng(0)
    line = np.exp(-np.linspace(0, 3, 400))
    assert noise(list(line)) < 1e-4
    assert noise(list(line + rng.normal(0, 0.1, 400))) == pytest.approx(0.1, rel=0.2)


def test_a_flat_noisy_curve_does_not_fall_and_a_falling_one_does():
    rng = np.random.default_rng(1)
    scatter = rng.normal(0, 0.02, 200)
    assert not any(trend(list(1 + np.roll(scatter, k))).falls for k in range(200))
    assert trend(list(1 - 0.005 * np.arange(200) + scatter)).falls


def test_a_lucky_point_of_a_noisy_curve_is_no_overfitting():
    scatter = [0.02 * (-1) ** i for i in range(40)]
    held_out = [0.3 + each for each in scatter]
    held_out[20] = 0.2
    training = [0.3 - 0.005 * i for i in range(40)]
    assert not overfits(held_out, training)
    assert overfits([0.5 - 0.02 * i for i in range(20)] + [0.12 + 0.01 * i for i in range(20)], training)


VALUE = st.one_of(st.none(), st.floats(min_value=0, max_value=9e307), st.floats(0, 2), st.just(0.0), st.just(0.25))


@settings(max_examples=200, deadline=None)
@given(st.data(), st.integers(1, 3), st.integers(1, 24))
def test_no_result_is_too_strange_to_be_judged_and_told_of(data, seeds, points):
    rows = st.lists(st.lists(VALUE, min_size=seeds, max_size=seeds), min_size=points, max_size=points)
    reasons = st.lists(st.sampled_from(["epochs", "diverged", "early_stopping"]), min_size=seeds, max_size=seeds)
    names = ("train_loss", "val_loss", "test_loss")
    made = blank(
        seeds=list(range(seeds)),
        epochs=list(range(points)),
        steps=list(range(points)),
        curves={name: data.draw(rows) for name in names},
        stop=[{"reason": reason, "epoch": 9, "step": 40} for reason in data.draw(reasons)],
    )
    network = Network([Linear(3), Linear(1)], (2,)).bind(np.zeros((seeds, 13)))
    found = warnings(made, network)
    told = replace(made, warnings=found)
    assert all(explain.caution(warning, seeds) for warning in found)
    assert all([explain.verdict(told), *explain.cautions(told), *explain.hints(told)][1:])


def test_a_curve_without_a_first_value_is_not_judged_for_overfitting():
    stop = [{"reason": "epochs", "epoch": 19, "step": 40}] * 2
    rising = [[0.1 + 0.1 * i] * 2 for i in range(20)]
    late = [[None, None], *[[1.0 - 0.04 * i] * 2 for i in range(1, 20)]]
    steps = list(range(20))
    made = blank(seeds=[0, 1], epochs=steps, steps=steps, curves={"train_loss": late, "val_loss": rising}, stop=stop)
    network = Network([Linear(3), Linear(1)], (2,)).bind(np.ones((2, 13)) * np.arange(13))
    assert "overfitting" not in [warning.code for warning in warnings(made, network)]
