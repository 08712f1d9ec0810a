"""A thread, page by page, and its permalinks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from community.accounts.requests import MemberRequest
from community.common.errors import NotFound
from community.common.ratelimit import limited
from community.common.redirects import redirect_here
from community.content import kept_forms, previews, services
from community.content.discussion import Discussion, comments_page, default_order, discussion, orders_of
from community.content.drafts import new_reply_form, reply_form_for
from community.content.forms import ReplyForm
from community.content.models import Kind, Post, Thread
from community.content.policies import can_reply
from community.content.rates import POSTING
from community.forum import category_tree, navigation, policies, selectors
from community.social.selectors import reader_state

ELSEWHERE = (Kind.ARTICLE, Kind.NOTE)


@require_safe
def thread(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    found = selectors.thread_for(request.user, pk)
    if slug != (found.slug or "-") or found.kind in ELSEWHERE:
        return redirect_here(request, found.get_absolute_url())
    order = request.GET.get("order", "")
    shown = discussion(
        found, request.user, order=order, after=request.GET.get("after"), before=request.GET.get("before")
    )
    return _page(request, shown)


@require_safe
def post(request: HttpRequest, pk: int, slug: str, number: int) -> HttpResponse:
    """The permalink of a post: the page that holds it, the post marked. No script is needed."""
    found = selectors.thread_for(request.user, pk)
    if found.kind in ELSEWHERE:
        return redirect(_post_in(found, request, number).get_absolute_url())
    shown = discussion(found, request.user, order=request.GET.get("order", ""), number=number)
    return _page(request, shown)


@require_safe
def comments(request: HttpRequest, pk: int, slug: str, number: int) -> HttpResponse:
    """Every comment under one post, for posts with many."""
    found = selectors.thread_for(request.user, pk)
    parent = _post_in(found, request, number)
    if parent.parent_id is not None:
        return redirect(parent.get_absolute_url())
    page = comments_page(parent, request.user, after=request.GET.get("after"), before=request.GET.get("before"))
    context = {"thread": found, "parent": parent, "page": page, **reader_state(request.user, page)}
    return render(request, "forum/comments.html", context)


@kept_forms.sign_in_first
@require_http_methods(["GET", "POST"])
@limited(POSTING)
def reply(request: MemberRequest, pk: int) -> HttpResponse:
    """Take an answer or a comment; a refused one comes back in its form with the sentence beside it."""
    found = selectors.thread_for(request.user, pk)
    if request.method == "GET":
        return redirect(f"{found.get_absolute_url()}#write")
    if "preview" in request.POST:
        form = ReplyForm(initial=request.POST.dict())
        page_html = previews.page(request.user, request.POST)
        return render(request, "forum/reply.html", _reply_context(request, found, form) | {"page_html": page_html})
    form = ReplyForm(request.POST)
    made = _reply(form, found, request) if form.is_valid() else None
    if made is not None:
        return redirect(made.get_absolute_url())
    return render(request, "forum/reply.html", _reply_context(request, found, form), status=422)


@kept_forms.sign_in_first
@require_safe
def reply_to(request: MemberRequest, pk: int) -> HttpResponse:
    """A page with the form alone: to comment on one post, without script; `?quote=1` begins with its words."""
    parent = selectors.post_for(request.user, pk)
    form = new_reply_form(request, parent.thread, parent)
    name = "forum/reply.html#box" if request.htmx else "forum/reply.html"
    return render(request, name, _reply_context(request, parent.thread, form))


def _reply(form: ReplyForm, found: Thread, request: MemberRequest) -> Post | None:
    parent_pk = form.cleaned_data["parent"]
    parent = selectors.post_for(request.user, parent_pk) if parent_pk else None
    return form.act(
        services.add_post,
        thread=found,
        author=request.user,
        source=form.cleaned_data["source"],
        parent=parent,
        submission=form.cleaned_data["submission"],
        draft_key=form.cleaned_data["draft_key"],
    )


def _reply_context(request: HttpRequest, found: Thread, form: ReplyForm) -> dict[str, Any]:
    parent_pk = str(form["parent"].value() or "")
    parent = None
    if parent_pk.isdecimal() and len(parent_pk) < 19:
        parent = Post.objects.visible_to(request.user).select_related("author", "thread").filter(pk=parent_pk).first()
    return {"thread": found, "form": form, "parent": parent}


def _page(request: HttpRequest, shown: Discussion) -> HttpResponse:
    found = shown.thread
    context = {
        "thread": found,
        "discussion": shown,
        "orders": orders_of(found),
        "default_order": default_order(found),
        "can_reply": can_reply(request.user, found),
        "can_accept": policies.can_accept(request.user, found),
        "can_moderate": policies.can_moderate(request.user),
        "category_choices": category_tree.choices() if policies.can_moderate(request.user) else [],
        "crumbs": navigation.thread_crumbs(found),
        "events": selectors.events_of(found),
        "form": reply_form_for(request, found),
        **reader_state(request.user, shown.posts()),
    }
    response = render(request, "forum/thread.html", context)
    if found.is_draft:
        response["X-Robots-Tag"] = "noindex"
    return response


def _post_in(found: Thread, request: HttpRequest, number: int) -> Post:
    rows = Post.objects.visible_to(request.user).select_related("author", "thread")
    post = rows.filter(thread=found, number=number).first()
    if post is None:
        raise NotFound
    return post
