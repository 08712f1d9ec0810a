"""Every non-recurrent layer: forward, backward, and summed over the batch."""

from functools import partial

import numpy as np
import pytest

from bpsandbox.core.nn.activations import ACTIVATIONS
from bpsandbox.core.nn.layers import LAYERS
from bpsandbox.explain.working.layers import KINDS
from tests.full import FULL

from . import configs
from .configs import FEW, IMAGES, OUT, ROWS, SEQUENCES, TOKENS, VARIANTS, steps_of

LINEAR = "{type: Linear, out_features: 3, activation: tanh}"
PLAIN = "{type: Linear, out_features: 3}"
MANY = "{type: Conv2d, out_channels: 5, kernel_size: 1}"


@pytest.fixture(params=[FEW, pytest.param(VARIANTS, marks=FULL)], ids=["few", "every"])
def assert_true(request):
    return partial(configs.assert_true, variants=request.param)


def test_every_layer_and_activation_of_the_language_can_be_worked():
    assert set(LAYERS.values()) <= set(KINDS)
    made = {type(make(straight_through=True) if name == "step" else make()) for name, make in ACTIVATIONS.items()}
    assert made <= set(KINDS)


# activations

ACTIVE = [
    *(name for name in ACTIVATIONS if name != "step"),
    "{type: leaky_relu, negative_slope: 0.2}",
    "{type: elu, alpha: 0.5}",
    "{type: gelu, approximate: tanh}",
    "{type: softplus, beta: 2, threshold: 0.5}",
    "{type: hardtanh, min_val: -0.2, max_val: 0.3}",
    "{type: step, straight_through: true}",
]


@pytest.mark.parametrize("active", ACTIVE)
def test_activations_are_worked_on_a_layer_and_alone_for_rows_sequences_and_images(assert_true, active):
    assert_true(ROWS, [f"{{type: Linear, out_features: 3, activation: {active}}}", active, OUT])
    assert_true(SEQUENCES, [f"{{type: Linear, out_features: 2, activation: {active}}}", "Flatten", OUT])
    assert_true(IMAGES, [f"{{type: Conv2d, out_channels: 3, kernel_size: 2, activation: {active}}}", "Flatten", OUT])


Z, A, D = "z^{[0]}", "a^{[0]}", r"\frac{\partial L}{\partial a^{[0]}}"
FORMULAS = {
    "sigmoid": (rf"\sigma\left({Z}\right)", rf"{D} \odot \left({A} \odot \left(1 - {A}\right)\right)"),
    "tanh": (rf"\tanh\left({Z}\right)", rf"{D} \odot \left(1 - \left({A}\right)^{{2}}\right)"),
    "relu": (rf"\mathrm{{ReLU}}\left({Z}\right)", rf"{D} \odot \mathbf{{1}}_{{>0}}\left({Z}\right)"),
    "leaky_relu": (
        rf"\max\left({Z}, 0\right) + \alpha \, \min\left({Z}, 0\right)",
        rf"{D} \odot \left(\mathbf{{1}}_{{>0}}\left({Z}\right)"
        rf" + \alpha \, \mathbf{{1}}_{{\le 0}}\left({Z}\right)\right)",
    ),
    "silu": (
        r"z^{[0]} \odot s^{[0]}",
        rf"{D} \odot \left(s^{{[0]}} \odot \left(1 + {Z} \odot \left(1 - s^{{[0]}}\right)\right)\right)",
    ),
    "hardtanh": (
        rf"\min\left(\max\left({Z}, -1\right), 1\right)",
        rf"{D} \odot \left(\mathbf{{1}}_{{>-1}}\left({Z}\right) \odot \mathbf{{1}}_{{<1}}\left({Z}\right)\right)",
    ),
    "softsign": (
        rf"\frac{{{Z}}}{{1 + \left|{Z}\right|}}",
        rf"{D} \odot \frac{{1}}{{\left(1 + \left|{Z}\right|\right)^{{2}}}}",
    ),
    "mish": (
        rf"{Z} \odot t^{{[0]}}",
        rf"{D} \odot \left(t^{{[0]}} + {Z} \odot \left(1 - \left(t^{{[0]}}\right)^{{2}}\right) \odot "
        rf"\sigma\left({Z}\right)\right)",
    ),
    "{type: step, straight_through: true}": (rf"\mathbf{{1}}_{{>0}}\left({Z}\right)", D),
}


