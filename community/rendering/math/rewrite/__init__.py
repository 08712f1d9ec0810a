"""LaTeX rewriting: expands macros and replaces what math-core cannot read.

`Rewriter` goes through the tokens of a formula once. What it does at a token is a function in `handlers`, with one
module per topic: definitions, environments, numbers, words, operators, marks.
"""

from .needs import needs_nothing
from .result import Rewritten
from .rewriter import rewrite
from .shared import LatexProblem, SharedState

__all__ = ["LatexProblem", "Rewritten", "SharedState", "needs_nothing", "rewrite"]
