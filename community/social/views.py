"""Small buttons of a page, each a form that a script replaces alone; bookmarks; lists of what is followed, and by whom.

Without script the page reloads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.accounts.kept_forms import sign_in_first
from community.accounts.models import User
from community.accounts.requests import MemberRequest
from community.accounts.services import choose_suggestions, choose_tracking
from community.common.errors import NotFound
from community.common.forms import cleaned
from community.common.fragments import wants_fragment
from community.common.lookups import get_or_not_found
from community.common.pagination import Page, keyset_page
from community.common.ratelimit import Limit, limited
from community.common.redirects import safe_next
from community.content.models import Post, Thread
from community.content.rates import SWITCHING
from community.content.unread import find_unread
from community.mutes.selectors import standing
from community.social import followed as followed_lists
from community.social import marking, selectors, services
from community.social.errors import NoteConflict
from community.social.forms import BookmarkForm, LevelForm, MarkForm, NoteForm, SwitchForm, VoteForm
from community.social.models import Bookmark, Follow, Mark
from community.social.suggestions import suggested

type Ties = Callable[[User], tuple[QuerySet[Follow], str]]

VOTING = Limit("vote", "60/hour", "200/day", refusal=gettext_lazy("You can vote 60 times an hour and 200 times a day."))
MARKING = Limit("mark", "10/hour", "40/day")
AGREEING = Limit("agree", "60/hour", "200/day")
FOLLOWING = Limit("follow", "120/hour")
PAGE = 20
PAGE_OF_PEOPLE = 50
MOST_IN_SECTION = 5
KINDS = {
    "": gettext_lazy("All"),
    "person": gettext_lazy("People"),
    "thread": gettext_lazy("Threads"),
    "tag": gettext_lazy("Tags"),
    "category": gettext_lazy("Categories"),
}


@sign_in_first
@require_POST
@limited(VOTING)
def vote(request: MemberRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    value = cleaned(VoteForm(request.POST))["value"]
    score, up, down = services.vote(user=request.user, post=post, value=value)
    state = {"score": score, "up": up, "down": down, "voted": value, "can_vote": post.author_id != request.user.pk}
    return _answer(request, "social/vote.html", _named(post) | state, post.get_absolute_url())


@sign_in_first
@require_POST
@limited(AGREEING)
def agree(request: MemberRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    on = cleaned(SwitchForm(request.POST))["on"]
    count = services.agree(user=request.user, post=post, on=on)
    state = {"count": count, "agreed": on, "can_agree": True}
    return _answer(request, "social/agree.html", _named(post) | state, post.get_absolute_url())


@sign_in_first(form=MarkForm)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(MARKING)
def mark(request: MemberRequest, pk: int) -> HttpResponse:
    """Mark an answer as outdated or not working, with a reason; or renew one's mark."""
    post = _post(request, pk)
    marking.refuse(request.user, post)
    form = MarkForm(request.POST if request.method == "POST" else None, initial=_own_mark(request.user, post))
    if form.is_valid() and form.act(marking.set_mark, user=request.user, post=post, **form.cleaned_data):
        messages.success(request, _("Marked. The author is notified."))
        return redirect(post)
    status = 422 if form.is_bound else 200
    return render(request, "social/mark.html", {"post": post, "form": form}, status=status)


def _own_mark(user: User, post: Post) -> dict[str, Any]:
    """Return what the form begins with: one's newest mark, for the answer as it is now."""
    own = Mark.objects.filter(user=user, post=post).order_by("-created_at").values("kind", "reason").first()
    return {**(own or {}), "version": post.version}


@sign_in_first
@require_POST
@limited(SWITCHING)
def mark_remove(request: MemberRequest, pk: int) -> HttpResponse:
    seen = Mark.objects.filter(post__in=Post.objects.visible_to(request.user))
    found = get_or_not_found(seen.select_related("post__thread"), pk=pk)
    marking.remove_mark(mark=found, by=request.user)
    messages.success(request, _("Mark removed."))
    return redirect(found.post)


