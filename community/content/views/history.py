"""Versions of a post."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.common.errors import NotFound
from community.content import history as versions
from community.content import policies, selectors


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the versions of a post and their changes, as source or as rendered."""
    post = selectors.post_for(request.user, pk)
    if not policies.can_see_history(request.user, post):
        raise NotFound
    found = versions.history(post)
    shown = found.step(request.GET.get("version", ""))
    rendered = request.GET.get("as") == "page"
    context = {"post": post, "thread": post.thread, "history": found, "step": shown, "rendered": rendered}
    context |= versions.both_pages(post, shown, request.user) if rendered else {"rows": versions.differences(shown)}
    return render(request, "content/history.html", context)
