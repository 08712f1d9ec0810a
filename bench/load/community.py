"""A synthetic community in the database: threads, posts, votes, follows, notices, drafts, runs and the search index.

Counters are true (`check_invariants`), each distinct body is rendered once, and everything is the same for one size.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils.html import escape

from bench.load import search_rows
from bench.load.people import write_people
from bench.load.rows import Rows, set_sequences
from bench.load.runs import write_runs
from bench.load.texts import NOW, SPAN, Shape, Texts, Topic
from community.blogs.models import Article, new_preview_token
from community.blogs.reading import reading_minutes
from community.content import bodies, listings, slugs
from community.content.models import Category, Draft, Kind, Post, Role, Tag, TagListing, Thread
from community.content.ranking import rank_of
from community.notifications.models import Notification
from community.rendering.prefixes import NEUTRAL, with_prefix
from community.social.models import Bookmark, Follow, Reaction

TAGS = 40
TOPICS_A_BATCH = 500
THREADS_A_STATEMENT = 5_000
RENDERINGS = 10
QUESTION_EVERY = 5
VOTED = 0.2  # share of posts with votes
TOLD = 0.3  # share of replies of which the thread's author keeps a notice
READER = 7  # user007, as whom members' pages are measured
DRAFTS, BOOKMARKS = 12, 60  # of the reader


class Community:
    """Writes a community of one shape into an empty database; `say` gets a line of progress now and then."""

    def __init__(self, shape: Shape, *, say: Callable[[str], None]) -> None:
        self.shape, self.say = shape, say
        self.texts = Texts(shape)
        self.chance = random.Random(5)
        self.tagged: Counter[int] = Counter()
        self.filed: Counter[int] = Counter()

    def write(self) -> None:
        """Write everything, in transactions of a few hundred threads."""
        began = NOW - timedelta(seconds=SPAN)
        with transaction.atomic():
            self.people = write_people(self.texts.people, joined=began)
            self.categories = self._write_categories()
            self.tags = self._write_tags()
        bodies.warm()
        self.say(f"rendering {self.shape.bodies} bodies")
        self.columns = [self._rendered(body, "reply") for body in self.texts.bodies]
        self.tables = _Tables()
        with search_rows.without_word_index():
            self._write_topics()
            self._write_articles()
        with transaction.atomic():
            self._write_follows()
            self._write_readers_rows()
            self._write_counts()
            self._list_by_tag()
            write_runs(self.shape.runs, people=self.people[: self.shape.people // 2])
        set_sequences(*_with_keys())
        search_rows.index_named()

    def _rendered(self, source: str, kind: str) -> dict[str, Any]:
        """Render a text. On a busy machine the renderer may run out of time, and is asked again."""
        for _ in range(RENDERINGS):
            body = bodies.render_post(source, kind=kind, number=1 if kind == "article" else None)
            if body.is_final:
                return body.columns | {"source": source}
        raise RuntimeError(f"the renderer gave up on a text {RENDERINGS} times; is the machine overloaded?")

    def _write_topics(self) -> None:
        topics = self.texts.topics()
        self.articles: list[Topic] = []
        done = 0
        while batch := list(islice(topics, TOPICS_A_BATCH)):
            self.articles += batch[: self.shape.articles - len(self.articles)]
            with transaction.atomic():
                for topic in batch:
                    self._add_topic(topic)
                self.tables.write()
            done += len(batch)
            if done % (10 * TOPICS_A_BATCH) == 0:
                self.say(f"{done:,} of {self.shape.topics:,} threads")

    def _add_topic(self, topic: Topic) -> None:
        kind = Kind.DISCUSSION
        if topic.index > self.shape.twenties and topic.index % QUESTION_EVERY == 0:
            kind = Kind.QUESTION
        reply_role = Role.ANSWER if kind == Kind.QUESTION else Role.COMMENT
        pk, score, solved = self.tables.threads.next_pk(), 0, None
        for number, post in enumerate(topic.posts, start=1):
            role = Role.OPENING if number == 1 else reply_role
            columns = self.columns[post.body]
            post_pk, votes = self._add_post(pk, number, role, post.user, post.at, columns)
            if number == 1:
                score = votes
            elif kind == Kind.QUESTION and number == 2 and topic.index % (2 * QUESTION_EVERY) == 0:
                solved = post_pk
            if number > 1:
                self._add_notice(topic, number, post_pk)
            title = topic.title[:200] if number == 1 else ""
            self.tables.search.add(post_pk, title, columns["text"], key=post.body)
        first, last, count = topic.posts[0], topic.posts[-1], len(topic.posts)
        answers = count - 1 if kind == Kind.QUESTION else 0
        category = self.categories[topic.category]
        times = (first.at, first.at, last.at)
        self._add_thread(pk, kind, topic.title, first.user, category, times, count, answers, score, solved)

    def _write_articles(self) -> None:
        """Write articles: the first three posts of the first topics, each as one text."""
        articles = Rows(Article, "thread_id", "preview_token", "reading_minutes", "created_at")
        self.say(f"rendering {len(self.articles)} articles")
        for topic in self.articles:
            source = "\n\n".join(self.texts.bodies[post.body] for post in topic.posts[:3])
            columns = self._rendered(source, "article")
            first = topic.posts[0]
            pk = self.tables.threads.next_pk()
            post_pk, score = self._add_post(pk, 1, Role.OPENING, first.user, first.at, columns)
            self.tables.search.add(post_pk, topic.title[:200], columns["text"], key=None)
            times = (first.at, first.at, first.at)
            self._add_thread(pk, Kind.ARTICLE, topic.title, first.user, None, times, 1, 0, score, None)
            articles.add(pk, new_preview_token(), reading_minutes(columns["text"]), first.at)
        with transaction.atomic():
            self.tables.write()
            articles.write()

    def _add_thread(self, pk, kind, title, user, category, times, posts, answers, score, solved) -> None:
        """Add a thread, created, published and last written in at `times`, and its tags."""
        title = title[:200]
        if category is not None:
            self.filed[category] += 1
        self.tables.threads.add(
            pk,
            kind,
            title,
            escape(title),
            slugs.slug_for(title),
            self.people[user],
            category,
            *times,
            posts,
            posts,
            answers,
            score,
            solved,
        )
        for place in self.chance.sample(range(TAGS), k=self.chance.randrange(1, 3)):
            self.tagged[place] += 1
            self.tables.thread_tags.add(self.tables.thread_tags.next_pk(), pk, self.tags[place])

    def _add_post(self, thread, number, role, user, at, columns) -> tuple[int, int]:
        """Add a post and its votes. Returns its key and its score."""
        pk = self.tables.posts.next_pk()
        up, down = self._add_votes(pk, user, at) if self.chance.random() < VOTED else (0, 0)
        html = columns["html"]
        if NEUTRAL in html:
            html = with_prefix(html, f"p{number}-")
        self.tables.posts.add(
            pk,
            thread,
            number,
            role,
            self.people[user],
            columns["source"],
            html,
            columns["html_version"],
            columns["text"],
            columns["excerpt"],
            up - down,
            up,
            down,
            rank_of(up, down),
            at,
        )
        return pk, up - down

    def _add_votes(self, post: int, author: int, at) -> tuple[int, int]:
        """Add votes. Returns how many say that the post is useful, and how many that it is not."""
        values = []
        for voter in self.chance.sample(range(self.shape.people), k=self.chance.randrange(1, 5)):
            if voter != author:
                value = -1 if self.chance.random() < 0.1 else 1
                values.append(value)
                self.tables.votes.add(self.tables.votes.next_pk(), self.people[voter], post, value, at)
        return values.count(1), values.count(-1)

    def _add_notice(self, topic: Topic, number: int, post: int) -> None:
        author, replier = topic.posts[0].user, topic.posts[number - 1]
        if author == replier.user or self.chance.random() > TOLD:
            return
        at = replier.at
        read = None if at > NOW - timedelta(days=20) else at + timedelta(days=1)
        self.tables.notices.add(
            self.tables.notices.next_pk(),
            self.people[author],
            self.people[replier.user],
            "reply",
            "post",
            post,
            f"post:{post}",
            at,
            at,
            read,
        )

    def _write_categories(self) -> list[int]:
        rows = Rows(Category, "id", "slug", "name", "description", "tone", "position")
        keys = []
        for number, (name, description) in enumerate(self.texts.categories):
            keys.append(rows.next_pk())
            rows.add(keys[-1], f"cat-{number}", name[:80], description[:250], number % 8, 100 + number)
        rows.write()
        return keys

    def _write_tags(self) -> list[int]:
        rows = Rows(Tag, "id", "slug", "name")
        keys = []
        for number in range(TAGS):
            keys.append(rows.next_pk())
            rows.add(keys[-1], f"tag-{number}", f"tag-{number}")
        rows.write()
        return keys

    def _write_counts(self) -> None:
        for place, count in self.tagged.items():
            Tag.objects.filter(pk=self.tags[place]).update(thread_count=count)
        for pk, count in self.filed.items():
            Category.objects.filter(pk=pk).update(thread_count=count)

    def _list_by_tag(self) -> None:
        last = self.tables.threads.next_pk()
        for first in range(0, last, THREADS_A_STATEMENT):
            listings.relist(Thread.objects.filter(pk__gte=first, pk__lt=first + THREADS_A_STATEMENT))

    def _write_follows(self) -> None:
        rows = Rows(Follow, "id", "follower_id", "person_id", "tag_id", "category_id", "thread_id", "created_at")

        def add(follower, *, person=None, tag=None, category=None, thread=None) -> None:
            rows.add(rows.next_pk(), follower, person, tag, category, thread, NOW)

        threads = list(Thread.objects.order_by("pk").values_list("pk", flat=True)[: 20 * self.shape.people])
        for place, pk in enumerate(self.people):
            for other in self._followed_by(place):
                add(pk, person=self.people[other])
            for thread in self.chance.sample(threads, k=5):
                add(pk, thread=thread)
            for tag in self.chance.sample(self.tags, k=3):
                add(pk, tag=tag)
            add(pk, category=self.chance.choice(self.categories))
        rows.write()

    def _followed_by(self, place: int) -> set[int]:
        """Return whom a person follows: ten others, the first `most_followers` user 1 too; user 2 very many."""
        people = self.shape.people
        wanted = self.shape.most_followed if place == 2 else 30 if place == READER else 10
        chosen = set(self.chance.sample(range(people), k=min(wanted + 1, people)))
        chosen -= {place, 1}
        while len(chosen) > wanted:
            chosen.pop()
        if place != 1 and (place <= self.shape.most_followers):
            chosen.add(1)
        return chosen

    def _write_readers_rows(self) -> None:
        """Write drafts and bookmarks, of which the reader has many."""
        drafts = Rows(Draft, "id", "owner_id", "key", "source", "updated_at")
        kept = Rows(Bookmark, "id", "user_id", "post_id", "created_at")
        posts = list(Post.objects.order_by("pk").values_list("pk", "thread_id", "created_at")[:20_000])
        for place, pk in enumerate(self.people):
            wanted = DRAFTS if place == READER else 1
            for thread in sorted({post[1] for post in self.chance.sample(posts, k=wanted)}):
                drafts.add(drafts.next_pk(), pk, f"reply:{thread}", self.chance.choice(self.texts.bodies), NOW)
            for post, _thread, at in self.chance.sample(posts, k=BOOKMARKS if place == READER else 3):
                kept.add(kept.next_pk(), pk, post, at)
        drafts.write()
        kept.write()


def analyze() -> None:
    """Let the database learn what is in its tables, as it would by itself in time. Not within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


