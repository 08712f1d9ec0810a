"""Layers: shapes, numbers, and derivatives against centred differences."""

import numpy as np
import pytest

from bpsandbox.core import Flatten, Linear, ShapeMismatch

from .differences import arrays_for, numeric_gradient


def linear(x, out_features, *, bias=True):
    """A Linear layer with random parameters and room for its gradients."""
    rng = np.random.default_rng(3)
    layer = Linear(out_features, bias=bias)
    shapes = layer.parameter_shapes(x.shape[2:])
    values = {name: rng.normal(size=(len(x), *shape)) for name, shape in shapes.items()}
    gradients = {name: np.empty_like(value) for name, value in values.items()}
    layer.attach(values, gradients)
    return layer, values, gradients


def forward(layer, x):
    z = np.empty((*x.shape[:2], layer.out_features))
    layer.forward(x, z, *arrays_for(layer, z))
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
    layer.backward(x, forward(layer, x), dz, dx, *arrays_for(layer, dz))

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
