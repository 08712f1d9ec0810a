"""The referring post of a run page, in `?post=`; it determines the run's title and text there, and where to answer."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from community.content import policies
from community.content.models import Post, Thread
from community.mutes.selectors import standings

from .access import POST


def post_id(request: HttpRequest) -> int | None:
    """Return the post's number, of the address or of a form that keeps it; None if invalid."""
    asked = request.POST.get("post") or request.GET.get("post", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None


def shown_in(request: HttpRequest) -> tuple[str, int] | None:
    """Return the post's name in the sandbox."""
    number = post_id(request)
    return None if number is None else (POST, number)


def thread_to_answer(request: HttpRequest) -> Thread | None:
    """Return the thread of the post, if the reader can answer there."""
    number = post_id(request)
    if number is None or not request.user.is_authenticated:
        return None
    posts = Post.objects.visible_to(request.user).filter(pk=number).select_related("thread")
    post = posts.defer("source", "html", "text").first()
    if post is None or not policies.can_answer(request.user, post.thread):
        return None
    between = standings(request.user, [post.thread.author_id]).values()
    return None if any(each.is_apart for each in between) else post.thread


def with_post(request: HttpRequest, address: str) -> str:
    """Return the address, which has a query, with the referring post."""
    number = post_id(request)
    return address if number is None else f"{address}&post={number}"


def run_url(request: HttpRequest, spec_hash: str) -> str:
    """Return the URL of the run's page, keeping the referring post."""
    return part_url(request, "run", spec_hash)


def part_url(request: HttpRequest, name: str, spec_hash: str) -> str:
    """Return the URL of a part of the run, keeping the referring post."""
    number = post_id(request)
    return reverse(f"experiments:{name}", args=[spec_hash]) + ("" if number is None else f"?post={number}")
