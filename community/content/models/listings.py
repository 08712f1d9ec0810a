"""Places of threads in lists that a thread cannot be in by its own columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from community.content.querysets import TagListingQuerySet

from .kinds import Kind, Period
from .taxonomy import Category, Tag
from .threads import LIST_ORDERS, Thread

if TYPE_CHECKING:
    pass


class TagListing(models.Model):
    """A public thread's place in the list of one of its tags; `listings` keeps the copied columns up to date.

    `period` is the shortest one that the thread is in, until `leaves_at`; neither for an older thread.
    """

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+", db_index=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    last_post_at = models.DateTimeField()
    published_at = models.DateTimeField()
    score = models.IntegerField()
    is_unanswered = models.BooleanField()
    period = models.CharField(max_length=5, choices=Period, blank=True, default="", db_default="")
    leaves_at = models.DateTimeField(null=True, blank=True)

    objects = TagListingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "thread"], name="listed_once_a_tag")]
        indexes = [
            *(
                models.Index("tag", F(column).desc(), F("thread").desc(), name=f"tag_{name}")
                for name, column in LIST_ORDERS.items()
            ),
            models.Index(
                "tag",
                F("published_at").desc(),
                F("thread").desc(),
                name="tag_unanswered",
                condition=Q(is_unanswered=True),
            ),
            models.Index(
                "tag", "period", F("score").desc(), F("thread").desc(), name="tag_best", condition=~Q(period="")
            ),
            models.Index("leaves_at", name="tag_leaves", condition=Q(leaves_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"thread {self.thread_id} under tag {self.tag_id}"


class TopListing(models.Model):
    """A public thread's place among the best of a period, which it leaves when it is older; `listings` writes it.

    The other columns are copied from the thread, so that the best of a period are in order on an index.
    """

    period = models.CharField(max_length=5, choices=Period)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    score = models.IntegerField()
    leaves_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "period"], name="listed_once_a_period")]
        indexes = [
            models.Index("period", *within, F("score").desc(), F("thread").desc(), name="_".join(["best", *within]))
            for within in ((), ("kind",), ("category",))
        ]

    def __str__(self) -> str:
        return f"thread {self.thread_id} of the {self.period}"
