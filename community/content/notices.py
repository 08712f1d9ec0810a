"""Wording and targets of notifications about posts and threads."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from community.notifications.topics import Topic
from community.notifications.verbs import Kind, Replies, Target, Verb, register_kind, register_verb
from community.rendering.plain import excerpt

from . import embeds
from .leads import lead_of
from .models import Post, Thread
from .querysets import Reader
from .reasons import edit_words, reason_words
from .replies_by_mail import keep_reply, post_reply

EXCERPT_LENGTH = 140

TO_YOU = (
    Verb("answer", _("{actor} answered {title}"), "message-square-text", Topic.ANSWERS, is_grouped=True),
    Verb("reply", _("{actor} commented on {title}"), "message-square", Topic.ANSWERS, is_grouped=True),
    Verb(
        "reply_to_comment",
        _("{actor} replied to your comment in {title}"),
        "message-square",
        Topic.ANSWERS,
        is_grouped=True,
        sentence_of_many=_("{actor} replied to your comments in {title}"),
    ),
    Verb("quote", _("{actor} quoted you in {title}"), "quote", Topic.MENTIONS, is_grouped=True),
    Verb("mention", _("{actor} mentioned you in {title}"), "at-sign", Topic.MENTIONS, is_grouped=True),
)
FOLLOWED = (
    Verb("new_post", _("{actor} wrote in {title}"), "message-square", Topic.POSTS, is_grouped=True),
    Verb("new_thread", _("{actor} posted {title}"), "pen-line", Topic.THREADS),
)
BY_LEVEL = tuple(verb.name for verb in (*TO_YOU, *FOLLOWED))
"""What people are notified of only if their levels of the thread, its tags and its category say so."""
BY_STAFF = (
    Verb("lock", _("{actor} closed {title}"), "lock"),
    Verb("unlock", _("{actor} reopened {title}"), "lock-open"),
    Verb("move", _("{actor} moved {title}"), "folder-input", read_note=edit_words),
    Verb("hide", _("A moderator hid your post in {title}"), "eye-off", read_note=reason_words),
    Verb("unhide", _("A moderator restored your post in {title}"), "eye"),
    Verb("delete", _("A moderator deleted your post in {title}"), "trash-2"),
    Verb("restore", _("A moderator restored your post in {title}"), "eye"),
)


def register() -> None:
    register_verb(*TO_YOU, *FOLLOWED, *BY_STAFF)
    register_kind(Kind("post", posts, _post, _body, Replies(post_reply, keep_reply)))
    register_kind(Kind("thread", threads, _thread))


def posts(reader: Reader) -> QuerySet[Post]:
    return Post.objects.visible_to(reader).select_related("thread").defer("source", "text")


def threads(reader: Reader) -> QuerySet[Thread]:
    return Thread.objects.visible_to(reader)


def _post(post: Post) -> Target:
    return target_of(post, post.get_absolute_url())


def target_of(post: Post, url: str) -> Target:
    """Return a post as notifications show it. `thread` must be loaded. A text without a title is named by its words."""
    title = post.thread.title_html or escape(excerpt(post.excerpt, 80))
    is_named_by_words = post.is_opening and not post.thread.title
    lead = "" if is_named_by_words else lead_of(post, EXCERPT_LENGTH)
    return Target(url, title, post.number, excerpt(post.excerpt, EXCERPT_LENGTH), post.language, lead)


def _body(pk: int) -> str:
    """Return a public post's HTML, with pictures of the runs that everybody may see."""
    html = Post.objects.public().filter(pk=pk).values_list("html", flat=True).first()
    return embeds.for_feed([html], AnonymousUser())[0] if html else ""


def _thread(thread: Thread) -> Target:
    return Target(thread.get_absolute_url(), thread.title_html or escape(str(thread)))
