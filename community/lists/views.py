"""Reading lists: one's own and others' public ones, their order, the list of a bookmark. All work without script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.accounts.kept_forms import sign_in_first
from community.accounts.models import User
from community.accounts.requests import MemberRequest
from community.common.errors import NotFound
from community.common.forms import cleaned
from community.common.lookups import get_or_not_found
from community.common.pagination import keyset_page
from community.common.ratelimit import Limit, limited
from community.common.redirects import safe_next
from community.content.models import Post
from community.lists import selectors, services
from community.lists.forms import ChoiceForm, ListForm, PlaceForm
from community.lists.models import ListItem, ReadingList
from community.mutes.selectors import standing

LISTING = Limit("list", "120/hour")
MOVING = Limit("list-move", "120/minute")
PAGE = 20
BY_NAME = ("name", "pk")


@sign_in_first(form=ListForm)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(LISTING)
def own(request: MemberRequest) -> HttpResponse:
    """Show one's own lists, with a form for a new one."""
    form = ListForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        wish = {name: form.cleaned_data[name] for name in ("name", "is_public")}
        made = form.act(services.create_list, owner=request.user, **wish)
        if made is not None:
            return redirect(made.get_absolute_url())
    return _lists(request, request.user, {"form": form, "is_own": True}, status=422 if form.errors else 200)


@require_safe
def public(request: HttpRequest, handle: str) -> HttpResponse:
    """Show somebody's public lists; one's own lead to all of them."""
    owner = _owner(request, handle)
    if owner == request.user:
        return redirect("lists:own")
    return _lists(request, owner, {})


@require_safe
def reading_list(request: HttpRequest, handle: str, pk: int) -> HttpResponse:
    """Show a list, in the owner's order."""
    owner = _owner(request, handle)
    found = selectors.list_for(request.user, owner, pk)
    if found is None:
        raise NotFound
    page = selectors.items_page(found, request.user, request=request)
    context = {"reading_list": found, "owner": owner, "page": page, "is_own": owner == request.user}
    return render(request, "lists/list.html", context)


@sign_in_first(form=ListForm)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(LISTING)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Rename a list, or say who sees it."""
    found = get_or_not_found(ReadingList.objects.filter(owner=request.user).select_related("owner"), pk=pk)
    initial = {"name": found.name, "is_public": found.is_public}
    initial |= {"base_name": found.name, "was_public": found.is_public}
    form = ListForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        if form.act(services.change_list, reading_list=found, **form.cleaned_data):
            messages.success(request, _("Saved."))
            return redirect(found.get_absolute_url())
        form.begin_from(found.name)
    context = {"form": form, "reading_list": found}
    return render(request, "lists/edit.html", context, status=422 if form.errors else 200)


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
@limited(LISTING)
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    """Delete one's own list, after a question."""
    found = get_or_not_found(ReadingList.objects.filter(owner=request.user).select_related("owner"), pk=pk)
    if request.method != "POST":
        return render(request, "lists/delete.html", {"reading_list": found})
    services.delete_list(reading_list=found)
    messages.success(request, _("List deleted. Its bookmarks are still there."))
    return redirect("lists:own")


@sign_in_first(form=ChoiceForm)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(LISTING)
def choose(request: MemberRequest, pk: int) -> HttpResponse:
    """Choose the list of a post's bookmark, which is added if there is none."""
    post = get_or_not_found(Post.objects.visible_to(request.user).select_related("thread"), pk=pk)
    back = safe_next(request, post.get_absolute_url())
    lists = list(ReadingList.objects.filter(owner=request.user).order_by("name"))
    item = ListItem.objects.filter(bookmark__user=request.user, bookmark__post=post).first()
    current = next((each for each in lists if item is not None and each.pk == item.reading_list_id), None)
    form = ChoiceForm(request.POST if request.method == "POST" else None, lists=lists, current=current)
    if form.is_bound and form.is_valid():
        wish = {"into": form.chosen, "new_name": form.cleaned_data["new_name"]}
        if form.act(services.put, owner=request.user, post=post, **wish):
            messages.success(request, _("Saved with your bookmark."))
            return redirect(back)
    context = {"form": form, "post": post, "next": back}
    return render(request, "lists/choose.html", context, status=422 if form.errors else 200)


@sign_in_first
@require_POST
@limited(MOVING)
def move(request: MemberRequest, pk: int) -> HttpResponse:
    """Move an item of one's own list; back to where it stands now."""
    services.move_item(owner=request.user, pk=pk, to=cleaned(PlaceForm(request.POST))["to"])
    return redirect(safe_next(request, reverse("lists:own")) + f"#item-{pk}")


@sign_in_first
@require_POST
@limited(MOVING)
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    if services.take_out(owner=request.user, pk=pk):
        messages.success(request, _("Removed from the list. The bookmark is still there."))
    return redirect(safe_next(request, reverse("lists:own")))


def _lists(request: HttpRequest, owner: User, more: dict[str, Any], status: int = 200) -> HttpResponse:
    page = keyset_page(selectors.lists_of(owner, request.user), order=BY_NAME, size=PAGE, request=request)
    return render(request, "lists/lists.html", {"owner": owner, "page": page} | more, status=status)


def _owner(request: HttpRequest, handle: str) -> User:
    """Return the person with this handle. To who is kept apart from them, there is nothing here."""
    person = User.objects.by_handle_or_none(handle)
    if person is None or not person.is_active or standing(request.user, person).is_apart:
        raise NotFound
    return person