@sign_in_first
@require_POST
@limited(SWITCHING)
def post_mute(request: MemberRequest, pk: int) -> HttpResponse:
    """Notify the reader of no replies to a post of theirs, or again."""
    post = _post(request, pk)
    on = cleaned(SwitchForm(request.POST))["on"]
    services.mute_replies(post=post, by=request.user, on=on)
    messages.success(request, _("Replies to this post are muted.") if on else _("Replies to this post are unmuted."))
    return redirect(safe_next(request, post.get_absolute_url()))


@sign_in_first
@require_POST
@limited(FOLLOWING)
def bookmark(request: MemberRequest, pk: int) -> HttpResponse:
    """Bookmark a post, or no more; with a reminder, if one was chosen. The answer offers one for a new bookmark."""
    post, form = _post(request, pk), BookmarkForm(request.POST)
    cleaned(form)
    if form.remind_at:
        services.remind_of(user=request.user, post=post, at=form.remind_at)
    else:
        act = services.add_bookmark if form.is_on else services.remove_empty_bookmark
        act(user=request.user, post=post)
    remind_on = form.remind_at and date_format(timezone.localtime(form.remind_at), "DATE_FORMAT")
    context = {"bookmarked": form.is_on, "remind_on": remind_on, "offers_reminder": form.is_on}
    return _answer(request, "social/bookmark.html", _named(post) | context, post.get_absolute_url())


@sign_in_first(form=NoteForm)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(FOLLOWING)
def bookmark_note(request: MemberRequest, pk: int) -> HttpResponse:
    """Write a note on a post and choose the day of a reminder; both are kept with a bookmark."""
    post = _post(request, pk)
    back = safe_next(request, post.get_absolute_url())
    bookmark = Bookmark.objects.filter(user=request.user, post=post).first()
    form = NoteForm(request.POST if request.method == "POST" else None, bookmark=bookmark)
    context = {"form": form, "post": post, "next": back, "is_bookmarked": bookmark is not None}
    try:
        done = _save_note(request, post, form) if form.is_bound else ""
    except NoteConflict as conflict:
        form.put("base_version", conflict.bookmark.base_version)  # sent again, it replaces this version
        return render(request, "social/bookmark_note.html", context | {"conflict": conflict}, status=409)
    if done:
        messages.success(request, done)
        return redirect(back)
    return render(request, "social/bookmark_note.html", context, status=422 if form.is_bound else 200)


def _save_note(request: MemberRequest, post: Post, form: NoteForm) -> str:
    """Save the note, or remove the bookmark. Returns what was done, empty if the form is invalid.

    Raises NoteConflict.
    """
    if "remove" in request.POST:
        base = request.POST.get("base_version", "")
        services.remove_bookmark(user=request.user, post=post, base_version=base)
        return _("Bookmark removed.")
    if not form.is_valid():
        return ""
    note, base = form.cleaned_data["note"], form.cleaned_data["base_version"]
    services.note_bookmark(user=request.user, post=post, note=note, remind_at=form.remind_at, base_version=base)
    return _("Saved with your bookmark.")


@login_required
@require_safe
def following(request: MemberRequest) -> HttpResponse:
    """Show everything that the reader follows or has a level for, the newest first, or one kind of it."""
    kind = request.GET.get("kind", "")
    other = followed_lists.kind_of(kind)
    kind = kind if kind in KINDS or other else ""
    labels = KINDS | {each.kind: each.label for each in followed_lists.kinds()}
    tabs = [(str(label), f"?kind={key}" if key else "?", key == kind) for key, label in labels.items()]
    context: dict[str, Any] = {"kind": kind, "tabs": tabs, "other": other}
    if other is not None:
        page: Page[Any] = keyset_page(other.rows(request.user), order=("-pk",), size=PAGE, request=request)
        other.complete(page.items, request.user)
        return render(request, "social/following.html", context | {"page": page})
    page = keyset_page(selectors.levels_by(request.user, kind), order=("-pk",), size=PAGE, request=request)
    selectors.find_targets(page.items, request.user)
    find_unread([follow.target for follow in page.items if isinstance(follow.target, Thread)], request.user)
    if not kind and not page.previous_query:
        context["sections"] = followed_lists.sections(request.user, MOST_IN_SECTION)
    if not page.previous_query and (kind == "person" or not (kind or page.items or context["sections"])):
        context["suggestions"] = suggested(request.user)
    return render(request, "social/following.html", context | {"page": page})


