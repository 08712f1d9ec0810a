"""The gradient check: silent on correct cores, failing on wrong ones."""

import numpy as np
import pytest

from bpsandbox.core import ACTIVATIONS, BackpropError, GradientCheck, Linear, MSELoss, Network, run, stream
from bpsandbox.core.gradcheck import Differences, band, check_gradient, check_layers, entries, rows_for, work
from bpsandbox.core.nn import losses
from bpsandbox.core.nn.activations import ReLU, Sigmoid, Tanh
from bpsandbox.core.nn.layers import LayerNorm
from bpsandbox.core.optim.penalty import Penalty
from bpsandbox.core.train.observers.gradient_check import differences_of

from .every import CASES, OUTPUTS, missing
from .nets import BLOBS, XOR, experiment

CHECK = GradientCheck()


class MissingTranspose(Linear):
    def backward(self, x, z, dz, dx):
        super().backward(x, z, dz, dx)
        self.dW[...] = (np.swapaxes(x, -1, -2) @ dz).reshape(self.dW.shape)


class BiasNotSummed(Linear):
    def backward(self, x, z, dz, dx):
        super().backward(x, z, dz, dx)
        self.db[...] = dz[..., 0, :]


class BiasForgotten(Linear):
    def backward(self, x, z, dz, dx):
        super().backward(x, z, dz, dx)
        self.db[...] = 0.0


class TransposedOnTheWayBack(Linear):
    def backward(self, x, z, dz, dx):
        super().backward(x, z, dz, dx)
        if dx is not None:
            np.matmul(dz, np.flip(self.W, axis=-1), out=dx)


class GradientsNotCleared(Linear):
    def backward(self, x, z, dz, dx):
        kept = self.dW.copy()
        super().backward(x, z, dz, dx)
        self.dW += kept + 1e-3


class SigmoidOfTheSlope(Sigmoid):
    """Mistakes z for a in a (1 - a)."""

    def backward(self, z, a, da, dz):
        np.multiply(da, z * (1.0 - z), out=dz)


class TanhWithoutSquare(Tanh):
    def backward(self, z, a, da, dz):
        np.multiply(da, 1.0 - a, out=dz)


class ReLUThatForgets(ReLU):
    def backward(self, z, a, da, dz):
        np.copyto(dz, da)


class MissingMean(losses.MSELoss):
    def backward(self, p, y, dp):
        np.multiply(self.d, 2.0, out=dp)


class MissingTwo(losses.MSELoss):
    def backward(self, p, y, dp):
        np.multiply(self.d, self.scale(p), out=dp)


class SoftmaxForgotten(losses.CrossEntropyLoss):
    def backward(self, z, t, dz):
        np.subtract(z, t, out=dz)
        dz *= self.scales(t)


class PenaltyForgotten(Penalty):
    def add_gradient(self, rows=1):
        pass


def checks(built):
    return run(built).document().to_json()["checks"]["gradient_check"]


def with_layers(built, wrong, right):
    """Return the experiment with every layer of one kind replaced by another."""
    layers = []
    for layer in built.network.layers:
        if type(layer) is right:
            other = wrong.__new__(wrong)
            other.__dict__.update(layer.__dict__)
            layer = other
        layers.append(layer)
    network = type(built.network)(layers, built.network.shapes[0])
    return type(built)(**{**built.__dict__, "network": network, "observers": (CHECK,)})


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu",
    "softplus", "mish", "softsign", "hardtanh", "softmax"])  # fmt: skip
def test_right_cores_are_good_before_and_after_training(activation):
    found = checks(experiment(BLOBS.replace("tanh", activation), observers=(CHECK,)))
    assert [check["at"] for check in found] == ["start", "end"]
    assert {check["band"] for check in found} == {"good"}
    assert all(tensor["checked"] > 0 for check in found for tensor in check["tensors"])


