"""How far people have read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from community.content.querysets import ReadPositionQuerySet

from .kinds import Kind
from .taxonomy import Category
from .threads import Thread

if TYPE_CHECKING:
    pass


LONG_READ = 240  # seconds
IS_UNREAD = Q(newest__gt=F("number"))
TAG_COLUMNS = ("tag_1", "tag_2", "tag_3", "tag_4", "tag_5")


class ReadPosition(models.Model):
    """How far a person has read a thread that they opened or wrote in: to the post `number`, at `read_at`.

    They have spent `seconds` in it, as their browser says, which are counted until it is LONG_READ. Of a long
    article they have seen the first `text_read` percent.

    `newest` is the number of the newest public post. It and the columns after it are copied from the thread, so that
    lists of unread threads are in order on an index; TAG_COLUMNS have the keys of its tags, which are five at most.
    Reading writes the first two of these columns, and jobs the rest: neither can undo what the other wrote.
    """

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    read_at = models.DateTimeField()
    seconds = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    text_read = models.SmallIntegerField(default=0, db_default=0, editable=False)
    newest = models.PositiveIntegerField()
    last_post_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    tag_1 = models.BigIntegerField(null=True, blank=True)
    tag_2 = models.BigIntegerField(null=True, blank=True)
    tag_3 = models.BigIntegerField(null=True, blank=True)
    tag_4 = models.BigIntegerField(null=True, blank=True)
    tag_5 = models.BigIntegerField(null=True, blank=True)

    objects = ReadPositionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "thread"], name="one_read_position")]
        indexes = [
            models.Index(
                "reader",
                *within,
                F("last_post_at").desc(),
                F("thread").desc(),
                name="_".join(["unread", *within]),
                condition=IS_UNREAD & Q(**{f"{name}__isnull": False for name in within if name in TAG_COLUMNS}),
            )
            for within in ((), ("kind",), ("category",), *((name,) for name in TAG_COLUMNS))
        ]

    def __str__(self) -> str:
        return f"person {self.reader_id} has read to #{self.number} in thread {self.thread_id}"
