"""Threads and posts. A Thread is a question, discussion, article or note; its first Post is its body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from community.audit import actions

from .kind_words import KIND_WORDS, KindWords
from .querysets import CategoryQuerySet, DraftQuerySet, PostQuerySet, TagQuerySet, ThreadQuerySet

if TYPE_CHECKING:
    from community.accounts.models import User


class Kind(models.TextChoices):
    QUESTION = "question", _("Question")
    DISCUSSION = "discussion", _("Discussion")
    ARTICLE = "article", _("Article")
    NOTE = "note", pgettext_lazy("kind of thread", "Note")


class Role(models.TextChoices):
    OPENING = "opening", _("Opening post")
    ANSWER = "answer", _("Answer")
    COMMENT = "comment", _("Comment")


class Category(models.Model):
    """A forum category. Nested by parent; named in both languages; `tone` is the colour of its dot."""

    slug = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True)
    description = models.CharField(max_length=300, blank=True)
    description_zh = models.CharField(max_length=300, blank=True)
    tone = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    thread_count: int  # set by lists that show it

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("forum:category", args=[self.slug])

    @property
    def label(self) -> str:
        """Name in the reader's language."""
        return self.name_zh if self.name_zh and _reader_is_chinese() else self.name

    @property
    def summary(self) -> str:
        return self.description_zh if self.description_zh and _reader_is_chinese() else self.description


