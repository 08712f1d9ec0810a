"""What members vote on: whether a question is a duplicate, is put on hold, or takes answers again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.review.querysets import ProposalQuerySet
from community.review.reasons import HoldReason

OPEN_FOR = timedelta(days=14)
IS_OPEN = Q(outcome="open")
IS_IN_FORCE = Q(outcome="carried") & ~Q(matter="reopen")


class Matter(models.TextChoices):
    DUPLICATE = "duplicate", _("Duplicate")
    HOLD = "hold", pgettext_lazy("question", "On hold")
    REOPEN = "reopen", _("Reopen")


class Outcome(models.TextChoices):
    OPEN = "open", pgettext_lazy("proposal", "Open")
    CARRIED = "carried", pgettext_lazy("proposal", "Carried")
    UNDONE = "undone", pgettext_lazy("proposal", "Undone")
    DROPPED = "dropped", pgettext_lazy("proposal", "Dropped")
    EXPIRED = "expired", pgettext_lazy("proposal", "Expired")


class Proposal(models.Model):
    """What somebody proposes for a question, with votes for it.

    A carried duplicate or hold is in force until it is undone, one at most for a question. `original` is the question
    that it duplicates. `is_by_staff`: a moderator decided, and only a moderator undoes it. An open duplicate or hold
    expires after OPEN_FOR; a request to reopen does not, for it waits for others and is in nobody's way.
    """

    thread = models.ForeignKey("content.Thread", on_delete=models.CASCADE, related_name="+", db_index=False)
    matter = models.CharField(max_length=10, choices=Matter)
    reason = models.CharField(max_length=20, choices=HoldReason, blank=True)
    original = models.ForeignKey(
        "content.Thread", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    is_by_staff = models.BooleanField(default=False)
    vote_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["thread"], condition=IS_IN_FORCE, name="one_in_force"),
            models.UniqueConstraint(
                fields=["thread", "original"], condition=IS_OPEN & Q(original__isnull=False), name="duplicate_once"
            ),
            models.UniqueConstraint(
                fields=["thread", "matter", "reason"], condition=IS_OPEN & Q(original=None), name="proposed_once"
            ),
            models.CheckConstraint(condition=~Q(original=F("thread")), name="no_duplicate_of_itself"),
            models.CheckConstraint(
                condition=Q(matter="duplicate", original__isnull=False) | ~Q(matter="duplicate") & Q(original=None),
                name="duplicate_has_original",
            ),
        )
        indexes = (
            models.Index(F("created_at").desc(), F("id").desc(), name="proposal_open", condition=IS_OPEN),
            models.Index("thread", name="proposal_of_thread"),
            models.Index(
                "original",
                F("decided_at").desc(),
                name="duplicates_of",
                condition=IS_IN_FORCE & Q(original__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.matter} thread {self.thread_id}"

    @property
    def is_open(self) -> bool:
        return self.outcome == Outcome.OPEN

    @property
    def expires_at(self) -> datetime:
        return self.created_at + OPEN_FOR


class Vote(models.Model):
    """One person's agreement with a proposal."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="votes", db_index=False)
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["proposal", "voter"], name="one_vote_on_a_proposal"),)

    def __str__(self) -> str:
        return f"vote of {self.voter_id} on {self.proposal_id}"
