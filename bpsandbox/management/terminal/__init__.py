"""Show a run in a terminal: problems below their lines, a progress bar, a curve in braille, a table."""

from .bar import Bar
from .plot import plot
from .problems import shown
from .table import table

__all__ = ["Bar", "plot", "shown", "table"]
