"""Notes: short posts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.blogs import navigation, selectors
from community.content.discussion import default_order, discussion, orders_of, wanted_number
from community.content.drafts import reply_form_for
from community.content.models import Kind
from community.content.policies import is_public
from community.social.selectors import reader_state


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
