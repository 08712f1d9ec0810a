from __future__ import annotations

from django.utils import timezone

from community.content.models import Thread


def hold_thread(thread: Thread) -> None:
    """Let a locked question take no more answers."""
    _set(thread, timezone.now())


def release_thread(thread: Thread) -> None:
    """Let a locked question take answers again."""
    _set(thread, None)


def _set(thread: Thread, moment) -> None:
    thread.held_at = moment
    thread.save(update_fields=["held_at"])
