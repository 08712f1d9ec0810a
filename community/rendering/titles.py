"""Titles: one line with inline formulas and code, no Markdown."""

from __future__ import annotations

from html import escape

from .context import MathError
from .islands import PLACEHOLDER, CodeIsland, FormulaIsland, Islands
from .limits import TITLE
from .line_breaks import keep_shapes, keep_together
from .math.convert import Converted, Formula, Said, complaints, convert
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
    asked = _asked(islands)
    converted = _convert(asked)
    said = complaints(list(asked.values())) if any(each.is_bad for each in converted.values()) else ()
    html = "".join(_pieces(scanned, islands, converted, dict(zip(asked, said, strict=False))))
    errors = tuple(
        MathError(each.message, *source.place(islands.all[number].offset(each.at)), each.formula.latex)  # type: ignore[attr-defined]
        for number, each in converted.items()
        if each.is_bad
    )
    return html, plain(html), errors


def _asked(islands: Islands) -> dict[int, Formula]:
    found = [(number, each) for number, each in enumerate(islands.all) if isinstance(each, FormulaIsland)]
    return {number: Formula(each.latex, False) for number, each in found[: TITLE.formulas]}


def _convert(asked: dict[int, Formula]) -> dict[int, Converted]:
    return dict(zip(asked, convert(list(asked.values())), strict=True))


def _pieces(scanned: str, islands: Islands, converted: dict[int, Converted], said: dict[int, Said]) -> list[str]:
    parts: list[str] = []
    first, *others = PLACEHOLDER.split(scanned)
    before = _words(first)
    for number, text in zip(others[::2], others[1::2], strict=True):
        island = _island(int(number), islands, converted, said)
        before, shown, after = keep_together(before, island, _words(text))
        parts += [keep_shapes(before), shown]
        before = after
    return [*parts, keep_shapes(before)]


def _words(text: str) -> str:
    return escape(unescaped(text), quote=False)


def _island(number: int, islands: Islands, converted: dict[int, Converted], said: dict[int, Said]) -> str:
    island = islands.all[number]
    if isinstance(island, CodeIsland):
        return f"<code>{escape(island.code, quote=False)}</code>"
    if number in converted:
        return show(converted[number], complaints=said.get(number), in_title=True)
    return escape(island.source, quote=False)
