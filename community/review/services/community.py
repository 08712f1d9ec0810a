"""Community answers: made so by their author or a moderator, taken back by moderators, and edited by members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from community.accounts.policies import refuse_unconfirmed
from community.audit.actions import Action
from community.audit.services import record
from community.content import policies as content
from community.content.models import Post, Thread
from community.review import notices, policies

if TYPE_CHECKING:
    from community.accounts.models import User


@transaction.atomic
def give_to_community(*, post: Post, by: User) -> Post:
    """Make an answer a community answer; doing it again changes nothing. Votes, score and author stay as they are.

    Raises EmailUnconfirmed, and what `policies.refuse_giving` does.
    """
    refuse_unconfirmed(by)
    post = locked(post)
    policies.refuse_giving(by, post)
    if not post.is_community:
        post.community_at = timezone.now()
        _save(post, by, Action.GIVE_TO_COMMUNITY, "community")
    return post


@transaction.atomic
def take_from_community(*, post: Post, by: User) -> Post:
    """Let only its author and moderators edit an answer again; what others wrote in it stays. Moderators alone.

    Doing it again changes nothing. Raises OnlyModeratorsTakeBack.
    """
    policies.refuse_taking_back(by)
    post = locked(post)
    if post.is_community:
        post.community_at = None
        _save(post, by, Action.TAKE_FROM_COMMUNITY, "community_end")
    return post


def tell_of_community_edit(post: Post, by: User) -> None:
    """Notify the author of an edit that needed nobody's approval. In the edit's transaction."""
    if post.is_community and not content.can_edit(by, post):
        notices.notify_of_community_edit(post, by)


def locked(post: Post) -> Post:
    """Return the post and its thread as they are; what is done to posts of one thread is done one after the other."""
    Thread.objects.select_for_update(no_key=True).get(pk=post.thread_id)
    return Post.objects.select_related("thread", "author").get(pk=post.pk)


def _save(post: Post, by: User, action: Action, verb: str) -> None:
    post.save(update_fields=["community_at"])
    if not content.is_own(by, post):
        record(actor=by, action=action, target=post)
        notices.notify_of_community(post, verb)
