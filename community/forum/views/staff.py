"""What moderators do with a thread; each leaves an event that everyone sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from community.accounts.requests import MemberRequest
from community.common.errors import BadRequest, Invalid, NotAllowed
from community.common.ratelimit import limited
from community.content import kept_forms
from community.content.models import Thread
from community.content.rates import SWITCHING
from community.forum import policies, selectors, services
from community.forum.forms import StaffForm

ACTS: dict[str, Callable[..., Thread]] = {
    "lock": services.lock_thread,
    "unlock": services.unlock_thread,
    "pin": services.pin_thread,
    "unpin": services.unpin_thread,
    "move": services.move_thread,
}


@kept_forms.sign_in_first
@require_POST
@limited(SWITCHING)
def moderate(request: MemberRequest, pk: int) -> HttpResponse:
    found = selectors.thread_for(request.user, pk)
    if not policies.can_moderate(request.user):
        raise NotAllowed
    form = StaffForm(request.POST)
    if not form.is_valid():
        raise BadRequest(str(next(iter(form.errors.values()))[0]))
    changed = ACTS[form.cleaned_data["act"]](thread=found, by=request.user, **_values(form.cleaned_data))
    return redirect(changed.get_absolute_url())


def _values(cleaned: dict[str, Any]) -> dict[str, Any]:
    values = {"reason": cleaned["reason"]}
    if cleaned["act"] != "move":
        return values
    if cleaned["category"] is None:
        raise Invalid(fields={"category": []})
    return values | {"category": cleaned["category"]}
