"""Small buttons of a page. Each is a form that a script replaces alone; without script the page reloads."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from community.accounts.requests import MemberRequest
from community.common.forms import cleaned
from community.common.fragments import wants_fragment
from community.common.lookups import get_or_not_found
from community.common.pagination import keyset_page
from community.common.ratelimit import Limit, limited
from community.common.redirects import safe_next
from community.content.models import Post
from community.social import selectors, services
from community.social.forms import LevelForm, SwitchForm, VoteForm

VOTING = Limit("vote", "60/hour", "200/day")
FOLLOWING = Limit("follow", "120/hour")
PAGE = 20


@login_required
@require_POST
@limited(VOTING)
def vote(request: MemberRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    value = cleaned(VoteForm(request.POST))["value"]
    post.score = services.vote(user=request.user, post=post, value=value)
    state = {"score": post.score, "voted": value, "can_vote": post.author_id != request.user.pk}
    return _answer(request, "social/vote.html", _named(post) | state, post.get_absolute_url())


@login_required
@require_POST
@limited(FOLLOWING)
def bookmark(request: MemberRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    on = cleaned(SwitchForm(request.POST))["on"]
    act = services.add_bookmark if on else services.remove_bookmark
    act(user=request.user, post=post)
    return _answer(request, "social/bookmark.html", _named(post) | {"bookmarked": on}, post.get_absolute_url())


@login_required
@require_POST
@limited(FOLLOWING)
def follow(request: MemberRequest) -> HttpResponse:
    """Set the reader's level for a person, tag, category or thread."""
    wish = cleaned(LevelForm(request.POST, reader=request.user))
    services.follow(follower=request.user, level=wish["level"], **{wish["kind"]: wish["target"]})
    context = {"kind": wish["kind"], "target": wish["target"], "level": wish["level"]}
    return _answer(request, "social/follow.html", context, wish["target"].get_absolute_url())


@login_required
@require_safe
def bookmarks(request: MemberRequest) -> HttpResponse:
    rows = selectors.bookmarks_of(request.user)
    page = keyset_page(rows, order=("-created_at", "-pk"), size=PAGE, request=request)
    selectors.find_standings(page.items, request.user)
    return render(request, "social/bookmarks.html", {"page": page})


def _post(request: MemberRequest, pk: int) -> Post:
    return get_or_not_found(Post.objects.visible_to(request.user).select_related("thread"), pk=pk)


def _named(post: Post) -> dict[str, Any]:
    return {"pk": post.pk, "url": post.get_absolute_url()}


def _answer(request: MemberRequest, template: str, context: dict[str, Any], default: str) -> HttpResponse:
    if wants_fragment(request):
        return render(request, template, context)
    return redirect(safe_next(request, default))
