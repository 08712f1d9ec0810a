"""Conversion of a text's formulas to MathML, all at once, because numbers and references span them."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from math_core import LatexError, LatexToMathML

from community.rendering.limits import FORMULA_LENGTH
from community.rendering.messages import TAGS, _, language, using_language

from .complaints import sentence
from .elements import keep_allowed
from .rewrite import LatexProblem, Rewritten, SharedState, needs_nothing, rewrite
from .tokens import Origins, join, tokenize

MOST_EXPANSIONS = 5  # we expand macros ourselves and count their growth; math-core sees none

_OPENING = re.compile(r"<math[^>]*>")
_EQUATION = re.compile(
    r'<mtable displaystyle="true" scriptlevel="0" style="width: 100%"><mtr><mtd style="width: 50%"></mtd>'
    r"<mtd>(.*)</mtd>"
    r'<mtd style="width: 50%;text-align: right;justify-items: end;"(?: id="([^"]+)")?><mtext>([^<]*)</mtext></mtd>'
    r"</mtr></mtable>",
    re.DOTALL,
)
_BARE_EQUATION = re.compile(
    r'<mtable displaystyle="true" scriptlevel="0" style="width: 100%"><mtr><mtd style="width: 50%"></mtd>'
    r"<mtd>(.*)</mtd>"
    r'<mtd style="width: 50%"></mtd></mtr></mtable>',
    re.DOTALL,
)
_CELL_EDGE = re.compile(r"<mtd|</mtd>")
_LINKED_NUMBER = re.compile(r"<a [^>]*>([^<]*)</a>")
_MESSAGE = re.compile(r"(\d+): (.*)", re.DOTALL)


type Said = dict[str, str]
"""An error in every language of the site; a page shows the one it is in."""


@dataclass(frozen=True, slots=True)
class Formula:
    latex: str
    display: bool


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted formula. `mathml` is the content of `<math>`; empty with `message` for a bad formula, without for a
    definition.

    `source` is its LaTeX as it can be read elsewhere, where the macros of this text are unknown. `at` is the offset of
    the error in the LaTeX as written; `number` is an equation's, such as `(1)`, `anchor` its id;
    `target` is the id referenced by a formula that is only a reference.
    """

    formula: Formula
    mathml: str = ""
    message: str = ""
    at: int = 0
    number: str = ""
    anchor: str = ""
    target: str = ""
    written_out: str = ""

    @property
    def source(self) -> str:
        return self.written_out or self.formula.latex

    @property
    def is_bad(self) -> bool:
        return bool(self.message)


def convert(formulas: list[Formula], *, prefix: str = "") -> list[Converted]:
    """Convert all formulas of a text. Never raises for their content."""
    shared = SharedState()
    attempts = [_attempt(formula, shared) for formula in formulas]
    rewritten = [
        (formula, attempt)
        for formula, attempt in zip(formulas, attempts, strict=True)
        if isinstance(attempt, Rewritten)
    ]
    snippets = [(join(attempt.tokens), formula.display) for formula, attempt in rewritten]
    markups = iter(zip(_converter().convert_all(snippets), snippets, strict=True))
    return [
        attempt if isinstance(attempt, Converted) else _finish(formula, attempt, *next(markups), shared, prefix)
        for formula, attempt in zip(formulas, attempts, strict=True)
    ]


def complaints(formulas: list[Formula], *, prefix: str = "") -> list[Said]:
    """Return for each formula of a text what is wrong with it; empty for those that are right."""
    said: list[Said] = [{} for _formula in formulas]
    for tag in TAGS:
        with using_language(tag):
            for found, each in zip(said, convert(formulas, prefix=prefix), strict=True):
                if each.is_bad:
                    found[tag] = each.message
    return said


def mathml(latex: str, display: bool = True) -> str:
    """Return one `<math>` element for LaTeX of ours or of a title; a bad formula becomes a math-error."""
    return _alone(latex, display, language())


