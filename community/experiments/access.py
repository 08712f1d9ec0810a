"""Who may see a run, and who has the quota of a member: the site's answers to the sandbox, named in its settings."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from community.accounts.policies import can_write
from community.content.models import Post

POST = "post"
PAGE = "page"


def has_member_quota(user: Any) -> bool:
    """Give an account the quota of a member once its address is confirmed. Anyone can make many without one."""
    return can_write(user)


def visible_specs(user: Any) -> Q:
    """Match the attachments whose place this person may see; those of no place are left to their visibility."""
    posts = Post.objects.visible_to(user if user is not None else AnonymousUser())
    return ~Q(target_kind=POST) | Q(target_kind=POST, target_id__in=posts.values("pk"))
