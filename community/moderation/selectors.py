from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from community.content.models import Post
from community.moderation.models import AuditEntry, Report


@dataclass(frozen=True, slots=True)
class Case:
    """A post with what was said against it."""

    post: Post
    reports: list[Report]


def reported_posts() -> QuerySet[Post]:
    """Posts with open reports, the latest reported first, to page by (reported_at, id)."""
    open_reports = Report.objects.open().values("post")
    return (
        Post.objects.filter(pk__in=open_reports)
        .annotate(reported_at=Max("reports__created_at"))
        .select_related("thread", "author")
    )


def hidden_posts() -> QuerySet[Post]:
    return Post.objects.filter(hidden_at__isnull=False).select_related("thread", "author")


def cases(posts: Sequence[Post]) -> list[Case]:
    by_post: dict[int, list[Report]] = defaultdict(list)
    for report in Report.objects.filter(post__in=posts).select_related("reporter", "closed_by").order_by("created_at"):
        by_post[report.post_id].append(report)
    return [Case(post, by_post[post.pk]) for post in posts]


def trail() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.select_related("actor", "post__thread", "post__author")
