from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.accounts.policies import refuse_unconfirmed
from community.content import listings
from community.content.models import Category, Post, Tag, Thread
from community.content.ranking import ranked
from community.mutes.errors import CannotAgree, CannotFollow, CannotVote, refuse_apart
from community.mutes.models import Mute
from community.mutes.selectors import hidden_among
from community.mutes.services import hold, mute
from community.notifications.services import mark_seen, notify
from community.notifications.verbs import mutable_verbs
from community.social import feeds
from community.social.errors import HasNote, NoteConflict, NothingToAgreeWith, NothingToFollow, NotMutable, OwnPost
from community.social.levels import Level
from community.social.models import Agreement, Bookmark, Follow, PostMute, Reaction
from community.social.selectors import muted_replies_to


class Votes(NamedTuple):
    """The votes on a post, by column."""

    score: int
    up_count: int
    down_count: int


@transaction.atomic
def vote(*, user: User, post: Post, value: int) -> Votes:
    """Set a person's vote on a post to +1, -1 or 0 (withdraw it). Returns the post's votes.

    The post's row is locked first, after the thread's if its score changes too, so that concurrent votes add up.
    Raises OwnPost, EmailUnconfirmed, and CannotVote if a block is in the way; a vote can be withdrawn all the same.
    """
    refuse_unconfirmed(user)
    if post.author_id == user.pk:
        raise OwnPost(_("You can't vote on your own post."))
    if value != 0:
        refuse_apart(user, [post.author_id], CannotVote)
    if post.is_opening:
        Thread.objects.select_for_update().only("pk").get(pk=post.thread_id)
    Post.objects.select_for_update().only("pk").get(pk=post.pk)
    before = Reaction.objects.filter(user=user, post=post).values_list("value", flat=True).first() or 0
    if before != value:
        _store_vote(user, post, value)
        _move_votes(post, before, value)
    return Votes(*Post.objects.values_list(*Votes._fields).get(pk=post.pk))


def _store_vote(user: User, post: Post, value: int) -> None:
    if value == 0:
        Reaction.objects.filter(user=user, post=post).delete()
        return
    Reaction.objects.update_or_create(user=user, post=post, defaults={"value": value})


def _move_votes(post: Post, before: int, value: int) -> None:
    up, down = (
        F(column) + (int(value == kind) - int(before == kind))
        for column, kind in (("up_count", Reaction.Value.UP), ("down_count", Reaction.Value.DOWN))
    )
    score = F("score") + (value - before)
    Post.objects.filter(pk=post.pk).update(score=score, up_count=up, down_count=down, rank=ranked(up, down))
    if post.is_opening:
        Thread.objects.filter(pk=post.thread_id).update(score=score)
        listings.rescore(post.thread_id)


@transaction.atomic
def agree(*, user: User, post: Post, on: bool) -> int:
    """Say that a person agrees with a post, or take it back; idempotent. Returns how many agree.

    `thread` must be loaded. Raises as `vote` does, and NothingToAgreeWith for a question.
    """
    refuse_unconfirmed(user)
    if post.author_id == user.pk:
        raise OwnPost(_("You can't agree with your own post."))
    if on and post.is_opening and post.thread.words.has_answers:
        raise NothingToAgreeWith
    if on:
        refuse_apart(user, [post.author_id], CannotAgree)
    Post.objects.select_for_update().only("pk").get(pk=post.pk)
    if on:
        change = int(Agreement.objects.get_or_create(user=user, post=post)[1])
    else:
        change = -Agreement.objects.filter(user=user, post=post).delete()[0]
    if change:
        Post.objects.filter(pk=post.pk).update(agree_count=F("agree_count") + change)
    return Post.objects.values_list("agree_count", flat=True).get(pk=post.pk)


@transaction.atomic
def follow(
    *,
    follower: User,
    level: Level = Level.WATCHING,
    person=None,
    tag: Tag | None = None,
    category: Category | None = None,
    thread: Thread | None = None,
) -> Follow:
    """Set the level that a person has for exactly one target; idempotent. A person is notified of a follower once.

    At the level NORMAL or MUTED it is not followed: it brings nothing into the feed. What was notified of a thread that
    is muted counts as read; a person at that level gets a mute, and the level NORMAL. Raises NothingToFollow, and
    CannotFollow if a block is between the two.
    """
    target = {
        name: value
        for name, value in {"person": person, "tag": tag, "category": category, "thread": thread}.items()
        if value is not None
    }
    if len(target) != 1:
        raise NothingToFollow(_("Choose one person, tag, category or thread to follow."))
    if person is not None and person.pk == follower.pk:
        raise NothingToFollow(_("You can't follow yourself."))
    if person is not None and level >= Level.TRACKING:
        hold(follower, person)
        refuse_apart(follower, [person.pk], CannotFollow)
    if person is not None and level == Level.MUTED:
        mute(person=follower, other=person)
        level = Level.NORMAL
    row = _stored(follower, level, target)
    if thread is not None and level == Level.MUTED:
        mark_seen(reader=follower, seen=Q(subject=thread.pk, verb__in=mutable_verbs()))
    if level >= Level.TRACKING and person is not None:
        notify(
            listeners={person.pk: "follow"},
            actor=follower,
            target_kind="person",
            target_id=follower.pk,
            event=f"follow:{follower.pk}",
            subject=0,
        )
    return row