class Tag(models.Model):
    """A tag. `slug` is NFKC, casefolded, any script."""

    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    description = models.CharField(max_length=300, blank=True)
    thread_count = models.PositiveIntegerField(default=0)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        indexes = [models.Index(F("thread_count").desc(), "slug", name="tag_by_use")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("forum:tag", args=[self.slug])


class Thread(models.Model):
    """A thread, with all columns that lists sort and filter by, so that every list is one keyset query on one index.

    `published_at` is null for a draft. `last_number` never decreases: permalinks are not reused. `title_html` is the
    title with its formulas; for an untitled note, its first words. `lead_embed` is the key of the first embed (a run's
    spec hash) of the opening post, for the sparkline in lists.
    """

    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200, blank=True)
    title_html = models.TextField(blank=True)
    slug = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=10, default="en")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="threads")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="threads")
    tags = models.ManyToManyField(Tag, blank=True, related_name="threads")

    last_poster: User  # author of the newest post, set by last_posters.find_last_posters
    spark: SafeString | None  # of the leading embed, set by embeds.draw_sparks

    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    last_post_at = models.DateTimeField(default=timezone.now)
    last_number = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)
    answer_count = models.PositiveIntegerField(default=0)
    score = models.IntegerField(default=0)
    lead_embed = models.CharField(max_length=64, blank=True)

    solved_post = models.ForeignKey("Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    locked_at = models.DateTimeField(null=True, blank=True)
    pinned_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kind=Kind.QUESTION) | ~Q(title=""), name="question_has_title"),
            models.CheckConstraint(condition=Q(solved_post=None) | Q(kind=Kind.QUESTION), name="only_questions_solved"),
        ]
        indexes = [
            models.Index(F("last_post_at").desc(), F("id").desc(), name="thread_latest"),
            models.Index("kind", F("last_post_at").desc(), F("id").desc(), name="thread_kind_latest"),
            models.Index("category", F("last_post_at").desc(), F("id").desc(), name="thread_category_latest"),
            models.Index(F("published_at").desc(), F("id").desc(), name="thread_new"),
            models.Index("kind", F("published_at").desc(), F("id").desc(), name="thread_kind_new"),
            models.Index(F("score").desc(), F("id").desc(), name="thread_top"),
            models.Index("kind", F("score").desc(), F("id").desc(), name="thread_kind_top"),
            models.Index("author", F("published_at").desc(), F("id").desc(), name="thread_author_new"),
            models.Index("pinned_at", name="thread_pinned", condition=Q(pinned_at__isnull=False)),
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                name="thread_unanswered",
                condition=Q(kind="question", answer_count=0),
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        if self.kind == Kind.ARTICLE:
            return reverse("blogs:article", args=[self.pk, self.slug or "-"])
        if self.kind == Kind.NOTE:
            return reverse("blogs:note", args=[self.pk])
        return reverse("forum:thread", args=[self.pk, self.slug or "-"])

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def is_solved(self) -> bool:
        return self.solved_post_id is not None

    @property
    def words(self) -> KindWords:
        """Vocabulary of this kind of thread."""
        return KIND_WORDS[self.kind]

    @property
    def replies_in_words(self) -> str:
        """Number of answers, replies or comments, as shown on pages and in lists."""
        count = self.answers_or_replies
        return self.words.replies % {"count": count, "shown": number_format(count, use_l10n=True, force_grouping=True)}

    @property
    def reply_word(self) -> str:
        """Answers, replies or comments: the word without its number."""
        return self.words.reply_word % self.answers_or_replies

    @property
    def answers_or_replies(self) -> int:
        """Number of answers to a question, without comments, or of replies to any other thread."""
        return self.answer_count if self.words.has_answers else self.reply_count

    @property
    def reply_count(self) -> int:
        """Number of visible posts except the opening one."""
        return max(self.post_count - 1, 0)


class Post(models.Model):
    """A post. `source` is authoritative; `html` is derived from it by renderer version `html_version`.

    `parent` is the post under which it is shown, `reply_to` the one it replies to: comments nest one level deep. `text`
    is its plain text, for search and previews. `number` is unique in its thread and is the permalink. `version` counts
    edits: an editor sends the one they started from. `submission` is the form's idempotency key.
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
    text = models.TextField(blank=True)
    excerpt = models.CharField(max_length=400, blank=True)
    headings = models.JSONField(default=list, blank=True)
    render_notice = models.CharField(max_length=400, blank=True)
    language = models.CharField(max_length=10, default="en")
    version = models.PositiveIntegerField(default=1)
    score = models.IntegerField(default=0)

    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
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
            models.Index("thread", F("score").desc(), "number", condition=Q(role="answer"), name="answers_by_score"),
            models.Index("author", F("created_at").desc(), F("id").desc(), name="post_author_new"),
            models.Index(F("created_at").desc(), F("id").desc(), name="post_new"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} in thread {self.thread_id}"

    def get_absolute_url(self) -> str:
        """Return the permalink, which opens the right page of the thread with this post marked.

        Requires `thread` loaded.
        """
        if self.is_opening:
            return self.thread.get_absolute_url()
        if self.thread.kind in (Kind.ARTICLE, Kind.NOTE):
            return f"{self.thread.get_absolute_url()}?post={self.number}#{self.anchor}"
        return reverse("forum:post", args=[self.thread_id, self.thread.slug or "-", self.number]) + f"#{self.anchor}"

    @property
    def is_opening(self) -> bool:
        return self.role == Role.OPENING

    @property
    def is_visible(self) -> bool:
        return self.hidden_at is None and self.deleted_at is None

    @property
    def verb(self) -> str:
        """The author's action, for activity lists. Requires `thread` loaded."""
        if self.is_opening:
            return str(self.thread.words.began)
        return str(_("solved") if self.thread.solved_post_id == self.pk else self.thread.words.replied)

    @property
    def anchor(self) -> str:
        return f"post-{self.number}"


class Revision(models.Model):
    """A complete earlier source of a post. `number` is the post's version at the time.

    `editor`, `reason` and `created_at` belong to the edit that replaced it with version `number + 1`.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True)
    source = models.TextField()
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="revision_number_unique")]

    def __str__(self) -> str:
        return f"revision {self.number} of post {self.post_id}"


class Draft(models.Model):
    """Text saved while typing. `key` names the form: `new:question`, `reply:12`, `edit:45`.

    An alternative version from another tab or device has a suffix of `~` and letters: `reply:12~k3x`.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=60)
    title = models.CharField(max_length=200, blank=True)
    source = models.TextField(blank=True)
    fields = models.JSONField(default=dict, blank=True)
    base_version = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_draft_a_box")]

    def __str__(self) -> str:
        return f"draft {self.key} of {self.owner_id}"

    @property
    def box(self) -> str:
        return self.key.partition("~")[0]

    @property
    def is_aside(self) -> bool:
        return "~" in self.key

    @property
    def box_kind(self) -> str:
        return self.box.partition(":")[0]

    @property
    def number(self) -> int | None:
        """Primary key in the form's key."""
        rest = self.box.partition(":")[2]
        return int(rest) if rest.isascii() and rest.isdecimal() and len(rest) < 19 else None

    def as_dict(self) -> dict[str, Any]:
        """Return what an editor compares its text with."""
        names = ("key", "version", "title", "source", "fields", "base_version")
        return {name: getattr(self, name) for name in names} | {"at": self.updated_at.isoformat()}


class Mention(models.Model):
    """A person mentioned by a post with @handle, notified once per post."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    notified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in post {self.post_id}"


EVENT_ICONS: dict[str, str] = {
    actions.Action.LOCK: "lock",
    actions.Action.UNLOCK: "lock-open",
    actions.Action.MOVE: "folder-input",
    actions.Action.RETAG: "tag",
}


class Event(models.Model):
    """A public change of a thread other than its text: closed, pinned, moved, retagged.

    `after_number` is the newest post at the time. A move goes from `from_category` to `category`; tags are names.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="events")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=30)
    reason = models.CharField(max_length=200, blank=True)
    from_category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    tags_added = models.JSONField(default=list, blank=True)
    tags_removed = models.JSONField(default=list, blank=True)
    after_number = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.action} thread {self.thread_id}"

    @property
    def action_words(self) -> str:
        """The action in the reader's language."""
        return actions.words(self.action)

    @property
    def icon(self) -> str:
        return EVENT_ICONS.get(self.action, "pin")


def _reader_is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
