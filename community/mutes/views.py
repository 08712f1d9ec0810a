from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community.accounts.kept_forms import sign_in_first
from community.accounts.models import User
from community.accounts.requests import MemberRequest
from community.common.pagination import keyset_page
from community.common.ratelimit import Limit, limited
from community.common.redirects import safe_next
from community.mutes import services
from community.mutes.errors import NoSuchPerson
from community.mutes.models import Mute

MUTING = Limit("mute", "60/hour", "300/day")
PAGE = 50


@login_required
@require_safe
def people(request: MemberRequest) -> HttpResponse:
    """Show all people whom the reader muted or blocked."""
    rows = Mute.objects.filter(person=request.user).select_related("other")
    page = keyset_page(rows, order=("-created_at", "-pk"), size=PAGE, request=request)
    return render(request, "mutes/people.html", {"page": page})


@sign_in_first
@require_POST
@limited(MUTING)
def mute(request: MemberRequest, pk: int) -> HttpResponse:
    other = _person(pk)
    row = services.mute(person=request.user, other=other)
    told = _("You blocked {name}, which mutes them too.") if row.is_block else _("You muted {name}.")
    return _answer(request, other, told)


@sign_in_first
@require_POST
@limited(MUTING)
def block(request: MemberRequest, pk: int) -> HttpResponse:
    other = _person(pk)
    services.block(person=request.user, other=other)
    return _answer(request, other, _("You blocked {name}."))


@sign_in_first
@require_POST
@limited(MUTING)
def undo(request: MemberRequest, pk: int) -> HttpResponse:
    other = _person(pk)
    services.undo(person=request.user, other=other)
    return _answer(request, other, _("{name} is no longer muted or blocked."))


def _person(pk: int) -> User:
    """Return a person, with a closed account too: what they wrote is still there. Raises NoSuchPerson."""
    found = User.objects.filter(pk=pk).first()
    if found is None:
        raise NoSuchPerson
    return found


def _answer(request: MemberRequest, other: User, told: str) -> HttpResponse:
    messages.success(request, told.format(name=other.visible_name))
    return redirect(safe_next(request, other.get_absolute_url()))
