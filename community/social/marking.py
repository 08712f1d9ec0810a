"""Marking answers as outdated or not working, with a reason."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.accounts.models import User
from community.accounts.policies import refuse_unconfirmed
from community.audit.actions import Action
from community.audit.services import record
from community.common import invisible
from community.common.errors import NotAllowed
from community.content import policies, texts
from community.content.errors import InvalidText
from community.content.models import Post, Role
from community.content.querysets import Reader
from community.mutes.errors import CannotAgree, refuse_apart
from community.notifications.services import notify, withdraw
from community.notifications.topics import Topic
from community.notifications.verbs import Verb, register_verb
from community.social.errors import NotMarkable, OwnPost, TooManyMarks
from community.social.models import MARK_LENGTH, Mark
from community.social.selectors import MARK, has_muted

MOST = 20  # on one answer


def register() -> None:
    sentence = gettext_lazy("{actor} marked your answer to {title}")
    register_verb(Verb(MARK, sentence, "circle-alert", Topic.ANSWERS, read_note=note_words))


@transaction.atomic
def set_mark(*, user: User, post: Post, kind: str, reason: str, version: int) -> Mark:
    """Mark an answer, or renew the mark of this kind by the same person; idempotent. `thread` must be loaded.

    The answer's author is notified. Raises InvalidText, TooManyMarks, and what `refuse` does.
    """
    reason = mark_reason(reason)
    refuse(user, post)
    current = Post.objects.select_for_update().only("pk", "version", "mark_count").get(pk=post.pk)
    version = min(version, current.version)
    mark = Mark.objects.filter(user=user, post=post, kind=kind).first()
    if mark is not None and (mark.reason, mark.version) == (reason, version):
        return mark
    if mark is None:
        mark = Mark(user=user, post=post, kind=kind)
        _refuse_many(current)
        Post.objects.filter(pk=post.pk).update(mark_count=F("mark_count") + 1)
    mark.reason, mark.version, mark.created_at = reason, version, timezone.now()
    mark.save()
    _tell_author(mark, post)
    return mark


@transaction.atomic
def remove_mark(*, mark: Mark, by: User) -> None:
    """Take back one's own mark, or remove one as a moderator. `post` must be loaded."""
    if not can_remove(by, mark):
        raise NotAllowed(_("Only the person who set a mark and moderators can remove it."))
    Post.objects.select_for_update().only("pk").get(pk=mark.post_id)
    if not Mark.objects.filter(pk=mark.pk).delete()[0]:
        return
    Post.objects.filter(pk=mark.post_id).update(mark_count=F("mark_count") - 1)
    withdraw(listeners=[mark.post.author_id], event=_event(mark))
    if mark.user_id != by.pk:
        record(actor=by, action=Action.REMOVE_MARK, target=mark.post, note=mark.reason)


def can_remove(user: Reader, mark: Mark) -> bool:
    return bool(user.is_authenticated and (user.is_staff or mark.user_id == user.pk))


def refuse(user: User, post: Post) -> None:
    """Raise EmailUnconfirmed, NotMarkable, OwnPost, or CannotAgree for a block. `thread` must be loaded."""
    refuse_unconfirmed(user)
    if post.role != Role.ANSWER or not post.is_visible or not policies.is_public(post.thread):
        raise NotMarkable
    if post.author_id == user.pk:
        raise OwnPost(_("This is your own answer: edit it instead."))
    refuse_apart(user, [post.author_id], CannotAgree)


def mark_reason(text: str) -> str:
    """Return the reason of a mark on one line. Raises InvalidText."""
    text = texts.one_line(text, field="reason", longest=MARK_LENGTH)
    if invisible.is_blank(text):
        raise InvalidText(_("Say in one line what is outdated, or what happened."), field="reason")
    return text


def note_words(note: str) -> str:
    """Return the note of a notification in the reader's language."""
    kind, _colon, reason = note.partition(":")
    return Mark.Kind(kind).label + _(": ") + reason if kind in Mark.Kind.values else note


def _refuse_many(post: Post) -> None:
    if post.mark_count >= MOST:
        raise TooManyMarks


def _event(mark: Mark) -> str:
    return f"mark:{mark.pk}"


def _tell_author(mark: Mark, post: Post) -> None:
    """Notify the author of a mark as it is now."""
    withdraw(listeners=[post.author_id], event=_event(mark))
    if has_muted(post):
        return
    notify(
        listeners={post.author_id: MARK},
        actor=mark.user,
        target_kind="post",
        target_id=post.pk,
        event=_event(mark),
        subject=post.thread_id,
        note=f"{mark.kind}:{mark.reason}",
    )
