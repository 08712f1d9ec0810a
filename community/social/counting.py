"""Score counters and their recounts."""

from __future__ import annotations

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from community.content import counters
from community.content.models import Post


def register() -> None:
    counters.register(counters.Counter("Post.score", "score", _score))


def _score() -> QuerySet:
    return Post.objects.annotate(counted=Coalesce(Sum("reactions__value"), 0))
