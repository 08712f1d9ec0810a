"""The pipeline from source to HTML. Every step is linear in the length of the text or capped."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from html import escape

from . import tags
from .blocks import to_markdown
from .chars import is_cjk
from .context import Context, Heading, MathError, Rendered
from .excerpts import lead_text
from .fallback import as_written
from .fences import Embedded, show_fence
from .headlines import headline
from .highlighting import block
from .islands import PLACEHOLDER, BlockIsland, CodeIsland, FormulaIsland, Islands, ReferenceIsland, TagIsland
from .limits import OverLimit, limits_for, output_cap
from .markup import Page
from .math.convert import Converted, Formula, Said, complaints, convert
from .math.show import show
from .messages import _, using_language
from .placing import place
from .plain import excerpt, plain
from .sanitizer import sanitize
from .source import Source
from .titles import heading_html, title_parts

log = logging.getLogger(__name__)

_LONE_PARAGRAPH = re.compile(r"<p>((?:\s*\ue000\d+\ue001)+)\s*</p>")
_SUMMARY = re.compile(r"<summary>\s*<p>(.*?)</p>\s*</summary>", re.DOTALL)
_TITLE_IN_PARAGRAPH = re.compile(r"<p>(<(?:summary|p class=\"callout-title\")>.*?</(?:summary|p)>)</p>", re.DOTALL)
_BLOCK_EDGE = re.compile(
    r"(</(?:p|h[1-6]|ul|ol|li|blockquote|table|thead|tbody|tr|div|figure|details|summary)>|<(?:ul|ol|blockquote|tr|thead|tbody)>)(?=<)"
)
_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
_TASK_BOX = re.compile(r"<input ([^<>]*)>(.*?)(?=</li>|</?p>|<[uo]l>|<div|<pre|<blockquote)", re.DOTALL)


def render(source: str, context: Context | None = None) -> Rendered:
    """Render a text. Never raises; over a limit the text is returned as written, with a notice."""
    context = context or Context()
    with using_language(context.language):
        try:
            return _with_title(_Rendering(source, context).run(), context.title)
        except OverLimit as refusal:
            return as_written(source, str(refusal), title=context.title)
        except Exception:
            log.exception("Rendering failed")
            sentence = _("This text could not be formatted, so it is shown as written.")
            return as_written(source, sentence, title=context.title)


def _with_title(rendered: Rendered, title: str | None) -> Rendered:
    """Add the HTML of a title, or of the first words of an untitled text."""
    if title is None:
        return rendered
    return replace(rendered, title_html=heading_html(title or headline(rendered.text)))


@dataclass(slots=True)
class _Formulas:
    """Converted formulas by island number; for bad ones, position and message."""

    converted: dict[int, Converted]
    places: dict[int, tuple[int, int]]
    complaints: dict[int, dict[str, str]]


class _Rendering:
    def __init__(self, given: str, context: Context) -> None:
        self.given = given
        self.context = context
        self.limits = limits_for(context.kind)
        self.source = Source(given)
        self.islands = Islands()
        self.embedded = Embedded()

    def run(self) -> Rendered:
        self._refuse_long()
        if self.context.kind == "title":
            return self._title()
        markdown = to_markdown(self.source.text, self.islands)
        tags.pair(self.islands)
        self.formulas = self._convert()
        page = Page(self.islands, self.context)
        html = self._fill(sanitize(_in_lines(self._with_tags(page.to_html(markdown)))))
        self._refuse_large(html)
        return self._rendered(html, page)

    # === Limits ===

    def _refuse_long(self) -> None:
        length, limit = len(self.given), self.limits.length
        if length > limit:
            raise OverLimit(
                _("The text has {length} characters; the limit is {limit}.", length=f"{length:,}", limit=f"{limit:,}")
            )

    def _refuse_large(self, html: str) -> None:
        if len(html) > output_cap(self.given):
            raise OverLimit(
                _("The formatted text would be {size} MB, which is too large.", size=f"{len(html) / 1e6:.1f}")
            )

    # === Formulas ===

    def _convert(self) -> _Formulas:
        found = [
            (number, each)
            for number, each in enumerate(self.islands.all)
            if isinstance(each, FormulaIsland | ReferenceIsland)
        ]
        if len(found) > self.limits.formulas:
            raise OverLimit(
                _("The text has {count} formulas; the limit is {limit}.", count=len(found), limit=self.limits.formulas)
            )
        asked = [_asked(each) for _number, each in found]
        converted = dict(
            zip((number for number, _each in found), convert(asked, prefix=self.context.prefix), strict=True)
        )
        places = {
            number: self.source.place(island.offset(converted[number].at))
            if isinstance(island, FormulaIsland)
            else (1, 1)
            for number, island in found
            if converted[number].is_bad
        }
        said = complaints(asked, prefix=self.context.prefix) if places else ()
        named = {number: each for (number, _island), each in zip(found, said, strict=False) if number in places}
        return _Formulas(converted, places, {number: _placed(each, *places[number]) for number, each in named.items()})

    # === Pasted tags ===

    def _with_tags(self, html: str) -> str:
        """Insert pasted tags before sanitising; those without a counterpart become text."""
        html = _LONE_PARAGRAPH.sub(self._unwrapped, html)
        html = self._replace_tags(html)
        html = _SUMMARY.sub(r"<summary>\1</summary>", html)
        return _TITLE_IN_PARAGRAPH.sub(r"\1", html)

    def _unwrapped(self, match: re.Match[str]) -> str:
        """Unwrap a paragraph that contains only block tags."""
        numbers = PLACEHOLDER.findall(match[1])
        if all(self._is_block_tag(number) for number in numbers):
            return match[1]
        return match[0]

    def _is_block_tag(self, number: str) -> bool:
        island = self.islands.get(number)
        return isinstance(island, TagIsland) and island.is_block and island.twin

    def _replace_tags(self, html: str) -> str:
        def put(match: re.Match[str]) -> str:
            island = self.islands.get(match[1])
            if not isinstance(island, TagIsland):
                return match[0]
            return island.html if island.twin else tags.as_text(island)

        return PLACEHOLDER.sub(put, html)

    # === Final insertion ===

    def _fill(self, html: str) -> str:
        html = place(html, self.islands, is_wide=self._is_wide, show=self._show)
        html = _TASK_BOX.sub(_named_task, html)
        label = escape(_("Table"))
        return _TABLE.sub(
            rf'<div class="table-scroll" tabindex="0" role="group" aria-label="{label}"><table>\1</table></div>', html
        )

    def _is_wide(self, number: int) -> bool:
        island = self.islands.all[number]
        return isinstance(island, BlockIsland) or (
            isinstance(island, FormulaIsland) and island.display and self._is_shown(number)
        )

    def _is_shown(self, number: int) -> bool:
        converted = self.formulas.converted[number]
        return bool(converted.mathml) and not converted.target

    def _show(self, number: int, wrapper: str) -> str:
        island = self.islands.all[number]
        if isinstance(island, CodeIsland):
            return f"<code>{escape(island.code, quote=False)}</code>"
        if isinstance(island, BlockIsland):
            return self._show_block(island, wrapper)
        if isinstance(island, FormulaIsland | ReferenceIsland):
            converted = self.formulas.converted[number]
            return show(converted, complaints=self.formulas.complaints.get(number), wrapper=wrapper)
        return escape(island.source, quote=False)

    def _show_block(self, island: BlockIsland, wrapper: str) -> str:
        if wrapper == "span":
            return f"<code>{escape(island.code, quote=False)}</code>"
        path = self.context.fences.get(island.language)
        if path:
            return show_fence(path, island, self.embedded)
        return block(island.code, island.language, island.title)

    # === The result ===

    def _title(self) -> Rendered:
        html, text, errors = title_parts(self.source)
        return Rendered(html=html, text=text, excerpt=excerpt(text), math_errors=errors)

    def _rendered(self, html: str, page: Page) -> Rendered:
        words = plain(html)
        bad = [(number, each) for number, each in self.formulas.converted.items() if each.is_bad]
        return Rendered(
            html=html.strip(),
            text=words,
            excerpt=excerpt(lead_text(html)),
            headings=tuple(self._heading(*each) for each in page.headings),
            mentions=tuple(page.mentions),
            specs=tuple({each["key"]: each for each in self.embedded.found}.values()),
            problems=tuple(self.embedded.problems),
            math_errors=tuple(
                MathError(each.message, *self.formulas.places[number], each.formula.latex) for number, each in bad
            ),
            formulas=len(self.formulas.converted),
        )

    def _heading(self, level: int, anchor: str, words: str) -> Heading:
        html = place(escape(words, quote=False), self.islands, is_wide=lambda number: False, show=self._show)
        return Heading(level, anchor, plain(html).replace("$", ""), html)


def _placed(said: Said, line: int, column: int) -> Said:
    """Return an error with its place, in each language."""
    return {tag: _with_place(complaint, tag, line, column) for tag, complaint in said.items()}


def _with_place(complaint: str, tag: str, line: int, column: int) -> str:
    with using_language(tag):
        place = _("(line {line}, column {column})", line=line, column=column)
    return f"{complaint}{place}" if is_cjk(place[0]) else f"{complaint} {place}"


def _asked(island: FormulaIsland | ReferenceIsland) -> Formula:
    if isinstance(island, ReferenceIsland):
        return Formula(island.source, False)
    return Formula(island.latex, island.display)


def _named_task(match: re.Match[str]) -> str:
    """Label a task's checkbox with its text."""
    name = " ".join(plain(match[2]).split()) or _("Task")
    return f'<input {match[1]} aria-label="{escape(name)}">{match[2]}'


def _in_lines(html: str) -> str:
    """Begin every block on its own line, for readers, diffs and line-based tools."""
    return _BLOCK_EDGE.sub(r"\1\n", html)
