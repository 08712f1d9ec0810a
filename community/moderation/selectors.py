from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.audit.models import AuditEntry
from community.common.subqueries import MOST_COUNTED, not_looked_up
from community.content.diffs import Row, rows
from community.content.models import Category, Post, Tag, Thread
from community.content.reasons import reason_words
from community.moderation.models import Report


@dataclass(frozen=True, slots=True)
class Case:
    """A post with its reports."""

    post: Post
    reports: list[Report]

    @property
    def reason(self) -> str:
        """The most frequent reason: what the author is told by default."""
        counted = Counter(report.reason for report in self.reports if report.closed_at is None)
        return counted.most_common(1)[0][0] if counted else ""


def is_reported(post: Post) -> bool:
    """Return whether somebody has reported this post, be it decided or not."""
    return Report.objects.filter(post=post).exists()


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An audit entry with its target; None if the target is gone."""

    entry: AuditEntry
    target: Any

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Each field with its values before and after, lists as text."""
        changes = [(name, *values) for name, values in self.entry.changes.items() if name not in TEXTS]
        return [(_field(name), _shown(name, old), _shown(name, new)) for name, old, new in changes]

    @property
    def texts(self) -> list[tuple[str, list[Row]]]:
        """Each long text with its diff."""
        return [(_field(name), rows(*map(str, self.entry.changes[name]))) for name in TEXTS & self.entry.changes.keys()]


def _field(name: str) -> str:
    return str(FIELDS.get(name, name))


def _shown(field: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return reason_words(str(value)) if field == "reason" else str(value)


FIELDS = {
    "about": _("About, in English"),
    "about_zh": _("About, in Chinese"),
    "category": _("Category"),
    "description": _("Description"),
    "description_zh": _("Description in Chinese"),
    "links": _("Links"),
    "name": _("Name"),
    "name_zh": _("Name in Chinese"),
    "parent": _("Parent category"),
    "parent_tag": _("Parent"),
    "picture": _("Picture"),
    "position": _("Position"),
    "reason": _("Reason"),
    "slug": _("Address"),
    "synonyms": _("Synonyms"),
    "tags": _("Tags"),
    "title": _("Title"),
    "tone": _("Colour"),
    "version": _("Version"),
}
TEXTS = frozenset({"about", "about_zh"})
TARGETS: dict[str, Callable[[], QuerySet]] = {
    "post": lambda: Post.objects.select_related("thread").defer("source", "html", "text"),
    "thread": Thread.objects.all,
    "category": Category.objects.all,
    "tag": Tag.objects.all,
    "user": User.objects.all,
}


def newest_open_reports() -> QuerySet[Report]:
    """Return the newest open report of each reported post, with the post; paged by (created_at, id)."""
    later = Q(created_at__gt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), pk__gt=OuterRef("pk"))
    newer = Report.objects.open().filter(later, post=OuterRef("post"))
    return Report.objects.open().filter(not_looked_up(newer)).select_related("post__thread", "post__author")


def open_case_count() -> int:
    """Return how many posts wait for a decision, at most MOST_COUNTED."""
    return Report.objects.open().order_by("post").values("post").distinct()[:MOST_COUNTED].count()


def own_report(reporter: User, pk: int) -> Report | None:
    return Report.objects.filter(reporter=reporter, pk=pk).select_related("post__thread", "post__author").first()


def hidden_posts() -> QuerySet[Post]:
    return Post.objects.filter(hidden_at__isnull=False).select_related("thread", "author")


def cases(posts: Sequence[Post]) -> list[Case]:
    by_post: dict[int, list[Report]] = defaultdict(list)
    for report in Report.objects.filter(post__in=posts).select_related("reporter", "closed_by").order_by("created_at"):
        by_post[report.post_id].append(report)
    return [Case(post, by_post[post.pk]) for post in posts]


def audit_log() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.select_related("actor")


def audit_rows(entries: Sequence[AuditEntry]) -> list[AuditRow]:
    """Load the targets of audit entries, one query per kind."""
    ids: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        ids[entry.target_kind].add(entry.target_id)
    found = {kind: TARGETS[kind]().in_bulk(keys) for kind, keys in ids.items() if kind in TARGETS}
    return [AuditRow(entry, found.get(entry.target_kind, {}).get(entry.target_id)) for entry in entries]
