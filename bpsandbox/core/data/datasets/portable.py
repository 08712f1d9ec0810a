"""Draws and functions that give the same bits on every machine.

NumPy takes sin, cos and exp from the C library, or from vector code that it chooses by the processor, and their last
bits differ. IEEE 754 fixes +, -, * and / alone, so the functions here are made of these, each in a pass of its own (a
compiler can then fuse no product with a sum), within 2e-16 of the true value (e^x: within two units in the last place).
"""

from __future__ import annotations

import math

import numpy as np

from bpsandbox.core.types import Array

# pi / 2 in three parts; the first two have 33 bits, so that their products with a small whole number are exact
HALF_PI = (1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624879595063154e-21)
LN_2 = (6.93147180369123816490e-01, 1.90821492927058770002e-10)
TURNS = 2**20
ZIGGURAT_END = 3.654
"""NumPy draws normal numbers below it by a table and one product, those beyond with the C library's log1p."""


def uniform(rng: np.random.Generator, low: float, high: float, shape: int | tuple[int, ...]) -> Array:
    """low + (high - low) u. NumPy's own `uniform` fuses the two steps on some machines."""
    return low + (high - low) * rng.random(shape)


def normal(rng: np.random.Generator, shape: int | tuple[int, ...]) -> Array:
    """N(0, 1). The few numbers beyond ±3.654 (one in four thousand) are kept to nine decimals."""
    z = rng.standard_normal(shape)
    return np.where(np.abs(z) < ZIGGURAT_END, z, np.round(z, 9))


def sin(x: Array) -> Array:
    """sin x, |x| < 10^6; beyond, NumPy's."""
    return _turned(x, 0) if _is_small(x) else np.sin(x)


def cos(x: Array) -> Array:
    """cos x = sin(x + pi / 2), |x| < 10^6; beyond, NumPy's."""
    return _turned(x, 1) if _is_small(x) else np.cos(x)


def exp(x: Array) -> Array:
    """e^x = 2^k e^r, k = round(x / ln 2), |r| <= ln(2) / 2"""
    k = np.rint(x / math.log(2.0))
    r = (x - k * LN_2[0]) - k * LN_2[1]
    return np.ldexp(_series(r, range(16), 1.0), k.astype(int))


def _is_small(x: Array) -> bool:
    return bool(np.all(np.abs(x) < TURNS))


def _turned(x: Array, quarters: int) -> Array:
    """sin(x + quarters pi / 2), from sin r and cos r with x = k pi / 2 + r, |r| <= pi / 4"""
    k = np.rint(x / (HALF_PI[0] + HALF_PI[1]))
    r = ((x - k * HALF_PI[0]) - k * HALF_PI[1]) - k * HALF_PI[2]
    square = r * r
    sine = r + r * square * _series(-square, range(3, 20, 2), -1.0)
    cosine = 1.0 - square * _series(-square, range(2, 19, 2), 1.0)
    quadrant = (k.astype(np.int64) + quarters) % 4
    return np.where(quadrant % 2 == 0, sine, cosine) * np.where(quadrant < 2, 1.0, -1.0)


def _series(x: Array, degrees: range, sign: float) -> Array:
    """Taylor's: sign (1 / d0! + x / d1! + x^2 / d2! + …), by Horner's rule"""
    total = np.zeros_like(x)
    for degree in reversed(degrees):
        total = total * x + sign / math.factorial(degree)
    return total
