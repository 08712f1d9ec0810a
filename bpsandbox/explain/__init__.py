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
from .tex import tex
from .working import Convention, Sentence, Step, Stopped, Worked, finished, recorded, worked

__all__ = [
    "HINTS",
    "Broken",
    "CheckedGradient",
    "Convention",
    "DataCard",
    "Formula",
    "LayerTable",
    "Row",
    "Sentence",
    "Step",
    "Stopped",
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
    "finished",
    "formulas",
    "hints",
    "in_words",
    "layer_table",
    "overfit_words",
    "reason_word",
    "recorded",
    "restored",
    "shelves",
    "tex",
    "verdict",
    "worked",
]
