"""Explain what a run did: worked backpropagation in LaTeX, a config in words. Without Django."""

from .cautions import HINTS, caution, cautions, hints, verdict
from .checking import CheckedGradient, checked_gradients
from .comparison import (
    Comparison,
    Difference,
    Goal,
    Measured,
    Timed,
    changes,
    comparable,
    compared,
    differences,
    every_setting,
    obstacle,
)
from .comparison import cautions as comparison_cautions
from .data_card import DataCard, data_card, data_cards, data_of, shelves
from .data_rows import FirstRows, csv_lines, first_rows
from .divergence import Broken, diverged
from .doctor import CHANGES, Cure, Diagnosis, cured, diagnoses, range_cures, title_of
from .endings import band_word, ending, reason_word, restored
from .formulas import Formula, formulas
from .in_words import Row, in_words
from .layer_table import LayerTable, layer_table
from .markdown import escaped_markdown, markdown
from .overfit import overfit_words
from .story import Story, story
from .tex import tex
from .unrecorded import Wish, unrecorded
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
    "CHANGES",
    "HINTS",
    "LOSSES",
    "VECTORS",
    "Broken",
    "CheckedGradient",
    "Comparison",
    "Convention",
    "Cure",
    "DataCard",
    "Diagnosis",
    "Difference",
    "FirstRows",
    "Formula",
    "Goal",
    "LayerTable",
    "Measured",
    "Row",
    "Sentence",
    "Step",
    "Stopped",
    "Story",
    "Timed",
    "Wish",
    "Worked",
    "band_word",
    "captured",
    "caution",
    "cautions",
    "changes",
    "checked_gradients",
    "comparable",
    "compared",
    "comparison_cautions",
    "csv_lines",
    "cured",
    "data_card",
    "data_cards",
    "data_of",
    "diagnoses",
    "differences",
    "diverged",
    "ending",
    "escaped_markdown",
    "every_setting",
    "explained",
    "finished",
    "first_rows",
    "formulas",
    "hints",
    "in_words",
    "kept",
    "layer_table",
    "markdown",
    "no_step",
    "obstacle",
    "overfit_words",
    "range_cures",
    "reason_word",
    "recorded",
    "restored",
    "sentence",
    "shelves",
    "story",
    "tex",
    "title_of",
    "to_json",
    "unrecorded",
    "verdict",
    "worked",
]
