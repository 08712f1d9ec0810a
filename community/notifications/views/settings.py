from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts import rates
from community.accounts.kept_forms import sign_in_first
from community.accounts.preferences import browser_zone
from community.accounts.requests import MemberRequest
from community.accounts.services import update_preferences
from community.common.errors import NotFound
from community.common.forms import cleaned
from community.common.ratelimit import limited
from community.notifications import preferences
from community.notifications.forms import DeviceForm, SettingsForm
from community.notifications.mail import boxes, stopping
from community.notifications.mail.moments import zone_of
from community.notifications.models import Mailbox
from community.notifications.push import devices, vapid


@sign_in_first
@require_http_methods(["GET", "POST"])
@limited(rates.PROFILE)
def notification_settings(request: MemberRequest) -> HttpResponse:
    """Show a person's notification settings, and save what they choose.

    Who has chosen no time zone gets that of the browser: quiet hours and mornings are of it.
    """
    box = Mailbox.objects.filter(person=request.user).first()
    form = SettingsForm(request.POST if request.method == "POST" else None, person=request.user, mailbox=box)
    if form.is_valid():
        preferences.choose(person=request.user, choices=form.choices)
        if form.quiet_hours is not None:
            boxes.set_quiet_hours(person=request.user, hours=form.quiet_hours)
        zone = browser_zone(request)
        if zone and not request.user.time_zone:
            update_preferences(user=request.user, time_zone=zone)
        messages.success(request, _("Notification settings saved."))
        return redirect("notifications:settings")
    context = {
        "form": form,
        "stop": boxes.stop_of(request.user, box) if box else None,
        "digests_stopped_at": box.digests_stopped_at if box else None,
        "zone": str(zone_of(request.user)),
        "devices": devices.devices_of(request.user),
        "device_here": devices.device_here(request),
        "push_key": vapid.public_key() if vapid.is_offered() else "",
    }
    return render(request, "notifications/settings.html", context, status=422 if form.errors else 200)


@sign_in_first
@require_POST
@limited(rates.PROFILE)
def mail_resume(request: MemberRequest) -> HttpResponse:
    """Send email to a person again that has stopped: digests, or all of it."""
    scope = stopping.DIGESTS if request.POST.get("what") == stopping.DIGESTS else stopping.ALL
    stopping.resume(request.user, scope)
    messages.success(request, _("Email resumed."))
    return redirect("notifications:settings")


@sign_in_first
@require_POST
@limited(rates.PROFILE)
def device_add(request: MemberRequest) -> HttpResponse:
    """Push notifications to the browser that asks. It may ask again, and its worker does when its address changes."""
    if not vapid.is_offered():
        raise NotFound
    device = devices.add_device(request=request, **cleaned(DeviceForm(request.POST)))
    messages.success(request, _("Push is on for this device."))
    response = redirect(f"{reverse('notifications:settings')}#devices")
    devices.remember_here(response, device)
    return response


@sign_in_first
@require_POST
@limited(rates.PROFILE)
def device_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Push nothing more to a device; nothing changes the second time."""
    devices.remove_device(person=request.user, pk=pk)
    messages.success(request, _("Device removed."))
    return redirect(f"{reverse('notifications:settings')}#devices")


@never_cache
@csrf_exempt
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End what the link in an email ends, without signing in; GET shows a button, as programs follow links too.

    Mail programs post `List-Unsubscribe=One-Click` from anywhere (RFC 8058), so the signature alone decides. The page
    after it has the way back.
    """
    link = stopping.read(token)
    if link is None:
        return render(request, "notifications/unsubscribe_invalid.html", status=400)
    if request.method == "POST":
        _act(link, request.POST.get("act", ""))
    context = {"link": link, "is_stopped": stopping.is_stopped(link), "stop": stopping.stop_of_all(link)}
    return render(request, "notifications/unsubscribe.html", context)


def _act(link: stopping.Link, act: str) -> None:
    if act == "resume":
        stopping.resume(link.person, link.scope)
    else:
        stopping.stop(link)
