"""Rows of a person's draft list: kind, thread and edit URL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.content import community_answers, policies
from community.content.leads import leads_of_drafts
from community.content.models import Draft, Kind, Post, Thread
from community.content.routes import write_url
from community.mutes.selectors import NOTHING, Standing, standings
from community.rendering.plain import excerpt

DRAFTS_SHOWN = 200
WORDS_SHOWN = 90
READ = 400
LONGEST_WORD = 40
PAGES = {"reply": "content:reply", "comment": "content:post-reply", "edit": "content:post-edit"}


@dataclass(frozen=True, slots=True)
class Box:
    """A form of a higher app: the route of its page and its name.

    `posts` returns the posts that the forms with these numbers are about, of those that are still open to their owner.
    """

    route: str
    label: Any
    posts: Callable[[User, Sequence[int]], dict[int, Post]]


_boxes: dict[str, Box] = {}


def register(kind: str, box: Box) -> None:
    """Say where drafts with keys of this kind, such as `suggest:12`, are written."""
    _boxes[kind] = box


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in the list. `url` opens it; `place` is its thread or post, if still visible to its owner.

    `is_alike`: another one in the list has the same words. Then `apart` is what this one says where their texts part;
    empty where this text ends there.
    """

    draft: Draft
    url: str
    label: str
    place: Thread | Post | None = None
    words: str = ""
    is_alike: bool = False
    apart: str = ""

    @property
    def thread(self) -> Thread | None:
        return self.place.thread if isinstance(self.place, Post) else self.place

    @property
    def number(self) -> int | None:
        return self.place.number if isinstance(self.place, Post) else None


def draft_rows(owner: User) -> list[DraftRow]:
    """Return a person's newest drafts, in three queries; in four if they muted or blocked anybody, or are blocked."""
    rows = _newest(owner, DRAFTS_SHOWN)
    leads = leads_of_drafts([row.draft for row in rows], WORDS_SHOWN)
    return _told_apart([replace(row, words=words) for row, words in zip(rows, leads, strict=True)])


def _told_apart(rows: Sequence[DraftRow]) -> list[DraftRow]:
    """Compare drafts that look alike with the newest of them, and that one with the next."""
    alike: dict[str, list[DraftRow]] = {}
    for row in rows:
        alike.setdefault(row.words, []).append(row)

    def told(row: DraftRow) -> DraftRow:
        newest, *others = alike[row.words]
        if not others:
            return row
        return replace(row, is_alike=True, apart=_apart(row.draft, others[0].draft if row is newest else newest.draft))

    return [told(row) for row in rows]


def _apart(draft: Draft, other: Draft) -> str:
    """Return what a draft says from the word on in which its text leaves that of another one."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(draft.source, other.source, strict=False)))
    within = len(re.search(r"\S*$", draft.source[:same][-LONGEST_WORD:])[0])  # type: ignore[index]
    return excerpt(draft.source[same - within :][:READ], WORDS_SHOWN) if draft.source != other.source else ""


def newest_draft(owner: User) -> DraftRow | None:
    """Return what a person wrote last and has not posted, without its first words."""
    return next(iter(_newest(owner, 1)), None)


def _newest(owner: User, count: int) -> list[DraftRow]:
    drafts = list(Draft.objects.of(owner).order_by("-updated_at", "-pk")[:count])
    places = _threads(drafts, owner) | _posts(drafts, owner) | _in_boxes(drafts, owner)
    between = standings(owner, {key for place in places.values() for key in _authors(place)})
    return [_row(draft, places, owner, between) for draft in drafts]


def _threads(drafts: Iterable[Draft], owner: User) -> dict[tuple[str, int], Thread | Post]:
    numbers = [draft.number for draft in drafts if draft.box_kind == "reply"]
    return {("reply", row.pk): row for row in Thread.objects.visible_to(owner).filter(pk__in=numbers)}


def _posts(drafts: Iterable[Draft], owner: User) -> dict[tuple[str, int], Thread | Post]:
    numbers = [draft.number for draft in drafts if draft.box_kind in ("comment", "edit")]
    posts = Post.objects.visible_to(owner).filter(pk__in=numbers).select_related("thread")
    rows = list(posts.defer("source", "html", "text"))
    return {(kind, row.pk): row for kind in ("comment", "edit") for row in rows}


def _in_boxes(drafts: Iterable[Draft], owner: User) -> dict[tuple[str, int], Thread | Post]:
    found: dict[tuple[str, int], Thread | Post] = {}
    for kind, box in _boxes.items():
        numbers = [draft.number for draft in drafts if draft.box_kind == kind and draft.number]
        found |= {(kind, number): post for number, post in (box.posts(owner, numbers) if numbers else {}).items()}
    return found


def _row(
    draft: Draft, places: dict[tuple[str, int], Thread | Post], owner: User, between: dict[int, Standing]
) -> DraftRow:
    kind, rest = draft.box_kind, draft.box.partition(":")[2]
    named = {"draft": draft.key} if draft.is_aside else {}
    if kind == "new" and rest in Kind.values:
        return DraftRow(draft, write_url(rest, **named), str(Kind(rest).label))
    place = places.get((kind, draft.number or 0))
    if place is None or not _is_still_open(kind, place, owner, between):
        return DraftRow(draft, write_url(Kind.DISCUSSION, draft=draft.key), _label(kind, place), place)
    query = f"?{urlencode(named, safe=':~')}" if named else ""
    route = _boxes[kind].route if kind in _boxes else PAGES[kind]
    return DraftRow(draft, reverse(route, args=[draft.number]) + query, _label(kind, place), place)


def _authors(place: Thread | Post) -> set[int]:
    """Return whom a reply there is to."""
    return {place.author_id, place.thread.author_id} if isinstance(place, Post) else {place.author_id}


def _is_still_open(kind: str, place: Thread | Post, owner: User, between: dict[int, Standing]) -> bool:
    """Return whether the draft's form still exists; otherwise its text opens as a new thread."""
    if kind in _boxes:
        return True
    if kind == "edit" and isinstance(place, Post):
        return community_answers.refusal(owner, place) is None
    if any(between.get(key, NOTHING).is_apart for key in _authors(place)):
        return False
    if isinstance(place, Post):
        return policies.can_reply(owner, place.thread)
    return policies.can_answer(owner, place)


def _label(kind: str, place: Thread | Post | None) -> str:
    if kind == "reply" and isinstance(place, Thread) and place.kind == Kind.QUESTION:
        return _("Answer")
    if kind in _boxes:
        return str(_boxes[kind].label)
    return {"reply": _("Reply"), "comment": _("Comment"), "edit": _("Edit")}.get(kind, _("Draft"))
