from datetime import timedelta

import factory
from django.db.models import F
from django.utils import timezone
from factory.django import DjangoModelFactory

from community.content import listings
from community.content.models import Category, Kind, Post, Role, Thread, TopListing
from community.content.ranking import rank_of
from tests.factories.people import PersonFactory

COUNTERS = ("last_number", "post_count", "answer_count", "last_post_at")


class PostFactory(DjangoModelFactory):
    """A post of a thread with the next number; updates the thread's counters."""

    class Meta:
        model = Post

    author = factory.SubFactory(PersonFactory)
    role = Role.COMMENT
    source = "Some words.\n"
    text = factory.LazyAttribute(lambda post: post.source)
    excerpt = factory.LazyAttribute(lambda post: post.source[:200])
    html = factory.LazyAttribute(lambda post: f"<p>{post.source}</p>")
    score = 0
    up_count = factory.LazyAttribute(lambda post: max(post.score, 0))
    down_count = factory.LazyAttribute(lambda post: max(-post.score, 0))
    rank = factory.LazyAttribute(lambda post: rank_of(post.up_count, post.down_count))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        thread = kwargs["thread"]
        thread.last_number += 1
        thread.post_count += 1
        thread.answer_count += kwargs.get("role") == Role.ANSWER
        post = super()._create(model_class, *args, **{"number": thread.last_number, **kwargs})
        thread.last_post_at = post.created_at
        # Not `save`: at each, the lists of tags and periods would be written again.
        Thread.objects.filter(pk=thread.pk).update(**{name: getattr(thread, name) for name in COUNTERS})
        listings.refresh(thread.pk)
        return post


class AnswerFactory(PostFactory):
    role = Role.ANSWER


class CommentFactory(PostFactory):
    role = Role.COMMENT


class ThreadFactory(DjangoModelFactory):
    """A published discussion with its opening post, counted in its category; `draft=True` leaves it unpublished."""

    class Meta:
        model = Thread
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(published_at=None)

    kind = Kind.DISCUSSION
    author = factory.SubFactory(PersonFactory)
    title = factory.Sequence(lambda n: f"Thread number {n}")
    title_html = factory.LazyAttribute(lambda thread: thread.title)
    slug = factory.LazyAttribute(lambda thread: thread.title.lower().replace(" ", "-"))
    published_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        thread = model_class(*args, **kwargs)
        model_class.objects.bulk_create([thread])  # without a signal: its rows in lists follow
        if thread.published_at and not (thread.hidden_at or thread.deleted_at):
            Category.objects.filter(pk=thread.category_id).update(thread_count=F("thread_count") + 1)
            row = {name: getattr(thread, name) for name in ("pk", "published_at", "kind", "score")}
            TopListing.objects.bulk_create(listings._listings(category=thread.category_id, **row))
        return thread

    @factory.post_generation
    def opening(self, create, source, **fields):
        self.opening_post = PostFactory(
            thread=self,
            author=self.author,
            role=Role.OPENING,
            source=source or "What is this?\n",
            created_at=self.published_at or self.created_at,
            **fields,
        )


class QuestionFactory(ThreadFactory):
    kind = Kind.QUESTION


class VoterFactory(PersonFactory):
    """A member who has been here for a while and has posted, so that they can vote on questions."""

    class Meta:
        skip_postgeneration_save = True

    date_joined = factory.LazyFunction(lambda: timezone.now() - timedelta(days=30))
    first = factory.RelatedFactory(ThreadFactory, factory_related_name="author")
