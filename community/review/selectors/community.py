"""Who has edited the community answers of a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import FETCH_RAISE, F, Max

from community.accounts.columns import SHOWN_COLUMNS
from community.accounts.models import User
from community.content.models import Post, Revision
from community.content.querysets import Reader
from community.mutes.selectors import hidden_among

NAMED = 3
MOST_ASKED = 20
"""Editors of an answer of whom it is looked up whether the reader meets them; the others are only counted."""


class Editor(NamedTuple):
    name: str
    url: str


class CommunityAnswer(NamedTuple):
    """Who besides its author edited a community answer, the latest first, and how many are not named.

    Not named are those whom the reader does not meet.
    """

    editors: tuple[Editor, ...] = ()
    others: int = 0


def on_posts(reader: Reader, posts: Sequence[Post]) -> dict[int, CommunityAnswer]:
    """Return this of those of the posts that are community answers: no query without any."""
    given = [post.pk for post in posts if post.is_community]
    if not given:
        return {}
    keys = _editors(given)
    found = {key for editors in keys.values() for key in editors[:MOST_ASKED]}
    met = found - hidden_among(reader, found) if found else found
    people = User.objects.only(*SHOWN_COLUMNS).fetch_mode(FETCH_RAISE).in_bulk(met) if met else {}
    return {pk: _shown([people.get(key) for key in keys[pk]]) for pk in given}


def _editors(posts: Sequence[int]) -> dict[int, list[int]]:
    """Return the keys of the editors of each post, the latest first."""
    rows = Revision.objects.filter(post__in=posts).exclude(editor=F("post__author")).order_by()
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows.values("post", "editor").annotate(last=Max("number")).order_by("-last", "editor"):
        found[row["post"]].append(row["editor"])
    return found


def _shown(editors: Sequence[User | None]) -> CommunityAnswer:
    named = [Editor(each.visible_name, each.get_absolute_url()) for each in editors if each is not None][:NAMED]
    return CommunityAnswer(tuple(named), len(editors) - len(named))
