"""One's own saved searches: a list, a form, a button that deletes. All work without script."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.kept_forms import sign_in_first
from community.accounts.requests import MemberRequest
from community.common.errors import DomainError
from community.common.ratelimit import Limit, limited
from community.common.redirects import safe_next
from community.notifications import preferences
from community.notifications.topics import Topic
from community.saved import services
from community.saved.forms import SaveForm
from community.saved.models import SavedSearch

SAVING = Limit("saved-search", "120/hour")


@sign_in_first(form=SaveForm)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(SAVING)
def searches(request: MemberRequest) -> HttpResponse:
    """Show one's saved searches, with a form for a new one, which the page of results has too."""
    form = SaveForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            return _saved(request, form)
        except DomainError as refusal:
            form.add_error("query", str(refusal))
    if form.errors:
        form.fields["query"].widget.attrs["autofocus"] = True  # it is below the list
    rows = SavedSearch.objects.filter(owner=request.user).order_by("-pk")[: services.MOST_SEARCHES]
    context = {"form": form, "searches": list(rows)}
    return render(request, "saved/searches.html", context, status=422 if form.errors else 200)


@sign_in_first
@require_POST
@limited(SAVING)
def search_delete(request: MemberRequest, pk: int) -> HttpResponse:
    if services.delete_search(owner=request.user, pk=pk):
        messages.success(request, _("Saved search deleted."))
    return redirect(safe_next(request, reverse("saved:searches")))


def _saved(request: MemberRequest, form: SaveForm) -> HttpResponse:
    wish = {"text": form.cleaned_data["query"], "name": form.cleaned_data["name"]}
    found, is_new = services.save_search(owner=request.user, **wish)
    if is_new:
        is_told = preferences.wants_any(request.user, Topic.SEARCHES)
        told = _("Search saved. You will be notified of new results.") if is_told else _("Search saved.")
        messages.success(request, told)
    else:
        messages.info(request, _("You have saved this search already."))
    return redirect(safe_next(request, found.get_absolute_url()))
