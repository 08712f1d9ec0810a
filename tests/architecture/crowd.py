"""A small site that grows to ten thousand posts, inserted directly, to count queries at both sizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from bpsandbox.models import Spec
from community.accounts.models import User
from community.blogs.models import Article
from community.content import listings
from community.content.models import Category, Kind, Post, Role, Tag, Thread
from community.content.ranking import rank_of
from community.content.services import add_post, start_thread
from community.notifications.models import Notification
from community.search.backends import Entry, backend
from community.search.models import Document
from community.search.tokens import index_tokens
from community.social.models import Bookmark, Follow, Reaction
from tests.factories import PersonFactory
from tests.training import XOR, train

KINDS = (Kind.QUESTION, Kind.DISCUSSION, Kind.ARTICLE, Kind.NOTE)
BODY = """The error of a layer is $\\delta^{[l]} = (W^{[l+1]})^\\top \\delta^{[l+1]} \\odot \\sigma'(z^{[l]})$, so

$$\\frac{\\partial L}{\\partial W^{[l]}} = \\delta^{[l]} (a^{[l-1]})^\\top, \\qquad
\\frac{\\partial L}{\\partial b^{[l]}} = \\delta^{[l]}.$$

Look at the shapes first: `dW` has the shape of `W`. Then compare one number with a finite difference.
"""


@dataclass(frozen=True)
class Size:
    """`posts` are those of the long thread, `comments` those of a long one of each other kind."""

    posts: int
    comments: int
    threads_of_a_kind: int

    def __str__(self) -> str:
        return f"{self.posts} posts"


THOUSAND, TEN_THOUSAND = Size(1_000, 200, 60), Size(10_000, 1_000, 500)


@dataclass
class Crowd:
    """`paths` are the measured URLs by name; `others` one thread of each other kind."""

    reader: User
    writers: list[User]
    shelf: Category
    tag: Tag
    twenty: Thread
    big: Thread
    others: dict[str, Thread]
    paths: dict[str, str]

    def grow(self, size: Size) -> None:
        """Create a long thread, long ones of the other kinds, many others, and their rows."""
        _fill_big_thread(self, size.posts)
        for thread in self.others.values():
            _fill_with_comments(self, thread, size.comments)
        threads = _many_threads(self, size.threads_of_a_kind)
        posts = list(Post.objects.filter(thread__in=[thread.pk for thread in threads]).order_by("pk"))
        _tie_many(self, posts)
        _index_many(posts)


def settle() -> Crowd:
    """Create one of everything, about a dozen posts."""
    writers = [PersonFactory() for _ in range(5)]
    reader, shelf = PersonFactory(handle="reader"), Category.objects.get(slug="training-troubles")
    fields = {"author": writers[0], "tags": ["xor"], "publish": True}
    config = f"{BODY}\n```bp\n{XOR}```\n"
    twenty = start_thread(kind="question", title="Why $\\delta$?", source=config, category=shelf, **fields)
    big = start_thread(kind="question", title="A long one", source=config, category=shelf, **fields)
    slower = config.replace("lr: 2.0", "lr: 1.0")
    start_thread(kind="question", title="Unanswered", source=slower, category=shelf, **fields)
    others = {
        "discussion": start_thread(kind="discussion", title="Shapes", source=config, category=shelf, **fields),
        "article": start_thread(kind="article", title="By hand", source=f"## One\n\n{config}", **fields),
        "note": start_thread(kind="note", title="", source=config, **fields),
    }
    Article.objects.create(thread=others["article"], summary="Every number.")
    spec_hash, other_hash = train(), train()
    for thread in (twenty, big, *others.values()):
        reply = add_post(thread=_again(thread), author=writers[1], source=BODY)
        add_post(thread=_again(thread), author=writers[2], source="Thank you: $x$.", parent=reply)
    _fill_twenty(twenty, writers)
    tag = Tag.objects.get(slug="xor")
    crowd = Crowd(reader, writers, shelf, tag, _again(twenty), _again(big), others, {})
    _tie_few(crowd)
    crowd.paths = _paths(crowd, others, spec_hash, other_hash)
    return crowd


def _paths(crowd: Crowd, others: dict[str, Thread], spec_hash: str, other_hash: str) -> dict[str, str]:
    return {
        "home": "/",
        "latest": "/latest/",
        "latest, best first": "/latest/?order=top",
        "unanswered": "/latest/?order=unanswered",
        "questions": "/questions/",
        "discussions": "/discussions/",
        "category": crowd.shelf.get_absolute_url(),
        "tag": crowd.tag.get_absolute_url(),
        "tags": "/tags/",
        "thread of 20": crowd.twenty.get_absolute_url(),
        "long thread": crowd.big.get_absolute_url(),
        "discussion": others["discussion"].get_absolute_url(),
        "articles": "/articles/",
        "articles, best first": "/articles/?order=top",
        "article": others["article"].get_absolute_url(),
        "notes": "/notes/",
        "notes, best first": "/notes/?order=top",
        "note": others["note"].get_absolute_url(),
        "runs": "/runs/",
        "run": f"/runs/{spec_hash}/",
        "comparison": f"/compare/?runs={spec_hash},{other_hash}",
        "data sets": "/data/",
        "data set": "/data/digits/",
        "config language": "/config/",
        "profile": crowd.writers[0].get_absolute_url(),
        "answers of a profile": f"{crowd.writers[1].get_absolute_url()}?show=answer",
        "search": "/search/?q=shapes",
    }


def _fill_twenty(thread: Thread, writers: list[User]) -> None:
    """Create ten answers with eight comments; one answer is accepted."""
    answers = [add_post(thread=_again(thread), author=writers[n % 5], source=BODY) for n in range(9)]
    for number in range(9):
        parent = answers[number % 3]
        add_post(thread=_again(thread), author=writers[number % 5], source="Thank you: $x$.", parent=parent)
    Thread.objects.filter(pk=thread.pk).update(solved_post=answers[0])


def _fill_big_thread(crowd: Crowd, count: int) -> None:
    sample = crowd.big.posts.filter(role=Role.ANSWER).first()
    posts = [
        _copy(
            sample,
            crowd.big,
            author=crowd.writers[number % 5],
            role=Role.ANSWER,
            number=number,
            score=number % 7,
            up_count=number % 7,
            rank=rank_of(number % 7, 0),
        )
        for number in range(crowd.big.last_number + 1, count + 1)
    ]
    Post.objects.bulk_create(posts, batch_size=1000)
    Thread.objects.filter(pk=crowd.big.pk).update(post_count=count, answer_count=count - 1, last_number=count)


def _fill_with_comments(crowd: Crowd, thread: Thread, count: int) -> None:
    """Create comments; every second one replies to the first."""
    first = thread.posts.get(number=2)
    posts = [
        _copy(first, thread, author=crowd.writers[n % 5], role=Role.COMMENT, number=n, parent=first if n % 2 else None)
        for n in range(thread.posts.count() + 1, count + 1)
    ]
    Post.objects.bulk_create(posts, batch_size=1000)
    Thread.objects.filter(pk=thread.pk).update(post_count=count, last_number=count)


def _many_threads(crowd: Crowd, of_a_kind: int) -> list[Thread]:
    """Create threads of every kind with opening posts, in one category and under one tag; one in ten has a run."""
    now, minutes = timezone.now(), count()
    embed = Spec.objects.earliest("pk").hash
    threads = []
    for kind in KINDS:
        for number in range(of_a_kind):
            moment = now - timedelta(minutes=next(minutes))
            threads.append(
                Thread(
                    kind=kind,
                    title="" if kind == Kind.NOTE else f"{kind} {number}",
                    title_html=f"{kind} {number}",
                    slug=f"{kind}-{number}",
                    author=crowd.writers[number % 5],
                    category=crowd.shelf if kind in KINDS[:2] else None,
                    lead_embed=embed if number % 10 == 0 else "",
                    published_at=moment,
                    last_post_at=moment,
                    created_at=moment,
                    last_number=1,
                    post_count=1,
                )
            )
    threads = Thread.objects.bulk_create(threads, batch_size=1000)
    sample = crowd.big.posts.get(number=2)
    posts = [
        _copy(sample, thread, author=thread.author, role=Role.OPENING, number=1, created_at=thread.created_at)
        for thread in threads
    ]
    Post.objects.bulk_create(posts, batch_size=1000)
    links = [Thread.tags.through(thread_id=thread.pk, tag_id=crowd.tag.pk) for thread in threads]
    Thread.tags.through.objects.bulk_create(links, batch_size=1000)
    listings.relist(Thread.objects.filter(tags=crowd.tag))
    Article.objects.bulk_create(Article(thread=thread) for thread in threads if thread.kind == Kind.ARTICLE)
    return threads


def _copy(sample: Post, thread: Thread, **changes: Any) -> Post:
    same = {"source": "Look at the shapes.", "text": "Look at the shapes.", "html": "<p>Look at the shapes.</p>"}
    return Post(thread=thread, html_version=sample.html_version, excerpt="Look at the shapes.", **same | changes)


def _tie_few(crowd: Crowd) -> None:
    posts = list(Post.objects.order_by("pk")[:8])
    targets = {"person": crowd.writers[0]}, {"tag": crowd.tag}, {"category": crowd.shelf}, {"thread": crowd.twenty}
    Follow.objects.bulk_create(Follow(follower=crowd.reader, **target) for target in targets)
    _tie_many(crowd, posts)


def _tie_many(crowd: Crowd, posts: list[Post]) -> None:
    reader = crowd.reader
    Bookmark.objects.bulk_create((Bookmark(user=reader, post=post) for post in posts), batch_size=1000)
    Reaction.objects.bulk_create((Reaction(user=reader, post=post, value=1) for post in posts), batch_size=1000)
    notices = (
        Notification(
            recipient=reader,
            actor=crowd.writers[0],
            verb="reply",
            target_kind="post",
            target_id=post.pk,
            key=str(post.pk),
        )
        for post in posts
    )
    Notification.objects.bulk_create(notices, batch_size=1000)


def _index_many(posts: list[Post]) -> None:
    documents = Document.objects.bulk_create(
        (Document(kind="post", object_id=post.pk, title="", body=post.text) for post in posts),
        batch_size=1000,
    )
    words = index_tokens("Look at the shapes.")
    backend().write([Entry(document.pk, [], words) for document in documents])


def _again(thread: Thread) -> Thread:
    return Thread.objects.get(pk=thread.pk)
