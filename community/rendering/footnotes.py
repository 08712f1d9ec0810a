"""Footnotes of Python-Markdown, in linear time."""

from __future__ import annotations

from markdown.extensions.footnotes import FootnoteExtension


class Footnotes(FootnoteExtension):
    """Numbers the references to one note by counting them; the original tries every number that is taken."""

    def unique_ref(self, reference: str, found: bool = False) -> str:
        """Return the id of the next reference to a note: `fnref:a`, then `fnref2:a`, `fnref3:a`."""
        if not found:
            return reference
        number = self.found_refs[reference] = self.found_refs.get(reference, 0) + 1
        separator = self.get_separator()
        name, note = reference.split(separator, 1)
        return reference if number == 1 else f"{name}{number}{separator}{note}"
