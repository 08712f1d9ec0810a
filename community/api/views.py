from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.kept_forms import sign_in_first
from community.accounts.policies import refuse_unconfirmed
from community.accounts.requests import MemberRequest
from community.api.forms import TokenForm
from community.api.models import Token, new_token
from community.common.errors import NotFound
from community.common.ratelimit import Limit, limited

MAKING = Limit("api-token", "10/hour")


@sign_in_first(form=TokenForm)
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True)
@limited(MAKING)
def tokens(request: MemberRequest) -> HttpResponse:
    """List one's tokens and create new ones; creation requires the password and shows the secret once."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    secret = _create_token(form, request) if request.method == "POST" else ""
    context = {
        "form": TokenForm() if secret else form,
        "secret": secret,
        "tokens": Token.objects.unrevoked().filter(owner=request.user),
    }
    return render(request, "api/tokens.html", context, status=422 if form.errors else 200)


@sign_in_first
@require_POST
def revoke(request: MemberRequest, pk: int) -> HttpResponse:
    changed = Token.objects.unrevoked().filter(owner=request.user, pk=pk).update(revoked_at=timezone.now())
    if not changed:
        raise NotFound
    messages.success(request, _("Token revoked."))
    return redirect("api:tokens")


@sign_in_first
@require_POST
def revoke_all(request: MemberRequest) -> HttpResponse:
    Token.objects.unrevoked().filter(owner=request.user).update(revoked_at=timezone.now())
    messages.success(request, _("All tokens revoked."))
    return redirect("api:tokens")


@csrf_exempt
def unknown_endpoint(request: HttpRequest) -> HttpResponse:
    """Return 404 for any other API path."""
    raise NotFound


def _create_token(form: TokenForm, request: MemberRequest) -> str:
    """Create a token and return its secret, or None if the form is invalid."""
    refuse_unconfirmed(request.user)
    if not form.is_valid():
        return ""
    _token, secret = new_token(owner=request.user, **form.cleaned_data)
    return secret
