"""Python-Markdown configuration: no raw HTML, code or emphasis of its own; those are handled elsewhere."""

from __future__ import annotations

from html import escape
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension

from .context import Context
from .emoji import EmojiName
from .emphasis import Emphasis
from .footnotes import Footnotes
from .headings import Anchors
from .islands import Islands
from .messages import _
from .patterns import Address, Mention, PastedPicture, Reference
from .scanner import unescaped
from .shaping import Shape


class Page:
    """One text on its way through Markdown, with what is collected from it."""

    def __init__(self, islands: Islands, context: Context) -> None:
        self.islands = islands
        self.context = context
        self.known_handles = None if context.known_handles is None else frozenset(context.known_handles)
        self.mentions: list[str] = []
        self.headings: list[tuple[int, str, str]] = []
        self.anchors = Anchors(context.prefix)
        self.markdown = _assemble(self)

    def to_html(self, text: str) -> str:
        """Convert to HTML; unused link definitions are appended, so that no word is lost."""
        self.markdown.references = _Definitions()
        html = self.markdown.convert(text + "\n\n")
        unused = [f"<p>[{escape(name)}]: {escape(link)}</p>" for name, link in self.markdown.references.unused()]
        return "\n".join([html, *unused])

    def mark_heading(self, heading: ElementTree.Element) -> None:
        """Give a heading its anchor, derived from its text without markup."""
        words = unescaped("".join(heading.itertext()))
        anchor = self.anchors.take(self.islands.as_text(words))
        heading.set("id", anchor)
        self.headings.append((int(heading.tag[1]), anchor, words))


class _Definitions(dict):
    """Link definitions by name, recording which are used."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: set[str] = set()
        self._again: list[tuple[str, tuple[str, str | None]]] = []

    def __setitem__(self, name: str, link: tuple[str, str | None]) -> None:
        if name in self:
            self._again.append((name, link))
        else:
            super().__setitem__(name, link)

    def __getitem__(self, name: str) -> tuple[str, str | None]:
        self._asked.add(name)
        return super().__getitem__(name)

    def unused(self) -> list[tuple[str, str]]:
        """Return unused names and their definitions."""
        left = [(name, link) for name, link in self.items() if name not in self._asked]
        return [(name, " ".join(part for part in link if part)) for name, link in [*left, *self._again]]


def _assemble(page: Page) -> Markdown:
    footnotes = Footnotes(BACKLINK_TITLE=_("Back to reference {number}", number="{}"), BACKLINK_TEXT="↩")
    markdown = Markdown(
        extensions=[TableExtension(use_align_attribute=True), footnotes, SaneListExtension()], output_format="html"
    )
    page.markdown = markdown
    for name in ("normalize_whitespace", "html_block"):
        markdown.preprocessors.deregister(name)
    for name in ("code", "setextheader"):
        markdown.parser.blockprocessors.deregister(name)
    for name in ("backtick", "escape", "html", "entity", "automail", "em_strong"):
        markdown.inlinePatterns.deregister(name)
    markdown.treeprocessors.deregister("prettify")
    markdown.inlinePatterns.register(PastedPicture(page), "pasted_picture", 155)
    markdown.inlinePatterns.register(Address(page), "address", 115)
    markdown.inlinePatterns.register(EmojiName(), "emoji", 65)  # before emphasis, which parts `:test_tube:`
    markdown.inlinePatterns.register(Emphasis(), "emphasis", 60)
    markdown.inlinePatterns.register(Mention(page), "mention", 40)
    markdown.inlinePatterns.register(Reference(page), "internal_reference", 30)
    markdown.treeprocessors.register(Shape(page), "shape", 5)
    return markdown
