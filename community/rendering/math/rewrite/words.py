r"""`\text{...}`: text within a formula, and `$...$` within the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from community.rendering.math import bridges
from community.rendering.math.tokens import Token

from .numbers import REFERENCES

if TYPE_CHECKING:
    from .rewriter import Rewriter

_SPECIALS = frozenset("_&#")
_SIGN = re.compile(r"\\[^A-Za-z]")


def text(rewriter: Rewriter, token: Token) -> None:
    """Write text for math-core; `$...$` inside becomes math again."""
    inner = _with_references(rewriter.argument())
    if any(part.text == "$" for part in inner):
        _write_mixed(rewriter, token, inner)
    else:
        _write_words(rewriter, token, inner)


def _with_references(inner: list[Token]) -> list[Token]:
    """Return a text in which references outside formulas are formulas, as math-core has none in a text."""
    found: list[Token] = []
    in_math = in_reference = False
    for part in inner:
        in_math ^= part.text == "$"
        if part.text in REFERENCES and not in_math:
            found.append(Token("$", part.at))
            in_reference = True
        found.append(part)
        if in_reference and part.text == "}":
            found.append(Token("$", part.at))
            in_reference = False
    return found if not in_reference else inner


def _write_mixed(rewriter: Rewriter, token: Token, inner: list[Token]) -> None:
    rewriter.write("{", token.at)
    piece: list[Token] = []
    in_math = False
    for part in [*inner, Token("$", token.at)]:
        if part.text != "$":
            piece.append(part)
            continue
        if in_math:
            _write_formula(rewriter, piece)
        elif piece:
            _write_words(rewriter, token, piece)
        piece, in_math = [], not in_math
    rewriter.write("}", token.at)


def _write_formula(rewriter: Rewriter, tokens: list[Token]) -> None:
    outer, rewriter.rest = rewriter.rest, tokens[::-1]
    rewriter.write("{", tokens[0].at if tokens else 0)
    rewriter.rewrite_rest()
    rewriter.write("}", tokens[-1].at if tokens else 0)
    rewriter.rest = outer


def _write_words(rewriter: Rewriter, token: Token, inner: list[Token]) -> None:
    rewriter.emit(token)
    rewriter.write("{", token.at)
    last = ""
    for part in inner:
        is_after_sign = last in _SPECIALS or _SIGN.fullmatch(last)  # math-core drops a space there
        rewriter.out.append(Token("~" if part.is_space and is_after_sign else _as_words(part.text), part.at))
        last = part.text
    rewriter.write("}", token.at)
    rewriter.last_command = ""


def _as_words(text: str) -> str:
    if text in _SPECIALS:
        return "\\" + text
    return "" if text in bridges.SILENT else bridges.SYNONYMS.get(text, text)
