"""Accepted answers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from community.accounts.requests import MemberRequest
from community.common.ratelimit import limited
from community.content import kept_forms
from community.content.rates import SWITCHING
from community.content.selectors import post_for
from community.forum.services import accept_answer, unaccept_answer


@kept_forms.sign_in_first
@require_POST
@limited(SWITCHING)
def accept(request: MemberRequest, pk: int) -> HttpResponse:
    """Accept an answer, or with `on=0` remove the mark."""
    post = post_for(request.user, pk)
    if request.POST.get("on") == "0":
        unaccept_answer(thread=post.thread, by=request.user)
    else:
        accept_answer(answer=post, by=request.user)
    return redirect(post.get_absolute_url())