@pytest.mark.parametrize(("wrong", "right"), [(BiasNotSummed, Linear), (BiasForgotten, Linear),
    (GradientsNotCleared, Linear), (TransposedOnTheWayBack, Linear), (SigmoidOfTheSlope, Sigmoid)])  # fmt: skip
def test_a_wrong_layer_is_found_wrong(wrong, right):
    start, end = checks(with_layers(experiment(XOR), wrong, right))
    assert (start["band"], end["band"]) in (("wrong", "wrong"), ("wrong", "unchecked"))


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
    found = checks(experiment(text, loss=loss, observers=(CHECK,)))
    assert {check["band"] for check in found} == {"wrong"}


def test_a_forgotten_penalty_is_found_wrong():
    assert checks(experiment(XOR, penalty=PenaltyForgotten(l2=0.1), observers=(CHECK,)))[0]["band"] == "wrong"
    assert checks(experiment(XOR, penalty=Penalty(l2=0.1, l1=0.01), observers=(CHECK,)))[0]["band"] == "good"


def test_kinks_are_skipped_instead_of_blamed():
    """Zero weights put every relu exactly at its kink."""
    text = BLOBS.replace("tanh", "relu") + "init: zeros\n"
    start = checks(experiment(text, observers=(CHECK,)))[0]
    assert start["band"] == "good"
    assert any(tensor["skipped"] for tensor in start["tensors"])


def test_a_wrong_gradient_is_told_as_a_warning():
    document = run(experiment(XOR, loss=MissingTwo(), observers=(CHECK,))).document().to_json()
    assert "gradient_check" in {warning["code"] for warning in document["warnings"]}


@pytest.mark.parametrize(("error", "word"), [(0.0, "good"), (1e-7, "good"), (2e-7, "fair"), (1e-4, "fair"),
    (2e-4, "suspicious"), (1e-2, "suspicious"), (0.011, "wrong"), (float("nan"), "wrong")])  # fmt: skip
def test_bands(error, word):
    assert band(error) == word


def test_a_weight_at_the_kink_of_its_penalty_is_skipped():
    built = experiment(XOR, seeds=(0,), penalty=Penalty(l1=0.1))
    theta = built.network.draw((0,), built.initializers)
    theta[0, 0] = 1e-7
    result = check_gradient(differences_of(built, theta, CHECK), CHECK)
    assert result["band"] == "good"
    assert result["tensors"][0]["skipped"] == 1


def differences_around(network, loss, x, y):
    """Return differences around weights of typical size."""
    values = network.draw((0,), [lambda shape, rng: rng.normal(0.0, 0.7, shape)] * len(network.slots))
    return Differences(network.bind(values, [stream(0, "dropout")]), loss, x, y)


def checked_around(network, loss, x, y):
    return check_gradient(differences_around(network, loss, x, y), CHECK)


def test_every_layer_has_a_case():
    assert missing() == set()


@pytest.mark.parametrize("name", CASES)
def test_every_layer_is_good_and_every_tensor_tried(name):
    case = CASES[name]
    y = np.random.default_rng(9).normal(size=(32, OUTPUTS))
    check = checked_around(case.network(), MSELoss(), case.inputs(32), y)
    assert check["band"] == "good", check
    assert all(tensor["checked"] for tensor in check["tensors"])