@pytest.mark.parametrize("active", FORMULAS)
def test_an_activation_is_written_as_its_rule_and_its_slope(active):
    steps = steps_of(ROWS, [f"{{type: Linear, out_features: 3, activation: {active}}}", OUT])
    value, back = FORMULAS[active]
    assert steps["forward.0.activation"].formula == f"{A} = {value}"
    meaning = r"\frac{\partial L}{\partial z^{[0]}}"
    assert steps["backward.0.activation"].formula == rf"\delta^{{[0]}} = {meaning} = {back}"


def test_a_softmax_goes_back_by_its_jacobian():
    steps = steps_of(ROWS, ["{type: Linear, out_features: 3, activation: softmax}", OUT])
    assert steps["forward.0.activation"].formula == rf"{A} = \frac{{u^{{[0]}}}}{{\mathrm{{sum}}\left(u^{{[0]}}\right)}}"
    jacobian = rf"\mathrm{{diag}}\left({A}\right) - {A} \left({A}\right)^{{\top}}"
    assert steps["backward.0.activation"].formula.endswith(rf" = \left({jacobian}\right) {D}")


# convolution and pooling


@pytest.mark.parametrize("options", [
    "kernel_size: 2", "kernel_size: [1, 2], stride: 2, padding: 1, dilation: [2, 1]", "kernel_size: 3, padding: same",
    "kernel_size: 2, padding: same", "kernel_size: 2, stride: 3", "kernel_size: 1, padding: 2", "kernel_size: [4, 4]",
    "kernel_size: 2, padding: 3, stride: 2, bias: false", "kernel_size: 2, dilation: 3",
    "kernel_size: 2, stride: [1, 2]",
])  # fmt: skip
def test_a_convolution_is_worked_channel_by_channel(assert_true, options):
    layer = f"{{type: Conv2d, out_channels: 3, {options}}}"
    assert_true(IMAGES, [layer, "Flatten", OUT])
    assert_true(IMAGES, [MANY, layer, "Flatten", OUT])


def test_a_convolution_is_a_sum_of_correlations():
    steps = steps_of(IMAGES, ["{type: Conv2d, out_channels: 3, kernel_size: 2, stride: 2, padding: 1}", "Flatten", OUT])
    assert steps["forward.0.sum.1"].formula == (
        r"a^{[0]}_{1} = \mathrm{down}\left(W^{[0]}_{1,0} \star \mathrm{pad}\left(x_{0}, 1\right)"
        r" + W^{[0]}_{1,1} \star \mathrm{pad}\left(x_{1}, 1\right), 2\right) + b^{[0]}_{1}"
    )
    assert steps["backward.0.weight.1.0"].formula == (
        r"\frac{\partial L_{0}}{\partial W^{[0]}_{1,0}} ="
        r" \mathrm{dilate}\left(\delta^{[0]}_{1}, 2\right) \star \mathrm{pad}\left(x_{0}, 1\right)"
    )
    assert steps["backward.0.bias.1"].formula.endswith(r" = \mathrm{sum}\left(\delta^{[0]}_{1}\right)")


def test_the_channels_after_the_third_are_one_summand_and_those_not_shown_are_said():
    steps = steps_of(IMAGES, [MANY, "{type: Conv2d, out_channels: 3, kernel_size: 2}", "Flatten", OUT])
    formula = steps["forward.1.sum.0"].formula
    assert r"W^{[1]}_{0,2} \star a^{[0]}_{2} + \sum_{c=3}^{4} W^{[1]}_{0,c} \star a^{[0]}_{c}" in formula
    notes = " ".join(str(note) for note in steps["forward.0.sum.1"].notes)
    assert r"\(a^{[0]}\) is 5 × 4 × 4, norm" in notes
    assert "The first 2 of its 5 parts are shown; the others are computed in the same way." in notes


