"""Who may see a run: whoever sees a post that shows it. Dotted path in `BPSANDBOX_VISIBLE_SPECS`."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from community.content.models import Post

POST = "post"
PAGE = "page"


def visible_specs(user: Any) -> Q:
    """Match the attachments whose place this person may see; those of no place are left to their visibility."""
    posts = Post.objects.visible_to(user if user is not None else AnonymousUser())
    return ~Q(target_kind=POST) | Q(target_kind=POST, target_id__in=posts.values("pk"))
