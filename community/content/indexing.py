"""Posts in the search index: their text, their facts, their visibility and their hits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache, partial
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet
from django.db.models.lookups import In
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.common.prepared import Prepared, padded, place, place_of_key
from community.rendering.excerpts import formulas
from community.search import registry, services
from community.search.facts import dated, fact
from community.search.operators import KIND as KIND_OF_HIT

from . import embeds
from .listed_tags import find_tags
from .models import Kind, Post, Role, Thread
from .querysets import Reader
from .shown import count_of_post, unread_mark
from .unread import find_unread

if TYPE_CHECKING:
    from community.search.selectors import Search

KIND = "post"
MOST_TAGS = 2  # of a row of results
COLUMNS = (
    "role", "author_id", "language", "created_at", "text", "html", "thread__title", "thread__kind",
    "thread__solved_post",
)  # fmt: skip


def register() -> None:
    registry.register(
        registry.Source(
            kind=KIND,
            visible=_visible,
            resolve=_hits,
            rows=_rows,
            text=_text,
            described=_described,
            narrowed=_narrowed,
            author="author",
            beside=_beside,
            new=_new,
        )
    )


def update(post: Post) -> None:
    """Update a post in the index. Called in the transaction that writes it."""
    services.index(kind=KIND, text=_text(post) if post.is_opening else _text_of_reply(post))


@cache
def _tag_keys() -> Prepared:
    rows = Thread.tags.through.objects.filter(thread=place("thread"))
    return Prepared(lambda: rows.order_by("tag_id").values_list("tag_id"))


def remove(post_ids: Iterable[int]) -> None:
    services.remove(kind=KIND, object_ids=post_ids)


def _visible(user: Reader):
    return Post.objects.visible_to(user)


def _new(after: datetime, until: datetime, most: int) -> list[tuple[int, int | None, datetime]]:
    """`created_at` is the moment of publication, also of an opening post whose draft has been indexed for long."""
    rows = Post.objects.public().filter(created_at__gt=after, created_at__lte=until).order_by("created_at", "pk")
    return list(rows.values_list("pk", "author_id", "created_at")[:most])


def _rows() -> QuerySet[Post]:
    return Post.objects.select_related("thread").prefetch_related("thread__tags").only(*COLUMNS)


def _text_of_reply(post: Post) -> registry.Text:
    return _text_filed(post, [key for (key,) in _tag_keys().run(thread=post.thread_id)])


def _text(post: Post) -> registry.Text:
    return _text_filed(post, sorted(tag.pk for tag in post.thread.tags.all()))


def _text_filed(post: Post, tags: Sequence[int]) -> registry.Text:
    """Return what is indexed of a post: its text, its configs, and of the opening post the thread's title and tags.

    `tags` are the keys of those of its thread.
    """
    written = embeds.words(post.html)
    title, names = (post.thread.title, _names_of_tags(post)) if post.is_opening else ("", [])
    facts = tuple(_facts(post, tags, bool(written)))
    return registry.Text(post.pk, title, post.text, more="\n".join([*written, *names]), facts=facts)


def _names_of_tags(post: Post) -> list[str]:
    return [name for tag in post.thread.tags.all() for name in (tag.name, tag.name_zh)]


def _beside(ids: Iterable[int]) -> dict[int, Mapping[str, str]]:
    """Return what posts are found by beside their title and text."""
    return {
        post.pk: {
            "tag": "\n".join(_names_of_tags(post) if post.is_opening else []),
            "config": "\n".join(embeds.words(post.html)),
        }
        for post in _rows().filter(pk__in=list(ids))
    }


def _facts(post: Post, tags: Sequence[int], has_embed: bool) -> Iterable[str]:
    """Yield what a post is filtered by."""
    thread = post.thread
    yield fact(KIND_OF_HIT, kind_of(post.role, thread.kind))
    yield fact("author", post.author_id)
    yield fact("language", post.language.partition("-")[0])
    yield fact("thread", post.thread_id)
    yield from dated(post.created_at.astimezone(UTC))
    yield from (fact("tag", key) for key in tags)
    if thread.kind == Kind.QUESTION:
        yield fact("state", "solved" if thread.is_solved else "unsolved")
    if has_embed:
        yield fact("has", "run")
    if "<math" in post.html:
        yield fact("has", "formula")


def kind_of(role: str, thread_kind: str) -> str:
    """Return what a search calls a post: what its thread is, if it opens it, or else answer or comment."""
    return thread_kind if role == Role.OPENING else role


def _described(rows: QuerySet[Post]) -> Iterable[tuple[int, str, int]]:
    found = rows.values_list("pk", "role", "thread__kind", "score")
    return ((pk, kind_of(role, kind), score) for pk, role, kind, score in found)


def _narrowed(rows: QuerySet[Post], search: Search) -> QuerySet[Post]:
    """Leave the days that a search asks for, of which the index knows the month, and what operators narrow."""
    asked = search.asked
    if asked.since:
        rows = rows.filter(created_at__gte=_begin_of(asked.since))
    if asked.until:
        rows = rows.filter(created_at__lt=_begin_of(asked.until))
    for narrow in asked.narrow:
        rows = narrow(rows)
    return rows


def _begin_of(day: date) -> datetime:
    """Return when a day begins for the reader."""
    return timezone.make_aware(datetime.combine(day, time()))


def _hits(ids: Iterable[int], user: Reader) -> dict[int, registry.Hit]:
    keys = set(ids)
    if not keys:
        return {}
    given = padded("post", keys)
    shown = _among(len(given), is_member=user.is_authenticated, is_staff=user.is_staff)
    posts = list(shown.run(reader=user.pk, **given))
    find_unread([post.thread for post in posts], user)
    find_tags([post.thread for post in posts if post.is_opening])
    return {post.pk: _hit(post) for post in posts}


@cache
def _among(count: int, *, is_member: bool, is_staff: bool) -> Prepared:
    """Return the query for so many posts that a reader sees."""
    reader = User(pk=place_of_key("reader"), is_staff=is_staff) if is_member else AnonymousUser()
    rows = Post.objects.visible_to(reader).select_related("thread", "author").defer("source", "text")
    keys = [place(f"post{n}") for n in range(count)]
    return Prepared(lambda: rows.filter(In(F("pk"), keys)))


def _hit(post: Post) -> registry.Hit:
    return registry.Hit(
        url=post.get_absolute_url(),
        title=mark_safe(post.thread.title_html) if post.thread.title_html else escape(post.excerpt[:80]),
        label=_label(post),
        author=post.author,
        at=post.created_at,
        language=post.language,
        count=count_of_post(post),
        unread=unread_mark(post.thread),
        draw=partial(formulas, post.html),
        kind=kind_of(post.role, post.thread.kind),
        thread=post.thread_id,
        plain_title=post.thread.title or post.excerpt[:80],
        number=post.number,
        tags=post.thread.listed_tags[:MOST_TAGS] if post.is_opening else (),
    )


def _label(post: Post) -> str:
    if post.is_opening:
        return post.thread.get_kind_display()
    return _("Answer") if post.role == Role.ANSWER else _("Comment")
