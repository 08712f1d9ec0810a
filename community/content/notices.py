"""What notifications about posts say and where they lead."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from community.notifications.verbs import Target, Verb, register_target, register_verb

from .models import Post
from .querysets import Reader

VERBS = (
    Verb("answer", _("{actor} answered {title}"), "message-square-text"),
    Verb("reply", _("{actor} commented on {title}"), "message-square"),
    Verb("mention", _("{actor} mentioned you in {title}"), "at-sign"),
    Verb("new_post", _("{actor} wrote in {title}"), "message-square"),
    Verb("new_thread", _("{actor} posted {title}"), "pen-line"),
)


def register() -> None:
    for verb in VERBS:
        register_verb(verb)
    register_target("post", targets)


def targets(ids: Iterable[int], reader: Reader) -> dict[int, Target]:
    posts = (
        Post.objects.visible_to(reader)
        .filter(pk__in=list(ids))
        .select_related("thread")
        .defer("source", "html", "text")
    )
    return {post.pk: Target(post.get_absolute_url(), _title(post)) for post in posts}


def _title(post: Post) -> str:
    return post.thread.title_html or escape(post.excerpt[:80])
