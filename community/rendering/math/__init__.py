"""LaTeX to MathML: our own macros and bridges, math-core, then an allow-list."""

from .convert import Converted, Formula, convert, mathml

__all__ = ["Converted", "Formula", "convert", "mathml"]
