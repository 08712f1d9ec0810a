"""People whom somebody might follow, each with the reason: whom those they follow follow, and who solved questions in
their tags. It reads a few hundred rows, whoever follows two people or two thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import OuterRef, Q, QuerySet

from community.accounts.models import User
from community.common.subqueries import not_looked_up
from community.content.models import Tag, TagListing, Thread
from community.mutes.selectors import standings
from community.social.models import Follow
from community.social.reasons import followed_tags

MOST = 5
MOST_FOLLOWED = 12  # of those they follow, of whom it is asked whom they follow
FOLLOWED_BY_EACH = 25
MOST_TAGS = 6
THREADS_OF_EACH = 25
MOST_ASKED = 60  # people who are looked at, the likeliest first


class Suggestion(NamedTuple):
    """A person, and why: somebody whom the reader follows who follows them, and how many more do at least; or a tag."""

    person: User
    followed_by: User | None = None
    others: int = 0
    tag: Tag | None = None


def suggested(reader: User, among: Sequence[Tag] = ()) -> list[Suggestion]:
    """Return people whom a reader might follow, the likeliest first: solvers in the tags they follow, or in these.

    Never the reader, people for whom they have chosen a level, whom they muted, blocked or are blocked by, closed
    accounts and the site's own.
    """
    followed = list(_people_of(reader.pk, MOST_FOLLOWED).values_list("person", flat=True))
    ties, tags = _ties(reader, followed), solvers(among or followed_tags(reader, MOST_TAGS))
    likeliest = sorted({*ties, *tags} - {reader.pk}, key=lambda key: (-len(ties.get(key, ())), key not in tags, -key))
    asked = likeliest[:MOST_ASKED]
    unknown = not_looked_up(Follow.objects.filter(follower=reader, person=OuterRef("pk")))
    suitable = Q(unknown, pk__in=asked, is_active=True, is_system=False)
    people = User.objects.filter(suitable | Q(pk__in=followed)).in_bulk()
    unmet = standings(reader, asked)
    chosen = [people[key] for key in asked if key in people and key not in {*unmet, *followed}][:MOST]
    return [_suggestion(person, ties.get(person.pk, ()), people, tags) for person in chosen]


def _suggestion(person: User, followers: Sequence[int], via: Mapping[int, User], tags: Mapping[int, Tag]) -> Suggestion:
    if followers and followers[0] in via:
        return Suggestion(person, followed_by=via[followers[0]], others=len(followers) - 1)
    return Suggestion(person, tag=tags.get(person.pk))


def _ties(reader: User, followed: Sequence[int]) -> dict[int, list[int]]:
    """Return, by person, those of these whom the reader follows, and has not muted, who follow them."""
    unmet = standings(reader, followed)
    own = [key for key in followed if key not in unmet]
    found: dict[int, list[int]] = defaultdict(list)
    if own:
        parts = [_whole(_people_of(key, FOLLOWED_BY_EACH)).values_list("follower", "person") for key in own]
        for follower, person in parts[0].union(*parts[1:], all=True):
            found[person].append(follower)
    return found


def _people_of(follower: int, most: int) -> QuerySet[Follow]:
    """Return the follows of some people by a person, along the index of these."""
    return Follow.objects.followed().filter(follower=follower, person__isnull=False).order_by("-person")[:most]


def solvers(among: Sequence[Tag]) -> dict[int, Tag]:
    """Return who solved one of the latest questions in these tags, with the tag."""
    tags = {tag.pk: tag for tag in among}
    if not tags:
        return {}
    newest = (TagListing.objects.filter(tag=key).order_by("-last_post_at", "-thread")[:THREADS_OF_EACH] for key in tags)
    parts = [_whole(part).values_list("thread", "tag") for part in newest]
    tag_of = dict(parts[0].union(*parts[1:], all=True))
    solved = Thread.objects.public().filter(pk__in=list(tag_of), solved_post__isnull=False)
    return {author: tags[tag_of[thread]] for thread, author in solved.values_list("pk", "solved_post__author")}


def _whole(rows: QuerySet) -> QuerySet:
    """Return these rows for a union, no member of which SQLite limits."""
    return rows.model._default_manager.order_by().filter(pk__in=rows.values("pk"))
