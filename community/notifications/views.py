from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from community.accounts.requests import MemberRequest
from community.common.errors import SignInNeeded
from community.common.lookups import get_or_not_found
from community.common.open_streams import open_stream
from community.common.pagination import keyset_page
from community.common.sse import event_stream
from community.notifications import services
from community.notifications.bell import unread_events
from community.notifications.models import Notification
from community.notifications.selectors import notices, unread_count
from community.notifications.verbs import Group

PAGE = 30
ORDER = ("-created_at", "-pk")
SHOWN = (Group.TO_YOU, Group.FOLLOWS)


@login_required
@require_safe
def notification_list(request: MemberRequest) -> HttpResponse:
    group = _group(request.GET)
    rows = Notification.objects.of(request.user).in_group(group).select_related("actor")
    page = keyset_page(rows, order=ORDER, size=PAGE, request=request)
    newest = max((row.pk for row in page), default=0)
    context = {"page": page, "newest": newest, "notices": notices(page.items, request.user), "group": group or ""}
    return render(request, "notifications/list.html", context | {"today": timezone.localdate()})


@login_required
@require_POST
def mark_all_read(request: MemberRequest) -> HttpResponse:
    """Mark what the reader saw as read: up to the newest shown id `up_to`, of one group or of all."""
    up_to = request.POST.get("up_to", "")
    newest = int(up_to) if up_to.isascii() and up_to.isdigit() and len(up_to) < 19 else 0
    services.mark_all_read(reader=request.user, up_to_id=newest, group=_group(request.POST))
    return redirect(_list_url(request))


@login_required
@require_POST
def mark_read(request: MemberRequest, pk: int) -> HttpResponse:
    """Mark one notification as read, by its button or by script when its link is followed."""
    get_or_not_found(Notification.objects.all(), recipient=request.user.pk, pk=pk)
    services.mark_read(reader=request.user, notification_id=pk)
    return redirect(_list_url(request))


def _group(sent: QueryDict) -> Group | None:
    wanted = sent.get("show", "")
    return Group(wanted) if wanted in SHOWN else None


def _list_url(request: HttpRequest) -> str:
    group = _group(request.POST)
    return reverse("notifications:list") + (f"?show={group}" if group else "")


@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """Return the unread count, for pages that cannot keep a stream open."""
    if not request.user.is_authenticated:
        raise SignInNeeded
    response = JsonResponse({"unread": unread_count(request.user)})
    response["Cache-Control"] = "no-store"
    return response


@require_safe
async def events(request: HttpRequest) -> HttpResponseBase:
    """Stream the unread count as it changes."""
    user = await request.auser()
    if not user.is_authenticated:
        raise SignInNeeded
    return event_stream(unread_events(user), await open_stream(request))