def test_a_gradient_goes_back_through_a_convolution_by_the_kernel_turned_around():
    steps = steps_of(IMAGES, [MANY, "{type: Conv2d, out_channels: 2, kernel_size: 2}", "Flatten", OUT])
    assert steps["backward.1.input.0"].formula == (
        r"\delta^{[0]}_{0} = \frac{\partial L}{\partial a^{[0]}_{0}} ="
        r" \mathrm{flip}\left(W^{[1]}_{0,0}\right) \star \mathrm{pad}\left(\delta^{[1]}_{0}, 1\right)"
        r" + \mathrm{flip}\left(W^{[1]}_{1,0}\right) \star \mathrm{pad}\left(\delta^{[1]}_{1}, 1\right)"
    )


@pytest.mark.parametrize("kind", ["MaxPool2d", "AvgPool2d"])
@pytest.mark.parametrize("options", [
    "kernel_size: 2", "kernel_size: 2, stride: 1", "kernel_size: 2, padding: 1", "kernel_size: [1, 2], stride: [3, 1]",
    "kernel_size: [3, 2], padding: [1, 0], stride: 1", "kernel_size: 3, padding: 1, stride: 2",
])  # fmt: skip
def test_pools_are_worked(assert_true, kind, options):
    assert_true(IMAGES, [MANY, "relu", f"{{type: {kind}, {options}}}", "Flatten", OUT])


def test_of_equal_numbers_in_a_window_the_first_gets_the_gradient():
    zeros = "{type: Conv2d, out_channels: 1, kernel_size: 1, init: {type: constant, value: 0}}"
    step = steps_of(IMAGES, [zeros, "{type: MaxPool2d, kernel_size: 2}", "Flatten", OUT])["backward.1.pool.0"]
    assert (step.value[1::2] == 0).all() and (step.value[:, 1::2] == 0).all() and (step.value[::2, ::2] != 0).all()
    assert step.formula.endswith(
        r"\mathrm{unpool}\left(\frac{\partial L}{\partial a^{[1]}_{0}}, a^{[0]}_{0}, 2, 2\right)"
    )


# shapes, tables, dropout


@pytest.mark.parametrize("shape", ["[-1]", "[4, 8]", "[4, 2, 4]"])
def test_reshaping_is_worked_in_both_directions(assert_true, shape):
    assert_true(IMAGES, [MANY.replace("5", "2"), f"{{type: Reshape, shape: {shape}}}", "tanh", "Flatten", OUT])
    assert_true(SEQUENCES, ["{type: Linear, out_features: 4}", "{type: Reshape, shape: [2, 6]}", "Flatten", OUT])


def test_a_sequence_is_flattened_step_by_step():
    layers = ["{type: Linear, out_features: 2}", "Flatten", OUT]
    columns, rows = (steps_of(SEQUENCES, layers, vectors=vectors) for vectors in ("columns", "rows"))
    assert columns["forward.1.shape"].formula == (
        r"a^{[1]} = \mathrm{reshape}\left(\left(a^{[0]}\right)^{\top}, 6, 1\right)"
    )
    assert rows["forward.1.shape"].formula == r"a^{[1]} = \mathrm{reshape}\left(a^{[0]}, 1, 6\right)"
    assert np.array_equal(columns["forward.1.shape"].value.T, rows["forward.1.shape"].value)


@pytest.mark.parametrize("tokens", [5, 12])
def test_a_table_adds_up_the_gradients_of_a_token_that_comes_twice(assert_true, tokens):
    layers = [f"{{type: Embedding, num_embeddings: {tokens}, embedding_dim: 2}}", "Flatten", OUT]
    assert_true(TOKENS, layers)
    steps = steps_of(TOKENS, layers, vectors="rows")
    assert steps["forward.0.rows"].formula == rf"a^{{[0]}} = \mathrm{{onehot}}\left(x, {tokens}\right) W^{{[0]}}"
    delta = steps["backward.1.shape"].value
    assert np.allclose(steps["backward.0.weight"].value[2], delta[1] + delta[2])


