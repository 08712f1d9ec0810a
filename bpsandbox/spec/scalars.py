"""Scalars by YAML 1.2's core schema: `1e-3` is a number, `no` is a string."""

from __future__ import annotations

import math
import re
from typing import Any

NULLS = {"", "~", "null", "Null", "NULL"}
TRUE, FALSE = {"true", "True", "TRUE"}, {"false", "False", "FALSE"}
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
NUMBER = re.compile(r"[-+]?(?:[0-9]+|(?P<fraction>\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?)")
NOT_FINITE = re.compile(r"[-+]?(\.inf|\.Inf|\.INF|inf|Inf|INF|Infinity|infinity)|\.nan|\.NaN|\.NAN|nan|NaN|NAN")
LONGEST_NUMBER = 64
DIGITS = frozenset("0123456789")


class NotFinite(Exception):
    """A number that is NaN, infinite or too large."""


def resolve(text: str) -> Any:
    """Return the value of an unquoted scalar. Raises NotFinite."""
    if text[:1] in DIGITS:
        return _number(text)
    if text in NULLS:
        return None
    if text in TRUE or text in FALSE:
        return text in TRUE
    if NOT_FINITE.fullmatch(text):
        raise NotFinite
    return _number(text)


def _number(text: str) -> Any:
    number = NUMBER.fullmatch(text)
    if number is not None:
        is_whole = number["fraction"] is None and len(text) <= LONGEST_NUMBER
        return int(text) if is_whole else _finite(float(text))
    if OCTAL.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return int(text[2:], 8)
    if HEXADECIMAL.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return int(text[2:], 16)
    return text


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise NotFinite
    return number
