"""Notes: short posts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.blogs import navigation, selectors
from community.common.page_cache import shared_page
from community.common.replicas import from_replica
from community.content.feed_urls import feed_urls
from community.content.models import Kind
from community.content.pages import render_thread, thread_page
from community.content.periods import period_links


@require_safe
@shared_page("order", "period", "after", "before")
@from_replica
def notes(request: HttpRequest) -> HttpResponse:
    order = navigation.order_of(request)
    page = selectors.notes(request, order)
    context = {
        "page": page,
        "order": order,
        "tabs": navigation.order_tabs(request, order),
        "periods": period_links(request, order),
        "kind": Kind.NOTE,
        "kinds": navigation.kinds(Kind.NOTE),
        **feed_urls("notes"),
    }
    return render(request, "blogs/notes.html", context)


@require_safe
@shared_page("view", "order", "after", "before", "post")
def note(request: HttpRequest, pk: int) -> HttpResponse:
    page = thread_page(request, selectors.note_for(request.user, pk))
    return render_thread(request, "blogs/note.html", page, crumbs=[(_("Notes"), reverse("blogs:notes"))])
