"""Registry of deliveries to many people. Higher apps (followers, for one) add theirs in AppConfig.ready.

A delivery is safe to run twice: the job that calls it begins anew when its worker dies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from community.accounts.models import User
from community.content.models import Post


class Event(Enum):
    """What a post is to one person."""

    SAID_TO_THEM = auto()  # an answer or a reply to them, a quote, a mention
    NEW_POST = auto()  # in a thread
    NEW_THREAD = auto()


type Choice = Callable[[Post, Mapping[int, Event]], set[int]]
type LongRead = Callable[[User, int], None]
type TagMerge = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What delivers a new post, and what follows a change of a thread: of its public posts, its tags or its category.

    Nobody is notified of a change. `redeliver` takes the thread's key; the thread may be hidden or deleted by then.
    `notified` returns who wants to be notified, among people by what a post is to them. `edited` follows an edit.
    """

    deliver: Callable[[Post], None]
    redeliver: Callable[[int], None]
    notified: Choice | None = None
    edited: Callable[[Post], None] | None = None


_deliveries: list[Delivery] = []
_long_reads: list[LongRead] = []
_tag_merges: list[TagMerge] = []


def register(delivery: Delivery) -> None:
    if delivery not in _deliveries:
        _deliveries.append(delivery)


def on_long_read(act: LongRead) -> None:
    """Register what follows when somebody has read in a thread for some minutes; it is safe to do twice."""
    if act not in _long_reads:
        _long_reads.append(act)


def read_long(reader: User, thread_id: int) -> None:
    for act in _long_reads:
        act(reader, thread_id)


def on_tag_merge(act: TagMerge) -> None:
    """Register what follows when a tag becomes a synonym of another, by their keys; it is safe to do twice."""
    if act not in _tag_merges:
        _tag_merges.append(act)


def merge_tags(synonym: int, tag: int) -> None:
    for act in _tag_merges:
        act(synonym, tag)


def deliver(post: Post) -> None:
    """Deliver a post to everyone who has not been told of it for a more specific reason."""
    for each in _deliveries:
        each.deliver(post)


def deliver_edit(post: Post) -> None:
    for each in _deliveries:
        if each.edited is not None:
            each.edited(post)


def notified(post: Post, events: Mapping[int, Event]) -> set[int]:
    """Return who of these people wants to be notified of a post, by what it is to them."""
    choices = [each.notified for each in _deliveries if each.notified is not None]
    return set(events).intersection(*(choose(post, events) for choose in choices))


def redeliver(thread_id: int) -> None:
    for each in _deliveries:
        each.redeliver(thread_id)
