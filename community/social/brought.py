"""What follows bring: of each thread, the newest of the posts that a reader wants to see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db.models import Case, F, Q, QuerySet, When

from community.content.models import Category, Kind, Post, Role, Thread
from community.mutes.selectors import unmet
from community.social.models import TARGETS, Follow

# A question whose answer was accepted is at that answer from then on, until somebody writes again.
EVENT_AT = Case(
    When(thread__solved_post=F("pk"), thread__solved_at__gt=F("created_at"), then=F("thread__solved_at")),
    default=F("created_at"),
)
# Not comments on other posts, nor on questions.
SHOWN = ~Q(role=Role.COMMENT) | Q(parent=None) & ~Q(thread__kind=Kind.QUESTION)

OTHERS = tuple(kind for kind in TARGETS if kind != "person")

type Place = tuple[datetime, int]
"""Time of a post, EVENT_AT, and its key: feeds are in this order."""
type Sources = dict[str, dict[int, dict[int, Place]]]
"""By kind and key of what can be followed: the newest post that it brings of each thread."""


def newest(readers: Sequence[int], threads: Sequence[int]) -> dict[tuple[int, int], Place]:
    """Return, by reader and thread, the newest public post that the reader's follows bring or that is their own.

    It reads all posts of the threads and all follows of the readers. Readers who do not meet the same authors are
    answered together: nothing that these wrote or began is brought to them.
    """
    groups: dict[frozenset[int], list[int]] = defaultdict(list)
    away = unmet(readers, _posts(threads).order_by().values("author"))
    for reader in readers:
        groups[away.get(reader, frozenset())].append(reader)
    found = dict[tuple[int, int], Place]()
    for authors, group in groups.items():
        found |= _newest(group, _sources(threads, without=authors))
    return found


def _newest(readers: Sequence[int], sources: Sources) -> dict[tuple[int, int], Place]:
    found = dict[tuple[int, int], Place]()
    rows = Follow.objects.followed().filter(follower__in=readers).values_list("follower", *TARGETS).iterator()
    followed = ((row[0], kind, key) for row in rows for kind, key in _target(row[1:]))
    own = ((reader, "person", reader) for reader in readers)
    for brought in (followed, own):
        for reader, kind, key in brought:
            for thread, place in sources[kind].get(key, {}).items():
                found[reader, thread] = max(place, found.get((reader, thread), place))
    return found


def audience(thread_id: int) -> set[int]:
    """Return the keys of everyone whom a public post of this thread concerns: its authors, and who follows anything."""
    sources = _sources([thread_id])
    authors = _posts([thread_id]).order_by().values("author")  # a subquery, because they may be thousands
    conditions = [Q(person__in=authors), *(Q(**{f"{kind}__in": list(sources[kind])}) for kind in OTHERS)]
    followers = (Follow.objects.followed().filter(each).values_list("follower", flat=True) for each in conditions)
    return set(sources["person"]).union(*followers)


def _sources(threads: Sequence[int], *, without: Collection[int] = ()) -> Sources:
    """Return what the posts of some threads are brought by, but for posts and threads of the authors `without`."""
    sources: Sources = {kind: defaultdict(dict) for kind in TARGETS}
    openings: dict[int, Place] = {}
    met = _posts(threads).exclude(Q(author__in=without) | Q(thread__author__in=without)) if without else _posts(threads)
    posts = met.annotate(at=EVENT_AT).order_by("at", "pk").values_list("thread", "author", "role", "at", "pk")
    for thread, author, role, at, pk in posts:
        place = sources["person"][author][thread] = sources["thread"][thread][thread] = (at, pk)
        if role == Role.OPENING:
            openings[thread] = place
    tagged = Thread.tags.through.objects.filter(thread__in=openings)
    for thread, tag in tagged.values_list("thread", "tag"):
        sources["tag"][tag][thread] = openings[thread]
    paths = Category.objects.paths()
    for thread, category in Thread.objects.filter(pk__in=openings).values_list("pk", "category"):
        for around in paths.get(category, ()):
            sources["category"][around][thread] = openings[thread]
    return sources


def _posts(threads: Sequence[int]) -> QuerySet[Post]:
    return Post.objects.public().filter(SHOWN, thread__in=threads)


def _target(keys: Sequence[int | None]) -> Iterator[tuple[str, int]]:
    """Yield the one target of a follow."""
    yield from ((kind, key) for kind, key in zip(TARGETS, keys, strict=True) if key is not None)
