"""New threads: choosing a kind, and the writing page for any kind."""

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
from community.content import kept_forms, previews, routes
from community.content.ask_template import ask_template, with_template, without_hints
from community.content.drafts import begun_fields, restored_fields
from community.content.forms import OpeningForm, WritingForm
from community.content.kind_words import KIND_WORDS
from community.content.models import Kind
from community.content.rates import LOOKING, POSTING, PREVIEWING
from community.content.similar import similar_threads
from community.content.texts import TITLE_LENGTH, lenient
from community.content.writing import plan_for
from community.media.rates import UPLOADING


@kept_forms.sign_in_keeping_text(is_open=True)
@require_http_methods(["GET", "POST"])
@limited(POSTING, instead={**LOOKING, "template": PREVIEWING})
def write(request: MemberRequest) -> HttpResponse:
    """Choose a kind, then write. Visitors write too, and sign in when they post."""
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in Kind.values:
        choices = [(routes.write_url(each), words) for each, words in KIND_WORDS.items()]
        return render(request, "content/write_choice.html", {"choices": choices})
    elsewhere = routes.app_write_url(kind)
    if elsewhere:
        return redirect_here(request, elsewhere)
    return write_page(request, kind)


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Redirect a former URL."""
    query = request.GET.copy()
    query["kind"] = Kind.QUESTION
    return redirect(f"{reverse('content:write')}?{query.urlencode()}")


def write_page(request: MemberRequest, kind: str) -> HttpResponse:
    """Create a thread; an invalid one returns its form with errors."""
    plan = plan_for(kind)
    owned: dict[str, Any] = {"kind": kind, "writer": request.user}
    if request.method == "GET":
        return _page(request, plan.form(initial=_initial(request, kind), **owned))
    if "template" in request.POST:
        typed = request.POST.get("source", "")
        source = with_template(typed) if kind == Kind.QUESTION else typed
        return _page(request, plan.form(initial=request.POST.dict() | {"source": source}, **owned))
    form = plan.form(request.POST, sent_files(request), **owned)
    is_valid = form.is_valid()
    if "preview" in request.POST:
        return _page(request, form, page_html=previews.form_preview(request.user, form, kind=kind))
    publish = plan.publishes(request.POST)
    is_valid = is_valid and not (publish and form.is_second())
    values = values_to_save(form, kind, publish=publish) if is_valid else {}
    thread = form.act(plan.start, author=request.user, kind=kind, publish=publish, **values) if is_valid else None
    if thread is None:
        return _page(request, form, status=422)
    return redirect(thread.get_absolute_url())


def values_to_save(form: WritingForm, kind: str, *, publish: bool) -> dict[str, Any]:
    """Return the values of a valid form; a draft keeps the hints of the template, a published question does not."""
    values = form.values
    return values | {"source": without_hints(values["source"])} if publish and kind == Kind.QUESTION else values


def sent_files(request: MemberRequest) -> Any:
    """Return the pictures uploaded with a form; each counts towards the upload rate limit."""
    if request.FILES:
        UPLOADING.hit(request)
    return request.FILES


def _initial(request: MemberRequest, kind: str) -> dict[str, Any]:
    key = request.GET.get("draft") or f"new:{kind}"
    initial: dict[str, Any] = {"draft_key": key, "submission": uuid.uuid4()}
    initial |= {name: request.GET[name] for name in ("title", "tags", "category") if name in request.GET}
    initial |= begun_fields(request) | restored_fields(request, key)
    if kind == Kind.QUESTION and "template" in request.GET:
        initial["source"] = with_template(initial.get("source", ""))
    return initial


def _page(request: MemberRequest, form: OpeningForm, status: int = 200, page_html: str = "") -> HttpResponse:
    kind = form.thread_kind
    context = {
        "form": form,
        "kind": kind,
        "words": KIND_WORDS[kind],
        "plan": plan_for(kind),
        "action": routes.write_url(kind),
        "page_html": page_html,
    }
    if kind == Kind.QUESTION:
        similar = similar_threads(_title_of(form), request.user, str(form["source"].value() or ""))
        context |= {"ask_template": ask_template(), "similar": similar}
    return render(request, "content/write.html", context, status=status)


def _title_of(form: OpeningForm) -> str:
    return lenient(str(form["title"].value() or ""))[:TITLE_LENGTH]