class _Tables:
    """The tables that are filled together, a batch of threads at a time."""

    def __init__(self) -> None:
        self.threads = Rows(
            Thread,
            "id",
            "kind",
            "title",
            "title_html",
            "slug",
            "author_id",
            "category_id",
            "created_at",
            "published_at",
            "last_post_at",
            "last_number",
            "post_count",
            "answer_count",
            "score",
            "solved_post_id",
        )
        self.posts = Rows(
            Post,
            "id",
            "thread_id",
            "number",
            "role",
            "author_id",
            "source",
            "html",
            "html_version",
            "text",
            "excerpt",
            "score",
            "up_count",
            "down_count",
            "rank",
            "created_at",
        )
        self.thread_tags = Rows(Thread.tags.through, "id", "thread_id", "tag_id")
        self.votes = Rows(Reaction, "id", "user_id", "post_id", "value", "created_at")
        self.notices = Rows(
            Notification,
            "id",
            "recipient_id",
            "actor_id",
            "verb",
            "target_kind",
            "target_id",
            "key",
            "created_at",
            "last_at",
            "read_at",
        )
        self.search = search_rows.SearchRows()

    def write(self) -> None:
        for rows in (self.threads, self.posts, self.thread_tags, self.votes, self.notices, self.search):
            rows.write()


def _with_keys() -> Iterator[Any]:
    from allauth.account.models import EmailAddress

    from bpsandbox.models import Attachment, Run, Spec
    from community.accounts.models import User
    from community.search.models import Document

    yield from (
        User,
        EmailAddress,
        Category,
        Tag,
        TagListing,
        Thread,
        Thread.tags.through,
        Post,
        Reaction,
        Notification,
    )
    yield from (Follow, Draft, Bookmark, Spec, Run, Attachment, Document)
