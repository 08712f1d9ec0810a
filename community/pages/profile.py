"""Profile pages: a person and their posts."""

from __future__ import annotations

from typing import Any

from django.db.models import FETCH_RAISE, Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from community.accounts.models import User
from community.common.errors import NotFound
from community.common.pagination import Page, keyset_page
from community.content.embeds import draw_sparks
from community.content.models import Kind, Post, Thread
from community.experiments.selectors import gallery, public_run_count
from community.social.selectors import follow_counts

ROWS_A_PAGE = 20
ANSWERS, RUNS = "answer", "run"
TABS = {
    "": _("All"),
    Kind.QUESTION.value: _("Questions"),
    ANSWERS: _("Answers"),
    Kind.DISCUSSION.value: _("Discussions"),
    Kind.ARTICLE.value: _("Articles"),
    Kind.NOTE.value: _("Notes"),
    RUNS: _("Runs"),
}
NOT_THREADS = (ANSWERS, RUNS)


class NobodyHere(NotFound):
    default = _("Nobody has this handle.")


@require_safe
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a profile; other spellings of the handle redirect to the canonical one."""
    person = User.objects.by_handle_or_none(handle)
    if person is None:
        raise NobodyHere
    if handle != person.handle:
        return redirect(_same_query(request, person.get_absolute_url()))
    return render(request, "pages/profile.html", _profile_page(request, person))


def _profile_page(request: HttpRequest, person: User) -> dict[str, Any]:
    show = request.GET.get("show", "")
    show = show if show in TABS else ""
    followers, following = follow_counts(person)
    return {
        "person": person,
        "tabs": _tabs(person, show),
        "show": show,
        "page": _page(request, person, show),
        "followers": followers,
        "following": following,
        "is_own": request.user.pk == person.pk,
    }


def _tabs(person: User, shown: str) -> list[tuple[str, str, bool, int]]:
    """Return the tabs; empty kinds are omitted."""
    counts = _counts(person)
    counts[""] = sum(count for key, count in counts.items() if key not in NOT_THREADS)
    return [
        (str(label), f"?show={key}" if key else "?", key == shown, counts.get(key, 0))
        for key, label in TABS.items()
        if counts.get(key) or key in ("", shown)
    ]


def _counts(person: User) -> dict[str, int]:
    threads = Thread.objects.public().filter(author=person).order_by().values_list("kind").annotate(Count("pk"))
    answers = Post.objects.public().answers().filter(author=person)
    return {**dict(threads), ANSWERS: answers.count(), RUNS: public_run_count(person)}


def _page(request: HttpRequest, person: User, show: str) -> Page[Any]:
    """Return a page of the tab's public rows."""
    if show == RUNS:
        return gallery(request, None, owner=person)
    return _answers(request, person) if show == ANSWERS else _threads(request, person, show)


def _threads(request: HttpRequest, person: User, kind: str) -> Page[Thread]:
    rows = Thread.objects.public().filter(author=person).for_lists().fetch_mode(FETCH_RAISE)
    if kind:
        rows = rows.filter(kind=kind)
    page = keyset_page(rows, order=("-published_at", "-id"), size=ROWS_A_PAGE, request=request)
    draw_sparks(page.items, request.user)
    return page


def _answers(request: HttpRequest, person: User) -> Page[Post]:
    rows = Post.objects.public().answers().filter(author=person).select_related("thread").fetch_mode(FETCH_RAISE)
    return keyset_page(rows, order=("-created_at", "-id"), size=ROWS_A_PAGE, request=request)


def _same_query(request: HttpRequest, address: str) -> str:
    query = request.GET.urlencode()
    return f"{address}?{query}" if query else address
