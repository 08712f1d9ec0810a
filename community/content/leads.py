"""Excerpts of posts and drafts with formulas, for lists. Each is made once in a process while it is in use."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe

from community.common.drawn import kept
from community.common.lines import line_of, rendered, with_formulas
from community.content import embeds
from community.content.models import Draft, Post
from community.rendering.context import Context
from community.rendering.excerpts import lead

READ = 2_000  # characters of a draft


def lead_of(post: Post, longest: int) -> SafeString:
    """Return at most `longest` characters of a post as safe HTML."""
    return mark_safe(kept(lead, post.html, longest))


def leads_of_drafts(drafts: Iterable[Draft], longest: int) -> list[SafeString]:
    """Return each draft's title, or at most `longest` characters of its text. Only those with formulas are rendered.

    What could not be rendered this time is shown as it was written, and not kept.
    """
    return [
        line_of(draft.title)
        if draft.title
        else with_formulas(" ".join(draft.source.split())[:longest], _lead, draft.source[:READ], longest)
        for draft in drafts
    ]


def _lead(source: str, longest: int) -> str:
    return lead(rendered(source, Context(fences=embeds.fences())).html, longest)
