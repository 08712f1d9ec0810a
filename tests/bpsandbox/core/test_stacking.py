"""Seeds are a leading axis: a stack of seeds gives the same bits as each seed alone."""

from dataclasses import replace

import numpy as np
import pytest

from bpsandbox import spec
from bpsandbox.core import ACTIVATIONS, OPTIMIZERS, EarlyStopping, Plan, run
from tests.full import some

from .every import CASES, experiment_of, in_single_precision, missing
from .nets import BLOBS, XOR, experiment

CONFIGS = {
    "xor": XOR,
    "blobs": BLOBS,
    **{
        f"{loss}, batch {batch}": f"""
seeds: [0, 1, 2, 3]
dataset: {{name: blobs, n_samples: 130}}
model: {{layers: [{{type: Linear, out_features: 17, activation: tanh}}, {{type: Linear, out_features: {outputs}}}]}}
loss: {{type: {loss}}}
regularization: {{l1: 0.001, l2: 0.01}}
gradient_clipping: {{norm: 0.5}}
optimizer: {{type: SGD, lr: 0.05, momentum: 0.9}}
training: {{epochs: 2, batch_size: {batch}}}
"""
        for loss, outputs in (("MSELoss", 1), ("CrossEntropyLoss", 3), ("BCEWithLogitsLoss", 3), ("hinge", 3))
        for batch in (1, 8, "full")
    },
    **{
        activation: BLOBS.replace("tanh", activation).replace("epochs: 6", "epochs: 2")
        for activation in ACTIVATIONS
        if activation not in ("step", "tanh")
    },
    **{
        name: BLOBS.replace("type: Adam", f"type: {name}").replace("epochs: 6", "epochs: 2")
        for name in OPTIMIZERS
        if name != "LBFGS"
    },
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_stack_gives_the_bits_of_single_runs(name):
    assert_same_bits(experiment(CONFIGS[name]))


@pytest.mark.parametrize("width", [1, 2, 33])
@pytest.mark.parametrize("batch", [1, 3])
def test_so_do_narrow_layers_and_odd_ones(width, batch):
    text = f"""
seeds: [0, 1, 2]
dataset: {{name: sine, n_samples: 10}}
model: {{layers: [{{type: Linear, out_features: {width}, activation: relu}}, {{type: Linear, out_features: 1}}]}}
loss: MSELoss
training: {{epochs: 3, batch_size: {batch}}}
"""
    assert_same_bits(experiment(text))


def test_digits_too():
    text = (
        spec.presets.PRESETS["digits"]
        .text.replace("epochs: 30", "epochs: 2")
        .replace("[0, 30]", "[0, 2]")
        .replace("count: 8", "count: 3")
    )
    assert_same_bits(experiment(text))


def test_so_does_single_precision():
    assert_same_bits(experiment(BLOBS + "dtype: float32\n"))


def test_seeds_that_stop_early_leave_the_others_untouched():
    text = XOR.replace("epochs: 40", "epochs: 3000, eval_every: 10")
    stopping = "stopping: {type: Target, value: 0.05}\nmetrics: [accuracy]\n"
    built = experiment(text + stopping, seeds=tuple(range(6)))
    document = assert_same_bits(built)
    assert len({stop["step"] for stop in document["stop"]}) > 3


def test_every_layer_has_a_case():
    assert missing() == set()


@pytest.mark.parametrize("name", CASES)
def test_every_layer_gives_the_bits_of_single_runs(name):
    assert_same_bits(experiment_of(CASES[name], plan=Plan(epochs=2, batch_size=8)))


REMEMBERS = {name for name in CASES if "Dropout" in name or "BatchNorm" in name} - {"Embedding, LSTM"}
"""Layers with masks or running statistics: what a seed could leave to the others."""
KEPT = REMEMBERS | {"Linear", "Conv2d", "GRU, last"}


@pytest.mark.parametrize("name", some(CASES, kept=KEPT))
def test_so_it_does_in_single_precision_and_with_all_examples_shared(name):
    assert_same_bits(in_single_precision(experiment_of(CASES[name], plan=Plan(epochs=6))))


@pytest.mark.parametrize("name", some(CASES, kept=KEPT))
def test_a_seed_that_diverges_in_the_middle_leaves_no_trace_in_the_others(name):
    """The step is repeated without it: masks and running statistics are those of runs without the seed."""
    built = experiment_of(CASES[name])
    rates = np.full((4, built.network.size), 0.001)
    rates[2] = 1e30
    document = assert_same_bits(replace(built, rates=rates))
    assert [stop["reason"] for stop in document["stop"]] == ["epochs", "epochs", "diverged", "epochs"]
    assert 0 < document["stop"][2]["step"] < 16


@pytest.mark.parametrize("name", some(CASES, kept=KEPT))
def test_restored_weights_and_what_was_remembered_with_them_are_those_of_single_runs(name):
    """Seeds stop at different epochs, and restore different ones."""
    rule = EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True)
    document = assert_same_bits(experiment_of(CASES[name], plan=Plan(epochs=12, batch_size=8), stopping=(rule,)))
    for place, stop in enumerate(document["stop"]):
        restored = document["epochs"].index(stop["restored_epoch"])
        assert document["final"]["val_loss"][place] == document["curves"]["val_loss"][restored][place]


def assert_same_bits(built):
    together = run(built)
    document = together.document().to_json()
    for place, seed in enumerate(built.seeds):
        alone = run(replace(built, seeds=(seed,), rates=rates_of(built, place)))
        np.testing.assert_array_equal(alone.session.endings.values[0], together.session.endings.values[place])
        assert alone.document().to_json()["stop"][0] == document["stop"][place]
        for name, points in alone.document().to_json()["curves"].items():
            assert [row[0] for row in points] == [row[place] for row in document["curves"][name]][: len(points)]
    return document


def rates_of(built, place):
    return built.rates[[place]] if built.rates is not None and built.rates.ndim == 2 else built.rates
