"""Counters of votes and their recounts."""

from __future__ import annotations

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from community.content import counters
from community.content.models import Post
from community.content.ranking import ranked
from community.social.models import Reaction


def register() -> None:
    counters.register(counters.Counter("Post.score", "score", _score))
    counters.register(counters.Counter("Post.up_count", "up_count", lambda: _votes(Reaction.Value.UP)))
    counters.register(counters.Counter("Post.down_count", "down_count", lambda: _votes(Reaction.Value.DOWN)))
    counters.register(counters.Counter("Post.rank", "rank", _rank))
    counters.register(counters.Counter("Post.agree_count", "agree_count", _agreements))
    counters.register(counters.Counter("Post.mark_count", "mark_count", _marks))


def _score() -> QuerySet:
    return Post.objects.annotate(counted=Coalesce(Sum("reactions__value"), 0))


def _votes(value: Reaction.Value) -> QuerySet:
    return Post.objects.annotate(counted=Count("reactions", filter=Q(reactions__value=value)))


def _rank() -> QuerySet:
    """Return the check for `rank`: what the other two columns make of it."""
    return Post.objects.annotate(counted=ranked(F("up_count"), F("down_count")))


def _agreements() -> QuerySet:
    return Post.objects.annotate(counted=Count("agreements"))


def _marks() -> QuerySet:
    return Post.objects.annotate(counted=Count("marks"))
