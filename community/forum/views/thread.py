"""A thread, page by page, and its permalinks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from community.common.redirects import redirect_here
from community.content import category_tree
from community.content.discussion import Discussion, default_order, discussion, orders_of
from community.content.drafts import reply_form_for
from community.content.models import Kind
from community.content.policies import can_reply
from community.content.selectors import numbered_post
from community.forum import navigation, policies, selectors
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
        return redirect(numbered_post(request.user, found, number).get_absolute_url())
    shown = discussion(found, request.user, order=request.GET.get("order", ""), number=number)
    return _page(request, shown)


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
