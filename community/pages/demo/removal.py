"""Removal of demo content. Other people's posts stay, and so do the threads they are in."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from django.db import transaction

from community.accounts.models import User
from community.content import embeds, indexing, recounting
from community.content.models import Post, Tag, Thread
from community.pages.demo.accounts import password_file


@dataclass(frozen=True, slots=True)
class Removed:
    threads: int
    kept_threads: int
    accounts: int


@transaction.atomic
def remove() -> Removed:
    """Delete demo threads, posts and accounts.

    A thread with posts by others is kept, and so are its demo authors, who can no longer sign in.
    """
    demo = User.objects.filter(is_demo=True)
    others = Post.objects.exclude(author__is_demo=True)
    kept = Thread.objects.filter(author__is_demo=True, pk__in=others.values("thread"))
    kept_ids = set(kept.values_list("pk", flat=True))
    gone = Thread.objects.filter(author__is_demo=True).exclude(pk__in=kept_ids)
    count = gone.count()
    _delete_posts(Post.objects.filter(thread__in=gone.values("pk")))
    gone.delete()
    needed = Post.objects.filter(author__is_demo=True).values("author")
    accounts = demo.exclude(pk__in=needed).exclude(pk__in=Thread.objects.values("author"))
    _deleted, rows = accounts.delete()
    demo.update(is_active=False, password="!")
    password_file().unlink(missing_ok=True)
    deque(recounting.put_right(), maxlen=0)  # demo accounts voted on the posts of others
    Tag.objects.filter(thread_count=0, description="", follows=None).delete()
    return Removed(count, len(kept_ids), rows.get(User._meta.label, 0))


def _delete_posts(posts) -> None:
    """Lock the posts, detach their runs, which end if nobody else wants them, and remove them from the search index."""
    for post in posts.select_for_update(of=("self",)).order_by("pk"):
        embeds.attach(post, ())
    indexing.remove(posts.values_list("pk", flat=True))
    Thread.objects.filter(solved_post__in=posts.values("pk")).update(solved_post=None)
