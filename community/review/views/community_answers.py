"""Making an answer a community answer, and ending it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.accounts.policies import refuse_unconfirmed
from community.accounts.requests import MemberRequest
from community.common.forms import cleaned
from community.common.ratelimit import limited
from community.content import established, kept_forms
from community.content.policies import is_staff
from community.content.rates import SWITCHING
from community.content.selectors import post_for
from community.review import policies, services
from community.review.forms import SwitchForm


@kept_forms.sign_in_keeping_text
@require_http_methods(["GET", "POST"])
@limited(SWITCHING)
def community(request: MemberRequest, pk: int) -> HttpResponse:
    """Say what a community answer is, and make an answer one; for moderators, with `on=0`, end it."""
    post = post_for(request.user, pk)
    if request.method == "GET":
        refuse_unconfirmed(request.user)
        can_end = post.is_community and is_staff(request.user)
        if not can_end:
            policies.refuse_giving(request.user, post)
        context = {"post": post, "thread": post.thread, "can_end": can_end, "days": established.DAYS}
        return render(request, "review/community.html", context)
    if cleaned(SwitchForm(request.POST))["on"] == "1":
        post = services.give_to_community(post=post, by=request.user)
        messages.success(request, _("This is a community answer now."))
    else:
        post = services.take_from_community(post=post, by=request.user)
        messages.success(request, _("This is no longer a community answer."))
    return redirect(post.get_absolute_url())
