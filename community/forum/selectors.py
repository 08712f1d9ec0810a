"""Page-sized reads."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from community.common.errors import NotFound
from community.content.drafts import with_reply_draft
from community.content.models import Draft, Kind, Post, Thread
from community.content.querysets import Reader
from community.forum.models import Event
from community.social.models import Follow

DRAFTS_SHOWN = 200
WORDS_SHOWN = 90


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


def events_of(thread: Thread) -> list[Event]:
    """What staff did, oldest first; asked for only when there is something."""
    if not getattr(thread, "has_events", True):
        return []
    return list(Event.objects.filter(thread=thread).select_related("actor", "category"))


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
        return f"{reverse('forum:write')}?kind={rest}", str(Kind(rest).label)
    name = {"reply": "forum:reply", "comment": "forum:post-reply", "edit": "forum:post-edit"}.get(box)
    label = str({"reply": _("Reply"), "comment": _("Comment"), "edit": _("Edit")}.get(box, _("Draft")))
    if name and rest.isascii() and rest.isdecimal() and len(rest) < 19:
        return reverse(name, args=[int(rest)]), label
    return f"{reverse('forum:write')}?kind=discussion&{urlencode({'draft': draft.key})}", label


def _with_ties(threads: QuerySet, reader: Reader) -> QuerySet:
    mine = reader.pk if reader.is_authenticated else 0
    return (
        with_reply_draft(threads, reader)
        .select_related("author", "category__parent")
        .prefetch_related("tags")
        .annotate(
            has_events=Exists(Event.objects.filter(thread=OuterRef("pk"))),
            is_followed=Exists(Follow.objects.filter(thread=OuterRef("pk"), follower=mine)),
        )
    )
