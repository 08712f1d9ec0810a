"""Explain what a run did: worked backpropagation in LaTeX, a config in words. Without Django."""

from .cautions import HINTS, caution, cautions, hints, is_penalised, verdict
from .checking import CheckedGradient, checked_gradients
from .data_card import DataCard, data_card, data_cards, data_of, shelves
from .divergence import Broken, diverged
from .endings import band_word, ending, reason_word, restored
from .formulas import Formula, formulas
from .in_words import Row, in_words
from .layer_table import LayerTable, layer_table
from .markdown import markdown
from .overfit import overfit_words
from .tex import tex
from .working import (
    LOSSES,
    VECTORS,
    Convention,
    Sentence,
    Step,
    Stopped,
    Worked,
    captured,
    explained,
    finished,
    kept,
    no_step,
    recorded,
    sentence,
    to_json,
    worked,
)

__all__ = [
    "HINTS",
    "LOSSES",
    "VECTORS",
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
    "captured",
    "caution",
    "cautions",
    "checked_gradients",
    "data_card",
    "data_cards",
    "data_of",
    "diverged",
    "ending",
    "explained",
    "finished",
    "formulas",
    "hints",
    "in_words",
    "is_penalised",
    "kept",
    "layer_table",
    "markdown",
    "no_step",
    "overfit_words",
    "reason_word",
    "recorded",
    "restored",
    "sentence",
    "shelves",
    "tex",
    "to_json",
    "verdict",
    "worked",
]
