"""Replies by email: posted as from the form on the page; what is refused is kept as the draft of that form."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.urls import reverse

from community.accounts.models import User
from community.content.errors import DraftConflict, InvalidText, WrongPlace
from community.content.models import Post
from community.content.rates import POSTING
from community.content.services import add_post, save_draft


def post_reply(person: User, post_id: int, text: str, submission: UUID) -> str:
    """Post a reply to a post, and return its path: an answer to a question, a comment on anything else.

    The same submission is posted once, whatever has happened to its thread or post since. Raises what the form would:
    WrongPlace if the post is not visible to the person, TooManyRequests, and the refusals of `add_post`.
    """
    earlier = Post.objects.select_related("thread").filter(author=person, submission=submission).first()
    if earlier is not None:
        return earlier.get_absolute_url()
    POSTING.hit_key(f"user:{person.pk}")
    post = _posts(person).filter(pk=post_id).first()
    if post is None:
        raise WrongPlace
    parent = None if post.is_opening else post
    made = add_post(thread=post.thread, author=person, source=text, parent=parent, submission=submission)
    return made.get_absolute_url()


def keep_reply(person: User, post_id: int, text: str, submission: UUID) -> str:
    """Keep a reply as a draft beside the others, and return the path of their list; empty if there is no room."""
    if not text.strip():
        return ""
    post = Post.objects.filter(pk=post_id).first()
    key = f"reply:{post.thread_id}" if post is not None and post.is_opening else f"comment:{post_id}"
    try:
        _keep(person, key, text, submission)
    except InvalidText:
        return ""
    return reverse("content:drafts")


def _keep(person: User, key: str, text: str, submission: UUID) -> None:
    """Keep a text beside the draft that is there. If that has been done, its owner may have changed it since."""
    try:
        save_draft(owner=person, key=key, source=text)
    except DraftConflict:
        with suppress(DraftConflict):
            save_draft(owner=person, key=f"{key}~{submission.hex[:12]}", source=text)


def _posts(person: User):
    return Post.objects.visible_to(person).select_related("author", "thread__author", "thread__category")
