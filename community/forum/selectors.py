"""Page-sized reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from community.common.errors import NotFound
from community.content.discussion import Discussion
from community.content.models import Draft, Kind, Post, Thread
from community.content.querysets import Reader
from community.social.models import Follow
from community.social.selectors import bookmarked_by, votes_by

from .models import Event

DRAFTS_SHOWN = 200
WORDS_SHOWN = 90


@dataclass(frozen=True, slots=True)
class Ties:
    """What the reader did with the posts of a page."""

    votes: dict[int, int]
    kept: set[int]


def thread_for(reader: Reader, pk: int) -> Thread:
    """A thread this reader sees, with everything its page says of it. Raises NotFound."""
    thread = _with_ties(Thread.objects.visible_to(reader), reader).filter(pk=pk).first()
    if thread is None:
        raise NotFound
    return thread


def post_for(reader: Reader, pk: int) -> Post:
    """A post this reader sees, with its thread and author. Raises NotFound."""
    post = (
        Post.objects.visible_to(reader)
        .select_related("author", "thread__author", "thread__category")
        .filter(pk=pk)
        .first()
    )
    if post is None:
        raise NotFound
    return post


def ties(found: Discussion, reader: Reader) -> Ties:
    ids = [post.pk for post in found.posts()]
    return Ties(votes_by(reader, ids), bookmarked_by(reader, ids))


def events_of(thread: Thread) -> list[Event]:
    """What staff did, oldest first; asked for only when there is something."""
    if not thread.has_events:
        return []
    return list(Event.objects.filter(thread=thread).select_related("actor", "category"))


def reply_draft(thread: Thread, reader: Reader) -> Draft | None:
    """The answer this reader has begun, asked for only when there is one."""
    if not thread.has_draft:
        return None
    return Draft.objects.filter(owner=reader, key=f"reply:{thread.pk}").first()


def draft_initial(draft: Draft | None) -> dict[str, Any]:
    """What a form begins with when a draft of its box was saved."""
    if draft is None:
        return {}
    return draft.fields | {"title": draft.title, "source": draft.source, "draft_version": draft.version}


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A saved draft as its list shows it: `url` opens it again."""

    draft: Draft
    url: str
    label: str

    @property
    def words(self) -> str:
        return self.draft.title or " ".join(self.draft.source.split())[:WORDS_SHOWN]


def drafts_of(owner: Reader) -> list[DraftRow]:
    drafts = Draft.objects.of(owner).order_by("-updated_at", "-pk")[:DRAFTS_SHOWN]
    return [DraftRow(draft, *_place(draft)) for draft in drafts]


def _place(draft: Draft) -> tuple[str, str]:
    box, _colon, rest = draft.key.partition(":")
    if box == "new" and rest in Kind.values:
        return f"{reverse('forum:write')}?kind={rest}", Kind(rest).label
    name = {"reply": "forum:reply", "comment": "forum:post-reply", "edit": "forum:post-edit"}.get(box)
    label = {"reply": _("Reply"), "comment": _("Comment"), "edit": _("Edit")}.get(box, _("Draft"))
    if name and rest.isascii() and rest.isdecimal() and len(rest) < 19:
        return reverse(name, args=[int(rest)]), label
    return f"{reverse('forum:write')}?kind=discussion&{urlencode({'draft': draft.key})}", label


def _with_ties(threads: QuerySet, reader: Reader) -> QuerySet:
    mine = reader.pk if reader.is_authenticated else 0
    return (
        threads.select_related("author", "category__parent")
        .prefetch_related("tags")
        .annotate(
            has_events=Exists(Event.objects.filter(thread=OuterRef("pk"))),
            is_followed=Exists(Follow.objects.filter(thread=OuterRef("pk"), follower=mine)),
            has_draft=Exists(Draft.objects.filter(owner=mine, key=_reply_key())),
        )
    )


def _reply_key():
    return Concat(Value("reply:"), Cast(OuterRef("pk"), CharField()))
