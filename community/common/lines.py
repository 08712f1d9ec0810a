"""Lines that people write beside posts, such as the reason of an edit, with their formulas. Each is made once."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from community.common import page_cache
from community.common.drawn import Plain, kept, kept_before
from community.rendering import pool
from community.rendering.context import Context, Rendered

AWAY_SECONDS = 10
"""How long the renderer is not asked again after it was away: each line of a page would wait for it in turn."""
_away_until = 0.0


class NotRendered(Exception):
    """The renderer was too slow, or away."""


def line_of(words: str) -> SafeString:
    """Return a line as safe HTML with its formulas.

    It is as it was written if the renderer is away; then a page is kept for a few seconds only.
    """
    return with_formulas(words, title, words)


def lines_of(words: str) -> SafeString:
    """Return some lines, each with its formulas."""
    return mark_safe("<br>".join(map(line_of, words.splitlines())))


def with_formulas(words: str, make: Callable[..., str], source: str, *more: Plain) -> SafeString:
    """Return what `make` makes of a source, once, if there may be a formula in these words of it; else the words."""
    global _away_until
    if "$" not in words and "\\" not in words:
        return conditional_escape(words)
    try:
        drawn = kept(make, source, *more) if time.monotonic() >= _away_until else kept_before(make, source, *more)
    except NotRendered:
        drawn, _away_until = "", time.monotonic() + AWAY_SECONDS
    if not drawn:
        page_cache.expires_in(AWAY_SECONDS)
    return mark_safe(drawn) if drawn else conditional_escape(words)


def title(words: str) -> str:
    """Return the HTML of a line. Raises NotRendered."""
    return rendered("", Context(title=words)).title_html


def rendered(source: str, context: Context) -> Rendered:
    """Return a rendered text. Raises NotRendered."""
    made = pool.render(source, context)
    if not made.version:
        raise NotRendered
    return made
