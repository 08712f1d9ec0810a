"""Excerpts of posts and drafts with formulas, for lists. Each is made once in a process while it is in use."""

from __future__ import annotations

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from community.common.drawn import kept
from community.content import embeds
from community.content.models import Draft, Post
from community.rendering import pool
from community.rendering.context import Context
from community.rendering.excerpts import lead

READ = 2_000  # characters of a draft


def lead_of(post: Post, longest: int) -> SafeString:
    """Return at most `longest` characters of a post as safe HTML."""
    return mark_safe(kept(lead, post.html, longest))


def lead_of_draft(draft: Draft, longest: int) -> SafeString:
    """Return a draft's title, or at most `longest` characters of its text. Only those with formulas are rendered."""
    words = draft.title or " ".join(draft.source.split())[:longest]
    if "$" not in words and "\\" not in words:
        return conditional_escape(words)
    drawn = kept(_title, draft.title) if draft.title else kept(_lead, draft.source[:READ], longest)
    return mark_safe(drawn) if drawn else conditional_escape(words)


def _title(title: str) -> str:
    return pool.render("", Context(title=title)).title_html


def _lead(source: str, longest: int) -> str:
    return lead(pool.render(source, Context(fences=embeds.fences())).html, longest)
