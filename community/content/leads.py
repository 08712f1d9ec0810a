"""Excerpts of posts and drafts with formulas, for lists. Each is made once in a process while it is in use."""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from community.common import page_cache
from community.common.drawn import kept, kept_before
from community.content import embeds
from community.content.models import Draft, Post
from community.rendering import pool
from community.rendering.context import Context, Rendered
from community.rendering.excerpts import lead

AWAY_SECONDS = 10  # for which the renderer is not asked for lines again, each of which would wait for it
_away_until = 0.0
READ = 2_000  # characters of a draft
TRIED = 2  # drafts that were not rendered, after which the renderer is not asked again for a list: each waits in turn


def lead_of(post: Post, longest: int) -> SafeString:
    """Return at most `longest` characters of a post as safe HTML."""
    return mark_safe(kept(lead, post.html, longest))


def line_of(words: str) -> SafeString:
    """Return a line that somebody wrote, such as the reason of an edit, as safe HTML with its formulas.

    It is as it was written if the renderer is away; then a page is kept for a few seconds only.
    """
    global _away_until
    if "$" not in words and "\\" not in words:
        return conditional_escape(words)
    try:
        drawn = kept(_title, words) if time.monotonic() >= _away_until else kept_before(_title, words)
    except _NotRendered:
        drawn, _away_until = "", time.monotonic() + AWAY_SECONDS
    if not drawn:
        page_cache.expires_in(AWAY_SECONDS)
    return mark_safe(drawn) if drawn else conditional_escape(words)


def leads_of_drafts(drafts: Iterable[Draft], longest: int) -> list[SafeString]:
    """Return each draft's title, or at most `longest` characters of its text. Only those with formulas are rendered.

    What could not be rendered this time is shown as it was written, and not kept.
    """
    leads, left = [], TRIED
    for draft in drafts:
        words = draft.title or " ".join(draft.source.split())[:longest]
        drawn = ""
        if "$" in words or "\\" in words:
            made = (_title, draft.title) if draft.title else (_lead, draft.source[:READ], longest)
            try:
                drawn = kept(*made) if left else kept_before(*made)
            except _NotRendered:
                left -= 1
        leads.append(mark_safe(drawn) if drawn else conditional_escape(words))
    return leads


class _NotRendered(Exception):
    """The renderer was too slow, or away."""


def _title(title: str) -> str:
    return _rendered("", Context(title=title)).title_html


def _lead(source: str, longest: int) -> str:
    return lead(_rendered(source, Context(fences=embeds.fences())).html, longest)


def _rendered(source: str, context: Context) -> Rendered:
    rendered = pool.render(source, context)
    if not rendered.version:
        raise _NotRendered
    return rendered
