"""Series: the page of one, a person's, and what their owner does with them. All work without script."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.accounts.kept_forms import sign_in_first
from community.accounts.models import User
from community.accounts.requests import MemberRequest
from community.blogs.models import Part
from community.blogs.selectors import own_article
from community.blogs.series import selectors, services
from community.blogs.series.forms import ChoiceForm, PlaceForm, SeriesForm, SwitchForm
from community.common.errors import NotFound
from community.common.forms import cleaned
from community.common.ratelimit import Limit, limited
from community.common.redirects import safe_next
from community.mutes.selectors import standing

FILING = Limit("series", "120/hour")
MOVING = Limit("series-move", "120/minute")


@require_safe
def series(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a series: its articles in order, and how far the reader has come."""
    return render(request, "blogs/series.html", {"page": selectors.series_page(request.user, pk)})


@require_safe
def series_of(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a person's series."""
    owner = User.objects.by_handle_or_none(handle)
    if owner is None or not owner.is_active or standing(request.user, owner).is_apart:
        raise NotFound
    found, is_own = selectors.series_of(owner, request.user), owner == request.user
    return render(request, "blogs/series_of.html", {"owner": owner, "found": found, "is_own": is_own})


@sign_in_first(form=ChoiceForm)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(FILING)
def choose(request: MemberRequest, pk: int) -> HttpResponse:
    """Choose the series of one's own article, or begin one with it."""
    article = own_article(request.user, pk)
    if article.thread.author_id != request.user.pk:
        raise NotFound
    own = selectors.series_of(request.user, request.user)
    current = Part.objects.filter(article=article).values_list("series", flat=True).first()
    form = ChoiceForm(request.POST if request.method == "POST" else None, own=own, current=current)
    if form.is_bound and form.is_valid():
        wish = {"into": form.chosen, "new_title": form.cleaned_data["new_title"]}
        made = form.act(services.put_article, article=article, by=request.user, **wish)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(made or article.thread)
    context = {"form": form, "thread": article.thread}
    return render(request, "blogs/series_choose.html", context, status=422 if form.errors else 200)


@sign_in_first(form=SeriesForm)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(FILING)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change title and description of one's own series."""
    found = selectors.own_series(request.user, pk)
    begun = {"title": found.title, "about": found.about, "base_title": found.title, "base_about": found.about}
    form = SeriesForm(request.POST if request.method == "POST" else None, initial=begun, series=found)
    if form.is_bound and form.is_valid():
        wish = {name: form.cleaned_data[name] for name in ("title", "about")}
        changed = form.act(services.change_series, series=found, base=form.base, **wish)
        if changed is not None:
            messages.success(request, _("Saved."))
            return redirect(changed)
    status = 422 if form.errors else 200
    return render(request, "blogs/series_edit.html", {"series": found, "form": form}, status=status)


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
@limited(FILING)
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    """Delete one's own series, or as a moderator anybody's, after a question."""
    found = selectors.series_to_delete(request.user, pk)
    if request.method != "POST":
        return render(request, "blogs/series_delete.html", {"series": found})
    services.delete_series(series=found, by=request.user)
    messages.success(request, _("Series deleted. Its articles are still there."))
    return redirect("blogs:series-of", found.owner.handle)


@sign_in_first
@require_POST
@limited(MOVING)
def move(request: MemberRequest, pk: int) -> HttpResponse:
    """Move an article within its series; one that was taken out in another tab leads to its own page."""
    article = own_article(request.user, pk)
    found = services.move_part(owner=request.user, article_id=pk, to=cleaned(PlaceForm(request.POST))["to"])
    return redirect(f"{found.get_absolute_url()}#part-{pk}" if found else article.thread.get_absolute_url())


@sign_in_first
@require_POST
@limited(MOVING)
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Take an article out of its series."""
    article = own_article(request.user, pk)
    part = Part.objects.filter(article=article).select_related("series").first()
    services.put_article(article=article, by=request.user)
    messages.success(request, _("Removed from the series. The article is still there."))
    return redirect(part.series if part else article.thread)


@sign_in_first
@require_POST
@limited(FILING)
def follow(request: MemberRequest, pk: int) -> HttpResponse:
    """Be notified of new parts, or no longer."""
    page = selectors.series_page(request.user, pk)
    services.follow_series(series=page.series, follower=request.user, on=cleaned(SwitchForm(request.POST))["on"])
    return redirect(safe_next(request, page.series.get_absolute_url()))
