"""Invariants of votes, agreements and marks."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F

from community.common import invariants
from community.social.models import Agreement, Mark, Reaction


def register() -> None:
    invariants.register("one vote a person, none for oneself", _votes)


def _votes() -> Iterator[str]:
    twice = Reaction.objects.values("user", "post").annotate(times=Count("pk")).filter(times__gt=1)
    yield from (f"person {row['user']} voted {row['times']} times on post {row['post']}" for row in twice)
    for model in (Reaction, Agreement, Mark):
        own = model._default_manager.filter(user=F("post__author"))
        yield from (f"person {user} voted on own post {post}" for user, post in own.values_list("user", "post"))
