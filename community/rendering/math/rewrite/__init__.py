"""LaTeX rewriting: expands macros and replaces what math-core cannot read.

`Rewriter` goes through the tokens of a formula once. What it does at a token is a function in `acts`, with one module
per topic: definitions, environments, numbers, words, operators, marks.
"""

from .book import Book, LatexProblem
from .needs import needs_nothing
from .result import Rewritten
from .rewriter import rewrite

__all__ = ["Book", "LatexProblem", "Rewritten", "needs_nothing", "rewrite"]
