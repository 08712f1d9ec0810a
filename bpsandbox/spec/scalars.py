"""Plain words of YAML 1.2's core schema: `1e-3` is a number, `no` is a word."""

from __future__ import annotations

import math
import re
from typing import Any

NULLS = {"", "~", "null", "Null", "NULL"}
TRUE, FALSE = {"true", "True", "TRUE"}, {"false", "False", "FALSE"}
INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?(\.inf|\.Inf|\.INF|inf|Inf|INF|Infinity|infinity)|\.nan|\.NaN|\.NAN|nan|NaN|NAN")
LONGEST_NUMBER = 64


class NotFinite(Exception):
    """A number that is not one: NaN, infinity, or too large."""


def resolve(text: str) -> Any:
    """The value of an unquoted word. Raises NotFinite."""
    if text in NULLS:
        return None
    if text in TRUE or text in FALSE:
        return text in TRUE
    if NOT_FINITE.fullmatch(text):
        raise NotFinite
    return _number(text)


def _number(text: str) -> Any:
    if INTEGER.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return int(text)
    if OCTAL.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return int(text[2:], 8)
    if HEXADECIMAL.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return int(text[2:], 16)
    if FLOAT.fullmatch(text):
        return _finite(float(text))
    return text


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise NotFinite
    return number
