"""The rewritten formula: stand-alone rows get an environment, and a number gets an equation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from community.rendering.math.tokens import Token, tokenize

if TYPE_CHECKING:
    from .rewriter import Rewriter


@dataclass(slots=True)
class Rewritten:
    """`references` are the commands of all references; `reference` is the label of one that is the whole formula.

    `written_out` is the formula with the macros of its text expanded; empty if it has none.
    """

    tokens: list[Token]
    is_definition: bool = False
    reference: str = ""
    references: tuple[str, ...] = ()
    written_out: str = ""


def result(rewriter: Rewriter) -> Rewritten:
    has_content = any(not token.is_space for token in rewriter.out)
    is_definition, reference = rewriter.defined and not has_content, _sole_reference(rewriter.out)
    return Rewritten(_wrapped(rewriter), is_definition, reference, tuple(rewriter.references))


def _wrapped(rewriter: Rewriter) -> list[Token]:
    out = rewriter.out
    if rewriter.broken_row or (rewriter.has_columns and rewriter.display):
        out = _surround("aligned" if rewriter.has_columns else "gathered", out)
    if rewriter.numbering and rewriter.display:
        return _surround("equation", [*out, *rewriter.numbering])
    if rewriter.numbering:
        return [*out, *tokenize(r"\quad"), *_tag_as_text(rewriter.numbering)]
    return out


def _surround(name: str, tokens: list[Token]) -> list[Token]:
    first, last = (tokens[0].at, tokens[-1].at) if tokens else (0, 0)
    begin = [Token(token.text, first) for token in tokenize(rf"\begin{{{name}}}")]
    return [*begin, *tokens, *(Token(token.text, last) for token in tokenize(rf"\end{{{name}}}"))]


def _tag_as_text(numbering: list[Token]) -> list[Token]:
    """Show a tag of an inline formula after it, since it has no margin."""
    if not numbering[0].text.startswith(r"\tag"):
        return []
    inner = [token for token in numbering[2:] if token.text != "}"]
    return [Token("(", numbering[0].at), *inner, Token(")", numbering[0].at)]


def _sole_reference(out: list[Token]) -> str:
    words = [token.text for token in out if not token.is_space]
    if len(words) > 3 and words[0] == r"\eqref" and words[1] == "{" and words.index("}") == len(words) - 1:
        return "".join(words[2:-1])
    return ""
