"""Pinning things to one's profile: each a form of one button."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from community.accounts.kept_forms import sign_in_first
from community.accounts.requests import MemberRequest
from community.common.errors import NotFound
from community.common.forms import cleaned
from community.common.lookups import get_or_not_found
from community.common.ratelimit import Limit, limited
from community.content.models import Post
from community.experiments.selectors import sees_run
from community.profiles import services
from community.profiles.forms import MoveForm

PINNING = Limit("pin", "60/hour")
PLACE = "#pinned"
PINNED = gettext_lazy("Pinned to your profile, where you can change the order.")


@sign_in_first
@require_POST
@limited(PINNING)
def pin_post(request: MemberRequest, pk: int) -> HttpResponse:
    post = get_or_not_found(Post.objects.visible_to(request.user).select_related("thread"), pk=pk)
    services.pin_post(owner=request.user, post=post)
    messages.success(request, PINNED)
    return redirect(post.get_absolute_url())


@sign_in_first
@require_POST
@limited(PINNING)
def pin_run(request: MemberRequest, spec_hash: str) -> HttpResponse:
    if not sees_run(request.user, spec_hash):
        raise NotFound
    services.pin_run(owner=request.user, spec_hash=spec_hash)
    messages.success(request, PINNED)
    return redirect("experiments:run", spec_hash)


@sign_in_first
@require_POST
def move(request: MemberRequest, pk: int) -> HttpResponse:
    services.move_pin(owner=request.user, pk=pk, by=cleaned(MoveForm(request.POST))["by"])
    return _profile(request)


@sign_in_first
@require_POST
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Unpin something; what is no longer pinned, in another tab for one, stays so."""
    if services.unpin(owner=request.user, pk=pk):
        messages.success(request, _("Unpinned."))
    return _profile(request)


def _profile(request: MemberRequest) -> HttpResponse:
    return redirect(request.user.get_absolute_url() + PLACE)
