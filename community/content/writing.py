"""Writing plans: one plan per kind. Higher apps register theirs in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from community.content import forms, services
from community.content.models import Kind, Post, Thread


def _start(**values: Any) -> Thread:
    return services.start_thread(**values)


def _edit(**values: Any) -> Post:
    return services.edit_post(**values)


def _nothing(_post: Post) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class WritingPlan:
    """The forms of a kind, the services that save them, and the template with their fields.

    `start(author, kind, publish, **values)` returns the thread, `edit(post, editor, publish, **values)` the post, with
    the form's `values`. `extra` names initial values of an edit besides title, text, tags and category. A kind with
    `draft_by_default` stays a draft unless the button publishes it; other kinds are published unless the button keeps
    them.
    """

    form: Callable[..., Any]
    edit_form: Callable[..., forms.EditForm]
    start: Callable[..., Thread] = _start
    edit: Callable[..., Post] = _edit
    extra: Callable[[Post], dict[str, Any]] = _nothing
    fields: str = "content/thread_fields.html"
    draft_by_default: bool = False

    def publishes(self, sent: Mapping[str, Any]) -> bool:
        """Return whether the pressed button publishes a new thread."""
        return "publish" in sent if self.draft_by_default else "keep" not in sent


_THREADS = WritingPlan(forms.ThreadForm, forms.ThreadEditForm)
_REPLIES = WritingPlan(forms.ReplyEditForm, forms.ReplyEditForm, fields="content/reply_fields.html")
_plans: dict[str, WritingPlan] = {
    Kind.QUESTION: _THREADS,
    Kind.DISCUSSION: _THREADS,
    Kind.NOTE: WritingPlan(forms.NoteForm, forms.NoteEditForm),
}


def register(kind: Kind, plan: WritingPlan) -> None:
    _plans[kind] = plan


def plan_for(kind: str) -> WritingPlan:
    return _plans[kind]


def plan_of(post: Post) -> WritingPlan:
    """Return how a post is edited: as the kind of its thread says, or as a reply."""
    return plan_for(post.thread.kind) if post.is_opening else _REPLIES
