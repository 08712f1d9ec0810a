"""Metrics against hand-computed numbers."""

import numpy as np
import pytest

from bpsandbox.core import BCEWithLogitsLoss, MSELoss
from bpsandbox.core.data.targets import decide
from bpsandbox.core.nn.losses import HingeLoss
from bpsandbox.core.train.metrics import METRICS, Predictions, confusion

TRUE = np.array([0, 1, 1, 1, 0, 1])
SCORES = np.array([[0.1, 0.9, 0.4, 0.8, 0.6, 0.6]])
BINARY = Predictions(SCORES[..., None], TRUE[:, None].astype(float), (SCORES > 0.5).astype(int), TRUE, 2)


@pytest.mark.parametrize(("name", "value"), [
    ("accuracy", 4 / 6), ("precision", 3 / 4), ("recall", 3 / 4), ("f1", 3 / 4),
    ("roc_auc", (4 + 2.5) / 8), ("mae", 2.0 / 6), ("rmse", np.sqrt((0.01 + 0.01 + 0.36 + 0.04 + 0.36 + 0.16) / 6)),
    ("r2", 1 - 0.94 / (6 * (4 / 6) * (2 / 6))),
])  # fmt: skip
def test_a_metric_of_two_classes(name, value):
    assert METRICS[name](BINARY) == pytest.approx([value])


def test_three_classes_are_averaged_and_a_class_never_called_counts_as_zero():
    true, said = np.array([0, 0, 1, 2]), np.array([[0, 1, 1, 1]])
    p = Predictions(np.zeros((1, 4, 3)), np.zeros((4, 3)), said, true, 3)
    assert METRICS["precision"](p) == pytest.approx([(1 + 1 / 3 + 0) / 3])
    assert METRICS["recall"](p) == pytest.approx([(1 / 2 + 1 + 0) / 3])
    assert METRICS["f1"](p) == pytest.approx([(2 / 3 + 1 / 2 + 0) / 3])
    assert confusion(p, 0).tolist() == [[1, 1, 0], [0, 1, 0], [0, 1, 0]]


def test_what_cannot_be_said_is_not_a_number():
    one_class = Predictions(SCORES[..., None], np.ones((6, 1)), np.ones((1, 6), int), np.ones(6, int), 2)
    assert np.isnan(METRICS["roc_auc"](one_class)).all()
    assert np.isnan(METRICS["r2"](one_class)).all()


def test_every_seed_has_its_own_value():
    outputs = np.array([[[0.0], [1.0]], [[1.0], [3.0]]])
    p = Predictions(outputs, np.array([[0.0], [1.0]]))
    assert METRICS["rmse"](p).tolist() == pytest.approx([0.0, np.sqrt(2.5)])


def test_classes_are_decided_by_the_largest_output_or_the_nearest_value():
    assert decide(np.array([[0.1, 3.0, 0.2]]), (0, 1, 2), MSELoss()).tolist() == [1]
    assert decide(np.array([[0.4], [0.6]]), (0, 1), MSELoss()).tolist() == [0, 1]
    assert decide(np.array([[9.0], [14.0], [40.0]]), (5, 10, 20), MSELoss()).tolist() == [1, 1, 2]
    assert decide(np.array([[-0.1], [0.1]]), (0, 1), BCEWithLogitsLoss()).tolist() == [0, 1]
    assert decide(np.array([[-0.1], [0.1]]), (3, 8), HingeLoss()).tolist() == [0, 1]
