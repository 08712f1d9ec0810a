from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.requests import MemberRequest
from community.api.forms import TokenForm
from community.api.models import Token, new_token
from community.common.errors import NotFound
from community.common.ratelimit import Limit, limited

MAKING = Limit("api-token", "10/hour")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@limited(MAKING)
def tokens(request: MemberRequest) -> HttpResponse:
    """The list of one's tokens; a new one's secret is shown once, in the answer to the POST."""
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        _token, secret = new_token(owner=request.user, **form.cleaned_data)
        form = TokenForm()
    rows = Token.objects.filter(owner=request.user, revoked_at=None)
    status = 422 if form.errors else 200
    return render(request, "api/tokens.html", {"form": form, "secret": secret, "tokens": rows}, status=status)


@login_required
@require_POST
def revoke(request: MemberRequest, pk: int) -> HttpResponse:
    changed = Token.objects.filter(owner=request.user, pk=pk, revoked_at=None).update(revoked_at=timezone.now())
    if not changed:
        raise Http404
    messages.success(request, _("The token no longer works."))
    return redirect("api:tokens")


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """Whatever else is asked of the API."""
    raise NotFound