def follow_by_writing(post: Post) -> None:
    """Watch a thread that one has begun and track one that one has replied in, unless one has chosen a level for it."""
    level = Level.WATCHING if post.author_id == post.thread.author_id else Level.TRACKING
    target = {"follower": post.author, "thread": post.thread}
    _row, created = Follow.objects.get_or_create(**target, defaults={"level": level})
    if created and not feeds.is_shown(post):
        feeds.fill(post.author, thread=post.thread)


@transaction.atomic
def follow_by_reading(reader: User, thread_id: int) -> None:
    """Track a thread that one has read for some minutes, unless one has chosen a level for it, or not to do so at all.

    Nor is a thread tracked by somebody whom the reader does not meet.
    """
    thread = Thread.objects.public().filter(pk=thread_id).first()
    if not reader.tracks_read or thread is None or hidden_among(reader, [thread.author_id]):
        return
    target = {"follower": reader, "thread": thread}
    _row, created = Follow.objects.get_or_create(**target, defaults={"level": Level.TRACKING})
    if created:
        feeds.fill(reader, thread=thread)


@transaction.atomic
def mute_replies(*, post: Post, by: User, on: bool) -> None:
    """Let a person hear of no replies to an answer or a comment of theirs, nor of marks on it, or let them again.

    Idempotent. What was notified of them counts as read. That it was accepted, and what moderators and suggestions of
    edits do to it, is notified all the same. Raises NotMutable.
    """
    if not on:
        PostMute.objects.filter(person=by, post=post).delete()
        return
    if post.author_id != by.pk or post.is_opening:
        raise NotMutable
    PostMute.objects.get_or_create(person=by, post=post)
    mark_seen(reader=by, seen=muted_replies_to(post))


def _stored(follower: User, level: Level, target: dict[str, Any]) -> Follow:
    """Store a level, and bring what is followed now into the feed, or take out what no longer is."""
    rows = Follow.objects.select_for_update(no_key=True)
    row, created = rows.get_or_create(follower=follower, **target, defaults={"level": level})
    before = Level.NORMAL if created else row.level
    if row.level != level:
        row.level = level
        row.save(update_fields=["level"])
    if before < Level.TRACKING <= level:
        feeds.fill(follower, **target)
    elif level < Level.TRACKING <= before:
        feeds.withdraw(follower)
    return row


@transaction.atomic
def follow_merged_tag(synonym: int, tag: int) -> None:
    """Give what people follow or mute of a tag that is a synonym now to its tag, unless they have a level for that.

    Their feeds follow when its threads are moved.
    """
    theirs = Follow.objects.filter(tag=tag).values("follower")
    Follow.objects.filter(tag=synonym, follower__in=theirs).delete()
    Follow.objects.filter(tag=synonym).update(tag=tag)


def after_mute(mute: Mute) -> None:
    """Take what a muted person wrote out of a feed. A block ends what the two follow of each other."""
    feeds.withdraw(mute.person)
    if mute.is_block:
        Follow.objects.followed().filter(follower=mute.person, person=mute.other).delete()
        Follow.objects.followed().filter(follower=mute.other, person=mute.person).delete()
        feeds.withdraw(mute.other)


def after_unmute(mute: Mute) -> None:
    """Bring back what two people follow."""
    feeds.fill_anew(mute.person)
    if mute.is_block:
        feeds.fill_anew(mute.other)


def add_bookmark(*, user: User, post: Post) -> Bookmark:
    return Bookmark.objects.get_or_create(user=user, post=post)[0]


@transaction.atomic
def remind_of(*, user: User, post: Post, at: datetime) -> Bookmark:
    """Bookmark a post with the moment of a reminder, in place of an earlier one; its note stays."""
    row = Bookmark.objects.select_for_update(no_key=True).get_or_create(user=user, post=post)[0]
    row.remind_at, row.version = at, row.version + 1
    row.save(update_fields=["remind_at", "version"])
    return row


@transaction.atomic
def note_bookmark(*, user: User, post: Post, note: str, remind_at: datetime | None, base_version: str = "") -> Bookmark:
    """Bookmark a post with a note, and with the moment of a reminder, or none.

    `base_version` is that of the bookmark which the form began with, empty for none. Raises NoteConflict if another
    note or reminder has been saved since, which would be lost.
    """
    row = Bookmark.objects.select_for_update(no_key=True).get_or_create(user=user, post=post)[0]
    if (row.note, row.remind_at) == (note, remind_at):
        return row
    _refuse_newer(row, base_version)
    row.note, row.remind_at, row.version = note, remind_at, row.version + 1
    row.save(update_fields=["note", "remind_at", "version"])
    return row


def _refuse_newer(row: Bookmark, base_version: str) -> None:
    if row.has_note and row.base_version != base_version:
        raise NoteConflict(row)


def remove_empty_bookmark(*, user: User, post: Post) -> bool:
    """Remove a bookmark. Raises HasNote if a note or a reminder would be lost with it."""
    own = Bookmark.objects.filter(user=user, post=post)
    deleted, _rows = own.filter(note="", remind_at=None).delete()
    if not deleted and own.exists():
        raise HasNote
    return deleted > 0


@transaction.atomic
def remove_bookmark(*, user: User, post: Post, base_version: str) -> bool:
    """Remove a bookmark with its note. Raises NoteConflict if another one has been saved than the person saw."""
    row = Bookmark.objects.select_for_update().filter(user=user, post=post).first()
    if row is None:
        return False
    _refuse_newer(row, base_version)
    row.delete()
    return True
