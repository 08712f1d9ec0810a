"""Invariants of runs and of the posts that show them."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox import api
from community.common import invariants
from community.content.models import Post

from . import placeholders
from .access import POST

CHUNK = 200


def register() -> None:
    invariants.register("every run ends", _overdue)
    invariants.register("posts and their runs name each other", _unattached)


def _overdue() -> Iterator[str]:
    return (f"run {run_id} should have ended long ago" for run_id in api.overdue_runs())


def _unattached() -> Iterator[str]:
    """Check that exactly the configs a post shows are attached to it."""
    attached = api.targets(POST)
    shown = Post.objects.filter(html__contains="run-embed", deleted_at=None).values_list("pk", "html")
    for pk, html in shown.iterator(chunk_size=CHUNK):
        wanted = {found.spec_hash for found in placeholders.find(html)}
        if wanted != attached.pop(pk, set()):
            yield f"post {pk} shows other runs than are attached to it"
    gone = set(attached) - set(Post.objects.filter(pk__in=attached).values_list("pk", flat=True))
    yield from (f"runs are attached to post {pk}, which is not there" for pk in sorted(gone))
