"""Threads and posts. A Thread is a question, discussion, article or note; its first Post is its body."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from community.audit import actions
from community.common.addresses import address_of

from .kind_words import KIND_WORDS, KindWords
from .querysets import (
    CategoryQuerySet,
    DraftQuerySet,
    PostQuerySet,
    ReadPositionQuerySet,
    TagListingQuerySet,
    TagQuerySet,
    ThreadQuerySet,
)

if TYPE_CHECKING:
    from community.accounts.models import User

    from .mentioned_in import MentionIn
    from .shown import ShownTag
    from .unread import Unread


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
    """A forum category. Nested by parent; named in both languages; `tone` is the colour of its dot.

    `thread_count` is the number of its own public threads, without those of categories within it.
    """

    slug = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True)
    description = models.CharField(max_length=300, blank=True)
    description_zh = models.CharField(max_length=300, blank=True)
    tone = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    # Not positive: the release before does not count what it writes, so that during a deploy there may be too few.
    thread_count = models.IntegerField(default=0, db_default=0, editable=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return address_of("forum:category", self.slug)

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
        return address_of("forum:tag", self.slug)


# What a visitor can see, as ThreadQuerySet.public selects it: a list of threads reads nothing else.
IS_PUBLIC = Q(published_at__isnull=False, hidden_at=None, deleted_at=None)
IS_UNANSWERED = IS_PUBLIC & Q(kind="question", answer_count=0)
IS_DRAFT = Q(published_at=None, deleted_at=None)
IS_PINNED = Q(pinned_at__isnull=False)
QUIET_AFTER = timedelta(days=180)
NEW_FOR = timedelta(days=14)
LIST_ORDERS = {"latest": "last_post_at", "new": "published_at", "top": "score"}


def _list_indexes() -> list[models.Index]:
    """Return an index for each order of the list of all threads, of a kind, of a category and of an author."""
    indexes = [
        models.Index(
            *before, F(column).desc(), F("id").desc(), name=f"public_{'_'.join([*before, name])}", condition=IS_PUBLIC
        )
        for before in ((), ("kind",), ("category",), ("author",))
        for name, column in LIST_ORDERS.items()
    ]
    return indexes + [
        models.Index(
            *before,
            F("published_at").desc(),
            F("id").desc(),
            name=f"{'_'.join([*before, 'unanswered'])}",
            condition=IS_UNANSWERED,
        )
        for before in ((), ("category",), ("author",))
    ]


class Thread(models.Model):
    """A thread, with all columns that lists sort and filter by, so that every list is one keyset query on one index.

    `published_at` is null for a draft. `last_number` never decreases: permalinks are not reused. `title_html` is the
    title with its formulas; for an untitled note, its first words. `lead_embed` is the key of the first embed (a run's
    spec hash) of the opening post, for the sparkline in lists. `withdrawn_answer` was accepted when it was removed, and
    is accepted again when it is restored, unless another one is by then.
    """

    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200, blank=True)
    title_html = models.TextField(blank=True)
    slug = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=10, default="en")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="threads")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="threads")
    tags = models.ManyToManyField(Tag, blank=True, related_name="threads")

    first_words: str | None  # of the opening post, for an untitled note; set by lists
    listed_tags: tuple[ShownTag, ...]  # set by listed_tags.find_tags
    last_poster: User | None  # author of the newest post, set by last_posters.find_last_posters; None if not met
    spark: SafeString | None  # of the leading embed, set by embeds.draw_sparks
    reason: SafeString = SafeString("")  # of one reader: why it is in their list
    unread: Unread | None = None  # of one reader, set by unread.find_unread
    last_visit: datetime | None = None  # of one reader, on the last thread of a list that is newer
    read_number: int | None = None  # of one reader, as those after it: set by reader_state.set_on
    read_at: datetime | None = None
    unread_count: int | None = None
    first_unread: int | None = None

    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    last_post_at = models.DateTimeField(default=timezone.now)
    last_number = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)
    answer_count = models.PositiveIntegerField(default=0)
    score = models.IntegerField(default=0)
    lead_embed = models.CharField(max_length=64, blank=True)

    solved_post = models.ForeignKey("Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_answer = models.ForeignKey(
        "Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False, editable=False
    )
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
            *_list_indexes(),
            models.Index(
                "author",
                "kind",
                F("published_at").desc(),
                F("id").desc(),
                name="public_author_kind",
                condition=IS_PUBLIC,
            ),
            models.Index("author", F("created_at").desc(), F("id").desc(), name="author_drafts", condition=IS_DRAFT),
            models.Index(F("pinned_at").desc(), F("id").desc(), name="public_pinned", condition=IS_PUBLIC & IS_PINNED),
            models.Index(
                "withdrawn_answer", name="thread_withdrawn", condition=Q(withdrawn_answer__isnull=False)
            ),  # for the deletion of a post, which looks for threads that refer to it
        ]

    def __str__(self) -> str:
        return self.title or f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        if self.kind == Kind.ARTICLE:
            return address_of("blogs:article", self.pk, self.slug or "-")
        if self.kind == Kind.NOTE:
            return address_of("blogs:note", self.pk)
        return address_of("forum:thread", self.pk, self.slug or "-")

    def address_of_post(self, number: int, **query: str) -> str:
        """Return the permalink of a reply, which opens the right page of the thread with this post marked."""
        place = "" if self.kind in (Kind.ARTICLE, Kind.NOTE) else f"{number}/"  # the route `forum:post`
        asked = urlencode(query if place else {"post": number, **query})
        return f"{self.get_absolute_url()}{place}{'?' if asked else ''}{asked}#post-{number}"

    def address_in_time(self, number: int, view: str = "") -> str:
        """Return the address of a reply on the page that goes on in the order in which they were written."""
        if view:
            return self.address_of_post(number, view=view)
        return (
            self.address_of_post(number, order="oldest") if self.kind == Kind.QUESTION else self.address_of_post(number)
        )

    def is_new(self, post: Post) -> bool:
        """Return whether a post was written after the reader, who has been here before, last read on."""
        return (
            self.read_number is not None
            and self.read_at is not None
            and post.number > self.read_number
            and post.created_at > self.read_at
            and post.is_visible
        )

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def is_quiet(self) -> bool:
        """Whether nobody has written here for so long that a reply may never be read."""
        return timezone.now() - self.last_post_at > QUIET_AFTER

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
        return _in_words(self.kind, self.answers_or_replies, get_language())

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


class Period(models.TextChoices):
    """How far back the best threads go. In order: what is in a period is in all longer ones."""

    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")


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


IS_VOTED = Q(score__gt=0, hidden_at=None, deleted_at=None)
IS_BEST_ANSWER = IS_VOTED & Q(role="answer")


class Post(models.Model):
    """A post. `source` is authoritative; `html` is derived from it by renderer version `html_version`.

    `parent` is the post under which it is shown, `reply_to` the one it replies to: comments nest one level deep. `text`
    is its plain text, for search and previews. `number` is unique in its thread and is the permalink. `version` counts
    edits: an editor sends the one they started from. `submission` is the form's idempotency key. `is_first` is set on
    the first post of its author that was public, by the job that announces it.
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
    is_first = models.BooleanField(default=False, db_default=False, editable=False)

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
            models.Index("parent", "number", name="post_children"),
            models.Index("thread", F("score").desc(), "number", name="post_best", condition=IS_VOTED),
            models.Index("thread", "role", "number", name="post_branches", condition=Q(parent=None)),
            models.Index(
                "author",
                F("created_at").desc(),
                F("id").desc(),
                name="author_answers",
                condition=Q(role="answer", hidden_at=None, deleted_at=None),
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
    def begins(self) -> bool:
        """Whether its author has posted for the first time, and not long ago."""
        return self.is_first and self.is_visible and timezone.now() - self.created_at < NEW_FOR

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


LONG_READ = 240  # seconds
IS_UNREAD = Q(newest__gt=F("number"))
TAG_COLUMNS = ("tag_1", "tag_2", "tag_3", "tag_4", "tag_5")


class ReadPosition(models.Model):
    """How far a person has read a thread that they opened or wrote in: to the post `number`, at `read_at`.

    They have spent `seconds` in it, as their browser says, which are counted until it is LONG_READ.

    `newest` is the number of the newest public post. It and the columns after it are copied from the thread, so that
    lists of unread threads are in order on an index; TAG_COLUMNS have the keys of its tags, which are five at most.
    Reading writes the first two of these columns, and jobs the rest: neither can undo what the other wrote.
    """

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    read_at = models.DateTimeField()
    seconds = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
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
        indexes = [models.Index("owner", F("updated_at").desc(), F("id").desc(), name="draft_new")]
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


class PostLink(models.Model):
    """A link from a post to a post of another thread, or to a run: then `target` is null and `embed` is its spec hash.

    `linking` finds them. They exist while `post` is public.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="links", db_index=False)
    target = models.ForeignKey(Post, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    embed = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "target"], condition=Q(target__isnull=False), name="one_link_to_a_post"
            ),
            models.UniqueConstraint(fields=["post", "embed"], condition=~Q(embed=""), name="one_link_to_a_run"),
            models.CheckConstraint(
                condition=Q(target=None) & ~Q(embed="") | Q(target__isnull=False) & Q(embed=""),
                name="link_to_post_or_run",
            ),
        ]
        indexes = [
            models.Index("post", name="link_post"),
            models.Index("target", F("post").desc(), name="link_target", condition=Q(target__isnull=False)),
            models.Index("embed", F("post").desc(), name="link_embed", condition=~Q(embed="")),
        ]

    def __str__(self) -> str:
        return f"post {self.post_id} links to {self.embed or f'post {self.target_id}'}"


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


@lru_cache(maxsize=2_000)
def _in_words(kind: str, count: int, language: str | None) -> str:
    """Return a number of replies in the language, which is that of the reader."""
    shown = number_format(count, use_l10n=True, force_grouping=True)
    return KIND_WORDS[kind].replies % {"count": count, "shown": shown}
