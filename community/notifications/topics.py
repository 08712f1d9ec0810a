"""What people choose between in their notification settings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    ANSWERS = "answers", _("Answers, and replies to you")
    MENTIONS = "mentions", _("Mentions and quotes of you")
    ACCEPTED = "accepted", _("Accepted answers of yours")
    POSTS = "posts", _("New posts in threads that you watch")
    THREADS = "threads", _("New threads that you watch")
    FOLLOWERS = "followers", _("New followers")
    RUNS = "runs", _("Runs of yours")
