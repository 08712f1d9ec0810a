"""Kinds of values: how to read each from the text, and how to describe it.

`read(node, path, log)` returns the value, or WRONG after adding a problem to the log. A kind never raises because of
the text.
"""

from .arrays import Array, as_floats, shape_of
from .base import WRONG, Kind, once
from .lists import Epochs, ListOf
from .numbers import Axis, Integer, Number, Numbers, Size, Tensors
from .words import Choice, Either, Flag, OptionalChoice, OptionalFlag, Text, canonical_word

__all__ = [
    "WRONG",
    "Array",
    "Axis",
    "Choice",
    "Either",
    "Epochs",
    "Flag",
    "Integer",
    "Kind",
    "ListOf",
    "Number",
    "Numbers",
    "OptionalChoice",
    "OptionalFlag",
    "Size",
    "Tensors",
    "Text",
    "as_floats",
    "canonical_word",
    "once",
    "shape_of",
]
