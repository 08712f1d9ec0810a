"""How threads of each kind are written: one plan a kind. A higher app registers its own in AppConfig.ready."""

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
    """The forms of a kind, what saves them, and the template with their boxes.

    `start(author, kind, publish, **values)` gives the thread, `edit(post, editor, publish, **values)` the post, with
    `values` of the form. `extra` names what an edit begins with besides title, text, tags and category. A kind that
    `keeps_first` stays a draft unless the button says to publish it; the others are published unless it says to keep.
    """

    form: Callable[..., Any]
    edit_form: Callable[..., forms.EditForm]
    start: Callable[..., Thread] = _start
    edit: Callable[..., Post] = _edit
    extra: Callable[[Post], dict[str, Any]] = _nothing
    fields: str = "content/thread_fields.html"
    keeps_first: bool = False

    def publishes(self, sent: Mapping[str, Any]) -> bool:
        """Whether the button that was pressed publishes what is new."""
        return "publish" in sent if self.keeps_first else "keep" not in sent


_THREADS = WritingPlan(forms.ThreadForm, forms.ThreadEditForm)
_plans: dict[str, WritingPlan] = {
    Kind.QUESTION: _THREADS,
    Kind.DISCUSSION: _THREADS,
    Kind.NOTE: WritingPlan(forms.NoteForm, forms.NoteEditForm),
}


def register(kind: Kind, plan: WritingPlan) -> None:
    _plans[kind] = plan


def plan_for(kind: str) -> WritingPlan:
    return _plans[kind]
