"""Layers in the language: optional fields, other libraries' names, and initial values."""

import inspect

import numpy as np
import pytest

from bpsandbox import spec
from bpsandbox.core import run
from bpsandbox.core.nn.activations import ACTIVATIONS
from bpsandbox.core.nn.layers import LAYERS
from bpsandbox.spec.language.layer import RECORDS
from bpsandbox.spec.layers import LANGUAGE, RENAMED

from .configs import problems

PICTURES = "dataset: {{name: digits}}\nmodel: {{layers: [{}, Flatten, {{type: Linear, out_features: 10}}]}}\n"
STEPS = "dataset: {{name: parity, length: 6}}\nmodel: {{layers: [{}, Flatten, {{type: Linear, out_features: 2}}]}}\n"
ROWS = "dataset: {{name: iris}}\nmodel: {{layers: [{}, {{type: Linear, out_features: 3}}]}}\n"
SHORTEST = {
    "Linear": (ROWS, "{type: Linear, out_features: 4}"),
    "Conv2d": (PICTURES, "{type: Conv2d, out_channels: 2, kernel_size: 3}"),
    "MaxPool2d": (PICTURES, "{type: MaxPool2d, kernel_size: 2}"),
    "AvgPool2d": (PICTURES, "{type: AvgPool2d, kernel_size: 2}"),
    "Flatten": (PICTURES, "Flatten"),
    "Reshape": (PICTURES, "{type: Reshape, shape: [8, -1]}"),
    "RNN": (STEPS, "{type: RNN, hidden_size: 3}"),
    "LSTM": (STEPS, "{type: LSTM, hidden_size: 3}"),
    "GRU": (STEPS, "{type: GRU, hidden_size: 3}"),
    "Embedding": (STEPS, "{type: Embedding, num_embeddings: 2, embedding_dim: 3}"),
    "Dropout": (ROWS, "Dropout"),
    "BatchNorm1d": (ROWS, "BatchNorm1d"),
    "BatchNorm2d": (PICTURES, "BatchNorm2d"),
    "LayerNorm": (ROWS, "LayerNorm"),
    "Add": (ROWS, "{type: Linear, out_features: 4}, {type: Add, from: 0}"),
}


def text(name, more=""):
    template, layer = SHORTEST[name]
    return template.format(layer) + "loss: CrossEntropyLoss\ntraining: {steps: 3}\n" + more


def block(config, place=0):
    return spec.parse(config).config["model"]["layers"][place]


def started(config, seed=0):
    """Return the initial tensors of a network of this config."""
    network = (experiment := spec.build(spec.parse(config))).network
    values = network.draw((seed,), experiment.initializers)
    return {name: tensor[0] for name, tensor in network.named(values).items()}


def test_the_language_has_every_layer_of_the_core_and_no_other():
    assert set(RECORDS) == set(LAYERS) == set(SHORTEST)


@pytest.mark.parametrize("name", RECORDS)
def test_fields_of_a_layer_are_the_arguments_of_the_core(name):
    record = RECORDS[name]
    own = [field for field in record.fields if field not in (*LANGUAGE, record.inputs)]
    arguments = inspect.signature(LAYERS[name]).parameters if own else {}
    assert {RENAMED.get(field, field) for field in own} == set(arguments)


@pytest.mark.parametrize("name", SHORTEST)
def test_every_layer_trains_as_short_as_it_can_be_written(name):
    document = run(spec.build(spec.parse(text(name)))).document().to_json()
    assert [stop["reason"] for stop in document["stop"]] == ["steps"] * len(document["seeds"])


@pytest.mark.parametrize("name", [*SHORTEST, *(name for name in ACTIVATIONS if name != "step")])
def test_whatever_comes_first_takes_the_data_that_all_seeds_share(name):
    config = text(name) if name in SHORTEST else ROWS.format(name) + "loss: CrossEntropyLoss\n"
    config = (
        config.replace("training: {steps: 3}\n", "") + "training: {steps: 2, batch_size: full}\nseeds: {count: 3}\n"
    )
    document = run(spec.build(spec.parse(config))).document().to_json()
    assert [stop["reason"] for stop in document["stop"]] == ["steps"] * 3


@pytest.mark.parametrize("name", SHORTEST)
def test_the_canonical_form_is_read_as_itself(name):
    parsed = spec.parse(text(name))
    assert spec.parse(parsed.to_json()).hash == parsed.hash


