"""Page-sized reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from community.common.errors import NotFound
from community.content.drafts import with_reply_draft
from community.content.models import Draft, Kind, Post, Thread
from community.content.querysets import Reader
from community.content.routes import write_url

DRAFTS_SHOWN = 200
WORDS_SHOWN = 90


def thread_for(reader: Reader, pk: int) -> Thread:
    """A thread this reader sees, with everything its page says of it. Raises NotFound."""
    thread = with_page(Thread.objects.visible_to(reader), reader).filter(pk=pk).first()
    if thread is None:
        raise NotFound
    return thread


def with_page(threads: QuerySet[Thread], reader: Reader) -> QuerySet[Thread]:
    """Load what every page of a thread says of it."""
    return with_reply_draft(threads, reader).select_related("author", "category__parent").prefetch_related("tags")


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


def numbered_post(reader: Reader, thread: Thread, number: int) -> Post:
    """The post of this number in a thread, if this reader sees it. Raises NotFound."""
    rows = Post.objects.visible_to(reader).select_related("author", "thread")
    post = rows.filter(thread=thread, number=number).first()
    if post is None:
        raise NotFound
    return post


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
        return write_url(rest), str(Kind(rest).label)
    name = {"reply": "content:reply", "comment": "content:post-reply", "edit": "content:post-edit"}.get(box)
    label = str({"reply": _("Reply"), "comment": _("Comment"), "edit": _("Edit")}.get(box, _("Draft")))
    if name and rest.isascii() and rest.isdecimal() and len(rest) < 19:
        return reverse(name, args=[int(rest)]), label
    return write_url(Kind.DISCUSSION, draft=draft.key), label
