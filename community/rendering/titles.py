"""Titles: one line with inline formulas and code, no Markdown."""

from __future__ import annotations

from html import escape

from .context import MathError
from .islands import PLACEHOLDER, CodeIsland, FormulaIsland, Islands
from .limits import TITLE
from .line_breaks import keep_shapes, keep_together
from .math.convert import Converted, Formula, convert
from .math.show import show
from .plain import plain
from .scanner import Scanner, unescaped
from .source import Source


def render_title(text: str) -> str:
    """Return a title's HTML: escaped text with inline formulas. Never raises."""
    return title_parts(Source(text))[0]


def heading_html(title: str) -> str:
    """Return a title's HTML, or escaped text if it exceeds the limit."""
    return escape(title) if len(title) > TITLE.length else render_title(title)


def title_parts(source: Source) -> tuple[str, str, tuple[MathError, ...]]:
    """Return HTML, text and bad formulas of a title."""
    line = source.text.replace("\n", " ")
    islands = Islands()
    scanned = Scanner(islands, with_tags=False).scan(line, lambda index: index)
    converted = _convert(islands)
    html = "".join(_pieces(scanned, islands, converted))
    errors = tuple(
        MathError(each.message, *source.place(islands.all[number].offset(each.at)), each.formula.latex)  # type: ignore[attr-defined]
        for number, each in converted.items()
        if each.is_bad
    )
    return html, plain(html), errors


def _convert(islands: Islands) -> dict[int, Converted]:
    found = {number: each for number, each in enumerate(islands.all) if isinstance(each, FormulaIsland)}
    kept = dict(list(found.items())[: TITLE.formulas])
    return dict(zip(kept, convert([Formula(each.latex, False) for each in kept.values()]), strict=True))


def _pieces(scanned: str, islands: Islands, converted: dict[int, Converted]) -> list[str]:
    parts: list[str] = []
    first, *others = PLACEHOLDER.split(scanned)
    before = _words(first)
    for number, text in zip(others[::2], others[1::2], strict=True):
        before, shown, after = keep_together(before, _island(int(number), islands, converted), _words(text))
        parts += [keep_shapes(before), shown]
        before = after
    return [*parts, keep_shapes(before)]


def _words(text: str) -> str:
    return escape(unescaped(text), quote=False)


def _island(number: int, islands: Islands, converted: dict[int, Converted]) -> str:
    island = islands.all[number]
    if isinstance(island, CodeIsland):
        return f"<code>{escape(island.code, quote=False)}</code>"
    if number in converted and not converted[number].is_bad:
        return show(converted[number])
    return escape(island.source, quote=False)
