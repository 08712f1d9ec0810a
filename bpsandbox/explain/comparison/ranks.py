"""The Mann-Whitney U test: do two groups of seeds end differently?

It compares ranks. So it assumes no distribution, which few seeds could not show, and a seed that diverged takes part as
the worst; where the way to a target is tested, one that never reached it as the last (see `times`). Seeds count as
independent also where both runs use the same numbers: a seed draws other weights in another network.

H. B. Mann and D. R. Whitney, On a test of whether one of two random variables is stochastically larger than the other,
Annals of Mathematical Statistics 18 (1947), 50-60.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_EXACT = 100
"""With more seeds in total, p is that of the normal approximation."""


@dataclass(frozen=True)
class RankTest:
    """`u` counts the pairs of seeds in which the first group is larger, ties as half.

    `p` is two-sided, `least_p` the smallest p that any order of these values could give.
    """

    u: float
    first: int
    second: int
    p: float
    least_p: float
    is_exact: bool

    @property
    def share_larger(self) -> float:
        """Return the share of pairs in which the first group is larger.

        A. Vargha and H. D. Delaney, A critique and improvement of the CL common language effect size statistics of
        McGraw and Wong, Journal of Educational and Behavioral Statistics 25 (2000), 101-132.
        """
        return self.u / (self.first * self.second)


def rank_test(first: Sequence[float], second: Sequence[float]) -> RankTest:
    """Test two groups of at least one value each; infinite values are allowed."""
    doubled = doubled_ranks([*first, *second])
    found = sum(doubled[: len(first)])
    u = (found - len(first) * (len(first) + 1)) / 2
    is_exact = len(doubled) <= MOST_EXACT
    p, least_p = (_exact if is_exact else _approximate)(doubled, len(first), found)
    return RankTest(u, len(first), len(second), p, least_p, is_exact)


def doubled_ranks(values: Sequence[float]) -> list[int]:
    """Return twice the rank of each value, from 1; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranks = [0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = start + 1 + end
        start = end
    return ranks


def _exact(doubled: list[int], count: int, found: int) -> tuple[float, float]:
    """Return p and the smallest p, over all ways to choose `count` of the ranks.

    `ways[k, s]` counts the ways to choose k ranks with the sum s.
    """
    most = sum(sorted(doubled)[-count:])
    ways = np.zeros((count + 1, most + 1))
    ways[0, 0] = 1.0
    for rank in doubled:
        ways[1:, rank:] += ways[:-1, : most + 1 - rank]
    shares = ways[count] / ways[count].sum()
    # twice the sum is an integer multiple of the mean's denominator: distances are compared without rounding
    distances = np.abs(len(doubled) * np.arange(most + 1) - count * sum(doubled))
    farthest = distances[shares > 0].max()
    p = shares[distances >= abs(len(doubled) * found - count * sum(doubled))].sum()
    return min(1.0, float(p)), min(1.0, float(shares[distances >= farthest].sum()))


def _approximate(doubled: list[int], count: int, found: int) -> tuple[float, float]:
    """Return p by the normal approximation with a correction for ties and for continuity; its smallest p is 0."""
    total = len(doubled)
    ties = sum(n**3 - n for n in Counter(doubled).values())
    variance = count * (total - count) / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance == 0:
        return 1.0, 1.0
    distance = abs(found / 2 - count * (total + 1) / 2)
    z = max(0.0, distance - 0.5) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2)), 0.0


def holm(values: Sequence[float]) -> list[float]:
    """Adjust the p values of several tests, so that the chance of any false finding stays below the level.

    S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979),
    65-70.
    """
    order = sorted(range(len(values)), key=lambda place: values[place])
    adjusted, largest = [0.0] * len(values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(values) - rank) * values[place]))
        adjusted[place] = largest
    return adjusted
