from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from community.accounts import preferences, rates, selectors, services
from community.accounts.forms.settings import PreferencesForm, ProfileForm
from community.accounts.kept_forms import sign_in_first
from community.accounts.requests import MemberRequest
from community.common.ratelimit import limited
from community.common.redirects import safe_next


@login_required
@require_GET
def settings(request: MemberRequest) -> HttpResponse:
    return _page(request)


@sign_in_first(form=ProfileForm)
@require_POST
@limited(rates.PROFILE)
def profile_update(request: MemberRequest) -> HttpResponse:
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, profile_form=form, status=422)
    sent = form.cleaned_data if "links" in request.POST else form.cleaned_data | {"links": None}
    services.update_profile(user=request.user, **sent)
    messages.success(request, _("Profile saved."))
    return redirect("accounts:settings")


@sign_in_first(form=PreferencesForm)
@require_POST
@limited(rates.PROFILE)
def preferences_update(request: MemberRequest) -> HttpResponse:
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return _page(request, preferences_form=form, status=422)
    response = redirect("accounts:settings")
    _choose(request, response, form.sent)
    messages.success(request, _("Preferences saved."))
    return response


@sign_in_first
@require_POST
def sessions_end(request: MemberRequest) -> HttpResponse:
    services.sign_out_elsewhere(request=request)
    messages.success(request, _("Signed out everywhere else. API tokens no longer work."))
    return redirect("accounts:settings")


@require_POST
@limited(rates.PREFERENCES)
def preferences_choose(request: HttpRequest) -> HttpResponse:
    """Save a preference from the page footer, for members and visitors. Invalid choices change nothing."""
    form = PreferencesForm(request.POST)
    response = redirect(safe_next(request))
    if form.is_valid():
        _choose(request, response, form.sent)
    return response


def _choose(request: HttpRequest, response: HttpResponse, chosen: dict[str, str]) -> None:
    preferences.set_cookies(response, chosen)
    if chosen.get("language"):
        translation.activate(chosen["language"])
    if request.user.is_authenticated and chosen:
        services.update_preferences(user=request.user, **chosen)


def _page(request: MemberRequest, *, profile_form=None, preferences_form=None, status: int = 200) -> HttpResponse:
    user = request.user
    chosen = {name: getattr(user, name) for name in preferences.Preferences._fields}
    profile = {name: getattr(user, name) for name in services.PROFILE} | {"base": services.profile_marks(user)}
    context = {
        "profile_form": profile_form or ProfileForm(initial=profile),
        "preferences_form": preferences_form or PreferencesForm(initial=chosen),
        "waiting_address": selectors.unconfirmed_address(user),
    }
    return render(request, "accounts/settings.html", context, status=status)
