"""Activations: formulas, and derivatives against central differences."""

import math

import numpy as np
import pytest

from bpsandbox.core.nn.activations import ACTIVATIONS

from .differences import numeric_gradient

SMOOTH_OR_KINKED = [name for name in ACTIVATIONS if name not in ("identity", "step")]
FIELDS = {"leaky_relu": [{"negative_slope": 0.2}], "elu": [{"alpha": 0.5}], "gelu": [{"approximate": "tanh"}],
          "softplus": [{"beta": 2.0, "threshold": 3.0}], "hardtanh": [{"min_val": -0.5, "max_val": 2.0}]}  # fmt: skip
CASES = [(name, fields) for name in SMOOTH_OR_KINKED for fields in ({}, *FIELDS.get(name, []))]


def points(layer) -> np.ndarray:
    """Return values around 0, away from every kink."""
    z = np.random.default_rng(7).normal(0.0, 2.0, (2, 5, 4))
    for kink in layer.kinks:
        z[np.abs(z - kink) < 1e-3] += 0.1
    return z


def forward(layer, z):
    a = np.empty_like(z)
    layer.forward(z, a)
    return a


@pytest.mark.parametrize(("name", "fields"), CASES)
def test_backward_is_the_derivative_of_forward(name, fields):
    layer = ACTIVATIONS[name](**fields)
    z = points(layer)
    da = np.random.default_rng(8).normal(size=z.shape)
    a = forward(layer, z)
    dz = np.empty_like(z)
    layer.backward(z, a, da, dz)
    numeric = numeric_gradient(lambda at: float((forward(layer, at) * da).sum()), z)
    np.testing.assert_allclose(dz, numeric, rtol=1e-6, atol=1e-8)


def sigmoid(z):
    return 1.0 / (1.0 + math.exp(-z))


def softplus(z):
    return math.log1p(math.exp(z))


FORMULAS = {
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "selu": lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * math.expm1(z)),
    "gelu": lambda z: z * (1.0 + math.erf(z / math.sqrt(2.0))) / 2.0,
    "silu": lambda z: z * sigmoid(z),
    "softplus": lambda z: z if z > 20 else softplus(z),
    "mish": lambda z: z * math.tanh(softplus(z)),
    "softsign": lambda z: z / (1.0 + abs(z)),
    "hardtanh": lambda z: min(1.0, max(-1.0, z)),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_forward_is_the_formula(name):
    z = np.array([[[-30.0, -3.0, -0.7, 0.0, 1e-9, 0.4, 2.0, 21.0]]])
    a = forward(ACTIVATIONS[name](), z)
    np.testing.assert_allclose(a[0, 0], [FORMULAS[name](value) for value in z[0, 0]], rtol=1e-14, atol=1e-16)


def test_softmax_rows_sum_to_one_and_survive_large_logits():
    a = forward(ACTIVATIONS["softmax"](), np.array([[[1000.0, 1000.0, -1000.0], [0.0, math.log(2.0), math.log(3.0)]]]))
    np.testing.assert_allclose(a, [[[0.5, 0.5, 0.0], [1 / 6, 2 / 6, 3 / 6]]], rtol=1e-14)


def test_sigmoid_is_exact_far_from_zero():
    with np.errstate(over="ignore"):
        a = forward(ACTIVATIONS["sigmoid"](), np.array([[[-800.0, -700.0, 40.0, 800.0]]]))
    np.testing.assert_allclose(a[0, 0], [0.0, math.exp(-700.0), 1.0, 1.0], rtol=1e-12)


def test_relu_has_no_slope_at_its_kink():
    relu, z = ACTIVATIONS["relu"](), np.zeros((1, 1, 1))
    a = forward(relu, z)
    dz = np.empty_like(z)
    relu.backward(z, a, np.ones_like(z), dz)
    assert dz[0, 0, 0] == 0.0


def test_step_passes_its_gradient_straight_through():
    step, z = ACTIVATIONS["step"](straight_through=True), np.array([[[-1.0, 0.0, 2.0]]])
    a = forward(step, z)
    dz, da = np.empty_like(z), np.array([[[3.0, 4.0, 5.0]]])
    step.backward(z, a, da, dz)
    assert a.tolist() == [[[0.0, 0.0, 1.0]]]
    assert dz.tolist() == da.tolist()
