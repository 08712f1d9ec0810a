"""Profile pages: a person and their posts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from django.db.models import FETCH_RAISE, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from community.accounts.models import User
from community.blogs.series.selectors import public_series_count
from community.common.errors import NotFound
from community.common.page_cache import shared_page, shared_part
from community.common.pagination import Page, PreparedList, keyset_page
from community.common.prepared import Prepared, place, place_of_key
from community.common.replicas import from_replica
from community.common.subqueries import CountUpTo, looked_up
from community.common.templatetags.ui import up_to
from community.content import topics
from community.content.models import Kind, Post, Thread
from community.content.policies import is_staff
from community.content.thread_lists import shared_list
from community.experiments import topics as experiments
from community.experiments.selectors import gallery, public_run_count
from community.forum.lists import ROW_BYTES
from community.lists.selectors import public_list_count
from community.mutes.selectors import standing
from community.profiles.badges import badges_of
from community.profiles.selectors import MOST_SUMMED, overview, received
from community.social.selectors import follow_counts

ROWS_A_PAGE = 20
ANSWERS, COMMENTS, RUNS, ALL = "answer", "comment", "run", "thread"
LISTS, SERIES = "list", "series"
MOST_SHOWN = 1_000
TABS = {
    "": _("Threads"),
    Kind.QUESTION.value: _("Questions"),
    ANSWERS: _("Answers"),
    Kind.DISCUSSION.value: _("Discussions"),
    Kind.ARTICLE.value: _("Articles"),
    Kind.NOTE.value: _("Notes"),
    COMMENTS: _("Comments"),
    RUNS: _("Runs"),
}


class NobodyHere(NotFound):
    default = _("Nobody has this handle.")


@require_safe
@shared_page("show", "after", "before")
@from_replica
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a profile; other spellings of the handle redirect to the canonical one."""
    person = User.objects.by_handle_or_none(handle)
    if person is None:
        raise NobodyHere
    if handle != person.handle:
        return redirect(_same_query(request, person.get_absolute_url()))
    between = standing(request.user, person)
    shown = {"person": person, "standing": between, "can_block": not (is_staff(request.user) or person.is_staff)}
    if between.is_apart:
        return render(request, "pages/profile_apart.html", shown)
    return render(request, "pages/profile.html", shown | _profile_page(request, person))


def _profile_page(request: HttpRequest, person: User) -> dict[str, Any]:
    counts = _counts(person)
    show = request.GET.get("show", "")
    show = show if show in TABS else ""
    if not show and not counts[ALL]:
        show = next((key for key in TABS if key and counts[key]), "")
    if show not in (ANSWERS, COMMENTS, RUNS):  # rows of those are in threads of others
        topics.shows_person(person.pk)
        topics.shows_publicity()
    page = _page(request, person, show)
    is_front = not any(request.GET.get(name) for name in ("show", "after", "before"))
    begins_answers = show == ANSWERS and page.items and not page.previous_query
    return {
        "tabs": _tabs(counts, show),
        "show": show,
        "page": page,
        "received": received(_public_answers(person)) if begins_answers else None,
        "most_summed": MOST_SUMMED if counts[ANSWERS] > MOST_SUMMED else 0,
        "followers": counts["follower_count"],
        "following": counts["following_count"],
        "lists": counts[LISTS],
        "series": counts[SERIES],
        "overview": overview(person) if is_front else None,
        "badges": badges_of(person) if is_front else (),
        "is_own": request.user.pk == person.pk,
    }


def _tabs(counts: Mapping[str, int], shown: str) -> list[tuple[str, str, bool, str]]:
    """Return the tabs; empty kinds are omitted."""
    return [
        (str(label), f"?show={key}" if key else "?", key == shown, up_to(counts[key or ALL], MOST_SHOWN))
        for key, label in TABS.items()
        if counts[key or ALL] or key == shown
    ]


def _counts(person: User) -> dict[str, int]:
    """Return what the tabs and the column beside them count, by name, in one query."""
    return shared_part(("profile counts", person.pk), lambda: _counted_now(person.pk), lambda counts: 200 * len(counts))


def _counted_now(key: int) -> dict[str, int]:
    topics.shows_person(key)
    topics.shows_publicity()
    experiments.shows_any()
    names, counting = _counting()
    return dict(zip(names, counting.run(person=key)[0], strict=True))


@cache
def _counting() -> tuple[list[str], Prepared]:
    """Return the names of the counts, and the query for them."""
    threads = Thread.objects.public().filter(author=OuterRef("pk"))
    columns = {kind: CountUpTo(threads.filter(kind=kind)) for kind in Kind.values}
    columns |= {ALL: CountUpTo(threads), ANSWERS: CountUpTo(_public_answers(OuterRef("pk")))}
    columns[COMMENTS] = CountUpTo(_public(Post.objects.comments(), OuterRef("pk")))
    columns |= {RUNS: public_run_count(), **follow_counts(OuterRef("pk")), LISTS: public_list_count(OuterRef("pk"))}
    columns[SERIES] = public_series_count(OuterRef("pk"))
    return [*columns], Prepared(lambda: User.objects.filter(pk=place("person")).values_list(*columns.values()))


def _page(request: HttpRequest, person: User, show: str) -> Page[Any]:
    """Return a page of the tab's public rows."""
    if show == RUNS:
        return gallery(request, None, owner=person)
    if show in (ANSWERS, COMMENTS):
        own = _public_answers(person) if show == ANSWERS else _public(Post.objects.comments(), person)
        return _posts(request, own)
    return _threads(request, person, show)


def _threads(request: HttpRequest, person: User, kind: str) -> Page[Thread]:
    read = partial(_read_threads, person, kind)
    name = ("threads of", person.pk, kind)
    return shared_list(request, name, read, lambda page: ROW_BYTES * len(page), is_of_one=True)


def _read_threads(person: User, kind: str, after: str | None, before: str | None) -> Page[Thread]:
    return _threads_of(kind).keyset_page(after=after, before=before, person=person.pk)


@cache
def _threads_of(kind: str) -> PreparedList[Thread]:
    rows = Thread.objects.for_rows().fetch_mode(FETCH_RAISE)
    own = Thread.objects.public().filter(author=User(pk=place_of_key("person")))
    parts = [own.filter(kind=kind) if kind else own]
    return PreparedList(rows, order=("-published_at", "-id"), size=ROWS_A_PAGE, parts=parts)


def _posts(request: HttpRequest, own: QuerySet[Post]) -> Page[Post]:
    rows = Post.objects.select_related("thread").fetch_mode(FETCH_RAISE)
    return keyset_page(rows, order=("-created_at", "-id"), size=ROWS_A_PAGE, request=request, parts=[own])


def _public_answers(person: User | OuterRef) -> QuerySet[Post]:
    return _public(Post.objects.answers(), person)


def _public(posts: QuerySet[Post], person: User | OuterRef) -> QuerySet[Post]:
    """Return those of these posts that are a person's and that everybody sees."""
    public = Thread.objects.public().filter(pk=OuterRef("thread"))
    return posts.filter(looked_up(public), author=person, hidden_at=None, deleted_at=None)


def _same_query(request: HttpRequest, address: str) -> str:
    query = request.GET.urlencode()
    return f"{address}?{query}" if query else address