LOSSES = {
    "MSELoss": losses.MSELoss(),
    "MSELoss, sum": losses.MSELoss(reduction="sum", factor=0.5),
    "L1Loss": losses.L1Loss(),
    "HuberLoss": losses.HuberLoss(delta=0.5),
    "SmoothL1Loss": losses.SmoothL1Loss(beta=0.5),
    "BCELoss": losses.BCELoss(),
    "BCEWithLogitsLoss": losses.BCEWithLogitsLoss(),
    "CrossEntropyLoss": losses.CrossEntropyLoss(),
    "CrossEntropyLoss, weighted": losses.CrossEntropyLoss(label_smoothing=0.1, class_weight=(0.5, 1.0, 2.0)),
    "CrossEntropyOfProbabilities": losses.CrossEntropyOfProbabilities(),
    "HingeLoss": losses.HingeLoss(),
    "MultiClassHingeLoss": losses.MultiClassHingeLoss(),
}
BY_CLASSES = {
    losses.CrossEntropyLoss: lambda loss, classes: loss.targets(classes, 3),
    losses.CrossEntropyOfProbabilities: lambda loss, classes: loss.targets(classes, 3),
    losses.BCELoss: lambda loss, classes: np.eye(3)[classes],
    losses.BCEWithLogitsLoss: lambda loss, classes: np.eye(3)[classes],
    losses.MultiClassHingeLoss: lambda loss, classes: np.eye(3)[classes],
    losses.HingeLoss: lambda loss, classes: 2.0 * (classes[:, np.newaxis] % 2) - 1.0,
}
LAST = {losses.BCELoss: "sigmoid", losses.CrossEntropyOfProbabilities: "softmax"}


def test_every_loss_has_a_case():
    assert {type(loss).__name__ for loss in LOSSES.values()} == set(losses.__all__) - {"Loss"}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", sorted(set(ACTIVATIONS) - {"step"}))
def test_every_activation_is_good_under_every_loss(activation, loss):
    rng, right = np.random.default_rng(1), LOSSES[loss]
    x, classes = rng.normal(size=(32, 4)), rng.integers(3, size=32)
    of_classes = BY_CLASSES.get(type(right))
    y = rng.normal(size=(32, 3)) if of_classes is None else of_classes(right, classes)
    last = [ACTIVATIONS[LAST[type(right)]]()] if type(right) in LAST else []
    network = Network([Linear(6), ACTIVATIONS[activation](), Linear(y.shape[1]), *last], (4,))
    check = checked_around(network, right, x, y)
    assert check["band"] == "good", check
    assert all(tensor["checked"] for tensor in check["tensors"])


@pytest.mark.parametrize("name", [name for name in CASES if "Dropout" in name])
def test_all_passes_drop_the_same_and_training_draws_go_on_where_they_were(name):
    case = CASES[name]
    differences = differences_around(case.network(), MSELoss(), case.inputs(32), np.zeros((32, OUTPUTS)))
    ((rng,), *_) = [layer.masks.streams for layer in differences.network.layers if layer.masks is not None]
    before = rng.bit_generator.state
    first = differences.objective()
    check_gradient(differences, CHECK)
    assert differences.objective() == first
    assert rng.bit_generator.state == before


def test_a_gradient_that_is_no_number_is_wrong_wherever_it_stands():
    class NoNumber(Linear):
        def backward(self, x, z, dz, dx):
            super().backward(x, z, dz, dx)
            self.db[...] = np.nan

    check, end = checks(with_layers(experiment(XOR), NoNumber, Linear))
    assert end["band"] == "unchecked"
    assert (check["band"], check["max_relative_error"]) == ("wrong", None)
    assert [tensor["band"] for tensor in check["tensors"]] == ["good", "wrong", "good", "wrong"]


def test_strong_curvature_is_not_taken_for_a_wrong_gradient():
    """Where inputs hardly vary, eps bounds their scaling, and h is no longer small compared with its square root."""
    network = Network([Linear(6), LayerNorm(eps=1e-8), Linear(1)], (4,))
    values = network.draw((0,), [lambda shape, rng: rng.normal(0.0, 1e-4, shape)] * len(network.slots))
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(8, 4)), rng.normal(size=(8, 1))
    assert check_gradient(Differences(network.bind(values), MSELoss(), x, y), CHECK)["band"] in ("good", "fair")


def test_entries_are_as_many_as_asked_for():
    assert entries([6, 3, 100], GradientCheck(samples_per_tensor=20), 1.0) == [6, 3, 20]


