"""Explain what a run did: worked backpropagation in LaTeX, a config in words. Without Django."""

from .steps import Step, Worked
from .tex import tex
from .worked import worked

__all__ = ["Step", "Worked", "tex", "worked"]
