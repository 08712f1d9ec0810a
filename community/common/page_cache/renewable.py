"""Parts of a kept page that are made anew in it, when what they show changes far more often than the rest of the page.

    html = renewable(draw_categories, current_key)

`draw` and its arguments, which are plain values, and the language say everything that the part depends on besides what
it reads. What it reads ends the part and not the page: the counts of threads beside each list change with every new
thread, and to make twenty rows anew for them costs ten times as much.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString

from community.common.changes.log import CHANGES
from community.common.page_cache import recording
from community.common.page_cache.recording import Recording, recorded

type Draw = Callable[..., SafeString]


@dataclass(frozen=True, slots=True)
class Renewable:
    """A part as it is in a page: its bytes begin at `start`, which is known when the page is kept."""

    draw: Draw
    arguments: tuple[Any, ...]
    language: str
    html: bytes
    topics: frozenset[str]
    reading: int
    ends_at: float
    start: int = -1

    def is_current(self) -> bool:
        return time.monotonic() < self.ends_at and CHANGES.is_unchanged(self.topics, self.reading)

    def renewed(self) -> Renewable | None:
        """Return the part as it is now; None if it cannot be kept any more."""
        with translation.override(self.language):
            return _drawn(self.draw, self.arguments, Recording())[1]


def renewable(draw: Draw, *arguments: Any) -> SafeString:
    """Return what `draw` makes of the arguments, as a part of the page that is made now."""
    page = recording.current()
    if page is None or not page.is_kept or page.is_part:
        return draw(*arguments)
    html, part = _drawn(draw, arguments, Recording(reading=page.reading))
    if part is None:
        return draw(*arguments)  # what it reads ends the page
    page.renewable.append(part)
    return html


def _drawn(draw: Draw, arguments: tuple[Any, ...], since: Recording) -> tuple[SafeString, Renewable | None]:
    """Draw a part. It cannot be kept if it reads a table that nobody watches, or shows an age."""
    with recorded(since) as made:
        html = draw(*arguments)
    if made.unwatched or made.seconds <= 0:
        return html, None
    language, ends_at = translation.get_language() or "", time.monotonic() + made.seconds
    return html, Renewable(draw, arguments, language, html.encode(), made.dependencies(), made.reading, ends_at)


def located(found: Sequence[Renewable], body: bytes) -> tuple[Renewable, ...] | None:
    """Return parts with their places in the page, in order; None if one is not there exactly once."""
    if any(body.count(part.html) != 1 for part in found):
        return None
    return tuple(sorted((replace(part, start=body.index(part.html)) for part in found), key=lambda part: part.start))


def put_in(body: bytes, parts: tuple[Renewable, ...]) -> tuple[bytes, tuple[Renewable, ...]] | None:
    """Return a page with those of its parts renewed that have changed, and its parts; None if one cannot be."""
    pieces: list[bytes] = []
    placed: list[Renewable] = []
    end = length = 0
    for part in parts:
        new = part if part.is_current() else part.renewed()
        if new is None:
            return None
        pieces += [body[end : part.start], new.html]
        length += part.start - end
        placed.append(replace(new, start=length))
        length += len(new.html)
        end = part.start + len(part.html)
    return b"".join([*pieces, body[end:]]), tuple(placed)
