"""Explain what a run did: worked backpropagation in LaTeX, a config in words. Without Django."""

from .cautions import HINTS, caution, cautions, hints, verdict
from .checking import CheckedGradient, checked_gradients
from .data_card import DataCard, data_card, data_cards, data_of, shelves
from .divergence import Broken, diverged
from .endings import band_word, ending, reason_word, restored
from .formulas import Formula, formulas
from .in_words import Row, in_words
from .layer_table import LayerTable, layer_table
from .overfit import overfit_words
from .recorded import recorded_example
from .steps import Step, Worked
from .tex import tex
from .worked import worked

__all__ = [
    "HINTS",
    "Broken",
    "CheckedGradient",
    "DataCard",
    "Formula",
    "LayerTable",
    "Row",
    "Step",
    "Worked",
    "band_word",
    "caution",
    "cautions",
    "checked_gradients",
    "data_card",
    "data_cards",
    "data_of",
    "diverged",
    "ending",
    "formulas",
    "hints",
    "in_words",
    "layer_table",
    "overfit_words",
    "reason_word",
    "recorded_example",
    "restored",
    "shelves",
    "tex",
    "verdict",
    "worked",
]
