"""Operators and their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from community.rendering.math import bridges
from community.rendering.math.tokens import Token

if TYPE_CHECKING:
    from .rewriter import Rewriter

_COMMANDS = (("_", r"\underset"), ("^", r"\overset"))


def limits(rewriter: Rewriter, token: Token) -> None:
    if rewriter.last_command in bridges.TAKES_LIMITS:
        rewriter.emit(token)


def operator(rewriter: Rewriter, token: Token) -> None:
    r"""Parse `\operatorname`, starred where `\limits` follows it."""
    star = rewriter.skip("*")
    inner = rewriter.argument()
    rewriter.skip_space()
    star = rewriter.skip(r"\limits") or star
    name = r"\operatorname*" if star else r"\operatorname"
    rewriter.out.extend([Token(name, token.at), *_group(inner, token.at)])
    rewriter.last_command = ""


def mathop(rewriter: Rewriter, token: Token) -> None:
    r"""Write a `\mathop` with limits as something with marks above and below it."""
    body = _group(rewriter.argument(), token.at)
    marks = _marks(rewriter) if _has_limits(rewriter) else {}
    for mark, command in _COMMANDS:
        if mark in marks:
            body = _group([Token(command, token.at), *_group(marks[mark], token.at), *body], token.at)
    rewriter.push(body)


HANDLERS = {r"\limits": limits, r"\nolimits": limits, r"\operatorname": operator, r"\mathop": mathop}


def _has_limits(rewriter: Rewriter) -> bool:
    """Return whether limits are above and below: as written, else as in display style."""
    rewriter.skip_space()
    if rewriter.peek() in {r"\limits", r"\nolimits"}:
        return rewriter.next().text == r"\limits"
    return rewriter.display


def _marks(rewriter: Rewriter) -> dict[str, list[Token]]:
    marks: dict[str, list[Token]] = {}
    rewriter.skip_space()
    while rewriter.peek() in {"_", "^"} and rewriter.peek() not in marks:
        mark = rewriter.next().text
        marks[mark] = rewriter.argument()
        rewriter.skip_space()
    return marks


def _group(inner: list[Token], at: int) -> list[Token]:
    return [Token("{", at), *inner, Token("}", at)]
