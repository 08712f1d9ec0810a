"""allauth's views with rate limits; invalid forms return 422, a handle taken concurrently is a field error."""

from typing import TYPE_CHECKING

from allauth.account import views as allauth_views
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community.accounts import rates, selectors
from community.accounts.errors import HandleTaken
from community.accounts.kept_forms import sign_in_first
from community.accounts.requests import MemberRequest
from community.common.ratelimit import Limit
from community.common.redirects import safe_next

if TYPE_CHECKING:
    from django.views.generic import FormView as _FormView
else:
    _FormView = object


class Limited(_FormView):
    """Mixin that rate-limits POST requests and returns 422 for invalid forms."""

    limit: Limit

    def dispatch(self, request: HttpRequest, *args, **kwargs):
        if request.method == "POST":
            self.limit.hit(request)
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form):
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class SignupView(Limited, allauth_views.SignupView):
    limit = rates.SIGN_UP

    def form_valid(self, form):
        rates.count_email(form.cleaned_data["email"])
        try:
            return super().form_valid(form)
        except HandleTaken as taken:
            form.add_error("username", str(taken))
            return self.form_invalid(form)


class LoginView(Limited, allauth_views.LoginView):
    limit = rates.SIGN_IN


class PasswordResetView(Limited, allauth_views.PasswordResetView):
    limit = rates.RESET

    def form_valid(self, form):
        rates.count_email(form.cleaned_data["email"])
        return super().form_valid(form)


class PasswordResetFromKeyView(Limited, allauth_views.PasswordResetFromKeyView):
    limit = rates.RESET_LINK


class PasswordChangeView(Limited, allauth_views.PasswordChangeView):
    limit = rates.PASSWORD


class PasswordSetView(Limited, allauth_views.PasswordSetView):
    limit = rates.PASSWORD


class EmailView(Limited, allauth_views.EmailView):
    limit = rates.EMAIL

    def form_valid(self, form):
        rates.count_email(form.cleaned_data["email"])
        return super().form_valid(form)


class ReauthenticateView(Limited, allauth_views.ReauthenticateView):
    limit = rates.PASSWORD


@sign_in_first
@require_POST
def confirmation_resend(request: MemberRequest) -> HttpResponse:
    """Resend the confirmation link to the unconfirmed address."""
    address = selectors.unconfirmed_address(request.user)
    if address is None:
        return _nothing_to_confirm(request)
    rates.count_email(address.email)
    address.send_confirmation(request)
    messages.success(request, _("The link is on its way to %(address)s again.") % {"address": address.email})
    return redirect(safe_next(request))


def _nothing_to_confirm(request: MemberRequest) -> HttpResponse:
    if request.user.email:
        messages.info(request, _("Address confirmed."))
        return redirect(safe_next(request))
    messages.info(request, _("Please enter an email address first."))
    return redirect("account_email")
