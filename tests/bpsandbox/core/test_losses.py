"""Losses: formulas, and derivatives against central differences."""

import math

import numpy as np
import pytest

from bpsandbox.core.data.datasets import points
from bpsandbox.core.data.targets import encode
from bpsandbox.core.nn import losses

from .differences import numeric_gradient

RNG = np.random.default_rng(11)
CLASSES = np.array([0, 2, 1, 2, 0])
ONE_HOT = (CLASSES[:, None] == np.arange(3)).astype(float)[None]


def targets_of(loss):
    if isinstance(loss, losses.CrossEntropyLoss):
        return loss.targets(CLASSES, 3)[None]
    if isinstance(loss, losses.MultiClassHingeLoss):
        return ONE_HOT
    if isinstance(loss, losses.HingeLoss):
        return 2.0 * ONE_HOT - 1.0
    if isinstance(loss, losses.BCELoss | losses.BCEWithLogitsLoss):
        return RNG.uniform(size=(1, 5, 3))
    return RNG.normal(size=(1, 5, 3))


def outputs_for(loss):
    return RNG.uniform(0.05, 0.95, (2, 5, 3)) if isinstance(loss, losses.BCELoss) else RNG.normal(0, 2, (2, 5, 3))


def evaluate(loss, p, y):
    """Return the value of every seed, and dL/dp, shaped as in the workspace."""
    flat = (lambda array: array.reshape(len(array), -1)) if loss.elementwise else (lambda array: array)
    value, dp = np.empty(len(p)), np.empty_like(p)
    loss.forward(flat(p), flat(y), value)
    loss.backward(flat(p), flat(y), flat(dp))
    return value, dp


EVERY = [
    losses.MSELoss(),
    losses.MSELoss(reduction="sum", factor=0.5),
    losses.L1Loss(),
    losses.HuberLoss(delta=0.7),
    losses.SmoothL1Loss(beta=0.3),
    losses.BCELoss(),
    losses.BCELoss(reduction="sum"),
    losses.BCEWithLogitsLoss(),
    losses.CrossEntropyLoss(),
    losses.CrossEntropyLoss(reduction="sum"),
    losses.CrossEntropyLoss(label_smoothing=0.1),
    losses.CrossEntropyLoss(label_smoothing=0.2, class_weight=(1.0, 2.0, 0.5)),
    losses.HingeLoss(),
    losses.MultiClassHingeLoss(),
]


@pytest.mark.parametrize("loss", EVERY, ids=lambda loss: loss.name)
def test_backward_is_the_derivative_of_forward(loss):
    p, y = outputs_for(loss), targets_of(loss)
    _, dp = evaluate(loss, p, y)
    numeric = numeric_gradient(lambda at: float(evaluate(loss, at, y)[0].sum()), p)
    np.testing.assert_allclose(dp, numeric, rtol=1e-6, atol=1e-8)


def one(loss, p, y):
    return float(evaluate(loss, np.array([p], dtype=float), np.array([y], dtype=float))[0][0])


def test_mse_is_the_mean_over_all_elements():
    assert one(losses.MSELoss(), [[1.0, 2.0], [3.0, 4.0]], [[0.0, 2.0], [3.0, 2.0]]) == 5.0 / 4.0


def test_mse_of_one_output_is_the_square_of_the_difference():
    assert one(losses.MSELoss(), [[0.25]], [[1.0]]) == 0.75**2


def test_mse_takes_the_textbooks_half():
    assert one(losses.MSELoss(reduction="sum", factor=0.5), [[1.0], [3.0]], [[0.0], [0.0]]) == 5.0


def test_huber_joins_a_parabola_and_two_lines():
    loss = losses.HuberLoss(delta=2.0)
    assert one(loss, [[1.0]], [[0.0]]) == 0.5
    assert one(loss, [[5.0]], [[0.0]]) == 2.0 * (5.0 - 1.0)


def test_smooth_l1_is_huber_divided_by_beta():
    loss = losses.SmoothL1Loss(beta=2.0)
    assert one(loss, [[1.0]], [[0.0]]) == 0.25
    assert one(loss, [[-5.0]], [[0.0]]) == 4.0


