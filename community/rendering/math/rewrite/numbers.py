r"""Tags, labels and references: math-core accepts a number in a row of an outer environment, else at the very end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from community.rendering.math.tokens import Token, tokenize

if TYPE_CHECKING:
    from .rewriter import Rewriter


def tag(rewriter: Rewriter, token: Token) -> None:
    star = "*" if rewriter.skip("*") else ""
    words = rewriter.shared.tag(rewriter.word().strip())
    if not (rewriter.numbering and rewriter.numbering[0].text.startswith(r"\tag")):
        _number(rewriter, rf"\tag{star}{{{words}}}", token.at)


def label(rewriter: Rewriter, token: Token) -> None:
    _number(rewriter, rf"\label{{{rewriter.shared.new_label(rewriter.word())}}}", token.at)


def no_number(rewriter: Rewriter, token: Token) -> None:
    if _is_in_row(rewriter):
        rewriter.emit(token)


def refer(rewriter: Rewriter, token: Token) -> None:
    r"""Write a reference as `\eqref`, which is all that math-core has; `\ref` loses its parentheses afterwards."""
    rewriter.references.append(token.text)
    rewriter.write(rf"\eqref{{{rewriter.shared.label(rewriter.word())}}}", token.at)


REFERENCES = {r"\eqref": refer, r"\ref": refer}
HANDLERS = {r"\tag": tag, r"\label": label, r"\notag": no_number, r"\nonumber": no_number, **REFERENCES}


def _number(rewriter: Rewriter, latex: str, at: int) -> None:
    tokens = [Token(token.text, at) for token in tokenize(latex)]
    (rewriter.out if _is_in_row(rewriter) else rewriter.numbering).extend(tokens)


def _is_in_row(rewriter: Rewriter) -> bool:
    return len(rewriter.environments) == 1 and rewriter.environments[0].is_outer
