"""Follows, reactions and bookmarks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.mutes.selectors import Standing
from community.social.levels import Level
from community.social.querysets import FollowQuerySet

NOTE_LENGTH = 500
MARK_LENGTH = 160
TARGETS = ("person", "tag", "category", "thread")


def _exactly_one() -> Q:
    """Return a constraint: exactly one target column is set."""
    either = Q()
    for chosen in TARGETS:
        either |= Q(**{f"{target}__isnull": target != chosen for target in TARGETS})
    return either


class Follow(models.Model):
    """The level that `follower` has for one person, tag, category or thread; followed are those from TRACKING on."""

    target: models.Model | None  # what the reader may see of it, set by selectors.find_targets
    follower = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="followers"
    )
    tag = models.ForeignKey("content.Tag", null=True, blank=True, on_delete=models.CASCADE, related_name="follows")
    category = models.ForeignKey(
        "content.Category", null=True, blank=True, on_delete=models.CASCADE, related_name="follows"
    )
    thread = models.ForeignKey(
        "content.Thread", null=True, blank=True, on_delete=models.CASCADE, related_name="follows"
    )
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.WATCHING, db_default=Level.WATCHING)
    created_at = models.DateTimeField(default=timezone.now)

    objects = FollowQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                "person",
                "follower",
                name="person_followed_by",
                condition=Q(person__isnull=False, level__gte=Level.TRACKING),
            ),
            models.Index("follower", F("id").desc(), name="follow_own"),
            models.Index(
                "person",
                F("id").desc(),
                name="follower_new",
                condition=Q(person__isnull=False, level__gte=Level.TRACKING),
            ),
        )
        constraints = (
            models.CheckConstraint(condition=_exactly_one(), name="follow_one_target"),
            models.CheckConstraint(condition=Q(person=None) | ~Q(person=F("follower")), name="follow_not_oneself"),
            *(
                models.UniqueConstraint(
                    fields=["follower", target],
                    condition=Q(**{f"{target}__isnull": False}),
                    name=f"follow_{target}_once",
                )
                for target in TARGETS
            ),
        )

    def __str__(self) -> str:
        return f"{self.follower_id} has level {self.level} of a {self.target_kind}"

    @property
    def target_kind(self) -> str:
        return next(target for target in TARGETS if getattr(self, f"{target}_id") is not None)

    @property
    def target_key(self) -> int:
        return getattr(self, f"{self.target_kind}_id")


class PostMute(models.Model):
    """A person who wants to hear of no replies to a post of theirs. For a whole thread there is a level."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "post"], name="post_mute_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} muted post {self.post_id}"


class FeedEntry(models.Model):
    """A thread in somebody's home feed, at the newest of its posts that they want to see. `feeds` writes it.

    `created_at` is that of the post; of an accepted answer, when it was accepted, if it is there for that.
    """

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    thread = models.ForeignKey("content.Thread", on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(help_text="Of the post.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["reader", "thread"], name="feed_thread_once"),)
        indexes = (models.Index("reader", F("created_at").desc(), F("post").desc(), name="feed_new"),)

    def __str__(self) -> str:
        return f"post {self.post_id} for {self.reader_id}"


class Reaction(models.Model):
    """A vote: +1 useful, -1 not. One per person and post; withdrawing it deletes the row."""

    class Value(models.IntegerChoices):
        UP = 1
        DOWN = -1

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="reactions")
    value = models.SmallIntegerField(choices=Value)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "post"], name="one_vote_a_person"),
            models.CheckConstraint(condition=Q(value__in=[1, -1]), name="vote_up_or_down"),
        )

    def __str__(self) -> str:
        return f"{self.value:+d} by {self.user_id} on post {self.post_id}"


class Agreement(models.Model):
    """Somebody agrees with a post, whether they find it useful or not. It changes no order."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="agreements")
    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="agreements")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "post"], name="agreement_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} agrees with post {self.post_id}"


class Mark(models.Model):
    """What somebody found wrong with an answer, and why. `version` is that of the answer which they read."""

    class Kind(models.TextChoices):
        OUTDATED = "outdated", _("Outdated")
        FAILED = "failed", _("Did not work for me")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="marks")
    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=MARK_LENGTH)
    version = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "post", "kind"], name="mark_once"),)

    def __str__(self) -> str:
        return f"{self.kind}, by {self.user_id} on post {self.post_id}"


class Bookmark(models.Model):
    """A post that a person wants to find again, with a note to themselves and a day on which they are reminded."""

    standing: Standing  # between its owner and the author of the post, set by selectors.find_standings

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="bookmarks")
    note = models.CharField(_("note"), max_length=NOTE_LENGTH, blank=True, default="", db_default="")
    remind_at = models.DateTimeField(null=True, blank=True)  # emptied when its owner is notified
    version = models.PositiveIntegerField(default=0, db_default=0)  # counts what was saved of both
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "post"], name="bookmark_once"),)
        indexes = (
            models.Index("user", F("created_at").desc(), F("id").desc(), name="bookmark_new"),
            models.Index("remind_at", name="bookmark_due", condition=Q(remind_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"post {self.post_id} bookmarked by {self.user_id}"

    @property
    def base_version(self) -> str:
        """The version that a form begins with. A bookmark that is removed and made again has none of those before."""
        return f"{self.pk}.{self.version}"

    @property
    def has_note(self) -> bool:
        return bool(self.note or self.remind_at)