@pytest.mark.parametrize("p", [0, 0.3, 0.5, 0.99])
def test_dropout_is_worked_with_the_mask_that_was_drawn(assert_true, p):
    layer = f"{{type: Dropout, p: {p}}}"
    assert_true(ROWS, [LINEAR, layer, OUT])
    assert_true(IMAGES, [layer, "{type: Conv2d, out_channels: 3, kernel_size: 2}", layer, "Flatten", layer, OUT])
    assert_true(SEQUENCES, [LINEAR, layer, "Flatten", OUT])
    steps = steps_of(ROWS, [LINEAR, layer, OUT])
    assert steps["forward.1.mask"].formula == r"a^{[1]} = \frac{1}{1 - p} \, m^{[1]} \odot a^{[0]}"


# normalisation

BATCH_NORMS = ["", ", affine: false", ", unbiased: false", ", momentum: 0.3, eps: 0.001"]


@pytest.mark.parametrize("options", BATCH_NORMS)
def test_batch_normalisation_is_worked_with_the_statistics_of_the_batch(assert_true, options):
    rows, images = f"{{type: BatchNorm1d{options}}}", f"{{type: BatchNorm2d{options}}}"
    assert_true(ROWS, [PLAIN, rows, "relu", OUT], batches_of_one=False)
    assert_true(ROWS, [rows, OUT], batches_of_one=False)
    assert_true(SEQUENCES, [PLAIN, rows, "Flatten", OUT])
    assert_true(IMAGES, ["{type: Conv2d, out_channels: 3, kernel_size: 2}", images, "relu", "Flatten", OUT])


def test_a_feature_without_variance_is_worked(assert_true):
    zeros = "{type: Linear, out_features: 3, init: {type: constant, value: 0}}"
    assert_true(ROWS, [zeros, "BatchNorm1d", "tanh", OUT], batches_of_one=False)


def test_batch_normalisation_goes_back_through_mean_and_variance():
    steps = steps_of(ROWS, [PLAIN, "BatchNorm1d", OUT], 2)
    assert steps["forward.1.mean"].formula == r"\mu^{[1]} = \frac{a^{[0]} + \sum_{n \ne 2} a^{[0]}_{n}}{6}"
    assert steps["forward.1.normalised"].formula == (
        r"\hat{x}^{[1]} = \frac{a^{[0]} - \mu^{[1]}}{\sqrt{v^{[1]} + \varepsilon}}"
    )
    assert steps["backward.1.input"].formula == (
        r"\delta^{[0]} = \frac{\partial L}{\partial a^{[0]}} = \frac{g^{[1]} - \overline{g}^{[1]}"
        r" - \hat{x}^{[1]} \odot \overline{g \odot \hat{x}}^{[1]}}{\sqrt{v^{[1]} + \varepsilon}}"
    )
    assert steps["backward.0.weight"].formula.startswith(r"\frac{\partial L}{\partial W^{[0]}}\Big|_{n=2} = ")
    assert "from example 2" in str(steps["backward.0.weight"].notes[-1])


def test_a_bias_before_batch_normalisation_has_a_sum_that_cancels():
    step = steps_of(ROWS, [PLAIN, "BatchNorm1d", OUT])["backward.0.bias.batch"]
    assert step.numbers.endswith(r" = \begin{bmatrix} 0 \\ 0 \\ 0 \end{bmatrix}")
    assert str(step.notes[-1]) == "Where a sum cancels up to rounding, it is written as 0."


def test_the_running_statistics_move_by_a_share_of_the_batch():
    steps = steps_of(ROWS, [PLAIN, "BatchNorm1d", OUT])
    assert steps["update.1.running_var"].formula == (
        r"\bar{v}^{[1]} \leftarrow \left(1 - m\right) \, \bar{v}^{[1]} + m \, \frac{6}{5} \, v^{[1]}"
    )
    biased = steps_of(ROWS, [PLAIN, "{type: BatchNorm1d, unbiased: false}", OUT])
    assert r"\frac{6}{5}" not in biased["update.1.running_var"].formula


