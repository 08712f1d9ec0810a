"""Querysets of threads and posts. `visible_to` is the only place that defines who sees a row."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from community.accounts.columns import unshown_columns

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.accounts.models import User
    from community.content.models import Tag, Thread

type Reader = User | AnonymousUser


class CategoryQuerySet(models.QuerySet):
    def keys_within(self, *keys: int) -> list[int]:
        """Return the keys of these categories and all their descendants."""
        if not keys:
            return []
        parents = self._parents()
        return [pk for pk in parents if not set(keys).isdisjoint(_path(pk, parents))]

    def paths(self) -> dict[int, list[int]]:
        """Return the path from each category to its root."""
        parents = self._parents()
        return {pk: _path(pk, parents) for pk in parents}

    def keys_around(self, key: int) -> list[int]:
        """Return the keys of a category and its ancestors: `b in keys_within(a)` when `a in keys_around(b)`."""
        return _path(key, self._parents())

    def _parents(self) -> dict[int, int | None]:
        return dict(self.model._default_manager.order_by("pk").values_list("pk", "parent"))


def _path(key: int, parents: dict[int, int | None]) -> list[int]:
    """Return the path from a category to its root; stops at a cycle."""
    path: list[int] = []
    step: int | None = key
    while step is not None and step not in path:
        path.append(step)
        step = parents.get(step)
    return path


class TagQuerySet(models.QuerySet):
    def used(self):
        """Return tags of at least one public thread; others are indistinguishable from unknown ones."""
        return self.filter(thread_count__gt=0, synonym_of=None)

    def meant_by(self, slug: str) -> Tag | None:
        """Return the tag that has this slug or a synonym with it; others may not be shown that it exists."""
        rows = apps.get_model("content", "Tag").objects.select_related("synonym_of", "parent")
        found = rows.filter(slug=slug).first()
        return found and (found.synonym_of or found)


class TagListingQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(is_unanswered=True)


class ThreadQuerySet(models.QuerySet):
    def public(self):
        """Return what a visitor can see."""
        return self.filter(published_at__isnull=False, hidden_at=None, deleted_at=None)

    def visible_to(self, user: Reader):
        """Return public threads, one's own in any state, and everything except others' drafts for staff."""
        if not user.is_authenticated:
            return self.public()
        public = Q(published_at__isnull=False, hidden_at=None, deleted_at=None)
        if user.is_staff:
            return self.filter(Q(published_at__isnull=False) | Q(author=user))
        return self.filter(public | Q(author=user))

    def drafts_of(self, user: Reader):
        return self.filter(author=user, published_at=None, deleted_at=None)

    def published_lately(self, author: User):
        """Return an author's public threads of the last hour, with the `submission` of each."""
        opening = apps.get_model("content", "Post").objects.filter(thread=OuterRef("pk"), role="opening")
        lately = self.public().filter(author=author, published_at__gt=timezone.now() - timedelta(hours=1))
        return lately.annotate(submission=Subquery(opening.values("submission")[:1]))

    def unanswered(self):
        """Return questions without an answer that take one."""
        return self.filter(kind="question", answer_count=0, held_at=None)

    def for_lists(self):
        """Load everything a list shows of a thread."""
        return self.for_rows().prefetch_related("tags")

    def for_rows(self):
        """Load what a row of a list shows, except its tags, which `listed_tags.find_tags` reads for less.

        `first_words` replace the title of an untitled note.
        """
        posts = apps.get_model("content", "Post").objects
        opening = posts.filter(thread=OuterRef("pk"), role="opening").values("excerpt")[:1]
        rows = self.select_related("author", "category").defer(*unshown_columns("author"))
        return rows.annotate(first_words=Subquery(opening))


class PostQuerySet(models.QuerySet):
    def public(self):
        return self.filter(
            hidden_at=None,
            deleted_at=None,
            thread__published_at__isnull=False,
            thread__hidden_at=None,
            thread__deleted_at=None,
        )

    def visible_to(self, user: Reader):
        """Return public posts, one's own in visible threads, and everything published for staff."""
        if not user.is_authenticated:
            return self.public()
        if user.is_staff:
            return self.filter(Q(thread__published_at__isnull=False) | Q(thread__author=user))
        public = Q(
            hidden_at=None,
            deleted_at=None,
            thread__published_at__isnull=False,
            thread__hidden_at=None,
            thread__deleted_at=None,
        )
        thread_seen = Q(thread__author=user) | Q(
            thread__published_at__isnull=False, thread__hidden_at=None, thread__deleted_at=None
        )
        return self.filter(public | (Q(author=user) & thread_seen))

    def visible_in(self, thread: Thread, user: Reader):
        """Return what `visible_to` does of one loaded thread, which this reader sees: by columns of posts alone."""
        return self.filter(seen_in(thread, user), thread=thread)

    def replies(self):
        return self.exclude(role="opening")

    def answers(self):
        return self.filter(role="answer")

    def comments(self):
        return self.filter(role="comment")


def seen_in(thread: Thread, user: Reader) -> Q:
    """Match posts that this reader sees, among those of a thread that they see."""
    if user.is_authenticated and user.is_staff:
        return Q()
    own = Q(author=user) if user.is_authenticated else Q(pk__in=())
    if thread.is_draft or thread.hidden_at is not None or thread.deleted_at is not None:
        return own
    public = Q(hidden_at=None, deleted_at=None)
    return public | own if user.is_authenticated else public


class ReadPositionQuerySet(models.QuerySet):
    def unread(self):
        """Return those of threads with a public post beyond them."""
        return self.filter(newest__gt=F("number"))


class DraftQuerySet(models.QuerySet):
    def of(self, user: Reader):
        return self.filter(owner=user)
