from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.accounts import rates
from community.accounts.requests import MemberRequest
from community.common.ratelimit import limited
from community.notifications import preferences
from community.notifications.forms import SettingsForm


@login_required
@require_http_methods(["GET", "POST"])
@limited(rates.PROFILE)
def notification_settings(request: MemberRequest) -> HttpResponse:
    """Show a person's notification settings, and save what they choose."""
    form = SettingsForm(request.POST if request.method == "POST" else None, person=request.user)
    if form.is_valid():
        preferences.choose(person=request.user, choices=form.choices)
        messages.success(request, _("Notification settings saved."))
        return redirect("notifications:settings")
    return render(request, "notifications/settings.html", {"form": form}, status=422 if form.errors else 200)
