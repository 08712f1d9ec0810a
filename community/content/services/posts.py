from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from community.accounts.policies import refuse_unconfirmed
from community.common.errors import NotAllowed, NotFound
from community.common.prepared import Prepared, PreparedUpdate, place
from community.content import bodies, listings, policies, texts
from community.content.errors import ThreadHeld, ThreadLocked, WrongPlace
from community.content.models import Kind, Post, Role, Thread
from community.mutes.errors import CannotReply, refuse_apart

from . import after_save, submissions
from .drafts import drop_posted

if TYPE_CHECKING:
    from community.accounts.models import User


def add_post(
    *,
    thread: Thread,
    author: User,
    source: str,
    role: str = "",
    parent: Post | None = None,
    language: str = "",
    submission: UUID | None = None,
    draft_key: str = "",
    draft_version: int | None = None,
) -> Post:
    """Add a post. Without a role: an answer to a question, a comment on anything else or with a `parent`.

    Comments nest one level deep: a reply to a comment is shown under the same post. Raises InvalidText,
    SubmissionReused, ThreadLocked, NotAllowed, WrongPlace, CannotReply, EmailUnconfirmed.
    """
    refuse_unconfirmed(author)
    source = texts.source(source, kind="reply")
    role = role or (Role.ANSWER if thread.kind == Kind.QUESTION and parent is None else Role.COMMENT)
    body = bodies.render_post(source, kind="reply", thread=thread)
    post = Post(author=author, source=source, role=role, submission=submission, language=language or body.language)
    try:
        return _store(post, body, thread=thread, parent=parent, draft_key=draft_key, draft_version=draft_version)
    except (IntegrityError, NotAllowed, WrongPlace):
        earlier = submissions.previous_result(author, submission, source)
        if earlier is None:
            raise
        return earlier


@transaction.atomic
def _store(
    post: Post,
    body: bodies.Body,
    *,
    thread: Thread,
    parent: Post | None,
    draft_key: str,
    draft_version: int | None,
) -> Post:
    thread = _locked(thread)
    _refuse_closed(thread, post.author)
    if thread.is_held and post.role == Role.ANSWER:
        raise ThreadHeld
    post.thread = thread
    post.parent, post.reply_to = _display_parent(thread, post.role, parent), parent
    above = {each.author_id for each in (post.parent, post.reply_to) if each is not None}
    refuse_apart(post.author, above | {thread.author_id}, CannotReply)
    post.number = thread.last_number + 1
    post.created_at = timezone.now()
    body = body.numbered(post.number)
    for column, value in body.columns.items():
        setattr(post, column, value)
    post.save(force_insert=True)
    _count_in(thread, post)
    after_save.after_write(post, body)
    drop_posted(owner=post.author, key=draft_key, source=post.source, version=draft_version)
    return post


def _locked(thread: Thread) -> Thread:
    """Return a thread as it is, its row locked, with its author. Raises NotFound if it was erased meanwhile."""
    rows = _lock().run(thread=thread.pk)
    if not rows:
        raise NotFound
    return rows[0]


@cache
def _lock() -> Prepared:
    rows = Thread.objects.select_for_update(of=("self",)).select_related("author")
    return Prepared(lambda: rows.filter(pk=place("thread")), writes=True)


def _refuse_closed(thread: Thread, author: User) -> None:
    if not policies.is_public(thread):
        raise NotAllowed(_("This is not public, so nothing can be added to it."))
    if not policies.can_reply(author, thread):
        raise ThreadLocked


def _display_parent(thread: Thread, role: str, parent: Post | None) -> Post | None:
    """Return the post under which a new one is shown."""
    if role == Role.OPENING or (role == Role.ANSWER and (thread.kind != Kind.QUESTION or parent is not None)):
        raise WrongPlace(_("Only questions can be answered. Write a comment instead."))
    if role == Role.ANSWER:
        return None
    if parent is None:
        return thread.posts.get(role=Role.OPENING) if thread.kind == Kind.QUESTION else None
    parent = Post.objects.select_related("parent").get(pk=parent.pk)
    if parent.thread_id != thread.pk or not parent.is_visible:
        raise WrongPlace
    parent = parent.parent or parent
    return None if parent.is_opening and thread.kind != Kind.QUESTION else parent


def _count_in(thread: Thread, post: Post) -> None:
    """Count a post in the thread's row, which is locked, and on the thread as it was read."""
    answers = 1 if post.role == Role.ANSWER else 0
    _count(answers).run(thread=thread.pk, number=post.number, at=post.created_at)
    listings.refresh(thread.pk)
    thread.last_number, thread.last_post_at = post.number, post.created_at
    thread.post_count += 1
    thread.answer_count += answers


@cache
def _count(answers: int) -> PreparedUpdate:
    return PreparedUpdate(
        lambda: Thread.objects.filter(pk=place("thread")),
        last_number=place("number"),
        last_post_at=place("at"),
        post_count=F("post_count") + 1,
        answer_count=F("answer_count") + answers,
    )
