"""Draws and functions that give the same bits on every machine.

NumPy takes sin, cos and exp from the C library or from vector code chosen for the processor, and their last
bits differ. IEEE 754 fixes only +, -, * and /, so the functions here use nothing else, each in a separate pass (a
compiler then cannot fuse a product with a sum). Error: at most 2e-16; for e^x two units in the last place.
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
"""NumPy draws normal numbers below it with a table and one product, larger ones with log1p of the C library."""


def uniform(rng: np.random.Generator, low: float, high: float, shape: int | tuple[int, ...]) -> Array:
    """low + (high - low) u. NumPy's `uniform` fuses the product and the sum on some machines."""
    return low + (high - low) * rng.random(shape)


def normal(rng: np.random.Generator, shape: int | tuple[int, ...]) -> Array:
    """N(0, 1). Numbers beyond ±3.654 (one in four thousand) are rounded to nine decimals."""
    z = rng.standard_normal(shape)
    return np.where(np.abs(z) < ZIGGURAT_END, z, np.round(z, 9))


def sin(x: Array) -> Array:
    """sin x for |x| < 10^6; NumPy's sin for larger arguments."""
    return _turned(x, 0) if _is_small(x) else np.sin(x)


def cos(x: Array) -> Array:
    """cos x = sin(x + pi / 2) for |x| < 10^6; NumPy's cos for larger arguments."""
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
    """Taylor series sign (1 / d0! + x / d1! + x^2 / d2! + …), by Horner's rule"""
    total = np.zeros_like(x)
    for degree in reversed(degrees):
        total = total * x + sign / math.factorial(degree)
    return total