def test_binary_cross_entropy_of_logits_is_that_of_their_sigmoids():
    z, y = [[0.3], [-2.0]], [[1.0], [0.25]]
    p = [[1.0 / (1.0 + math.exp(-row[0]))] for row in z]
    assert one(losses.BCEWithLogitsLoss(), z, y) == pytest.approx(one(losses.BCELoss(), p, y), rel=1e-14)


def test_binary_cross_entropy_never_takes_a_logarithm_below_minus_100():
    with np.errstate(divide="ignore"):
        assert one(losses.BCELoss(), [[0.0]], [[1.0]]) == 100.0


def test_cross_entropy_of_equal_logits_is_the_logarithm_of_the_number_of_classes():
    loss = losses.CrossEntropyLoss()
    y = loss.targets(np.array([1, 3]), 4)
    assert one(loss, [[5.0] * 4, [-700.0] * 4], y) == pytest.approx(math.log(4.0), rel=1e-15)


def test_class_weights_are_divided_out_and_labels_smoothed_as_pytorch_does():
    weight, smoothing = np.array([1.0, 2.0, 0.5]), 0.2
    loss = losses.CrossEntropyLoss(label_smoothing=smoothing, class_weight=tuple(weight))
    z = np.array([[0.1, -0.3, 0.7], [1.0, 0.0, -1.0]])
    classes = np.array([2, 1])
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    nll = -(weight[classes] * logp[[0, 1], classes]).sum() / weight[classes].sum()
    smooth = -(weight * logp).sum() / weight[classes].sum()
    expected = (1.0 - smoothing) * nll + smoothing / 3.0 * smooth
    assert one(loss, z, loss.targets(classes, 3)) == pytest.approx(expected, rel=1e-14)
    assert loss.mass(loss.targets(classes, 3)[None]) == pytest.approx(weight[classes].sum())


def test_hinge_asks_for_a_margin_of_one():
    assert one(losses.HingeLoss(), [[2.0], [0.5], [0.5]], [[1.0], [1.0], [-1.0]]) == pytest.approx(2.0 / 3.0)


@pytest.mark.parametrize("reduction", ["mean", "sum", "batchmean"])
@pytest.mark.parametrize("kind", [losses.BCELoss, losses.BCEWithLogitsLoss])
def test_the_floor_of_a_loss_of_shares_is_its_value_where_they_are_hit(kind, reduction):
    loss, y = kind(reduction=reduction), np.random.default_rng(5).uniform(0.1, 0.9, (1, 5, 3))
    hit = np.log(y / (1.0 - y)) if kind is losses.BCEWithLogitsLoss else y.copy()
    assert loss.floor(y) == pytest.approx(evaluate(loss, hit, y)[0][0], rel=1e-12)


def test_a_hinge_has_its_kink_at_the_margin():
    """The gradient check skips both sides of it."""
    z, y = np.array([[0.9, 1.1, -0.9, -1.1]]), np.array([[1.0, 1.0, -1.0, -1.0]])
    assert losses.HingeLoss().kink_sides(z, y).tolist() == [[1.0, -1.0, 1.0, -1.0]]
    z, y = np.array([[[2.0, 1.1, 0.9]]]), np.array([[[1.0, 0.0, 0.0]]])
    assert losses.MultiClassHingeLoss().kink_sides(z, y).tolist() == [[[0.0, 1.0, -1.0]]]


def test_multi_class_hinge_divides_by_the_number_of_classes():
    assert one(losses.MultiClassHingeLoss(), [[0.1, 0.2, 0.4, 0.8]], [[0.0, 0.0, 0.0, 1.0]]) == pytest.approx(0.325)


def test_whole_numbers_are_themselves_for_a_distance_and_signs_for_a_hinge():
    dataset = points([[0.0], [1.0], [2.0]], [10, 30, 10])
    assert encode(dataset, losses.MSELoss(), 1).tolist() == [[10.0], [30.0], [10.0]]
    assert encode(dataset, losses.HingeLoss(), 1).tolist() == [[-1.0], [1.0], [-1.0]]
    assert encode(dataset, losses.MSELoss(), 2).tolist() == [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]


def test_a_lone_class_keeps_its_number_for_binary_losses():
    assert encode(points([[0.0]], [1]), losses.BCELoss(), 1).tolist() == [[1.0]]
