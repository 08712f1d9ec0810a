"""Threads about the same as another."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from community.common.fragments import HEADER, wants_fragment
from community.common.replicas import from_replica
from community.content import selectors
from community.content.related import related_threads
from community.content.unread import find_unread


@require_safe
@from_replica
@vary_on_headers(HEADER)
def related(request: HttpRequest, pk: int) -> HttpResponse:
    """Show threads related to one that the reader sees, as a page, or alone for a script."""
    thread = selectors.bare_thread_for(request.user, pk)
    name = "content/related.html#list" if wants_fragment(request) else "content/related.html"
    found = related_threads(thread, request.user)
    find_unread(found, request.user)
    return render(request, name, {"thread": thread, "related": found})
