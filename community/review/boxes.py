"""Forms whose drafts are saved while typing, as the list of drafts shows them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.content.draft_rows import Box
from community.content.models import Post
from community.review import policies
from community.review.models import SuggestedEdit


def _suggested(owner: User, keys: Sequence[int]) -> dict[int, Post]:
    return {pk: post for pk, post in _posts(owner, keys).items() if policies.obstacle(owner, post) is None}


def _improved(owner: User, keys: Sequence[int]) -> dict[int, Post]:
    found = SuggestedEdit.objects.to_review(owner).filter(pk__in=keys).values_list("pk", "post")
    posts = _posts(owner, [post for _pk, post in found])
    return {pk: posts[post] for pk, post in found if post in posts}


def _posts(owner: User, keys: Sequence[int]) -> dict[int, Post]:
    rows = Post.objects.visible_to(owner).filter(pk__in=keys).select_related("thread")
    return rows.defer("source", "html", "text").in_bulk()


SUGGEST = Box("review:suggest", _("Suggested edit"), _suggested)
IMPROVE = Box("review:improve", _("Suggested edit"), _improved)