def test_defaults_of_the_layers_are_written_down():
    start = {"init": {"type": "xavier_uniform", "gain": 1.0}, "bias_init": {"type": "zeros"}, "trainable": True}
    scale = {"init": {"type": "ones"}, "bias_init": {"type": "zeros"}, "trainable": True}
    assert block(text("Conv2d")) == {
        "type": "Conv2d", "out_channels": 2, "kernel_size": 3, "stride": 1, "padding": 0, "dilation": 1, "bias": True,
        **start,
    }  # fmt: skip
    assert block(text("MaxPool2d")) == {"type": "MaxPool2d", "kernel_size": 2, "padding": 0}
    assert block(text("Reshape")) == {"type": "Reshape", "shape": [8, 8]}
    assert block(text("RNN")) == {
        "type": "RNN", "hidden_size": 3, "nonlinearity": "tanh", "return": "last", "bias": True, **start
    }  # fmt: skip
    assert block(text("LSTM")) == {"type": "LSTM", "hidden_size": 3, "return": "last", "bias": True, **start}
    assert block(text("Embedding")) == {
        "type": "Embedding", "num_embeddings": 2, "embedding_dim": 3, "trainable": True,
        "init": {"type": "normal", "mean": 0.0, "std": 1.0},
    }  # fmt: skip
    assert block(text("Dropout")) == {"type": "Dropout", "p": 0.5}
    assert block(text("BatchNorm1d")) == {"type": "BatchNorm1d", "momentum": 0.1, "eps": 1e-5, "affine": True, **scale}
    assert block(text("LayerNorm")) == {"type": "LayerNorm", "eps": 1e-5, "affine": True, **scale}
    assert block(text("Add"), 1) == {"type": "Add", "from": 0}


@pytest.mark.parametrize(("template", "theirs", "ours"), [
    (PICTURES, "{type: Conv2D, filters: 2, kernel_size: [3, 3], strides: 2, padding: valid, dilation_rate: 1, "
               "use_bias: false, kernel_initializer: glorot_normal}",
     "{type: Conv2d, out_channels: 2, kernel_size: 3, stride: 2, bias: false, init: xavier_normal}"),
    (PICTURES, "{type: Convolution2D, filters: 2, kernel_size: 3, padding: same}",
     "{type: Conv2d, in_channels: 1, out_channels: 2, kernel_size: 3, padding: same}"),
    (PICTURES, "{type: MaxPooling2D, pool_size: [2, 2], strides: [1, 2]}",
     "{type: MaxPool2d, kernel_size: 2, stride: [1, 2]}"),
    (PICTURES, "{type: AveragePooling2D, pool_size: 2, padding: valid}", "{type: AvgPool2d, kernel_size: 2}"),
    (PICTURES, "{type: Reshape, target_shape: [8, 8]}", "{type: Reshape, shape: [8, 8]}"),
    (STEPS, "{type: SimpleRNN, units: 3, activation: relu, return_sequences: true}",
     "{type: RNN, input_size: 1, hidden_size: 3, nonlinearity: relu, return: all}"),
    (STEPS, "{type: lstm, units: 3, return_sequences: false}", "{type: LSTM, hidden_size: 3}"),
    (STEPS, "{type: GRU, units: 3}", "{type: GRU, hidden_size: 3, return: last}"),
    (STEPS, "{type: Embedding, input_dim: 2, output_dim: 3}",
     "{type: Embedding, num_embeddings: 2, embedding_dim: 3}"),
    (ROWS, "{type: Dropout, rate: 0.2}", "{type: Dropout, p: 0.2}"),
    (ROWS, "{type: BatchNormalization, epsilon: 0.001}", "{type: BatchNorm1d, num_features: 4, eps: 0.001}"),
    (ROWS, "{type: LayerNormalization, gamma_initializer: ones}", "{type: LayerNorm, init: ones}"),
    (ROWS, "{type: LayerNorm, normalized_shape: 4, elementwise_affine: false}",
     "{type: LayerNorm, normalized_shape: [4], affine: false}"),
])  # fmt: skip
def test_other_libraries_names_mean_the_same(template, theirs, ours):
    loss = "loss: CrossEntropyLoss\n"
    assert spec.parse(template.format(theirs) + loss).hash == spec.parse(template.format(ours) + loss).hash


