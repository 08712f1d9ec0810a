"""Invariants of runs and of the posts that show them."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox import api
from community.common import invariants
from community.common.walk import batches
from community.content.models import Post

from . import placeholders
from .access import POST


def register() -> None:
    invariants.register("every run ends", _overdue)
    invariants.register("posts and their runs name each other", _unattached)


def _overdue() -> Iterator[str]:
    return (f"run {run_id} should have ended long ago" for run_id in api.overdue_runs())


def _unattached() -> Iterator[str | None]:
    """Check that exactly the configs a post shows are attached to it."""
    attached = api.targets(POST)
    for keys in batches(Post.objects.filter(deleted_at=None)):
        shown = Post.objects.filter(pk__in=keys, html__contains="run-embed", deleted_at=None)
        for pk, html in shown.values_list("pk", "html"):
            wanted = {found.spec_hash for found in placeholders.find(html)}
            if wanted != attached.pop(pk, set()):
                yield f"post {pk} shows other runs than are attached to it"
        yield None
    gone = set(attached) - set(Post.objects.filter(pk__in=attached).values_list("pk", flat=True))
    yield from (f"runs are attached to post {pk}, which is not there" for pk in sorted(gone))
