"""Compare runs: how their configs differ, and whether their results differ by more than the seeds do."""

from .changes import Difference, changes, differences, every_setting
from .results import Comparison, Goal, Measured, cautions, compared, obstacle
from .times import Timed, comparable

__all__ = [
    "Comparison",
    "Difference",
    "Goal",
    "Measured",
    "Timed",
    "cautions",
    "changes",
    "comparable",
    "compared",
    "differences",
    "every_setting",
    "obstacle",
]
