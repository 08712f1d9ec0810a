"""Registry of the kinds whose pages for writing and editing a higher app has. It registers in AppConfig.ready."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from community.content.models import Kind, Post, Thread

_write: dict[str, str] = {}
_edit: dict[str, str] = {}


def register(kind: Kind, *, write: str, edit: str = "") -> None:
    """Name the routes where threads of this kind are begun and, by the thread's key, edited."""
    _write[kind] = write
    if edit:
        _edit[kind] = edit


def write_url(kind: str, **query: str) -> str:
    """Where a thread of this kind is begun; where its kind is chosen when it has none."""
    if kind in _write:
        return _with(reverse(_write[kind]), query)
    return _with(reverse("content:write"), {"kind": kind} | query if kind in Kind.values else query)


def written_elsewhere(kind: str) -> str:
    """The page of a higher app where this kind is written; empty when it is `content:write`."""
    return reverse(_write[kind]) if kind in _write else ""


def edited_elsewhere(thread: Thread) -> str:
    """The page of a higher app where a thread of this kind is edited; empty when it is its post's page."""
    return reverse(_edit[thread.kind], args=[thread.pk]) if thread.kind in _edit else ""


def edit_url(post: Post) -> str:
    """The page where this post is edited."""
    elsewhere = edited_elsewhere(post.thread) if post.is_opening else ""
    return elsewhere or reverse("content:post-edit", args=[post.pk])


def _with(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query, safe=':')}" if query else path
