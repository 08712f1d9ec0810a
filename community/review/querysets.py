"""Who sees what is proposed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.content.querysets import Reader

if TYPE_CHECKING:
    from community.accounts.models import User


class SuggestedEditQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state="open")

    def overdue(self, open_for: timedelta):
        """Return open ones that were suggested longer ago."""
        return self.open().filter(created_at__lte=timezone.now() - open_for)

    def visible_to(self, reader: Reader):
        """Return one's own; those of one's posts, and for staff all, except what was withdrawn.

        Whether the reader also sees the post is asked of the post.
        """
        if not reader.is_authenticated:
            return self.none()
        others = ~Q(state="withdrawn") if reader.is_staff else Q(receiver=reader) & ~Q(state="withdrawn")
        return self.filter(Q(author=reader) | others)

    def to_review(self, reviewer: User):
        """Return open ones of posts that a person may edit: their own, for staff all. None that they suggested."""
        if reviewer.is_staff:
            return self.open().exclude(author=reviewer)
        return self.open().filter(receiver=reviewer)


class ProposalQuerySet(models.QuerySet):
    def open(self):
        return self.filter(outcome="open")

    def in_force(self):
        return self.filter(outcome="carried").exclude(matter="reopen")

    def overdue(self, open_for: timedelta):
        """Return open duplicates and holds that were proposed longer ago."""
        return self.open().filter(created_at__lte=timezone.now() - open_for).exclude(matter="reopen")
