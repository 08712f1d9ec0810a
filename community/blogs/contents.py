"""Table of contents of an article, from the headings the renderer found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString, mark_safe

FEWEST = 2
_NUMBERED = re.compile(r"^\s*(\d{1,2}(?:\.\d{1,2})*)[.\u3001\uff0e:\uff1a)]?[\s\u3000]+(?=\S)")


@dataclass(slots=True)
class Section:
    """A section of the table of contents.

    `number` is the author's own number before the heading, if any; `inner` contains the subsections.
    """

    id: str
    number: str
    html: SafeString
    inner: list[Section] = field(default_factory=list)


def contents(headings: Iterable[dict[str, Any]]) -> list[Section]:
    """Return two levels of headings, omitting deeper ones; empty for short articles."""
    headings = list(headings)
    top = min((each["level"] for each in headings), default=0)
    sections: list[Section] = []
    for each in headings:
        if each["level"] == top:
            sections.append(_section(each))
        elif each["level"] == top + 1 and sections:
            sections[-1].inner.append(_section(each))
    return sections if sum(1 + len(each.inner) for each in sections) >= FEWEST else []


def _section(heading: dict[str, Any]) -> Section:
    html = heading["html"]
    found = _NUMBERED.match(html)
    number = found[1] if found else ""
    words = html[found.end() :] if found else html
    return Section(heading["id"], number, mark_safe(words))  # rendered and sanitised by community.rendering
