"""Layers: shapes, numbers, and derivatives against central differences."""

import numpy as np
import pytest

from bpsandbox.core import (
    ACTIVATIONS,
    BackpropError,
    CrossEntropyLoss,
    Flatten,
    GradientCheck,
    Linear,
    MSELoss,
    Network,
    ShapeMismatch,
)
from bpsandbox.core.gradcheck import Differences, check_gradient
from bpsandbox.core.nn.initializers import constant
from bpsandbox.core.nn.layers import Add, Dropout, Reshape
from bpsandbox.core.tape.workspace import Workspace

from .differences import numeric_gradient


def linear(x, out_features, *, bias=True):
    """Return a Linear layer with random parameters and gradient buffers."""
    rng = np.random.default_rng(3)
    layer = Linear(out_features, bias=bias)
    shapes = layer.parameter_shapes(x.shape[2:])
    values = {name: rng.normal(size=(len(x), *shape)) for name, shape in shapes.items()}
    gradients = {name: np.empty_like(value) for name, value in values.items()}
    layer.attach(values, gradients)
    return layer, values, gradients


def forward(layer, x):
    z = np.empty((*x.shape[:2], layer.out_features))
    layer.forward(x, z)
    return z


def test_linear_multiplies_rows_by_the_transposed_weight_and_adds_the_bias():
    x = np.array([[[1.0, 2.0]]])
    layer = Linear(3)
    weight = np.array([[[0.1, 0.2], [0.3, -0.4], [-0.5, 0.6]]])
    layer.attach({"weight": weight, "bias": np.array([[0.1, -0.1, 0.2]])}, dict.fromkeys(("weight", "bias")))
    np.testing.assert_allclose(forward(layer, x), [[[0.6, -0.6, 0.9]]], rtol=1e-15)


@pytest.mark.parametrize("bias", [True, False])
def test_linear_backward_is_the_derivative_of_forward(bias):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(2, 5, 3))
    layer, values, gradients = linear(x, 4, bias=bias)
    dz = rng.normal(size=(2, 5, 4))
    dx = np.empty_like(x)
    layer.backward(x, forward(layer, x), dz, dx)

    def objective(_at):
        return float((forward(layer, x) * dz).sum())

    np.testing.assert_allclose(dx, numeric_gradient(objective, x), rtol=1e-7, atol=1e-8)
    for name, value in values.items():
        np.testing.assert_allclose(gradients[name], numeric_gradient(objective, value), rtol=1e-7, atol=1e-8)


def test_linear_refuses_samples_that_are_not_rows():
    with pytest.raises(ShapeMismatch, match=r"Linear takes rows of numbers, not samples of shape \(1, 8, 8\)"):
        Linear(3).output_shape((1, 8, 8))


def test_flatten_lays_a_sample_out_as_a_row():
    assert Flatten().output_shape((3, 4, 5)) == (60,)


def test_linear_takes_every_step_of_a_sequence_as_a_row():
    rng = np.random.default_rng(5)
    layers = [Linear(4), Linear(1), Flatten()]
    check = checked(layers, rng.normal(size=(6, 5, 3)), rng.normal(size=(6, 5)))
    assert check["band"] == "good", check


def test_add_takes_the_output_of_an_earlier_layer_activation_included():
    network = residual().bind(np.zeros((1, 2 * 12 + 4)))
    assert network.place_of(0) == 1
    assert network.shapes[-1] == (1,)


def test_gradients_flow_along_both_ways_of_a_residual_connection():
    rng = np.random.default_rng(6)
    check = checked(residual().layers, rng.normal(size=(8, 3)), rng.normal(size=(8, 1)))
    assert check["band"] == "good", check


def test_an_output_may_be_added_twice_and_to_itself():
    rng = np.random.default_rng(7)
    layers = numbered(Linear(3), Add(0), Add(0), Linear(1))
    check = checked(layers, rng.normal(size=(8, 3)), rng.normal(size=(8, 1)))
    assert check["band"] == "good", check


def test_reshape_finds_the_missing_axis_out():
    assert Reshape((1, 8, -1)).output_shape((64,)) == (1, 8, 8)
    with pytest.raises(ShapeMismatch, match=r"Reshape takes samples of 12 numbers, not samples of shape \(10,\)"):
        Reshape((3, 4)).output_shape((10,))


def test_dropout_without_streams_lets_everything_through():
    layer, x, kinds = Dropout(0.5), np.arange(6.0).reshape(1, 2, 3), {"d": float, "b": bool, "f": float}
    y, dx = np.empty_like(x), np.empty_like(x)
    scratch = [np.empty((1, *shape), kinds[kind]) for shape, kind in layer.scratch_shapes(2, (3,))]
    layer.forward(x, y, *scratch)
    layer.backward(x, y, x, dx, *scratch)
    assert y.tolist() == dx.tolist() == x.tolist()


def residual():
    """Return Linear 0 with tanh, Linear 1 with tanh, Add of 0, Linear 3."""
    first, second, tanh = Linear(3), Linear(3), ACTIVATIONS["tanh"]
    layers = [first, tanh(), second, tanh(), Add(0), Linear(1)]
    for layer, index in zip(layers, (0, 0, 1, 1, 2, 3), strict=True):
        layer.index = index
    return Network(layers, (3,))


def numbered(*layers):
    for index, layer in enumerate(layers):
        layer.index = index
    return layers


def checked(layers, x, y):
    """Return the gradient check of a network of these layers under MSE."""
    network = Network(layers, x.shape[1:])
    values = np.random.default_rng(8).normal(size=(1, network.size))
    return check_gradient(Differences(network.bind(values), MSELoss(), x, y), GradientCheck())


def test_layers_that_nobody_has_numbered_are_numbered_by_their_place():
    network = Network([Linear(3), ACTIVATIONS["tanh"](), Linear(1)], (2,))
    assert [slot.name for slot in network.slots][::2] == ["layers.0.weight", "layers.2.weight"]


def test_every_tensor_wants_an_initialiser():
    network = Network([Linear(3), Linear(1, bias=False)], (2,))
    with pytest.raises(
        BackpropError, match=r"2 initialisers for 3 tensors. One each for: layers.0.weight, layers.0.bias"
    ):
        network.draw([0], [constant()] * 2)


@pytest.mark.parametrize(("x", "y", "loss", "message"), [
    ((5, 3), (5, 1), MSELoss(), r"The network takes 5 samples of shape \(2,\); these are \(5, 3\)."),
    ((5, 2), (5, 2), MSELoss(), r"The network gives \(5, 1\), the targets are \(5, 2\).$"),
    ((5, 2), (5,), CrossEntropyLoss(), r"are \(5,\). CrossEntropyLoss wants a row of the classes' shares \(one-hot\)."),
])  # fmt: skip
def test_samples_and_targets_of_another_shape_are_told(x, y, loss, message):
    network = Network([Linear(1)], (2,)).bind(np.ones((1, 3)))
    with pytest.raises(BackpropError, match=message):
        Workspace(network, loss, 5).tape(np.ones((1, *x)), np.ones((1, *y)))
