"""Accepted answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community.accounts.requests import MemberRequest
from community.common.ratelimit import limited
from community.content import kept_forms
from community.content.rates import SWITCHING
from community.forum.selectors import answer_for
from community.forum.services import accept_answer, unaccept_answer


@kept_forms.sign_in_first
@require_POST
@limited(SWITCHING)
def accept(request: MemberRequest, pk: int) -> HttpResponse:
    """Accept an answer, or with `on=0` remove the mark. One that was removed meanwhile leads back to the question."""
    answer = answer_for(request.user, pk)
    if request.POST.get("on") == "0":
        unaccept_answer(thread=answer.thread, by=request.user)
    elif answer.is_visible:
        accept_answer(answer=answer, by=request.user)
    if answer.is_visible:
        return redirect(answer.get_absolute_url())
    messages.warning(request, _("This answer has been removed, so it cannot be accepted."))
    return redirect(answer.thread.get_absolute_url())
