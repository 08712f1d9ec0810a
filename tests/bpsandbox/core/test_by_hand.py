"""One step of a 2-3-1 sigmoid network, against fifty-digit decimals.

L = (y - p)^2 with x = (1, 2), y = 1, learning rate 0.1. The expected numbers are computed here in decimal arithmetic,
by the textbook rules.
"""

from decimal import Decimal, getcontext

import numpy as np
import pytest

from bpsandbox import spec
from bpsandbox.core import Trace, run

getcontext().prec = 50
D = Decimal

X, Y, RATE = [D(1), D(2)], D(1), D("0.1")
W1 = [[D("0.1"), D("0.2")], [D("0.3"), D("-0.4")], [D("-0.5"), D("0.6")]]
B1 = [D("0.1"), D("-0.1"), D("0.2")]
W2, B2 = [D("0.7"), D("-0.8"), D("0.9")], D("0.05")


def sigmoid(z):
    return 1 / (1 + (-z).exp())


def by_hand():
    """Compute forward, backward and update of the network in decimals."""
    z1 = [sum(w * x for w, x in zip(row, X, strict=True)) + b for row, b in zip(W1, B1, strict=True)]
    a1 = [sigmoid(z) for z in z1]
    z2 = sum(w * a for w, a in zip(W2, a1, strict=True)) + B2
    p = sigmoid(z2)
    dp = 2 * (p - Y)
    dz2 = dp * p * (1 - p)
    dW2, db2 = [dz2 * a for a in a1], dz2
    da1 = [dz2 * w for w in W2]
    dz1 = [d * a * (1 - a) for d, a in zip(da1, a1, strict=True)]
    dW1, db1 = [[d * x for x in X] for d in dz1], dz1
    return {
        "loss": (Y - p) ** 2,
        "z": [z1, [z2]],
        "a": [a1, [p]],
        "da": [da1, [dp]],
        "dz": [dz1, [dz2]],
        "dW": [dW1, [dW2]],
        "db": [db1, [db2]],
        "weight_after": [moved(W1, dW1), moved([W2], [dW2])],
        "bias_after": [moved(B1, db1), moved([B2], [db2])],
    }


def moved(values, gradients):
    if isinstance(values, list):
        return [moved(value, gradient) for value, gradient in zip(values, gradients, strict=True)]
    return values - RATE * gradients


def close(got, expected):
    np.testing.assert_allclose(got, np.array(expected, dtype=float), rtol=0.0, atol=1e-12)


@pytest.fixture(scope="module")
def traced():
    trace = Trace()
    result = run(spec.build(spec.parse(spec.presets.PRESETS["by-hand"].text)), observers=[trace])
    return result, trace.document()


def captured(capture):
    """Return the numbers of a captured step, by the names of `by_hand`."""
    shown, row, linears = capture.shown, capture.place, (0, 2)
    tensors = {slot.name: slot for slot in capture.network.slots}

    def of(flat, name):
        return [tensors[f"layers.{layer}.{name}"].view(flat[np.newaxis])[0] for layer in (0, 1)]

    return {
        "z": [shown.inputs[place + 1][row] for place in linears],
        "a": [shown.inputs[place + 2][row] for place in linears],
        "da": [shown.gradients[place + 2][row] for place in linears],
        "dz": [shown.gradients[place + 1][row] for place in linears],
        "dW": of(capture.gradient, "weight"),
        "db": of(capture.gradient, "bias"),
        "weight_after": of(capture.after, "weight"),
        "bias_after": of(capture.after, "bias"),
    }


@pytest.mark.parametrize("name", ["z", "a", "da", "dz", "dW", "db", "weight_after", "bias_after"])
@pytest.mark.parametrize("layer", [0, 1])
def test_the_worked_example_is_what_one_computes_by_hand(traced, name, layer):
    result, _ = traced
    close(captured(result.capture)[name][layer], by_hand()[name][layer])


def test_the_loss_is_the_square_of_the_difference(traced):
    result, steps = traced
    expected = by_hand()
    close(result.capture.shown.loss, expected["loss"])
    close(captured(result.capture)["a"][1], expected["a"][1])
    close(result.document().curves["train_loss"][0], [expected["loss"]])
    close(steps["steps"][0]["loss"], [expected["loss"]])


def test_the_step_that_was_trained_is_the_one_that_is_explained(traced):
    _, steps = traced
    expected = by_hand()
    close(steps["start"]["layers.0.weight"], [W1])
    close(steps["first_gradient"]["layers.0.weight"], [expected["dW"][0]])
    close(steps["first_gradient"]["layers.1.bias"], [expected["db"][1]])
    close(steps["end"]["layers.0.weight"], [expected["weight_after"][0]])
    close(steps["end"]["layers.0.bias"], [expected["bias_after"][0]])
    close(steps["end"]["layers.1.weight"], [expected["weight_after"][1]])
    close(steps["end"]["layers.1.bias"], [expected["bias_after"][1]])


def test_the_numbers_of_this_test_are_not_trivial():
    assert abs(by_hand()["loss"] - D("0.086")) < D("0.01")
    assert len({str(value)[:8] for row in by_hand()["dW"][0] for value in row}) == 6
