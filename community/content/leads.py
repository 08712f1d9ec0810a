"""Excerpts of posts with formulas, for feeds and lists. Each is made once in a process while it is in use."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

from community.common.drawn import kept
from community.content.models import Post
from community.rendering.excerpts import lead


def lead_of(post: Post, longest: int) -> SafeString:
    """Return at most `longest` characters of a post as safe HTML."""
    return mark_safe(kept(lead, post.html, longest))
