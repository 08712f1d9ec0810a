"""Threads: a question, discussion, article or note, whose first Post is its body."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from community.common.addresses import address_of
from community.content.kind_words import KIND_WORDS, KindWords
from community.content.querysets import Reader, ThreadQuerySet

from .kinds import Kind, Role
from .taxonomy import Category, Tag

if TYPE_CHECKING:
    from community.accounts.models import User
    from community.content.listed_tags import ListedTag
    from community.content.unread import Unread

    from .posts import Post


# What a visitor can see, as ThreadQuerySet.public selects it: a list of threads reads nothing else.
IS_PUBLIC = Q(published_at__isnull=False, hidden_at=None, deleted_at=None)
IS_UNANSWERED = IS_PUBLIC & Q(kind="question", answer_count=0, held_at=None)
IS_DRAFT = Q(published_at=None, deleted_at=None)
IS_PINNED = Q(pinned_at__isnull=False)
QUIET_AFTER = timedelta(days=180)
HANDFUL = 5  # replies; with more a thread has a search of its own
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
            name="_".join([*before, "to_answer"]),
            condition=IS_UNANSWERED,
        )
        for before in ((), ("category",), ("author",))
    ]


class Thread(models.Model):
    """A thread, with all columns that lists sort and filter by, so that every list is one keyset query on one index.

    `published_at` is null for a draft. `last_number` never decreases: permalinks are not reused. `title_html` is the
    title with its formulas; for an untitled note, its first words. `lead_embed` is the key of the first embed (a run's
    spec hash) of the opening post, for the sparkline in lists. `withdrawn_answer` was accepted when it was removed, and
    is accepted again when it is restored, unless another one is by then. `solved_at` is when the answer was accepted,
    `solved_embed` the key of the embed that shows it to be right. Since `answer_locked_at` only moderators change which
    one is accepted. Since `held_at` a question takes no answers, only comments.
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
    listed_tags: tuple[ListedTag, ...] = ()  # set by listed_tags.find_tags
    last_poster: User | None  # author of the newest post, set by last_posters.find_last_posters; None if not met
    last_role: str  # of that post, set with it
    spark: SafeString | None  # of the leading embed, set by embeds.draw_sparks
    proof: Callable[..., SafeString] | None = None  # draws the curve of `solved_embed`, set by forum.proofs
    reason: SafeString = SafeString("")  # of one reader: why it is in their list
    unread: Unread | None = None  # of one reader, set by unread.find_unread
    last_visit: datetime | None = None  # of one reader, on the last thread of a list that is newer
    read_number: int | None = None  # of one reader, as those after it: set by reader_state.set_on
    read_at: datetime | None = None
    read_seconds: int | None = None
    text_read: int | None = None
    unread_count: int | None = None
    first_unread: int | None = None
    invitation_key: int | None = None

    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    last_post_at = models.DateTimeField(default=timezone.now)
    last_number = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)
    answer_count = models.PositiveIntegerField(default=0)
    score = models.IntegerField(default=0)
    lead_embed = models.CharField(max_length=64, blank=True)

    solved_embed = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    solved_post = models.ForeignKey("Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    solved_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_answer = models.ForeignKey(
        "Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False, editable=False
    )
    answer_locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    locked_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True, editable=False)
    pinned_at = models.DateTimeField(null=True, blank=True)
    is_pinned_everywhere = models.BooleanField(default=False, db_default=False, editable=False)
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

    def is_new(self, post: Post, reader: Reader) -> bool:
        """Return whether others wrote a post after the reader, who has been here before, last read on."""
        return (
            self.read_number is not None
            and self.read_at is not None
            and post.author_id != reader.pk
            and post.number > self.read_number
            and post.created_at > self.read_at
            and post.is_visible
        )

    @property
    def begun(self) -> int:
        """How much of its text a reader who stopped in the middle has seen, in percent; 0 for any other."""
        return (self.text_read or 0) % 100

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def is_answer_locked(self) -> bool:
        """Whether moderators locked the accepted answer; while it is removed, there is none to lock."""
        return self.answer_locked_at is not None and self.is_solved

    @property
    def is_held(self) -> bool:
        return self.held_at is not None

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

    @property
    def votes(self) -> str:
        """The votes on it, in words; nothing for none, as most have."""
        return f"{self.score} {ngettext('vote', 'votes', abs(self.score))}" if self.score else ""

    @property
    def last_verb(self) -> str:
        return self.verb_of(self.last_role)

    def verb_of(self, role: str) -> str:
        """Return what the author of a post with this role did in it: asked, answered, commented."""
        words = self.words
        verbs = {Role.OPENING: words.began, Role.ANSWER: words.replied, Role.COMMENT: words.commented}
        return str(verbs[Role(role)])

    @property
    def has_search(self) -> bool:
        """Whether it has more posts than are seen at a glance."""
        return self.reply_count > HANDFUL


@lru_cache(maxsize=2_000)
def _in_words(kind: str, count: int, language: str | None) -> str:
    """Return a number of replies in the language, which is that of the reader."""
    shown = number_format(count, use_l10n=True, force_grouping=True)
    return KIND_WORDS[kind].replies % {"count": count, "shown": shown}
