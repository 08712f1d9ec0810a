"""Load the stories through the services people use, then backdate them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from community.accounts.models import User
from community.blogs.services import start_article
from community.content import listings
from community.content.models import Category, Post, Role, Tag, Thread
from community.content.reindexing import thread_changed
from community.content.services import add_post, start_thread
from community.content.services.taxonomy import edit_tag
from community.forum.services import accept_answer
from community.lists.models import ReadingList
from community.lists.services import create_list, put
from community.pages.demo.accounts import create_accounts
from community.pages.demo.reading import Reply, Story, stories
from community.profiles import counting
from community.profiles.models import Pin
from community.profiles.services import pin_post
from community.social import services as social

NAMESPACE = uuid.UUID("5e1f9a52-6f0b-4d43-9b6e-0d8f6f1f3c11")
FOLLOWS = {
    "demo": {"people": ("demo-ada", "demo-mei", "demo-tom"), "tags": ("xor",), "categories": ("derivations",)},
    "demo-ada": {"people": ("demo-tom",), "tags": (), "categories": ()},
    "demo-tom": {"people": ("demo-ada", "demo-lei"), "tags": ("initialisation",), "categories": ()},
    "demo-mei": {"people": ("demo-lei", "demo-ada"), "tags": (), "categories": ("training-troubles",)},
    "demo-lei": {"people": ("demo-mei", "demo"), "tags": (), "categories": ()},
}
TAG_NAMES = {
    "chain-rule": "链式法则",
    "initialisation": "初始化",
    "vanishing-gradient": "梯度消失",
    "xor": "异或",
}
PINNING = ("demo", "demo-ada")
LISTS = {"demo": ("A first week", True), "demo-moderator": ("Read later", False)}  # and whether everyone sees it


def load() -> int:
    """Load missing stories; idempotent. Returns the number of new stories."""
    people = create_accounts()
    fresh = [story for story in stories() if not _is_there(story, people)]
    if fresh:
        _name_tags(people["demo-moderator"])
    load_stories(fresh, people)
    if fresh:
        _follow(people)
        _furnish(people)
    return len(fresh)


def load_stories(fresh: Iterable[Story], people: dict[str, User]) -> None:
    for story in fresh:
        _load_story(story, people)


def _name_tags(moderator: User) -> None:
    """Give tags their second name before stories in both languages use them; a tag that a site has is left as it is."""
    taken = set(Tag.objects.filter(slug__in=[*TAG_NAMES, *TAG_NAMES.values()]).values_list("slug", flat=True))
    for name, name_zh in TAG_NAMES.items():
        if taken.isdisjoint((name, name_zh)):
            tag = Tag.objects.create(slug=name, name=name)
            rest = dict.fromkeys(("synonyms", "parent", "description", "description_zh", "about", "about_zh"), "")
            edit_tag(tag=tag, by=moderator, base_version=0, name=name, name_zh=name_zh, **rest)


def submission_of(key: str) -> uuid.UUID:
    """Return the fixed idempotency key of a demo post."""
    return uuid.uuid5(NAMESPACE, key)


def _is_there(story: Story, people: dict[str, User]) -> bool:
    return Post.objects.filter(author=people[story.by], submission=submission_of(story.key)).exists()


def _load_story(story: Story, people: dict[str, User]) -> None:
    now = timezone.now()
    thread = _open(story, people[story.by])
    _set_back(thread.posts.get(number=1), now - story.ago)
    Thread.objects.filter(pk=thread.pk).update(created_at=now - story.ago, published_at=now - story.ago)
    _vote(thread.posts.get(number=1), story.votes, people)
    latest = _answers(story, thread, people, now)
    Thread.objects.filter(pk=thread.pk).update(last_post_at=latest)
    listings.relist(Thread.objects.filter(pk=thread.pk))
    thread_changed(thread.pk)


def _open(story: Story, author: User) -> Thread:
    fields: dict[str, Any] = {
        "author": author,
        "title": story.title,
        "source": story.source,
        "tags": story.tags,
        "language": story.language,
        "publish": True,
        "submission": submission_of(story.key),
    }
    if story.kind == "article":
        return start_article(summary=story.summary, **fields).thread
    category = Category.objects.get(slug=story.category) if story.category else None
    return start_thread(kind=story.kind, category=category, **fields)


def _answers(story: Story, thread: Thread, people: dict[str, User], now: datetime) -> datetime:
    """Add the replies in order; a comment belongs to the answer before it, or to the opening post."""
    parent: Post | None = None
    latest = now - story.ago
    for number, reply in enumerate(story.replies, start=2):
        post = _reply(story, reply, number, thread, parent, people)
        parent = post if reply.role == "answer" else parent
        latest = now - reply.ago
        _set_back(post, latest)
        Thread.objects.filter(solved_post=post).update(solved_at=latest)
        _vote(post, reply.votes, people)
    return latest


def _reply(
    story: Story, reply: Reply, number: int, thread: Thread, parent: Post | None, people: dict[str, User]
) -> Post:
    post = add_post(
        thread=Thread.objects.get(pk=thread.pk),
        author=people[reply.by],
        source=reply.source,
        role=reply.role,
        parent=parent if reply.role == "comment" else None,
        language=reply.language or story.language,
        submission=submission_of(f"{story.key}-{number}"),
    )
    if reply.is_accepted:
        accept_answer(answer=post, by=people[story.by])
    return post


def _set_back(post: Post, moment: datetime) -> None:
    Post.objects.filter(pk=post.pk).update(created_at=moment)


def _vote(post: Post, votes: int, people: dict[str, User]) -> None:
    voters = [person for person in people.values() if person.pk != post.author_id]
    for person in voters[:votes]:
        social.vote(user=person, post=post, value=1)


def _follow(people: dict[str, User]) -> None:
    for handle, wishes in FOLLOWS.items():
        for other in wishes["people"]:
            social.follow(follower=people[handle], person=people[other])
        for tag in Tag.objects.filter(slug__in=wishes["tags"]):
            social.follow(follower=people[handle], tag=tag)
        for category in Category.objects.filter(slug__in=wishes["categories"]):
            social.follow(follower=people[handle], category=category)


def _furnish(people: dict[str, User]) -> None:
    """Pin the best of what some have written, and let others collect what they want to read."""
    best = Post.objects.public().exclude(role=Role.COMMENT).order_by("-score", "pk")
    for handle in PINNING:
        if Pin.objects.filter(owner=people[handle]).exists():
            continue
        for post in best.filter(author=people[handle])[:2]:
            pin_post(owner=people[handle], post=post)
    for handle, (name, is_public) in LISTS.items():
        if ReadingList.objects.filter(owner=people[handle], name=name).exists():
            continue
        made = create_list(owner=people[handle], name=name, is_public=is_public)
        for post in best.filter(role=Role.OPENING).exclude(author=people[handle])[:4]:
            put(owner=people[handle], post=post, into=made)
    counting.mark([person.pk for person in people.values()], (timezone.now() - counting.KEPT).date())