@pytest.mark.parametrize(("layer", "init"), [
    ("{type: Conv2d, out_channels: 2, kernel_size: 3, activation: relu}", "kaiming_uniform"),
    ("{type: Conv2d, out_channels: 2, kernel_size: 3}, relu", "kaiming_uniform"),
    ("{type: Conv2d, out_channels: 2, kernel_size: 3}, BatchNorm2d, relu", "kaiming_uniform"),
    ("{type: Conv2d, out_channels: 2, kernel_size: 3}, {type: BatchNorm2d, activation: gelu}", "kaiming_uniform"),
    ("{type: Conv2d, out_channels: 2, kernel_size: 3}, {type: MaxPool2d, kernel_size: 2}", "xavier_uniform"),
])  # fmt: skip
def test_a_kernel_begins_by_what_follows_it(layer, init):
    assert block(PICTURES.format(layer) + "loss: CrossEntropyLoss\n")["init"]["type"] == init


def test_the_models_start_is_not_for_norms():
    layers = "{type: Conv2d, out_channels: 2, kernel_size: 3}, BatchNorm2d"
    config = PICTURES.format(layers) + "loss: CrossEntropyLoss\ninit: zeros\nbias_init: ones\n"
    assert (block(config)["init"], block(config)["bias_init"]) == ({"type": "zeros"}, {"type": "ones"})
    assert (block(config, 1)["init"], block(config, 1)["bias_init"]) == ({"type": "ones"}, {"type": "zeros"})


def test_a_layer_without_tensors_has_no_start():
    config = ROWS.format("{type: BatchNorm1d, affine: false}, {type: Linear, out_features: 2, bias: false}")
    config += "loss: CrossEntropyLoss\ninit: zeros\nbias_init: ones\n"
    assert "init" not in block(config)
    assert "bias_init" not in block(config)
    assert "bias_init" not in block(config, 1)


@pytest.mark.parametrize(("name", "tensor", "limit"), [
    ("Linear", "weight", 4**-0.5), ("Linear", "bias", 4**-0.5),
    ("Conv2d", "weight", 9**-0.5), ("Conv2d", "bias", 9**-0.5),
    ("RNN", "weight_ih", 3**-0.5), ("LSTM", "weight_hh", 3**-0.5), ("GRU", "bias_ih", 3**-0.5),
])  # fmt: skip
def test_torch_default_is_uniform_within_a_limit(name, tensor, limit):
    drawn = np.concatenate(
        [started(text(name, "init: torch_default\n"), seed)[f"layers.0.{tensor}"].ravel() for seed in range(100)]
    )
    assert np.abs(drawn).max() <= limit
    assert np.abs(drawn).max() > 0.95 * limit
    assert drawn.std() == pytest.approx(limit / 3**0.5, rel=0.1)


@pytest.mark.parametrize("name", ["BatchNorm1d", "BatchNorm2d", "LayerNorm"])
@pytest.mark.parametrize("start", ["", "init: torch_default\n", "init: keras_default\n", "init: sklearn_default\n"])
def test_norms_begin_as_nothing_but_norms(name, start):
    tensors = started(text(name, start))
    assert (tensors["layers.0.weight"] == 1.0).all()
    assert (tensors["layers.0.bias"] == 0.0).all()


def test_keras_opens_the_forget_gate_and_turns_the_state():
    tensors = started(text("LSTM", "init: keras_default\n"))
    assert tensors["layers.0.bias_ih"].tolist() == [0.0] * 3 + [1.0] * 3 + [0.0] * 6
    turned = tensors["layers.0.weight_hh"]
    np.testing.assert_allclose(turned.T @ turned, np.eye(3), atol=1e-12)
    assert started(text("GRU", "init: keras_default\n"))["layers.0.bias_ih"].tolist() == [0.0] * 9


def test_keras_looks_up_small_numbers():
    drawn = started(text("Embedding", "init: keras_default\n"))["layers.0.weight"]
    assert 0.0 < np.abs(drawn).max() <= 0.05


