from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.common.errors import SignInNeeded
from community.common.pagination import keyset_page
from community.common.sse import Event, event_stream, read
from community.notifications.models import Notification
from community.notifications.selectors import notices, unread_count
from community.notifications.services import mark_read

PAGE = 30
LOOK_EVERY = 2.0
ORDER = ("-created_at", "-pk")


@login_required
@require_safe
def notification_list(request: HttpRequest) -> HttpResponse:
    rows = Notification.objects.of(request.user).select_related("actor")
    page = keyset_page(rows, order=ORDER, size=PAGE, request=request)
    newest = max((row.pk for row in page), default=0)
    context = {"page": page, "newest": newest, "notices": notices(page.items, request.user)}
    return render(request, "notifications/list.html", context)


@login_required
@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """Mark what the reader had on his screen as read: `up_to` is the newest id shown."""
    up_to = request.POST.get("up_to", "")
    mark_read(
        reader=request.user, up_to_id=int(up_to) if up_to.isascii() and up_to.isdigit() and len(up_to) < 19 else 0
    )
    return redirect("notifications:list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """POST marks one as read and goes where it leads; GET only goes there."""
    row = Notification.objects.of(request.user).select_related("actor").filter(pk=pk).first()
    seen = notices([row], request.user) if row else []
    if not seen:
        raise Http404
    if request.method == "POST":
        mark_read(reader=request.user, notification_id=pk)
    return redirect(seen[0].url)


@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """The badge's number, for a page that cannot hold a stream open."""
    if not request.user.is_authenticated:
        raise SignInNeeded
    response = JsonResponse({"unread": unread_count(request.user)})
    response["Cache-Control"] = "no-store"
    return response


@require_safe
async def events(request: HttpRequest) -> HttpResponseBase:
    """The badge's number as it changes."""
    user = await request.auser()
    if not user.is_authenticated:
        raise SignInNeeded
    return event_stream(_counts(user))


async def _counts(user: Any) -> AsyncIterator[Event]:
    before = -1
    while True:
        now = await read(unread_count, user)
        if now != before:
            yield Event({"unread": now}, event="unread")
            before = now
        await asyncio.sleep(LOOK_EVERY)
