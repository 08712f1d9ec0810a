"""Moderator actions on a thread; each adds a public event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community.accounts.requests import MemberRequest
from community.audit.actions import Action
from community.common.errors import Invalid, NotAllowed
from community.common.forms import cleaned
from community.common.ratelimit import limited
from community.content import kept_forms
from community.content.models import Thread
from community.content.rates import SWITCHING
from community.content.selectors import thread_for
from community.forum import policies, services
from community.forum.forms import StaffForm

SERVICES: dict[str, Callable[..., Thread]] = {
    Action.LOCK: services.lock_thread,
    Action.UNLOCK: services.unlock_thread,
    Action.LOCK_ANSWER: services.lock_answer,
    Action.UNLOCK_ANSWER: services.unlock_answer,
    Action.PIN: services.pin_thread,
    Action.PIN_EVERYWHERE: services.pin_everywhere,
    Action.UNPIN: services.unpin_thread,
    Action.MOVE: services.move_thread,
}


@kept_forms.sign_in_keeping_text(form=StaffForm)
@require_POST
@limited(SWITCHING)
def moderate(request: MemberRequest, pk: int) -> HttpResponse:
    found = thread_for(request.user, pk)
    if not policies.can_moderate(request.user):
        raise NotAllowed
    sent = cleaned(StaffForm(request.POST))
    changed = SERVICES[sent["action"]](thread=found, by=request.user, **_values(sent))
    return redirect(changed.get_absolute_url())


def _values(sent: dict[str, Any]) -> dict[str, Any]:
    values = {"reason": sent["reason"]}
    if sent["action"] != Action.MOVE:
        return values
    if sent["category"] is None:
        raise Invalid(fields={"category": [_("Choose a category.")]})
    return values | {"category": sent["category"]}