@lru_cache(maxsize=4096)
def _alone(latex: str, display: bool, _language: str) -> str:
    """Return a formula outside any text, cached: a long worked step has hundreds and is read repeatedly."""
    from .show import show

    return show(convert([Formula(latex, display)])[0])


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(
        fancy_error=False, continue_on_error=True, allow_unreliable_rendering=True, max_expansions=MOST_EXPANSIONS
    )


def _attempt(formula: Formula, shared: SharedState) -> Rewritten | Converted:
    if len(formula.latex) > FORMULA_LENGTH:
        return Converted(
            formula,
            message=_(
                "The formula has {length} characters; the limit is {limit}.",
                length=len(formula.latex),
                limit=FORMULA_LENGTH,
            ),
        )
    if needs_nothing(formula.latex, shared):
        return _convert_alone(formula.latex, formula.display, language())
    try:
        return rewrite(formula.latex, display=formula.display, shared=shared)
    except LatexProblem as problem:
        return Converted(formula, message=str(problem), at=problem.at)


@lru_cache(maxsize=2048)
def _convert_alone(latex: str, display: bool, _language: str) -> Converted:
    """Convert a self-contained formula: without macros, numbers and references the result is cacheable.

    Error messages depend on the language, which is therefore part of the cache key.
    """
    formula = Formula(latex, display)
    (markup,) = _converter().convert_all([(latex, display)])
    tokens = [] if markup.startswith("<math") else tokenize(latex)
    return _finish(formula, Rewritten(tokens), markup, (latex, display), SharedState(), "")


def _finish(
    formula: Formula, attempt: Rewritten, markup: str, snippet: tuple[str, bool], shared: SharedState, prefix: str
) -> Converted:
    if attempt.is_definition:
        return Converted(formula)
    if not markup.startswith("<math"):
        return _refused(formula, attempt, markup, snippet)
    body = shared.with_anchors(shared.with_tags(_OPENING.sub("", markup, count=1).removesuffix("</math>")))
    number = anchor = ""
    if (match := _EQUATION.fullmatch(body)) and _is_one_cell(match[1]):
        body, anchor, number = match[1], match[2] or "", html.unescape(match[3])
    elif (match := _BARE_EQUATION.fullmatch(body)) and _is_one_cell(match[1]):
        body = match[1]
    body = _with_references(body, attempt.references)
    return Converted(
        formula,
        keep_allowed(body, prefix) or "<mrow></mrow>",
        number=number,
        anchor=prefix + anchor if anchor else "",
        target=prefix + shared.anchors[attempt.reference] if attempt.reference else "",
        written_out=attempt.written_out,
    )


def _with_references(markup: str, commands: Sequence[str]) -> str:
    r"""Return markup with the numbers of references alone, of a `\ref` without the parentheses around it."""
    numbers = _LINKED_NUMBER.findall(markup)
    if len(numbers) == len(commands):
        numbers = [n[1:-1] if command == r"\ref" else n for n, command in zip(numbers, commands, strict=True)]
    each = iter(numbers)
    return _LINKED_NUMBER.sub(lambda _link: next(each), markup)


def _is_one_cell(markup: str) -> bool:
    """Return whether markup closes no cell it did not open, and so is the content of one."""
    depth = 0
    for tag in _CELL_EDGE.findall(markup):
        depth += 1 if tag == "<mtd" else -1
        if depth < 0:
            return False
    return True


def _refused(formula: Formula, attempt: Rewritten, markup: str, snippet: tuple[str, bool]) -> Converted:
    latex, display = snippet
    try:
        _strict().convert_with_local_state(latex, displaystyle=display)
        said = ""
    except LatexError as error:
        said = str(error)
    match = _MESSAGE.fullmatch(said)
    if match is None:
        return Converted(formula, message=said or _("This formula could not be read."))
    return Converted(formula, message=sentence(match[2]), at=Origins(attempt.tokens)[int(match[1])])


@cache
def _strict() -> LatexToMathML:
    return LatexToMathML(fancy_error=False, allow_unreliable_rendering=True, max_expansions=MOST_EXPANSIONS)
