"""Posts and their earlier versions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from community.content.querysets import PostQuerySet
from community.content.ranking import rank_of

from .kinds import Role
from .threads import Thread

if TYPE_CHECKING:
    from community.content.mentioned_in import MentionIn


NEW_FOR = timedelta(days=14)
NO_VOTES = rank_of(0, 0)
IS_VOTED = Q(score__gt=0, hidden_at=None, deleted_at=None)
IS_BEST_ANSWER = IS_VOTED & Q(role="answer")


class Post(models.Model):
    """A post. `source` is authoritative; `html` is derived from it by renderer version `html_version`.

    `parent` is the top-level post whose comments it is among, `reply_to` the one it replies to, below which it stands
    if both are on a page. `text` is its plain text, for search and previews. `number` is unique in its thread and is
    the permalink. `version` counts edits: an editor sends the one they started from. `submission` is the form's
    idempotency key. `is_first` is set on the first post of its author that was public, by the job that announces it.
    `score` is `up_count - down_count`, and `rank` what `ranking` makes of both. `community_at` is when an answer was
    made a community answer.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    number = models.PositiveIntegerField()
    role = models.CharField(max_length=10, choices=Role)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts")
    submission = models.UUIDField(null=True, blank=True)

    source = models.TextField()
    html = models.TextField(blank=True)
    html_version = models.CharField(max_length=40, blank=True)
    shown_html: str  # `html` with embeds filled for one reader, set by discussion.fill_bodies
    is_muted: bool  # of one reader, set by presenters of the API
    linked_from: str | None  # keys of the newest posts that link to it, read with those that are shown
    mentioned_in: tuple[MentionIn, ...] = ()  # set by mentioned_in.find_mentions
    text = models.TextField(blank=True)
    excerpt = models.CharField(max_length=400, blank=True)
    headings = models.JSONField(default=list, blank=True)
    render_notice = models.CharField(max_length=400, blank=True)
    language = models.CharField(max_length=10, default="en")
    version = models.PositiveIntegerField(default=1)
    score = models.IntegerField(default=0)
    up_count = models.IntegerField(default=0, db_default=0, editable=False)
    down_count = models.IntegerField(default=0, db_default=0, editable=False)
    rank = models.IntegerField(default=NO_VOTES, db_default=NO_VOTES, editable=False)
    agree_count = models.IntegerField(default=0, db_default=0, editable=False)
    mark_count = models.SmallIntegerField(default=0, db_default=0, editable=False)
    is_first = models.BooleanField(default=False, db_default=False, editable=False)

    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    community_at = models.DateTimeField(null=True, blank=True, editable=False)
    hidden_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="post_number_unique"),
            models.UniqueConstraint(fields=["author", "submission"], name="post_submission_unique"),
            models.UniqueConstraint(fields=["thread"], condition=Q(role="opening"), name="one_opening_post"),
        ]
        indexes = [
            models.Index("thread", F("rank").desc(), "number", condition=Q(role="answer"), name="answers_by_rank"),
            models.Index("author", F("created_at").desc(), F("id").desc(), name="post_author_new"),
            models.Index(F("created_at").desc(), F("id").desc(), name="post_new"),
            models.Index("parent", "number", name="post_children"),
            models.Index("thread", F("rank").desc(), "number", name="post_best_ranked", condition=IS_VOTED),
            models.Index("thread", "role", "number", name="post_branches", condition=Q(parent=None)),
            models.Index(
                "author",
                F("created_at").desc(),
                F("id").desc(),
                name="author_answers",
                condition=Q(role="answer", hidden_at=None, deleted_at=None),
            ),
            models.Index(
                "author",
                F("created_at").desc(),
                F("id").desc(),
                name="author_comments",
                condition=Q(role="comment", hidden_at=None, deleted_at=None),
            ),
            models.Index("author", F("score").desc(), F("id").desc(), name="author_best", condition=IS_BEST_ANSWER),
            models.Index(
                F("hidden_at").desc(), F("id").desc(), name="post_hidden", condition=Q(hidden_at__isnull=False)
            ),
            models.Index(
                "thread",
                "author",
                name="post_gone",
                condition=Q(hidden_at__isnull=False) | Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} in thread {self.thread_id}"

    def get_absolute_url(self) -> str:
        """Return the permalink, which opens the right page of the thread with this post marked.

        Requires `thread` loaded.
        """
        if self.is_opening:
            return self.thread.get_absolute_url()
        return self.thread.address_of_post(self.number)

    @property
    def is_opening(self) -> bool:
        return self.role == Role.OPENING

    @property
    def is_community(self) -> bool:
        """Whether members who have been here for a while edit it without review."""
        return self.community_at is not None

    @property
    def begins(self) -> bool:
        """Whether its author has posted for the first time, and not long ago."""
        return self.is_first and self.is_visible and timezone.now() - self.created_at < NEW_FOR

    @property
    def is_visible(self) -> bool:
        return self.hidden_at is None and self.deleted_at is None

    @property
    def verb(self) -> str:
        """The author's action, for activity lists. Requires `thread` loaded."""
        is_solution = self.thread.solved_post_id == self.pk
        return str(pgettext_lazy("verb", "solved")) if is_solution else self.thread.verb_of(self.role)

    @property
    def anchor(self) -> str:
        return f"post-{self.number}"


class Revision(models.Model):
    """A complete earlier source of a post. `number` is the post's version at the time.

    `editor`, `reason` and `created_at` belong to the edit that replaced it with version `number + 1`. `is_corrected`:
    that edit was a correction, so only moderators see this one (see `corrections`).
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True)
    source = models.TextField()
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    is_corrected = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="revision_number_unique")]

    def __str__(self) -> str:
        return f"revision {self.number} of post {self.post_id}"
