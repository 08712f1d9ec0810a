"""The error function against the standard library's."""

import math

import numpy as np

from bpsandbox.core.nn.special import erf


def test_erf_is_within_one_part_in_ten_to_the_fifteen():
    x = np.concatenate([np.linspace(-7.0, 7.0, 20_001), [0.0, 1e-300, -1e-9, 0.5, -0.5, 40.0, np.inf, -np.inf]])
    with np.errstate(invalid="ignore"):
        out = erf(x)
    exact = np.array([math.erf(value) for value in x])
    assert np.max(np.abs(out - exact)) <= 1e-15
    small = np.abs(exact) > 0
    assert np.max(np.abs(out[small] / exact[small] - 1.0)) <= 2e-15
