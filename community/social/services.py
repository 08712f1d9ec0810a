from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.accounts.policies import refuse_unconfirmed
from community.content.models import Category, Post, Tag, Thread
from community.notifications.services import notify
from community.social.errors import NothingToFollow, OwnPost
from community.social.models import Bookmark, Follow, Reaction


@transaction.atomic
def vote(*, user: User, post: Post, value: int) -> int:
    """Set a person's vote on a post to +1, -1 or 0 (withdraw it). Returns the post's new score.

    The post's row is locked first, after the thread's if its score changes too, so that concurrent votes add up.
    """
    refuse_unconfirmed(user)
    if post.author_id == user.pk:
        raise OwnPost(_("You can't vote on your own post."))
    if post.is_opening:
        Thread.objects.select_for_update().only("pk").get(pk=post.thread_id)
    Post.objects.select_for_update().only("pk").get(pk=post.pk)
    before = Reaction.objects.filter(user=user, post=post).values_list("value", flat=True).first() or 0
    if before != value:
        _store_vote(user, post, value)
        _move_score(post, value - before)
    return Post.objects.values_list("score", flat=True).get(pk=post.pk)


def _store_vote(user: User, post: Post, value: int) -> None:
    if value == 0:
        Reaction.objects.filter(user=user, post=post).delete()
        return
    Reaction.objects.update_or_create(user=user, post=post, defaults={"value": value})


def _move_score(post: Post, change: int) -> None:
    Post.objects.filter(pk=post.pk).update(score=F("score") + change)
    if post.is_opening:
        Thread.objects.filter(pk=post.thread_id).update(score=F("score") + change)


@transaction.atomic
def follow(
    *,
    follower: User,
    person=None,
    tag: Tag | None = None,
    category: Category | None = None,
    thread: Thread | None = None,
) -> Follow:
    """Follow exactly one target; idempotent. A person is notified of a new follower once."""
    target = {
        name: value
        for name, value in {"person": person, "tag": tag, "category": category, "thread": thread}.items()
        if value is not None
    }
    if len(target) != 1:
        raise NothingToFollow(_("Choose one person, tag, category or thread to follow."))
    if person is not None and person.pk == follower.pk:
        raise NothingToFollow(_("You can't follow yourself."))
    row, created = Follow.objects.get_or_create(follower=follower, **target)
    if created and person is not None:
        notify(
            listeners={person.pk: "follow"},
            actor=follower,
            target_kind="person",
            target_id=follower.pk,
            event=f"follow:{follower.pk}",
        )
    return row


def unfollow(*, follower: User, **target: Any) -> bool:
    """Unfollow a target. Returns whether it was followed."""
    deleted, _rows = Follow.objects.filter(follower=follower, **target).delete()
    return deleted > 0


def add_bookmark(*, user: User, post: Post) -> Bookmark:
    return Bookmark.objects.get_or_create(user=user, post=post)[0]


def remove_bookmark(*, user: User, post: Post) -> bool:
    deleted, _rows = Bookmark.objects.filter(user=user, post=post).delete()
    return deleted > 0
