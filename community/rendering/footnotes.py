"""Footnotes of Python-Markdown, in linear time."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.treeprocessors import Treeprocessor


class Footnotes(FootnoteExtension):
    """Numbers the references to one note by counting them; the original tries every number that is taken."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        super().extendMarkdown(md)
        md.treeprocessors.register(Unreferenced(self), "footnote-unreferenced", 16)

    def unique_ref(self, reference: str, found: bool = False) -> str:
        """Return the id of the next reference to a note: `fnref:a`, then `fnref2:a`, `fnref3:a`."""
        if not found:
            return reference
        number = self.found_refs[reference] = self.found_refs.get(reference, 0) + 1
        separator = self.get_separator()
        name, note = reference.split(separator, 1)
        return reference if number == 1 else f"{name}{number}{separator}{note}"


class Unreferenced(Treeprocessor):
    """Removes the link back from a note that nothing refers to. The note itself stays: its author wrote it."""

    def __init__(self, footnotes: Footnotes):
        self.footnotes = footnotes

    def run(self, root: Element) -> None:
        for item in root.iter("li"):
            for paragraph in item.findall("p"):
                self._remove_link(paragraph)

    def _remove_link(self, paragraph: Element) -> None:
        for link in paragraph.findall("a[@class='footnote-backref']"):
            if link.get("href", "").removeprefix("#") not in self.footnotes.found_refs:
                paragraph.remove(link)
