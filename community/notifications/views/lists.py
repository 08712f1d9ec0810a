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
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
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
from community.notifications.selectors import Notice, line_page, new_lines, notices, unread_count, unread_lines
from community.notifications.verbs import Group

SHOWN = (Group.TO_YOU, Group.FOLLOWS, Group.FOLLOWERS, Group.RUNS, Group.MODERATION)
UNREAD = "unread"
LABELS = {
    "": pgettext_lazy("notifications", "All"),
    UNREAD: pgettext_lazy("notifications", "Unread"),
    Group.TO_YOU: _("Answers and mentions"),
    Group.FOLLOWS: _("Followed"),
    Group.FOLLOWERS: _("Followers"),
    Group.RUNS: _("Runs"),
    Group.MODERATION: _("Moderation"),
}


@login_required
@require_safe
def notification_list(request: MemberRequest) -> HttpResponse:
    group, is_unread = _group(request.GET), request.GET.get("show") == UNREAD
    page = line_page(request, request.user, group, is_unread=is_unread)
    shown = notices(page.items, request.user)
    newest = max((event.pk for notice in shown for event in notice.events), default=0)
    show = group or (UNREAD if is_unread else "")
    context = {"page": page, "newest": newest, "group": show, "today": timezone.localdate(), "tabs": _tabs(show)}
    return render(request, "notifications/list.html", context | {"days": _by_day(shown, show)})


def _tabs(show: str) -> list[tuple[str, str, bool]]:
    return [(str(label), f"?show={name}" if name else "?", name == show) for name, label in LABELS.items()]


def _by_day(shown: Sequence[Notice], group: str) -> list[tuple[date, list[SafeString]]]:
    """Return lines, drawn, by their day in the reader's time zone."""
    return [(day, [notice.drawn(group) for notice in of_day]) for day, of_day in groupby(shown, key=attrgetter("day"))]


@sign_in_first
@require_POST
def mark_all_read(request: MemberRequest) -> HttpResponse:
    """Mark the lines that the reader saw as read: up to the newest shown id `up_to`, of one group or of all."""
    newest = _key(request.POST.get("up_to", ""))
    services.mark_all_read(reader=request.user, up_to_id=newest, group=_group(request.POST))
    return redirect(_list_url(request))


@sign_in_first
@require_POST
def mark_read(request: MemberRequest, pk: int) -> HttpResponse:
    """Mark a line as read, by its button or by script when its link is followed."""
    get_or_not_found(Notification.objects.all(), recipient=request.user.pk, pk=pk)
    services.mark_read(reader=request.user, line_id=pk)
    return redirect(_list_url(request))


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _group(sent: QueryDict) -> Group | None:
    wanted = sent.get("show", "")
    return Group(wanted) if wanted in SHOWN else None


def _list_url(request: HttpRequest) -> str:
    show = UNREAD if request.POST.get("show") == UNREAD else _group(request.POST)
    return reverse("notifications:list") + (f"?show={show}" if show else "")


@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """Return the unread count, for pages that cannot keep a stream open; 304 if it is the one they have.

    With `?lines`, return the keys of unread lines, for browsers that show some on their device; with `?since=`, how
    many are new to an open list, of which that is the newest key.
    """
    if not request.user.is_authenticated:
        raise SignInNeeded
    if "lines" in request.GET:
        return JsonResponse({"lines": unread_lines(request.user)})
    if "since" in request.GET:
        new = new_lines(request.user, _key(request.GET["since"]), _group(request.GET))
        return JsonResponse({"new": new}, headers={"Cache-Control": "no-store"})
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
