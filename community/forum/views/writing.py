"""Writing something new, its preview, its drafts."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.accounts.requests import MemberRequest
from community.common.errors import BadRequest, Invalid
from community.common.ratelimit import limited
from community.common.redirects import redirect_here, safe_next
from community.common.templatetags.ui import html_lang
from community.content import kept_forms, previews, services
from community.content.drafts import restored_fields
from community.content.models import Kind, Thread
from community.content.rates import POSTING, PREVIEWING, SAVING
from community.forum import selectors
from community.forum.forms import ThreadForm

WRITTEN_ELSEWHERE = {Kind.ARTICLE: "blogs:write", Kind.NOTE: "blogs:note-write"}


@kept_forms.sign_in_first
@require_http_methods(["GET", "POST"])
@limited(POSTING)
def write(request: MemberRequest) -> HttpResponse:
    """Choose what to write, then write it. Articles and notes have pages of their own."""
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in Kind.values:
        return render(request, "forum/write_choice.html", {"kinds": Kind})
    if kind in WRITTEN_ELSEWHERE:
        return redirect_here(request, reverse(WRITTEN_ELSEWHERE[Kind(kind)]))
    if request.method == "POST":
        return _start(request, kind)
    return _write_page(request, _new_form(request, kind), kind)


@kept_forms.sign_in_first
@require_safe
def ask(request: MemberRequest) -> HttpResponse:
    return _write_page(request, _new_form(request, Kind.QUESTION), Kind.QUESTION)


@require_POST
@limited(PREVIEWING)
def preview(request: HttpRequest) -> HttpResponse:
    """The HTML a text will have on its page, byte for byte."""
    body = previews.preview(request.user, request.POST)
    return HttpResponse(body.html, headers={"Content-Language": html_lang(body.language)})


@require_POST
@limited(PREVIEWING)
def check(request: HttpRequest) -> HttpResponse:
    """What is wrong with the configs in a text, with lines and columns, and where it is over a limit."""
    body = previews.preview(request.user, request.POST)
    return JsonResponse({"problems": list(body.problems), "notice": body.notice, "keys": list(body.keys)})


@kept_forms.sign_in_first
@require_safe
def drafts(request: MemberRequest) -> HttpResponse:
    """What this person has begun: texts saved while typing, and threads not published."""
    context = {
        "drafts": selectors.drafts_of(request.user),
        "threads": Thread.objects.drafts_of(request.user).order_by("-created_at", "-pk")[:200],
    }
    return render(request, "forum/drafts.html", context)


@kept_forms.sign_in_first
@require_POST
@limited(SAVING)
def draft_save(request: MemberRequest) -> HttpResponse:
    """Save what is being typed; JSON in and out. A conflict answers 409 with the other tab's text."""
    wish = _draft_fields(request)
    draft = services.save_draft(owner=request.user, **wish)
    if draft is None:
        return JsonResponse({"key": wish["key"], "version": 0, "saved_at": None})
    return JsonResponse({"key": draft.key, "version": draft.version, "saved_at": draft.updated_at.isoformat()})


@kept_forms.sign_in_first
@require_POST
def draft_discard(request: MemberRequest) -> HttpResponse:
    services.discard_draft(owner=request.user, key=request.POST.get("key", ""))
    messages.success(request, _("The draft is thrown away."))
    return redirect(safe_next(request, reverse("forum:drafts")))


@kept_forms.sign_in_first
@require_POST
@limited(POSTING)
def publish(request: MemberRequest, pk: int) -> HttpResponse:
    thread = selectors.thread_for(request.user, pk)
    thread = services.publish_thread(thread=thread, by=request.user)
    messages.success(request, _("It is published."))
    return redirect(thread.get_absolute_url())


def _start(request: MemberRequest, kind: str) -> HttpResponse:
    if "preview" in request.POST:
        form = ThreadForm(initial=request.POST.dict(), kind=kind)
        return _write_page(request, form, kind, page_html=previews.page(request.user, request.POST))
    form = ThreadForm(request.POST, kind=kind)
    thread = _started(form, request, kind) if form.is_valid() else None
    if thread is None:
        return _write_page(request, form, kind, status=422)
    return redirect(thread.get_absolute_url())


def _started(form: ThreadForm, request: MemberRequest, kind: str) -> Thread | None:
    cleaned = form.cleaned_data
    return form.act(
        services.start_thread,
        author=request.user,
        kind=kind,
        title=cleaned.get("title", ""),
        source=cleaned["source"],
        category=cleaned.get("category"),
        tags=cleaned["tags"],
        submission=cleaned["submission"],
        draft_key=cleaned["draft_key"],
        publish="keep" not in request.POST,
    )


def _new_form(request: MemberRequest, kind: str) -> ThreadForm:
    key = request.GET.get("draft") or f"new:{kind}"
    initial: dict[str, Any] = {"kind": kind, "draft_key": key, "submission": uuid.uuid4()}
    initial["category"] = services.DEFAULT_CATEGORY.get(Kind(kind), "")
    initial |= {name: request.GET[name] for name in ("title", "tags", "category") if name in request.GET}
    initial |= restored_fields(request, key)
    return ThreadForm(initial=initial | {"kind": kind}, kind=kind)


def _write_page(
    request: MemberRequest, form: ThreadForm, kind: str, status: int = 200, page_html: str = ""
) -> HttpResponse:
    context = {"form": form, "kind": kind, "page_html": page_html}
    return render(request, "forum/write.html", context, status=status)


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
        raise BadRequest(_("This is not JSON.")) from error
    if not isinstance(sent, dict):
        raise BadRequest(_("This is not a JSON object."))
    return sent


def _whole(sent: dict[str, Any], name: str) -> int:
    try:
        number = int(sent.get(name) or 0)
    except (TypeError, ValueError, OverflowError) as error:
        raise Invalid(fields={name: [_("A whole number is needed here.")]}) from error
    return min(max(number, 0), 2**31 - 1)