def test_numbers_are_given_to_tensors_by_name():
    values = "{weight_ih: [[1], [2]], weight_hh: [[3, 4], [5, 6]]}"
    layer = f"{{type: RNN, hidden_size: 2, init: {{type: values, values: {values}}}, bias_init: {{type: values, "
    for bias in ("[7, 8]", "{bias_ih: [7, 8]}"):
        config = STEPS.format(layer + f"values: {bias}}}}}") + "loss: CrossEntropyLoss\n"
        tensors = started(config)
        assert tensors["layers.0.weight_ih"].tolist() == [[1.0], [2.0]]
        assert tensors["layers.0.weight_hh"].tolist() == [[3.0, 4.0], [5.0, 6.0]]
        assert tensors["layers.0.bias_ih"].tolist() == [7.0, 8.0]
        assert block(config)["bias_init"]["values"] == [7.0, 8.0]


def test_a_kernel_takes_numbers_in_four_levels():
    kernel = "[[[[1, 2], [3, 4]]], [[[5, 6], [7, 8]]]]"
    layer = f"{{type: Conv2d, out_channels: 2, kernel_size: 2, init: {{type: values, values: {kernel}}}}}"
    tensors = started(PICTURES.format(layer) + "loss: CrossEntropyLoss\n")
    assert tensors["layers.0.weight"].ravel().tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]


@pytest.mark.parametrize(("name", "forward", "parameters"), [
    ("Linear", 4 * 4 + 4 * 3, 20 + 15),
    ("Conv2d", 2 * 36 * 9 + 72 * 10, 20 + 730),
    ("MaxPool2d", 16 * 10, 170),
    ("RNN", 6 * 3 * (1 + 3) + 3 * 2, 3 + 9 + 3 + 8),
    ("LSTM", 6 * 12 * (1 + 3) + 3 * 2, 12 + 36 + 12 + 8),
    ("Embedding", 18 * 2, 6 + 38),
    ("BatchNorm2d", 64 * 10, 2 + 650),
    ("Add", 4 * 4 + 4 * 3, 20 + 15),
])  # fmt: skip
def test_the_price_asks_the_layers(name, forward, parameters):
    cost = spec.price(parsed := spec.parse(text(name, "seed: 0\n")))
    first = next(
        (n for n, shape in ((16, "Linear"), (16, "Add"), (648, "Conv2d"), (72, "RNN"), (288, "LSTM")) if shape == name),
        0,
    )
    first = {"MaxPool2d": 160}.get(name, first)
    trained, measured = 3 * 32 * (3 * forward - first), 4 * parsed.facts.n * forward
    assert cost.multiply_adds == trained + measured
    assert cost.parameters == parameters


@pytest.mark.parametrize(("name", "title"), [
    ("Linear", "4-4-3 linear on iris"), ("Conv2d", "Conv2d 2, Linear 10 on digits"),
    ("RNN", "RNN 3, Linear 2 on parity"), ("BatchNorm1d", "4-3 linear on iris"),
])  # fmt: skip
def test_titles_name_what_is_not_linear(name, title):
    assert spec.parse(text(name)).words["title"] == title


@pytest.mark.parametrize(("layers", "net"), [
    ("{type: Conv2d, out_channels: 2, kernel_size: 3, activation: relu}, {type: Flatten}",
     "Conv2d 2 relu, Linear 10"),
    ("{type: Conv2d, out_channels: 2, kernel_size: 3}, {type: BatchNorm2d}, {type: tanh}, {type: Flatten}",
     "Conv2d 2 tanh, Linear 10"),
    ("{type: Conv2d, out_channels: 2, kernel_size: 3}, {type: Flatten}, {type: Linear, out_features: 6, "
     "activation: relu}", "Conv2d 2, Linear 6-10 relu"),
])  # fmt: skip
def test_an_activation_is_named_beside_the_layers_that_have_it(layers, net):
    config = f"""
seed: 0
dataset: {{name: digits}}
model: {{layers: [{layers}, {{type: Linear, out_features: 10}}]}}
loss: CrossEntropyLoss
"""
    assert spec.parse(config).words["title"] == f"{net} on digits"


def test_an_unknown_number_of_inputs_hides_no_other_mistake():
    config = "dataset: {name: iriss}\nmodel: {layers: [{type: Linear, out_features: 4, bias: maybe}]}\nloss: MSELos\n"
    assert [problem.path for problem in problems(config)] == [
        "dataset.name", "model.layers[0].out_features", "model.layers[0].bias", "loss.type",
    ]  # fmt: skip
