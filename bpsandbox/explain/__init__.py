"""Explain what a run did: worked backpropagation in LaTeX, a config in words. Without Django."""

from .endings import band_word, caution, ending, reason_word
from .steps import Step, Worked
from .tex import tex
from .worked import worked

__all__ = ["Step", "Worked", "band_word", "caution", "ending", "reason_word", "tex", "worked"]
