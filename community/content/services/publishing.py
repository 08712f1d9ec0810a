from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from community.common.errors import NotAllowed
from community.content import indexing, policies
from community.content.errors import DraftChanged, DraftRevised
from community.content.models import Post, Role, Thread

from . import after_save
from .counting import count_thread

if TYPE_CHECKING:
    from community.accounts.models import User


@transaction.atomic
def publish_thread(
    *, thread: Thread, by: User, as_written: tuple[str, str] | None = None, version: int | None = None
) -> Thread:
    """Publish a draft now. Does nothing if it is already public. Raises NotAllowed.

    `as_written` is the title and source that its author means to publish. Raises DraftChanged if the draft has
    another by now: what was added to it elsewhere is not for everybody yet. Raises DraftRevised if its text has another
    `version` than its author has seen.
    """
    thread = Thread.objects.select_for_update(of=("self",)).select_related("author").get(pk=thread.pk)
    if thread.author_id == by.pk and not thread.is_draft and thread.deleted_at is None:
        return thread
    if not policies.can_publish(by, thread):
        raise NotAllowed(_("Only the author can publish a draft."))
    if as_written not in (None, (thread.title, _opening(thread).values_list("source", flat=True).get())):
        raise DraftChanged
    if version not in (None, _opening(thread).values_list("version", flat=True).get()):
        raise DraftRevised
    thread.created_at = thread.published_at = thread.last_post_at = timezone.now()
    thread.save(update_fields=["created_at", "published_at", "last_post_at"])
    if policies.is_public(thread):
        count_thread(thread, 1)
    after_save.announce(_begin_history(thread))
    return thread


def _opening(thread: Thread) -> QuerySet[Post]:
    return Post.objects.filter(thread=thread, role=Role.OPENING)


def _begin_history(thread: Thread) -> Post:
    """Delete the draft's revisions. `version` keeps counting, so that a stale editor still gets a conflict."""
    post = (
        Post.objects.select_for_update(of=("self",))
        .select_related("thread", "author")
        .get(thread=thread, role=Role.OPENING)
    )
    post.revisions.all().delete()
    post.created_at, post.edited_at = thread.created_at, None
    post.save(update_fields=["created_at", "edited_at"])
    indexing.update(post)
    return post
