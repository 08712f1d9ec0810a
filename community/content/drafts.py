"""Initial form values: the fields of a saved draft, and the reply form on every page of a thread."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Exists, Value
from django.http import HttpRequest
from django.urls import reverse

from community.accounts.models import User
from community.content import kept_forms, policies, services
from community.content.forms import ReplyForm
from community.content.models import Draft, Post, Thread
from community.content.querysets import Reader

type Beginning = Callable[[str], str]
_beginnings: dict[str, Beginning] = {}


def register_beginning(parameter: str, source_of: Beginning) -> None:
    """Let the address of an editor begin its text: `source_of` returns it for the value of a parameter, or nothing.

    So a text that nobody has typed in is no draft.
    """
    _beginnings[parameter] = source_of


def begun_fields(request: HttpRequest) -> dict[str, str]:
    """Return the text with which the address of an editor begins, if any."""
    begun = [source_of(request.GET[name]) for name, source_of in _beginnings.items() if name in request.GET]
    return {"source": begun[0]} if any(begun) else {}


def restored_fields(request: HttpRequest, key: str) -> dict[str, Any]:
    """Return the saved draft of this form, overridden by fields kept from an expired session."""
    user = request.user
    draft = Draft.objects.of(user).filter(key=key).first() if user.is_authenticated else None
    return draft_initial(draft) | kept_forms.kept_fields(request, key)


def draft_initial(draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {}
    base = {"base_version": draft.base_version} if draft.base_version else {}
    return draft.fields | {"title": draft.title, "source": draft.source, "draft_version": draft.version} | base


def has_reply_draft(key: Value, reader: Value) -> Exists:
    """Match a reader's draft with this key, so that the page of a thread loads it only if there is one."""
    return Exists(Draft.objects.filter(owner=reader, key=key))


def reply_form_for(request: HttpRequest, thread: Thread) -> ReplyForm | None:
    """Return the reply form below a thread, for those who can write there."""
    return new_reply_form(request, thread) if policies.can_answer(request.user, thread) else None


def new_reply_form(request: HttpRequest, thread: Thread, parent: Post | None = None, quoted: str = "") -> ReplyForm:
    """Return an empty form, or one with kept or saved text, followed by the quote if any."""
    key = draft_key(request, f"comment:{parent.pk}" if parent else f"reply:{thread.pk}")
    initial: dict[str, Any] = {"draft_key": key, "submission": uuid.uuid4(), "parent": parent.pk if parent else None}
    initial["seen"] = thread.last_number
    draft = _reply_draft(thread, request.user, key)
    initial["source"] = _with_quote(draft.source if draft else "", quoted)
    initial["draft_version"] = draft.version if draft else 0
    kept = kept_forms.kept_fields(request, key)
    initial |= {name: kept[name] for name in ("source", "draft_version") if name in kept}
    return ReplyForm(initial=initial, auto_id=f"comment-{parent.pk}-%s" if parent else "id_%s")


def begin_reply(request: HttpRequest, thread: Thread, source: str) -> str:
    """Save the beginning of a reply, beside one that is begun already, and return the address of its form.

    A reply that was kept while signing in becomes a draft first: the form would show it in place of this one. It is
    kept on where there is no room for both.
    """
    owner, key = cast(User, request.user), f"reply:{thread.pk}"
    with transaction.atomic(), kept_forms.taking(request, key) as kept:
        for text in (kept.get("source", ""), source):
            begun = _unused_key(owner, key)
            services.save_draft(owner=owner, key=begun, source=text)
    query = "" if begun == key else f"?{urlencode({'draft': begun}, safe=':~')}"
    return reverse("content:reply", args=[thread.pk]) + query


def _unused_key(owner: User, box: str) -> str:
    """Return the key of a form, or of an alternative version if it has a draft."""
    return f"{box}~{secrets.token_hex(2)}" if Draft.objects.of(owner).filter(key=box).exists() else box


def draft_key(request: HttpRequest, box: str) -> str:
    """Return the draft key of a form, or of the alternative version in the query."""
    named = request.GET.get("draft", "")
    return named if named.startswith(f"{box}~") and named.isprintable() else box


def _reply_draft(thread: Thread, reader: Reader, key: str) -> Draft | None:
    """Return the saved draft with this key; thread pages know beforehand whether there is one."""
    if key == f"reply:{thread.pk}" and not getattr(thread, "has_draft", True):
        return None
    return Draft.objects.of(reader).filter(key=key).first()


def _with_quote(source: str, quoted: str) -> str:
    """Append a quote to the text unless it already has it, since the page may be reloaded."""
    if not source.strip() or not quoted:
        return source or quoted
    return source if quoted.strip() in source else f"{source.rstrip()}\n\n{quoted}"
