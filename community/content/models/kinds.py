"""What a thread, a post and a period can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    pass


class Kind(models.TextChoices):
    QUESTION = "question", _("Question")
    DISCUSSION = "discussion", _("Discussion")
    ARTICLE = "article", _("Article")
    NOTE = "note", pgettext_lazy("kind of thread", "Note")


class Role(models.TextChoices):
    OPENING = "opening", _("Opening post")
    ANSWER = "answer", _("Answer")
    COMMENT = "comment", _("Comment")


class Period(models.TextChoices):
    """How far back the best threads go. In order: what is in a period is in all longer ones."""

    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")
