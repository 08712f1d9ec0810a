"""What people choose between in their notification settings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    ANSWERS = "answers", _("Answers, and replies to you")
    MENTIONS = "mentions", _("Mentions and quotes of you")
    ACCEPTED = "accepted", _("Accepted answers of yours")
    INVITATIONS = "invitations", _("Invitations to answer")
    POSTS = "posts", _("New posts in threads that you watch")
    THREADS = "threads", _("New threads that you watch")
    SEARCHES = "searches", _("New results of your saved searches")
    FOLLOWERS = "followers", _("New followers")
    RUNS = "runs", _("Runs of yours")
    ROUNDUP = "roundup", _("What you follow: new articles, answered questions, a run")

    @property
    def is_on_site(self) -> bool:
        """Whether it notifies on the site; what does not is for digests alone."""
        return self != Topic.ROUNDUP
