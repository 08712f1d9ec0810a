"""The marks on answers that a reader sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import FETCH_RAISE
from django.utils.safestring import SafeString

from community.accounts.columns import shown_columns
from community.common.templatetags.ui import ago
from community.content.models import Post, Role
from community.content.querysets import Reader
from community.mutes.selectors import hidden_among
from community.social.marking import can_remove
from community.social.models import Mark


class ShownMark(NamedTuple):
    """A mark as one reader sees it. `is_before_edit`: the answer was edited after it was set."""

    pk: int
    kind_words: str
    reason: str
    name: str
    url: str
    created: SafeString
    is_before_edit: bool
    is_own: bool
    can_remove: bool


def on_posts(reader: Reader, posts: Sequence[Post]) -> dict[int, tuple[ShownMark, ...]]:
    """Return the marks on those of these posts that have any, the newest first; a query only if there are."""
    marked = {post.pk: post for post in posts if post.role == Role.ANSWER and post.mark_count}
    if not marked:
        return {}
    rows = Mark.objects.filter(post__in=marked, user__is_active=True).select_related("user").order_by("-pk")
    found = list(
        rows.only("post", "kind", "reason", "version", "created_at", *shown_columns("user")).fetch_mode(FETCH_RAISE)
    )
    hidden = hidden_among(reader, {mark.user_id for mark in found})
    met = [mark for mark in found if mark.user_id not in hidden]
    return {pk: tuple(_shown(mark, post, reader) for mark in met if mark.post_id == pk) for pk, post in marked.items()}


def _shown(mark: Mark, post: Post, reader: Reader) -> ShownMark:
    return ShownMark(
        pk=mark.pk,
        kind_words=str(Mark.Kind(mark.kind).label),
        reason=mark.reason,
        name=mark.user.visible_name,
        url=mark.user.get_absolute_url(),
        created=ago(mark.created_at),
        is_before_edit=mark.version < post.version,
        is_own=reader.is_authenticated and mark.user_id == reader.pk,
        can_remove=can_remove(reader, mark),
    )
