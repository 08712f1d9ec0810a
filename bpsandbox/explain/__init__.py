"""Explain what a run did: worked backpropagation in LaTeX, a config in words. Without Django."""

from .data_card import DataCard, data_card, data_cards, data_of, shelves
from .endings import band_word, caution, cautions, ending, reason_word
from .in_words import Row, in_words
from .overfit import overfit_words
from .steps import Step, Worked
from .tex import tex
from .worked import worked

__all__ = [
    "DataCard",
    "Row",
    "Step",
    "Worked",
    "band_word",
    "caution",
    "cautions",
    "data_card",
    "data_cards",
    "data_of",
    "ending",
    "in_words",
    "overfit_words",
    "reason_word",
    "shelves",
    "tex",
    "worked",
]
