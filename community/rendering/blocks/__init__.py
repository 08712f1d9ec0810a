"""Read the block structure of a text line by line and write it anew, plainly, for Python-Markdown.

Containers (quotes, list items, footnotes, callouts) are recognised as CommonMark does, so that a nested list needs two
spaces and a list needs no blank line before it. Code, formulas and pasted tags leave as islands on the way.

`Reader` goes through the lines and is a `Writer` of what comes out; what opens at a line is a function of `containers`
or of `leaves`, `code`, `display` and `tables`.
"""

from __future__ import annotations

from community.rendering.islands import Islands

from .reader import Reader


def to_markdown(text: str, islands: Islands) -> str:
    """Return a text as Markdown with placeholders. Raises OverLimit."""
    return Reader(text, islands).run()


__all__ = ["to_markdown"]
