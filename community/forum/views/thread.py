"""Pages of questions and discussions, and permalinks of posts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from community.common.page_cache import shared_page
from community.common.redirects import redirect_here
from community.content import category_tree
from community.content.models import Kind
from community.content.pages import ThreadPage, render_thread, thread_page
from community.content.selectors import numbered_post, thread_for
from community.forum import inviting, navigation, policies, proofs

ELSEWHERE = (Kind.ARTICLE, Kind.NOTE)


@require_safe
@shared_page("view", "order", "after", "before", "post")
def thread(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """Show a thread; redirect to its URL if the slug is missing or wrong."""
    found = thread_for(request.user, pk)
    if slug != (found.slug or "-") or found.kind in ELSEWHERE:
        return redirect_here(request, found.get_absolute_url())
    return _answer(request, thread_page(request, found))


@require_safe
@shared_page("view", "order", "after", "before", "post")
def post(request: HttpRequest, pk: int, slug: str, number: int) -> HttpResponse:
    """Redirect a permalink to the page that contains the post, marked. Works without script."""
    found = thread_for(request.user, pk)
    if found.kind in ELSEWHERE:
        return redirect(numbered_post(request.user, found, number).get_absolute_url())
    return _answer(request, thread_page(request, found, number))


def _answer(request: HttpRequest, page: ThreadPage) -> HttpResponse:
    can_moderate = policies.can_moderate(request.user)
    return render_thread(
        request,
        "forum/thread.html",
        page,
        can_moderate=can_moderate,
        can_invite=policies.can_invite(request.user, page.thread),
        invitation=inviting.open_invitation(request.user, page.thread),
        proof=proofs.proof_of(page.thread, request.user),
        category_choices=category_tree.choices() if can_moderate else [],
        crumbs=navigation.thread_crumbs(page.thread),
    )