@require_safe
def followers(request: HttpRequest, handle: str) -> HttpResponse:
    """Show who follows a person, the newest first."""
    title = _("Followers of {name}")
    return _people(request, handle, title, lambda person: (selectors.followers_of(person), "follower"))


@require_safe
def followed(request: HttpRequest, handle: str) -> HttpResponse:
    """Show whom a person follows, the newest first."""
    title = _("People {name} follows")
    return _people(request, handle, title, lambda person: (selectors.people_followed_by(person), "person"))


def _people(request: HttpRequest, handle: str, title: str, ties: Ties) -> HttpResponse:
    """Show the people at one end of a person's ties. To who is kept apart from that person, there is nothing here."""
    person = User.objects.by_handle_or_none(handle)
    if person is None or not person.is_active or standing(request.user, person).is_apart:
        raise NotFound
    rows, end = ties(person)
    page = keyset_page(rows, order=("-pk",), size=PAGE_OF_PEOPLE, request=request)
    people = selectors.people_at(page.items, end, request.user)
    context = {
        "person": person,
        "title": title.format(name=person.visible_name),
        "page": page,
        "people": people,
        "rows": selectors.with_levels(people, request.user),
    }
    return render(request, "social/people.html", context)


@sign_in_first
@require_POST
@limited(FOLLOWING)
def follow(request: MemberRequest) -> HttpResponse:
    """Set the reader's level for a person, tag, category or thread."""
    wish = cleaned(LevelForm(request.POST, reader=request.user))
    row = services.follow(follower=request.user, level=wish["level"], **{wish["kind"]: wish["target"]})
    context = {"kind": wish["kind"], "target": wish["target"], "level": row.level}
    return _answer(request, "social/follow.html", context, wish["target"].get_absolute_url())


@sign_in_first
@require_POST
@limited(FOLLOWING)
def track_read(request: MemberRequest) -> HttpResponse:
    """Choose whether threads that one reads for some minutes are tracked."""
    choose_tracking(person=request.user, on=cleaned(SwitchForm(request.POST))["on"])
    messages.success(request, _("Saved."))
    return redirect(reverse("social:following") + "#tracking")


@sign_in_first
@require_POST
@limited(FOLLOWING)
def suggestions(request: MemberRequest) -> HttpResponse:
    """Choose whether the front page suggests what one might follow."""
    is_on = cleaned(SwitchForm(request.POST))["on"]
    choose_suggestions(person=request.user, on=is_on)
    if is_on:
        messages.success(request, _("Saved."))
        return redirect(reverse("social:following") + "#suggesting")
    messages.success(request, _("Suggestions are closed. You can have them back on the page of what you follow."))
    return redirect("pages:home")


@login_required
@require_safe
def bookmarks(request: MemberRequest) -> HttpResponse:
    page = selectors.bookmarks_page(request)
    selectors.complete(page.items, request.user)
    find_unread([bookmark.post.thread for bookmark in page.items], request.user)
    return render(request, "social/bookmarks.html", {"page": page})


def _post(request: MemberRequest, pk: int) -> Post:
    return get_or_not_found(Post.objects.visible_to(request.user).select_related("thread", "author"), pk=pk)


def _named(post: Post) -> dict[str, Any]:
    return {"pk": post.pk, "url": post.get_absolute_url()}


def _answer(request: MemberRequest, template: str, context: dict[str, Any], default: str) -> HttpResponse:
    if wants_fragment(request):
        return render(request, template, context)
    return redirect(safe_next(request, default))
