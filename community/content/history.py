"""Versions of a post and their changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Window
from django.utils.safestring import SafeString, mark_safe

from community.accounts.models import User
from community.audit.actions import Action
from community.common.errors import NotFound
from community.content import bodies, diffs, embeds
from community.content.errors import EditConflict
from community.content.models import Event, Post, Thread
from community.content.querysets import Reader
from community.content.reasons import edit_words

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Version:
    """`number` is the same for all readers: 3, or 3.1 for the first text that became version 3 by corrections."""

    number: str
    title: str
    source: str
    editor: User
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One edit: its base version (none for the first) and the resulting version."""

    before: Version | None
    after: Version


@dataclass(frozen=True, slots=True)
class History:
    """Versions, newest first. `events` are moves and tag changes of the thread, for an opening post."""

    versions: list[Version]
    events: list[Event] = field(default_factory=list)

    def step(self, number: str) -> Step:
        """Return the edit that created this version; the newest if there is no such version."""
        place = next((i for i, version in enumerate(self.versions) if version.number == number), 0)
        return self._step(place)

    def version(self, number: str) -> Version:
        """Return this version. Raises NotFound."""
        found = next((version for version in self.versions if version.number == number), None)
        if found is None:
            raise NotFound
        return found

    def _step(self, place: int) -> Step:
        before = self.versions[place + 1] if place + 1 < len(self.versions) else None
        return Step(before, self.versions[place])


def history(post: Post, reader: Reader) -> History:
    """Return the versions of a post since publication, numbered from 1, at most the newest MOST_SHOWN.

    What was only corrected is no version but for moderators: somebody may have been notified of it, or report it.
    Requires `author` and `thread` to be loaded.
    """
    rows = post.revisions.all() if reader.is_staff else post.revisions.filter(is_corrected=False)
    kept = rows.select_related("editor").annotate(total=Window(Count("pk", filter=Q(is_corrected=False))))
    revisions = list(kept.order_by("-number")[:MOST_SHOWN])
    texts = [(post.thread.title if post.is_opening else "", post.source)]
    texts += [(each.title, each.source) for each in revisions]
    made = [(revision.editor, edit_words(revision.reason), revision.created_at) for revision in revisions]
    made.append((post.author, "", post.created_at))
    versions = [
        Version(number, title, source, *edit)
        for number, (title, source), edit in zip(_numbers(revisions), texts, made, strict=True)
    ]
    return History(versions, _filing(post.thread) if post.is_opening else [])


def _numbers(revisions: Sequence[Any]) -> list[str]:
    """Return the numbers of a post's text and of those before, newest first."""
    if not revisions:
        return ["1"]
    version = revisions[0].total + 1 - sum(not each.is_corrected for each in revisions)
    numbers, corrected = [], 0
    for revision in reversed(revisions):
        corrected = corrected + 1 if revision.is_corrected else 0
        numbers.append(f"{version}.{corrected}" if corrected else str(version))
        version += not revision.is_corrected
    return [str(version), *reversed(numbers)]


def _filing(thread: Thread) -> list[Event]:
    rows = Event.objects.filter(thread=thread, action__in=(Action.MOVE, Action.RETAG)).order_by("-pk")
    return list(rows.select_related("actor", "from_category", "category")[:MOST_SHOWN])


def differences(step: Step) -> list[diffs.Row]:
    """Return the edit as diff rows of the source, title changes first; none for a first version."""
    if step.before is None:
        return []
    return line_rows(step.before.title, step.after.title) + line_rows(step.before.source, step.after.source)


def line_rows(before: str, after: str) -> list[diffs.Row]:
    return diffs.rows(before, after)


def conflicting_rows(conflict: EditConflict) -> list[diffs.Row]:
    """Return the diff from the saved version to the rejected one, titles and tags first."""
    titles = line_rows(conflict.current_title, conflict.mine_title)
    tags = line_rows(conflict.current_tags, conflict.mine_tags)
    return titles + tags + line_rows(conflict.current, conflict.mine)


def both_pages(post: Post, step: Step, reader: Reader) -> dict[str, Any]:
    """Return the rendered HTML of both versions."""
    return {
        "page_before": _page(post, step.before.source, reader) if step.before else "",
        "page_after": _page(post, step.after.source, reader),
    }


def _page(post: Post, source: str, reader: Reader) -> SafeString:
    kind = post.thread.kind if post.is_opening else "reply"
    thread = None if post.is_opening else post.thread
    html = bodies.render_preview(source, kind=kind, number=post.number, thread=thread).html
    return mark_safe(embeds.fill([html], reader, [post.pk])[0])
