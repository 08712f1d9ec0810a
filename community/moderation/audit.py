"""The trail of what staff did. Rows are only ever added."""

from __future__ import annotations

from typing import Any

from community.content import acts
from community.content.models import Post
from community.moderation.models import AuditEntry


def register() -> None:
    acts.register(write)


def write(*, actor: Any, act: str, post: Post, note: str) -> None:
    AuditEntry.objects.create(actor=actor, act=act, post=post, note=note)
