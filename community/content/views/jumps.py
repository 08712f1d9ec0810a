"""Jumps within a long thread."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from community.common.errors import BadRequest
from community.content.discussion import FLAT, OPENING, requested_number
from community.content.selectors import bare_thread_for
from community.content.timeline import nearest


class NotANumber(BadRequest):
    default = _("Please enter the number of a post, such as 20.")


@require_safe
def jump(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirect to the post with `?number=`, or to the nearest one that this reader sees."""
    thread = bare_thread_for(request.user, pk)
    number = requested_number(request.GET.get("number", "").strip())
    if number is None:
        raise NotANumber
    found, view = nearest(thread, request.user, number), FLAT if request.GET.get("view") == FLAT else ""
    if found == OPENING:
        return redirect(thread.get_absolute_url() + (f"?view={view}" if view else ""))
    return redirect(thread.address_in_time(found, view))
