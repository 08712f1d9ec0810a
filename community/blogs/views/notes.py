"""Notes: short posts, read and written."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.accounts.requests import MemberRequest
from community.blogs import navigation, selectors
from community.blogs.forms import NoteForm
from community.common.ratelimit import limited
from community.content import kept_forms, previews, services
from community.content.discussion import default_order, discussion, orders_of, wanted_number
from community.content.drafts import reply_form_for, restored_fields
from community.content.models import Kind, Thread
from community.content.policies import is_public
from community.content.rates import POSTING
from community.social.selectors import reader_state

DRAFT_KEY = f"new:{Kind.NOTE.value}"


@require_safe
def notes(request: HttpRequest) -> HttpResponse:
    order = navigation.order_of(request)
    page = selectors.notes(request, order)
    context = {
        "page": page,
        "order": order,
        "tabs": navigation.order_tabs(order),
        "kinds": navigation.kinds(Kind.NOTE),
        **reader_state(request.user, [thread.opening for thread in page]),
    }
    return render(request, "blogs/notes.html", context)


@require_safe
def note(request: HttpRequest, pk: int) -> HttpResponse:
    thread = selectors.thread_for(request.user, pk, Kind.NOTE)
    shown = discussion(
        thread,
        request.user,
        order=request.GET.get("order", ""),
        after=request.GET.get("after"),
        before=request.GET.get("before"),
        number=wanted_number(request.GET.get("post", "")),
    )
    context = {
        "thread": thread,
        "discussion": shown,
        "orders": orders_of(thread),
        "default_order": default_order(thread),
        "crumbs": [(_("Notes"), reverse("blogs:notes"))],
        "form": reply_form_for(request, thread),
        **reader_state(request.user, shown.posts()),
    }
    response = render(request, "blogs/note.html", context)
    if not is_public(thread):
        response["X-Robots-Tag"] = "noindex"
    return response


@kept_forms.sign_in_first
@require_http_methods(["GET", "POST"])
@limited(POSTING)
def write(request: MemberRequest) -> HttpResponse:
    """Write a note; a refused one comes back in its form with the sentence beside it."""
    if request.method == "GET":
        return _write_page(request, NoteForm(initial=_initial(request)))
    if "preview" in request.POST:
        form = NoteForm(initial=request.POST.dict())
        return _write_page(request, form, page_html=previews.page(request.user, request.POST))
    form = NoteForm(request.POST)
    thread = _started(form, request) if form.is_valid() else None
    if thread is None:
        return _write_page(request, form, status=422)
    return redirect(thread.get_absolute_url())


def _started(form: NoteForm, request: MemberRequest) -> Thread | None:
    cleaned = form.cleaned_data
    return form.act(
        services.start_thread,
        author=request.user,
        kind=Kind.NOTE,
        title=cleaned["title"],
        source=cleaned["source"],
        tags=cleaned["tags"],
        submission=cleaned["submission"],
        draft_key=cleaned["draft_key"],
        publish="keep" not in request.POST,
    )


def _initial(request: MemberRequest) -> dict[str, Any]:
    key = request.GET.get("draft") or DRAFT_KEY
    initial: dict[str, Any] = {"draft_key": key, "submission": uuid.uuid4()}
    initial |= {name: request.GET[name] for name in ("title", "tags") if name in request.GET}
    return initial | restored_fields(request, key)


def _write_page(request: MemberRequest, form: NoteForm, status: int = 200, page_html: str = "") -> HttpResponse:
    context = {"form": form, "kind": Kind.NOTE.value, "page_html": page_html}
    return render(request, "blogs/note_write.html", context, status=status)
