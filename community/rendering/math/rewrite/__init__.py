"""Expand macros and bridge gaps: LaTeX as people write it becomes LaTeX as math-core reads it.

`Rewriter` goes through the tokens of a formula once. What it does at a token is a function of `acts`, in one module for
each idea: definitions, environments, numbers, words, operators, marks.
"""

from .book import Book, LatexProblem
from .needs import needs_nothing
from .result import Rewritten
from .rewriter import rewrite

__all__ = ["Book", "LatexProblem", "Rewritten", "needs_nothing", "rewrite"]
