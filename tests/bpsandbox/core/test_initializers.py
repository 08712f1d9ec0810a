"""Initialisers: their variance, measured on large samples."""

import math

import numpy as np
import pytest

from bpsandbox.core import stream
from bpsandbox.core.nn import initializers as start

SHAPE = (200, 300)


def draw(initializer):
    return initializer(SHAPE, stream(0, "init"))


@pytest.mark.parametrize(("initializer", "limit"), [
    (start.xavier_uniform(), math.sqrt(6 / 500)),
    (start.xavier_uniform(gain=2.0), 2 * math.sqrt(6 / 500)),
    (start.kaiming_uniform(), math.sqrt(2) * math.sqrt(3 / 300)),
    (start.kaiming_uniform(gain=1.0, mode="fan_out"), math.sqrt(3 / 200)),
    (start.lecun_uniform(), math.sqrt(3 / 300)),
    (start.fan_in_uniform(300), 1 / math.sqrt(300)),
    (start.sklearn_uniform(300, 200), math.sqrt(6 / 500)),
    (start.uniform(-0.3, 0.3), 0.3),
])  # fmt: skip
def test_a_uniform_start_fills_its_interval(initializer, limit):
    values = draw(initializer)
    assert np.abs(values).max() <= limit
    assert np.abs(values).max() > 0.999 * limit
    assert values.std() == pytest.approx(limit / math.sqrt(3), rel=0.01)


@pytest.mark.parametrize(("initializer", "std"), [
    (start.xavier_normal(), math.sqrt(2 / 500)), (start.kaiming_normal(), math.sqrt(2 / 300)),
    (start.lecun_normal(), math.sqrt(1 / 300)), (start.normal(0.0, 0.5), 0.5),
])  # fmt: skip
def test_a_normal_start_has_its_spread(initializer, std):
    assert draw(initializer).std() == pytest.approx(std, rel=0.02)


def test_a_truncated_start_stays_within_two_deviations():
    values = draw(start.truncated_normal(1.0, 0.5))
    assert np.abs(values - 1.0).max() <= 1.0
    assert values.std() == pytest.approx(0.5 * 0.8796, rel=0.02)


@pytest.mark.parametrize("shape", [(4, 9), (9, 4), (5, 5)])
def test_an_orthogonal_start_keeps_lengths(shape):
    w = start.orthogonal(gain=3.0)(shape, stream(0, "init"))
    small = w @ w.T if shape[0] <= shape[1] else w.T @ w
    np.testing.assert_allclose(small, 9.0 * np.eye(min(shape)), atol=1e-12)


def test_constants_and_values():
    assert start.constant(0.5)((2, 2), None).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert start.values([[1, 2]])((1, 2), None).tolist() == [[1.0, 2.0]]
