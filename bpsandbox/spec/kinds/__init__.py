"""Kinds of values: how each is read from the text, and how it is described.

`read(node, path, log)` gives the value, or WRONG after having told the log why. A kind never raises for what a writer
wrote.
"""

from .arrays import Array, as_floats, shape_of
from .base import WRONG, Kind, once
from .lists import Epochs, ListOf
from .numbers import Axis, Integer, Number, Numbers, Size, Tensors
from .words import Choice, Either, Flag, Form, Mark, Text, canonical_word

__all__ = [
    "WRONG",
    "Array",
    "Axis",
    "Choice",
    "Either",
    "Epochs",
    "Flag",
    "Form",
    "Integer",
    "Kind",
    "ListOf",
    "Mark",
    "Number",
    "Numbers",
    "Size",
    "Tensors",
    "Text",
    "as_floats",
    "canonical_word",
    "once",
    "shape_of",
]
