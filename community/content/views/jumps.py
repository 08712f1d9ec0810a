"""Jumps within a long thread."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from community.common.errors import BadRequest
from community.content.discussion import FLAT, OPENING, requested_number
from community.content.selectors import bare_thread_for
from community.content.timeline import nearest, nearest_on


class NotANumber(BadRequest):
    default = _("Please enter the number of a post, such as 20.")


class NotADate(BadRequest):
    default = _("Please enter a date, such as 2026-03-14.")


@require_safe
def jump(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirect to the post with `?number=`, or the first since `?date=`, or to the nearest one that is seen."""
    thread = bare_thread_for(request.user, pk)
    if "date" in request.GET:
        found = nearest_on(thread, request.user, _date(request.GET["date"].strip()))
    else:
        found = nearest(thread, request.user, _number(request.GET.get("number", "").strip()))
    view = FLAT if request.GET.get("view") == FLAT else ""
    if found == OPENING:
        return redirect(thread.get_absolute_url() + (f"?view={view}" if view else ""))
    return redirect(thread.address_in_time(found, view))


def _number(text: str) -> int:
    number = requested_number(text)
    if number is None:
        raise NotANumber
    return number


def _date(text: str) -> date:
    try:
        found = parse_date(text) if text.isascii() and len(text) == len("2026-03-14") else None
    except ValueError:  # a 30th of February
        found = None
    if found is None:
        raise NotADate
    return found
