"""The order of answers: by the share of voters who found them useful, with two more votes of each kind.

(up + 2) / (up + down + 4) is the middle of Wilson's 95 % interval for that share, to within a rounding: the estimate of
A. Agresti and B. A. Coull, "Approximate Is Better than 'Exact' for Interval Estimation of Binomial Proportions", The
American Statistician 52 (1998). It is kept in millionths, whole numbers, so that a page has a place in the order.
"""

from __future__ import annotations

from django.db.models import BigIntegerField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

ADDED = 2  # votes of each kind
WHOLE = 1_000_000


def rank_of(up: int, down: int) -> int:
    """Return the rank of a post with these votes, in [0, WHOLE]; half of it without any."""
    return (up + ADDED) * WHOLE // (up + down + 2 * ADDED)


def ranked(up: Combinable, down: Combinable) -> Combinable:
    """Return the same as an expression. The product of many votes takes more than four bytes."""
    return (Cast(up, BigIntegerField()) + ADDED) * WHOLE / (up + down + 2 * ADDED)
