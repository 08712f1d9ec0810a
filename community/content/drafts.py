"""What a form begins with: the fields of a saved draft, and the reply box that every page of a thread shows."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest

from community.content import kept_forms, policies
from community.content.forms import ReplyForm
from community.content.models import Draft, Post, Thread
from community.content.querysets import Reader


def restored_fields(request: HttpRequest, key: str) -> dict[str, Any]:
    """The fields of the draft that was saved of this box, and above them those of a session that ended meanwhile."""
    draft = Draft.objects.of(request.user).filter(key=key).first()
    return draft_initial(draft) | kept_forms.kept_fields(request, key)


def draft_initial(draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {}
    base = {"base_version": draft.base_version} if draft.base_version else {}
    return draft.fields | {"title": draft.title, "source": draft.source, "draft_version": draft.version} | base


def with_reply_draft(threads: QuerySet, reader: Reader) -> QuerySet:
    """Say in `has_draft` whether this reader has begun a reply, so that a page asks for it only then."""
    mine = reader.pk if reader.is_authenticated else 0
    key = Concat(Value("reply:"), Cast(OuterRef("pk"), CharField()))
    return threads.annotate(has_draft=Exists(Draft.objects.filter(owner=mine, key=key)))


def reply_form_for(request: HttpRequest, thread: Thread) -> ReplyForm | None:
    """The form at the foot of a thread, for whoever may write there."""
    return new_reply_form(request, thread) if policies.can_reply(request.user, thread) else None


def new_reply_form(request: HttpRequest, thread: Thread, parent: Post | None = None, quoted: str = "") -> ReplyForm:
    """An empty form, or one with what was kept or saved of this box; a quote comes after it."""
    key = draft_key(request, f"comment:{parent.pk}" if parent else f"reply:{thread.pk}")
    initial: dict[str, Any] = {"draft_key": key, "submission": uuid.uuid4(), "parent": parent.pk if parent else None}
    draft = _reply_draft(thread, request.user, key)
    initial["source"] = _with_quote(draft.source if draft else "", quoted)
    initial["draft_version"] = draft.version if draft else 0
    initial |= {name: value for name, value in kept_forms.kept_fields(request, key).items() if name == "source"}
    return ReplyForm(initial=initial, auto_id=f"comment-{parent.pk}-%s" if parent else "id_%s")


def draft_key(request: HttpRequest, box: str) -> str:
    """The name of a box's draft, or of the other version of it that the address asks for."""
    named = request.GET.get("draft", "")
    return named if named.startswith(f"{box}~") and named.isprintable() else box


def _reply_draft(thread: Thread, reader: Reader, key: str) -> Draft | None:
    """The saved draft of this name; the page of a thread knows beforehand whether there is one."""
    if key == f"reply:{thread.pk}" and not getattr(thread, "has_draft", True):
        return None
    return Draft.objects.of(reader).filter(key=key).first()


def _with_quote(source: str, quoted: str) -> str:
    """A quote below what is written already; once, for the page may be loaded again."""
    if not source.strip() or not quoted:
        return source or quoted
    return source if quoted.strip() in source else f"{source.rstrip()}\n\n{quoted}"
