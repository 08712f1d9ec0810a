"""Drafts: saved while typing, discarded, restored, published."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community.accounts.models import User
from community.accounts.requests import MemberRequest
from community.common.errors import BadRequest, Invalid
from community.common.ratelimit import limited
from community.common.redirects import safe_next
from community.content import kept_forms, selectors, services
from community.content.ask_template import without_hints
from community.content.draft_rows import draft_rows
from community.content.models import DiscardedDraft, Draft, Kind, Post, Role, Thread
from community.content.rates import POSTING, SAVING
from community.content.services import submissions

SUBMISSIONS_ASKED = 20


@kept_forms.sign_in_keeping_text
@require_safe
def drafts(request: MemberRequest) -> HttpResponse:
    """List one's drafts: texts saved while typing, and unpublished threads."""
    context = {
        "drafts": draft_rows(request.user),
        "threads": Thread.objects.drafts_of(request.user).order_by("-created_at", "-pk")[:200],
        "discarded": DiscardedDraft.objects.filter(owner=request.user).exists(),
    }
    return render(request, "content/drafts.html", context)


@kept_forms.sign_in_keeping_text
@require_POST
@limited(SAVING)
def draft_save(request: MemberRequest) -> HttpResponse:
    """Save a draft; JSON in and out. A conflict returns 409 with the saved text."""
    kept_forms.refuse_other_writer(request, str(_sent(request).get(kept_forms.WRITER, "")))
    wish = _draft_fields(request)
    draft = services.save_draft(owner=request.user, **wish)
    if draft is None:
        return JsonResponse({"key": wish["key"], "version": 0, "saved_at": None})
    return JsonResponse({"key": draft.key, "version": draft.version, "saved_at": draft.updated_at.isoformat()})


@kept_forms.sign_in_keeping_text
@require_safe
@limited(SAVING)
def draft_saved(request: MemberRequest) -> HttpResponse:
    """Return the saved draft of a form and which submissions became posts, for an editor that was reloaded."""
    draft = Draft.objects.of(request.user).filter(key=_printable(request.GET.get("key", ""))).first()
    posted = submissions.already_posted(request.user, request.GET.getlist("submission")[:SUBMISSIONS_ASKED])
    answer = JsonResponse({"draft": draft and draft.as_dict(), "posted": [str(each) for each in posted]})
    answer["Cache-Control"] = "no-store"
    return answer


@kept_forms.sign_in_keeping_text
@require_POST
def draft_discard(request: MemberRequest) -> HttpResponse:
    """Delete a draft; the most recently discarded one can be restored from the list."""
    services.discard_draft(owner=request.user, key=request.POST.get("key", ""))
    messages.success(request, _("Draft discarded."))
    return redirect(safe_next(request, reverse("content:drafts")))


@kept_forms.sign_in_keeping_text
@require_POST
@limited(SAVING)
def draft_restore(request: MemberRequest) -> HttpResponse:
    """Restore the most recently discarded draft."""
    if services.restore_discarded(owner=request.user):
        messages.success(request, _("Draft restored."))
    return redirect("content:drafts")


@kept_forms.sign_in_keeping_text
@require_POST
@limited(POSTING)
def publish(request: MemberRequest, pk: int) -> HttpResponse:
    thread = selectors.thread_for(request.user, pk)
    version = version_seen(request)
    thread = _without_hints(thread, request.user, version) or services.publish_thread(
        thread=thread, by=request.user, version=version
    )
    messages.success(request, _("Published."))
    return redirect(thread.get_absolute_url())


def version_seen(request: HttpRequest) -> int | None:
    """Return the version of the text on the page that was sent; None of a page from an earlier release."""
    return _whole(request.POST.dict(), "version") or None


def _without_hints(thread: Thread, author: User, version: int | None) -> Thread | None:
    """Publish a question whose text still has hints of the template, without them; others are left alone."""
    if thread.kind != Kind.QUESTION or not thread.is_draft:
        return None
    post = Post.objects.select_related("thread").get(thread=thread, role=Role.OPENING)
    source = without_hints(post.source)
    if source == post.source or version not in (None, post.version):
        return None
    return services.edit_post(post=post, editor=author, source=source, base_version=post.version, publish=True).thread


def _printable(key: str) -> str:
    return key if key.isprintable() else ""


def _draft_fields(request: HttpRequest) -> dict[str, Any]:
    sent = _sent(request)
    wish = {name: sent.get(name, "") for name in ("key", "title", "source")}
    fields = sent.get("fields") or {}
    if not all(isinstance(value, str) for value in wish.values()) or not isinstance(fields, dict):
        raise BadRequest
    return wish | {"fields": fields, "version": _whole(sent, "version"), "base_version": _whole(sent, "base_version")}


def _sent(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(_("This is not valid JSON.")) from error
    if not isinstance(sent, dict):
        raise BadRequest(_("This is not a JSON object."))
    return sent


def _whole(sent: dict[str, Any], name: str) -> int:
    try:
        number = int(sent.get(name) or 0)
    except (TypeError, ValueError, OverflowError) as error:
        raise Invalid(fields={name: [_("Please enter a whole number.")]}) from error
    return min(max(number, 0), 2**31 - 1)
