"""Functions that NumPy lacks: the logistic function and the error function.

W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969). The largest error is below
1e-15 everywhere.
"""

from __future__ import annotations

import numpy as np

# erf(x) = x R(x^2) for |x| <= 0.5
_SMALL = (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
          3.20937758913846947e3)  # fmt: skip
_SMALL_BELOW = (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3)
# erfc(x) = exp(-x^2) R(x) for 0.5 < x < 6; beyond 6, erf is 1 to the last bit
_LARGE = (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
          2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
          1.23033935479799725e3)  # fmt: skip
_LARGE_BELOW = (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
                3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3)  # fmt: skip


def sigmoid(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return 1 / (1 + exp(-z)), written to `out` if given, which may be z."""
    a = np.negative(z, out=out)
    np.exp(a, out=a)  # may overflow to infinity, whose reciprocal is the right 0
    np.add(a, 1.0, out=a)
    return np.reciprocal(a, out=a)


def erf(x: np.ndarray) -> np.ndarray:
    """Return erf(x)."""
    u = np.minimum(np.abs(x), 6.0)
    square = u * u
    value = 1.0 - _ratio(u, _LARGE, _LARGE_BELOW) * np.exp(-square)
    np.copysign(value, x, out=value)
    near_0 = _ratio(np.minimum(square, 0.25), _SMALL, _SMALL_BELOW) * x
    np.copyto(value, near_0, where=u <= 0.5)
    return value


def _ratio(x: np.ndarray, above: tuple[float, ...], below: tuple[float, ...]) -> np.ndarray:
    value = _polynomial(x, above)
    value /= _polynomial(x, below)
    return value


def _polynomial(x: np.ndarray, coefficients: tuple[float, ...]) -> np.ndarray:
    """Return the polynomial by Horner's rule, highest power first."""
    value = x * coefficients[0]
    for coefficient in coefficients[1:-1]:
        value += coefficient
        value *= x
    value += coefficients[-1]
    return value
