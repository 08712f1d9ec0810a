"""Posts in the search index: their text, their visibility and their hits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from community.rendering.excerpts import formulas
from community.search import registry, services

from .models import Post, Role
from .querysets import Reader

KIND = "post"


def register() -> None:
    registry.register(registry.Source(kind=KIND, visible=_visible, resolve=_hits, texts=_texts))


def update(post: Post) -> None:
    """Update a post in the index. Called in the transaction that writes it."""
    services.index(kind=KIND, object_id=post.pk, title=_indexed_title(post), body=post.text)


def remove(post_ids: Iterable[int]) -> None:
    services.remove(kind=KIND, object_ids=post_ids)


def _visible(user: Reader):
    return Post.objects.visible_to(user)


def _texts() -> Iterator[registry.Text]:
    for post in Post.objects.select_related("thread").defer("source", "html").iterator(chunk_size=200):
        yield registry.Text(post.pk, _indexed_title(post), post.text)


def _indexed_title(post: Post) -> str:
    """Return the thread's title for the opening post only."""
    return post.thread.title if post.is_opening else ""


def _hits(ids: Iterable[int], user: Reader) -> dict[int, registry.Hit]:
    posts = (
        Post.objects.visible_to(user)
        .filter(pk__in=list(ids))
        .select_related("thread", "author")
        .defer("source", "text")
    )
    return {post.pk: _hit(post) for post in posts}


def _hit(post: Post) -> registry.Hit:
    return registry.Hit(
        url=post.get_absolute_url(),
        title=mark_safe(post.thread.title_html) if post.thread.title_html else escape(post.excerpt[:80]),
        label=_label(post),
        author=post.author,
        at=post.created_at,
        language=post.language,
        is_solved=post.is_opening and post.thread.is_solved,
        draw=partial(formulas, post.html),
    )


def _label(post: Post) -> str:
    if post.is_opening:
        return post.thread.get_kind_display()
    return _("Answer") if post.role == Role.ANSWER else _("Comment")
