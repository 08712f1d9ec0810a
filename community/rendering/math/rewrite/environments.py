"""Environments, their columns and rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from community.rendering.math import bridges
from community.rendering.math.tokens import Token, tokenize
from community.rendering.messages import _

from .shared import LatexProblem

if TYPE_CHECKING:
    from .rewriter import Rewriter

_FRAMED = re.compile(r"\s*\\begin\{subequations\}(.*)\\end\{subequations\}\s*", re.DOTALL)


@dataclass(slots=True)
class Environment:
    """An open environment: `mapped` is the name written for it, `columns` those of the current row, `most` of any."""

    name: str
    mapped: str
    is_outer: bool
    columns: int = 0
    most: int = 0


def without_frame(latex: str, rest: list[Token]) -> list[Token]:
    r"""Return the unread tokens of a formula without `subequations` around all of it: its rows have whole numbers."""
    framed = _FRAMED.fullmatch(latex)
    return [token for token in rest if framed.start(1) <= token.at < framed.end(1)] if framed else rest


def is_one_environment(rest: list[Token]) -> bool:
    """Return whether the formula is exactly one outer environment."""
    text = "".join(token.text for token in reversed(rest)).strip()
    if not text.startswith(r"\begin{"):
        return False
    name = text[7 : text.find("}")]
    mapped = bridges.ENVIRONMENTS.get(name, name)
    return mapped in bridges.OUTER and text.endswith(rf"\end{{{name}}}") and text.count(rf"\begin{{{name}}}") == 1


def begin(rewriter: Rewriter, token: Token) -> None:
    name = rewriter.word().strip()
    rewriter.deeper(token)
    mapped = bridges.ENVIRONMENTS.get(name, name)
    if name in bridges.ENVIRONMENTS_WITH_COUNT:
        rewriter.argument()
    elif name.endswith("*") and name != mapped:
        rewriter.option()
    is_outer = mapped in bridges.OUTER and rewriter.is_outer and not rewriter.environments
    environment = Environment(name, _written(name, mapped, is_outer), is_outer)
    rewriter.environments.append(environment)
    rewriter.write(_opening(environment.mapped), token.at)
    if environment.mapped == "array":
        _columns(rewriter, token)
    rewriter.last_command = ""


def end(rewriter: Rewriter, token: Token) -> None:
    environment = _closed(rewriter, rewriter.word().strip(), token)
    rewriter.depth -= 1
    if environment.is_outer:
        rewriter.out.extend(rewriter.numbering)
        rewriter.numbering = []
    if _ends_in_a_line(rewriter):  # of a row that is drawn without height
        rewriter.write("&" * environment.most, token.at)
    rewriter.write(_ending(environment.mapped), token.at)
    rewriter.last_command = ""


def _ends_in_a_line(rewriter: Rewriter) -> bool:
    last = next((token.text for token in reversed(rewriter.out) if not token.is_space), "")
    return last in {r"\hline", r"\hdashline"}


def row(rewriter: Rewriter, token: Token) -> None:
    r"""Write `\\` without the star and the extra height that can follow it."""
    rewriter.skip("*")
    option = rewriter.option()
    if option is not None and not bridges.ROW_SKIP.fullmatch("".join(part.text for part in option)):
        rewriter.push([Token("[", token.at), *option, Token("]", token.at)])
    if rewriter.environments:
        rewriter.environments[-1].columns = 0
    elif not rewriter.depth:
        rewriter.broken_row = True
    rewriter.emit(token)


def column(rewriter: Rewriter, token: Token) -> None:
    if rewriter.environments:
        environment = rewriter.environments[-1]
        environment.columns += 1
        environment.most = max(environment.most, environment.columns)
        if environment.name.startswith("eqnarray") and environment.columns == 2:
            return
    elif not rewriter.depth:
        rewriter.has_columns = True
    rewriter.emit(token)


def intertext(rewriter: Rewriter, token: Token) -> None:
    inner = rewriter.argument()
    before, after = ("&", r"\text", "{"), ("}", r"\notag", r"\\")
    rewriter.push([*(Token(text, token.at) for text in before), *inner, *(Token(text, token.at) for text in after)])


def substack(rewriter: Rewriter, token: Token) -> None:
    inner = rewriter.argument()
    rewriter.push([*tokenize(r"\begin{subarray}{c}"), *inner, *tokenize(r"\end{subarray}")])


HANDLERS = {
    r"\begin": begin,
    r"\end": end,
    r"\\": row,
    "&": column,
    r"\intertext": intertext,
    r"\substack": substack,
}


def _written(name: str, mapped: str, is_outer: bool) -> str:
    """Return the environment math-core gets; only the outermost one keeps its numbering."""
    if name in bridges.ENVIRONMENTS_DROPPED:
        return ""
    if mapped in bridges.OUTER and not is_outer:
        return bridges.INNER[mapped.rstrip("*")]
    return mapped


def _opening(mapped: str) -> str:
    if mapped == "smallmatrix":
        return r"{\scriptstyle\begin{matrix}"
    return rf"\begin{{{mapped}}}" if mapped else ""


def _ending(mapped: str) -> str:
    if mapped == "smallmatrix":
        return r"\end{matrix}}"
    return rf"\end{{{mapped}}}" if mapped else ""


def _columns(rewriter: Rewriter, token: Token) -> None:
    """Reduce a column specification to what can be drawn: l, c, r and rules."""
    rewriter.option()
    spec, depth = "", 0
    for part in rewriter.argument():
        depth += (part.text == "{") - (part.text == "}")
        text = "l" if part.text in {"p", "m", "b", "X"} else part.text
        if not depth and bridges.COLUMN_SPEC.fullmatch(text):
            spec += text
    rewriter.write(f"{{{spec or 'c'}}}", token.at)


def _closed(rewriter: Rewriter, name: str, token: Token) -> Environment:
    if not rewriter.environments:
        raise LatexProblem(_("\\end{name} has no matching \\begin.", name=f"{{{name}}}"), token.at)
    environment = rewriter.environments.pop()
    if environment.name != name:
        raise LatexProblem(
            _("\\begin{begun} is ended by \\end{ended}.", begun=f"{{{environment.name}}}", ended=f"{{{name}}}"),
            token.at,
        )
    return environment
