"""The form that was sent after the session had ended."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.accounts import kept_forms
from community.accounts.requests import MemberRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kept_form(request: MemberRequest) -> HttpResponse:
    """Show the form that was kept, to be sent where it was sent to; a POST here discards it."""
    if request.method == "POST":
        kept_forms.drop(request)
        messages.success(request, _("Discarded."))
        return redirect("/")
    kept = kept_forms.kept_form(request)
    if kept is None:
        return redirect("/")
    form, others = kept_forms.filled(kept)
    return render(request, "accounts/kept_form.html", {"kept": kept, "form": form, "others": others})