@pytest.mark.parametrize("options", ["", ", affine: false", ", eps: 0.1"])
def test_layer_normalisation_is_worked_over_one_two_and_three_axes(assert_true, options):
    assert_true(ROWS, [PLAIN, f"{{type: LayerNorm{options}}}", "relu", OUT])
    assert_true(SEQUENCES, [PLAIN, f"{{type: LayerNorm{options}}}", "Flatten", OUT])
    whole = f"{{type: LayerNorm, normalized_shape: [3, 3]{options}}}"
    assert_true(SEQUENCES, [PLAIN, whole, "Flatten", OUT])
    for shape in ("[4]", "[4, 4]", "[5, 4, 4]"):
        layer = f"{{type: LayerNorm, normalized_shape: {shape}{options}}}"
        assert_true(IMAGES, [MANY, layer, "relu", "Flatten", OUT])


def test_layer_normalisation_takes_the_mean_of_the_example_alone():
    steps = steps_of(ROWS, [PLAIN, "LayerNorm", OUT])
    assert steps["forward.1.mean"].formula == r"\mu^{[1]} = \frac{\mathrm{sum}\left(a^{[0]}\right)}{3}"
    assert r"\frac{g^{[1]} - \overline{g}^{[1]} - \hat{x}^{[1]}" in steps["backward.1.input"].formula


# residual connections

RESIDUAL = {
    "one": [LINEAR, LINEAR, "{type: Add, from: 0}", OUT],
    "several": [LINEAR, LINEAR, "{type: Add, from: 0, activation: relu}", LINEAR, "{type: Add, from: 0}",
                "{type: Add, from: 2}", OUT],
    "the layer before": [PLAIN, "{type: Add, from: 0}", OUT],
    "a view and what it looks at": [PLAIN, "identity", LINEAR, "{type: Add, from: 0}", "{type: Add, from: 1}", OUT],
    "views of views": [PLAIN, "identity", "identity", LINEAR, "{type: Add, from: 0}", "{type: Add, from: 1}",
                       "{type: Add, from: 2}", OUT],
    "before what is trained": ["{type: Dropout, p: 0.1}", "tanh", "{type: Linear, out_features: 2}",
                               "{type: Add, from: 1}", "{type: Add, from: 0}", OUT],
    "normalised": [LINEAR, "LayerNorm", "relu", "{type: Add, from: 0}", "LayerNorm", "{type: Add, from: 3}", OUT],
}  # fmt: skip


@pytest.mark.parametrize("layers", RESIDUAL.values(), ids=RESIDUAL)
def test_residual_connections_are_worked_on_every_path(assert_true, layers):
    assert_true(ROWS, layers)


def test_residual_connections_of_images_and_sequences_are_worked(assert_true):
    conv = "{type: Conv2d, out_channels: 2, kernel_size: 3, padding: same}"
    pool = "{type: MaxPool2d, kernel_size: 2}"
    assert_true(IMAGES, [conv, conv, "BatchNorm2d", "{type: Add, from: 0, activation: relu}", pool, "Flatten", OUT])
    view = "{type: Reshape, shape: [2, 4, 4]}"
    assert_true(
        IMAGES, [conv, view, conv, "{type: Add, from: 0, activation: relu}", "{type: Add, from: 1}", "Flatten", OUT]
    )
    assert_true(SEQUENCES, [PLAIN, PLAIN, "{type: Add, from: 0, activation: relu}", "Flatten", OUT])


def test_the_gradients_of_both_paths_add_up():
    steps = steps_of(ROWS, [LINEAR, LINEAR, "{type: Add, from: 0}", OUT])
    assert steps["backward.0.paths"].formula == (
        r"\frac{\partial L}{\partial a^{[0]}} = \frac{\partial L}{\partial a^{[0]}}\Big|_{[1]}"
        r" + \frac{\partial L}{\partial a^{[2]}}"
    )


# what needs no gradient


def test_layers_before_the_first_parameters_say_that_they_need_no_gradient():
    steps = steps_of(IMAGES, ["tanh", "Flatten", OUT])
    assert str(steps["backward.1.none"].title) == "Layer 1: no gradient needed"
    assert str(steps["backward.1.none"].notes[0]) == "No parameter of this layer or of an earlier one is trained."
