"""Something new: the choice of a kind, and the page where it is written."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from community.accounts.requests import MemberRequest
from community.common.ratelimit import limited
from community.common.redirects import redirect_here
from community.content import kept_forms, previews, routes, services
from community.content.drafts import restored_fields
from community.content.forms import ThreadForm
from community.content.models import Kind, Thread
from community.content.rates import POSTING


@kept_forms.sign_in_first
@require_http_methods(["GET", "POST"])
@limited(POSTING)
def write(request: MemberRequest) -> HttpResponse:
    """Choose what to write, then write it. Articles and notes have pages of their own."""
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in Kind.values:
        return render(request, "content/write_choice.html", {"kinds": Kind})
    elsewhere = routes.written_elsewhere(kind)
    if elsewhere:
        return redirect_here(request, elsewhere)
    if request.method == "POST":
        return _start(request, kind)
    return _write_page(request, _new_form(request, kind), kind)


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Lead on from an address that people may have kept."""
    query = request.GET.copy()
    query["kind"] = Kind.QUESTION
    return redirect(f"{reverse('content:write')}?{query.urlencode()}")


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
    return render(request, "content/write.html", context, status=status)
