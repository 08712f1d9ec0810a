"""May this person. Pure: no queries."""

from __future__ import annotations

from typing import Any

from community.content.models import Post


def can_vote(user: Any, post: Post) -> bool:
    return user.is_authenticated and user.has_confirmed_email and post.author_id != user.pk and post.is_visible


def can_follow_person(user: Any, person: Any) -> bool:
    return user.is_authenticated and user.pk != person.pk
