"""The gradient check: silent on right cores, loud on wrong ones."""

import numpy as np
import pytest

from bpsandbox.core import GradientCheck, Linear, losses, run
from bpsandbox.core.activations import ReLU, Sigmoid, Tanh
from bpsandbox.core.album import differences_of
from bpsandbox.core.gradcheck import band, check_gradient
from bpsandbox.core.penalty import Penalty

from .nets import BLOBS, XOR, experiment

CHECK = GradientCheck()


class MissingTranspose(Linear):
    def backward(self, x, z, dz, dx, ones):
        super().backward(x, z, dz, dx, ones)
        self.dW[...] = (np.swapaxes(x, -1, -2) @ dz).reshape(self.dW.shape)


class BiasNotSummed(Linear):
    def backward(self, x, z, dz, dx, ones):
        super().backward(x, z, dz, dx, ones)
        self.db[...] = dz[..., 0, :]


class BiasForgotten(Linear):
    def backward(self, x, z, dz, dx, ones):
        super().backward(x, z, dz, dx, ones)
        self.db[...] = 0.0


class TransposedOnTheWayBack(Linear):
    def backward(self, x, z, dz, dx, ones):
        super().backward(x, z, dz, dx, ones)
        if dx is not None:
            np.matmul(dz, np.flip(self.W, axis=-1), out=dx)


class GradientsNotCleared(Linear):
    def backward(self, x, z, dz, dx, ones):
        kept = self.dW.copy()
        super().backward(x, z, dz, dx, ones)
        self.dW += kept + 1e-3


class SigmoidOfTheSlope(Sigmoid):
    """Takes z for a in a (1 - a)."""

    def backward(self, z, a, da, dz, constant):
        np.multiply(da, z * (1.0 - z), out=dz)


class TanhWithoutSquare(Tanh):
    def backward(self, z, a, da, dz, constant):
        np.multiply(da, 1.0 - a, out=dz)


class ReLUThatForgets(ReLU):
    def backward(self, z, a, da, dz, constant):
        np.copyto(dz, da)


class MissingMean(losses.MSELoss):
    def backward(self, p, y, dp, d, *others):
        np.multiply(d, 2.0, out=dp)


class MissingTwo(losses.MSELoss):
    def backward(self, p, y, dp, d, *others):
        np.multiply(d, self.scale(p), out=dp)


class SoftmaxForgotten(losses.CrossEntropyLoss):
    def backward(self, z, t, dz, p, *others):
        np.subtract(z, t, out=dz)
        dz *= self.scales(t)


class PenaltyForgotten(Penalty):
    def add_gradient(self):
        pass


def checks(built):
    return run(built).document()["checks"]["gradient_check"]


def with_layers(built, wrong, right):
    """The experiment with every layer of one kind replaced by another."""
    layers = []
    for layer in built.network.layers:
        if type(layer) is right:
            other = wrong.__new__(wrong)
            other.__dict__.update(layer.__dict__)
            layer = other
        layers.append(layer)
    network = type(built.network)(layers, built.network.shapes[0])
    return type(built)(**{**built.__dict__, "network": network, "gradient_check": CHECK})


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu",
    "softplus", "mish", "softsign", "hardtanh", "softmax"])  # fmt: skip
def test_right_cores_are_good_before_and_after_training(activation):
    found = checks(experiment(BLOBS.replace("tanh", activation), gradient_check=CHECK))
    assert [check["at"] for check in found] == ["start", "end"]
    assert {check["band"] for check in found} == {"good"}
    assert all(tensor["checked"] > 0 for check in found for tensor in check["tensors"])


@pytest.mark.parametrize(("wrong", "right"), [(BiasNotSummed, Linear), (BiasForgotten, Linear),
    (GradientsNotCleared, Linear), (TransposedOnTheWayBack, Linear), (SigmoidOfTheSlope, Sigmoid)])  # fmt: skip
def test_a_wrong_layer_is_found_wrong(wrong, right):
    assert {check["band"] for check in checks(with_layers(experiment(XOR), wrong, right))} == {"wrong"}


def test_a_missing_transpose_is_found_wrong():
    square = XOR.replace("out_features: 3", "out_features: 2")
    assert "wrong" in {check["band"] for check in checks(with_layers(experiment(square), MissingTranspose, Linear))}


@pytest.mark.parametrize(
    ("wrong", "right", "name"), [(TanhWithoutSquare, Tanh, "tanh"), (ReLUThatForgets, ReLU, "relu")]
)
def test_a_wrong_slope_is_found_wrong(wrong, right, name):
    built = experiment(BLOBS.replace("tanh", name))
    assert "wrong" in {check["band"] for check in checks(with_layers(built, wrong, right))}


@pytest.mark.parametrize(("text", "loss"), [(XOR, MissingMean()), (XOR, MissingTwo()), (BLOBS, SoftmaxForgotten())])
def test_a_wrong_loss_is_found_wrong(text, loss):
    found = checks(experiment(text, loss=loss, gradient_check=CHECK))
    assert {check["band"] for check in found} == {"wrong"}


def test_a_forgotten_penalty_is_found_wrong():
    assert checks(experiment(XOR, penalty=PenaltyForgotten(l2=0.1), gradient_check=CHECK))[0]["band"] == "wrong"
    assert checks(experiment(XOR, penalty=Penalty(l2=0.1, l1=0.01), gradient_check=CHECK))[0]["band"] == "good"


def test_kinks_are_skipped_instead_of_blamed():
    """Zero weights put every relu exactly on its kink."""
    text = BLOBS.replace("tanh", "relu") + "init: zeros\n"
    start = checks(experiment(text, gradient_check=CHECK))[0]
    assert start["band"] == "good"
    assert any(tensor["skipped"] for tensor in start["tensors"])


def test_a_wrong_gradient_is_told_as_a_warning():
    document = run(experiment(XOR, loss=MissingTwo(), gradient_check=CHECK)).document()
    assert "gradient_check" in {warning["code"] for warning in document["warnings"]}


@pytest.mark.parametrize(("error", "word"), [(0.0, "good"), (1e-7, "good"), (2e-7, "fair"), (1e-4, "fair"),
    (2e-4, "suspicious"), (1e-2, "suspicious"), (0.011, "wrong"), (float("nan"), "wrong")])  # fmt: skip
def test_bands(error, word):
    assert band(error) == word


def test_a_weight_at_the_kink_of_its_penalty_is_skipped():
    built = experiment(XOR, seeds=(0,), penalty=Penalty(l1=0.1))
    theta = built.network.draw((0,), built.initializers)
    theta[0, 0] = 1e-7
    result = check_gradient(differences_of(built, theta), CHECK)
    assert result["band"] == "good"
    assert result["tensors"][0]["skipped"] == 1
