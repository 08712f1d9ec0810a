from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from community.accounts.kept_forms import sign_in_first
from community.accounts.requests import MemberRequest
from community.common.errors import SignInNeeded
from community.common.lookups import get_or_not_found
from community.common.open_streams import open_stream
from community.common.sse import event_stream
from community.notifications import services
from community.notifications.bell import unread_events
from community.notifications.models import Notification
from community.notifications.selectors import Notice, line_page, notices, unread_count, unread_lines
from community.notifications.verbs import Group

SHOWN = (Group.TO_YOU, Group.FOLLOWS)


@login_required
@require_safe
def notification_list(request: MemberRequest) -> HttpResponse:
    group = _group(request.GET)
    page = line_page(request, request.user, group)
    shown = notices(page.items, request.user)
    newest = max((event.pk for notice in shown for event in notice.events), default=0)
    context = {"page": page, "newest": newest, "group": group or "", "today": timezone.localdate()}
    return render(request, "notifications/list.html", context | {"days": _by_day(shown, group or "")})


def _by_day(shown: Sequence[Notice], group: str) -> list[tuple[date, list[SafeString]]]:
    """Return lines, drawn, by their day in the reader's time zone."""
    return [(day, [notice.drawn(group) for notice in of_day]) for day, of_day in groupby(shown, key=attrgetter("day"))]


@sign_in_first
@require_POST
def mark_all_read(request: MemberRequest) -> HttpResponse:
    """Mark the lines that the reader saw as read: up to the newest shown id `up_to`, of one group or of all."""
    up_to = request.POST.get("up_to", "")
    newest = int(up_to) if up_to.isascii() and up_to.isdigit() and len(up_to) < 19 else 0
    services.mark_all_read(reader=request.user, up_to_id=newest, group=_group(request.POST))
    return redirect(_list_url(request))


@sign_in_first
@require_POST
def mark_read(request: MemberRequest, pk: int) -> HttpResponse:
    """Mark a line as read, by its button or by script when its link is followed."""
    get_or_not_found(Notification.objects.all(), recipient=request.user.pk, pk=pk)
    services.mark_read(reader=request.user, line_id=pk)
    return redirect(_list_url(request))


def _group(sent: QueryDict) -> Group | None:
    wanted = sent.get("show", "")
    return Group(wanted) if wanted in SHOWN else None


def _list_url(request: HttpRequest) -> str:
    group = _group(request.POST)
    return reverse("notifications:list") + (f"?show={group}" if group else "")


@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """Return the unread count, for pages that cannot keep a stream open; 304 if it is the one they have.

    With `?lines`, return the keys of unread lines, for browsers that show some on their device.
    """
    if not request.user.is_authenticated:
        raise SignInNeeded
    if "lines" in request.GET:
        return JsonResponse({"lines": unread_lines(request.user)})
    unread = unread_count(request.user)
    response = JsonResponse({"unread": unread}, headers={"ETag": f'"{request.user.pk}-{unread}"'})
    patch_vary_headers(response, ["Cookie"])
    return cast(HttpResponse, get_conditional_response(request, etag=response["ETag"], response=response))


@require_safe
async def events(request: HttpRequest) -> HttpResponseBase:
    """Stream the unread count as it changes."""
    user = await request.auser()
    if not user.is_authenticated:
        raise SignInNeeded
    return event_stream(unread_events(user), await open_stream(request))
