"""Block parser: reads block structure line by line and rewrites it in a plain form for Python-Markdown.

Containers (quotes, list items, footnotes, callouts) are recognised as in CommonMark, so that a nested list needs two
spaces and a list needs no blank line before it. Code, formulas and pasted tags become islands on the way.

`Reader` iterates over the lines and is a `Writer` of the output; what opens at a line is a function of `containers` or
of `leaves`, `code`, `display` and `tables`.
"""

from __future__ import annotations

from community.rendering.islands import Islands

from .reader import Reader


def to_markdown(text: str, islands: Islands) -> str:
    """Return a text as Markdown with placeholders. Raises OverLimit."""
    return Reader(text, islands).run()


__all__ = ["to_markdown"]
