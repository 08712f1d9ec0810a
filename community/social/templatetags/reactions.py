"""Buttons for following, voting and bookmarks."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from community.content.models import Post
from community.social.selectors import is_following

register = template.Library()

FOLLOW = {"thread": _("Follow thread"), "tag": _("Follow tag"), "category": _("Follow category")}
FOLLOWING = {"thread": _("Following thread"), "tag": _("Following tag"), "category": _("Following category")}


@register.inclusion_tag("social/follow.html", takes_context=True)
def follow_button(context: template.Context, kind: str, target: Any) -> dict[str, Any]:
    """Show a button to follow a person, tag, category or thread; one query for signed-in readers."""
    user = context["request"].user
    following = is_following(user, **{kind: target})
    token = context.get("csrf_token")
    return {"kind": kind, "target": target, "following": following, "csrf_token": token, "user": user}


@register.simple_tag
def follow_label(kind: str, target: Any, following: bool) -> str:
    """Return the target's label and whether it is followed."""
    if kind == "person":
        words = _("Following {name}") if following else _("Follow {name}")
        return words.format(name=target.visible_name)
    return str((FOLLOWING if following else FOLLOW)[kind])


@register.inclusion_tag("social/vote.html", takes_context=True)
def vote_buttons(context: template.Context, post: Post, votes: dict[int, int]) -> dict[str, Any]:
    """Show the score with its two buttons. `votes` is the page's result of `selectors.votes_by`."""
    own = context["request"].user.pk == post.author_id
    return {"post": post, "voted": votes.get(post.pk, 0), "own": own, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("social/bookmark.html", takes_context=True)
def bookmark_button(context: template.Context, post: Post, bookmarked: set[int]) -> dict[str, Any]:
    """Show the bookmark button. `bookmarked` is the page's result of `selectors.bookmarked_by`."""
    return {"post": post, "bookmarked": post.pk in bookmarked, "csrf_token": context.get("csrf_token")}