@pytest.mark.parametrize(("affordable", "tried"), [(14, [5, 3, 6]), (13, [5, 3, 5]), (5, [1, 1, 1]), (3, [1, 1, 1]),
    (2, [1, 1, 0]), (0, [0, 0, 0])])  # fmt: skip
def test_and_fewer_where_passes_are_dear(affordable, tried):
    check = GradientCheck(samples_per_tensor=6, budget=2.0 * 7.0 * affordable + 1.0)
    assert entries([5, 3, 100], check, 7.0) == tried


def test_a_check_beyond_its_budget_says_what_was_tried():
    built = experiment(XOR, seeds=(0,))
    differences = differences_of(built, built.network.draw((0,), built.initializers), CHECK)
    check = check_gradient(differences, GradientCheck(budget=5.0 * differences.work))
    assert [(tensor["checked"], tensor["size"]) for tensor in check["tensors"]] == [(1, 6), (1, 3), (0, 3), (0, 1)]
    assert [tensor["band"] for tensor in check["tensors"]] == ["good", "good", "unchecked", "unchecked"]
    assert check["band"] == "good"
    assert check_gradient(differences, GradientCheck(budget=0.0))["band"] == "unchecked"


def test_the_work_of_a_pass_counts_products_numbers_and_calls():
    network = Network([Linear(3), Sigmoid(), Linear(1)], (2,))
    assert work(network, rows=4) == 4 * (6 + 3) + 50 * 4 * (3 + 3 + 1) + 3 * 100_000


def test_a_check_of_a_large_network_looks_at_fewer_rows():
    small, large = Network([Linear(3)], (2,)), Network([Linear(1024), Linear(1024)], (784,))
    assert rows_for(small, CHECK) == 32
    assert rows_for(large, GradientCheck(budget=1.5e9)) == 16
    assert rows_for(large, GradientCheck(budget=1.0)) == 4


class Rows(Linear):
    """Ignores the leading seed axis."""

    def attach(self, values, gradients):
        super().attach(values, gradients)
        self.b = values["bias"]


def test_layers_that_cannot_stand_in_a_stack_are_told():
    x, y = np.random.default_rng(0).normal(size=(3, 4)), np.zeros((3, 3))
    assert check_layers([Linear(3)], x, y)["band"] == "good"
    with pytest.raises(BackpropError, match="A stack of seeds gives other numbers than each seed alone"):
        check_layers([Rows(3)], x, y)
    with pytest.raises(BackpropError, match=r"count axes from the end"):
        check_layers([Rows(5), Linear(3)], x, y)


class DrawnInSecret(Linear):
    """Drops some of its outputs without declaring randomness."""

    rng = np.random.default_rng(0)

    def forward(self, x, z):
        super().forward(x, z)
        self.mask = self.rng.random(z.shape[-1]) < 0.5
        z *= self.mask

    def backward(self, x, z, dz, dx):
        super().backward(x, z, dz * self.mask, dx)


def test_layers_that_are_not_the_same_every_time_are_told():
    x, y = np.random.default_rng(0).normal(size=(3, 4)), np.zeros((3, 3))
    with pytest.raises(BackpropError, match="A layer that draws random numbers says so by `is_random = True`"):
        check_layers([DrawnInSecret(9), Linear(3)], x, y)


DIVERGES = """
seeds: {count: 3}
dataset: {name: polynomial}
model: {layers: [{type: Linear, out_features: 4}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 50.0}
training: {epochs: 100, batch_size: full}
"""


@pytest.mark.parametrize("epochs", [3, 4, 5, 100])
def test_a_seed_that_diverged_does_not_accuse_backward(epochs):
    document = run(experiment(DIVERGES.replace("100", str(epochs)), observers=(CHECK,))).document().to_json()
    start, end = document["checks"]["gradient_check"]
    assert (start["band"], end["band"], end["reason"], end["tensors"]) == ("good", "unchecked", "diverged", [])
    assert "gradient_check" not in {warning["code"] for warning in document["warnings"]}
