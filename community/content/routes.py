"""Registry of kinds whose writing and editing pages belong to a higher app. Filled in AppConfig.ready."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from community.content.models import Kind, Post, Thread

_write: dict[str, str] = {}
_edit: dict[str, str] = {}


def register(kind: Kind, *, write: str, edit: str = "") -> None:
    """Register the URL names for creating a thread of this kind and editing one by its key."""
    _write[kind] = write
    if edit:
        _edit[kind] = edit


def write_url(kind: str, **query: str) -> str:
    """Return the URL for creating a thread of this kind; without a kind, the page to choose one."""
    if kind in _write:
        return _with(reverse(_write[kind]), query)
    return _with(reverse("content:write"), {"kind": kind} | query if kind in Kind.values else query)


def app_write_url(kind: str) -> str:
    """Return the higher app's page for creating this kind; empty for `content:write`."""
    return reverse(_write[kind]) if kind in _write else ""


def app_edit_url(thread: Thread) -> str:
    """Return the higher app's page for editing a thread of this kind; empty for the post's edit page."""
    return reverse(_edit[thread.kind], args=[thread.pk]) if thread.kind in _edit else ""


def edit_url(post: Post) -> str:
    """Return the URL for editing this post."""
    elsewhere = app_edit_url(post.thread) if post.is_opening else ""
    return elsewhere or reverse("content:post-edit", args=[post.pk])


def _with(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query, safe=':')}" if query else path
