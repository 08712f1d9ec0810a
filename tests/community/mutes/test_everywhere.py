"""What a reader meets of somebody: every place, in every state of mute and block. Each cell is a test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.blogs.series.services import follow_series, put_article
from community.common.ratelimit.store import limiter
from community.content.models import Tag
from community.moderation.services import report_post
from community.mutes import services
from community.pages.sitemap import FILE_ROWS
from community.social.levels import Level
from community.social.services import follow
from tests.taken_back import taken_back

from .world import MARK, MET, STATES, World, unfolded

pytestmark = pytest.mark.django_db

AGE = re.compile(r"<time\b.*?</time>", re.DOTALL)  # which a minute later is another
# Addresses of pages that show MARK to whoever meets its author.
PUBLIC: dict[str, Callable[[World], str]] = {
    "latest": lambda w: "/latest/",
    "new": lambda w: "/latest/?order=new",
    "top": lambda w: "/latest/?order=top",
    "top of the week": lambda w: "/latest/?order=top&period=week",
    "unanswered": lambda w: "/questions/?order=unanswered",
    "questions": lambda w: "/questions/",
    "discussions": lambda w: "/discussions/",
    "category": lambda w: w.shelf.get_absolute_url(),
    "tag": lambda w: "/tags/xor/",
    "front page, latest": lambda w: "/?order=latest",
    "articles": lambda w: "/articles/",
    "top articles": lambda w: "/articles/?order=top",
    "notes": lambda w: "/notes/",
    "search": lambda w: "/search/?q=words",
    "people in search": lambda w: "/search/?q=unwanted+kind:person",
    "runs in search": lambda w: "/search/?q=kind:run",
    "runs": lambda w: "/runs/",
    "filtered runs": lambda w: "/runs/?data=xor",
    "runs to compare": lambda w: "/compare/",
    "runs on a data set": lambda w: reverse("experiments:dataset", args=["xor"]),
    "posts in a thread": lambda w: w.question.get_absolute_url(),
    "a post in a thread": lambda w: w.answer.get_absolute_url(),
    "comments on a post": lambda w: reverse(
        "content:comments", args=[w.question.pk, w.question.slug, w.under.parent.number]
    ),
    "reading list of somebody else": lambda w: w.list.get_absolute_url(),
    "family of a run": lambda w: reverse("experiments:family", args=[w.run]),
}
# Of the reader alone.
OWN: dict[str, Callable[[World], str]] = {
    "feed": lambda w: "/",
    "for you": lambda w: "/?order=for-you",
    "unanswered in own tags": lambda w: "/questions/?order=your-tags",
    "unread": lambda w: "/latest/?order=unread",
    "unread articles": lambda w: "/articles/?order=unread",
    "unread notes": lambda w: "/notes/?order=unread",
    "bookmarks": lambda w: "/bookmarks/",
    "suggested edits": lambda w: "/suggestions/",
    "votes on questions": lambda w: "/proposals/",
    "notifications": lambda w: "/notifications/",
    "answers and mentions": lambda w: "/notifications/?show=to-you",
    "followed": lambda w: "/notifications/?show=follows",
}
PAGES = PUBLIC | OWN
# What is shown although it is theirs: it was asked for by its address.
ASKED_FOR: dict[str, Callable[[World], str]] = {
    "everything in search": lambda w: "/search/?q=words&muted=1",
    "feed of the site": lambda w: reverse("blogs:feed-site"),
    "feed of a person": lambda w: reverse("blogs:feed-person", args=["unwanted"]),
    "feed of a thread": lambda w: reverse("blogs:feed-thread", args=[w.question.pk]),
    "sitemap": lambda w: f"/sitemap-threads.xml?p={-(-w.question.pk // FILE_ROWS)}",
    "title of a thread": lambda w: w.threads["question"].get_absolute_url(),
    "title of an article": lambda w: w.threads["article"].get_absolute_url(),
}


# A block by the reader is a mute and more, so that most places are shown with it only in full.
AT_EVERY_COMMIT = {"latest", "search", "posts in a thread", "runs", "feed", "notifications"}
CELLS = [
    pytest.param(place, state, marks=[pytest.mark.full] if state == "blocked" and place not in AT_EVERY_COMMIT else [])
    for place in PAGES
    for state in STATES
    if state != "nothing"
]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), taken_back():
        yield World()


@pytest.fixture(autouse=True)
def again(world, db) -> Iterator[None]:
    limiter.cache_clear()
    with taken_back():
        yield


def text_for(world: World, role: str, path: str) -> str:
    response = world.clients[role].get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize(("place", "state"), CELLS)
def test_a_page_shows_only_whom_its_reader_meets(world, place, state) -> None:
    STATES[state](world)
    assert (MARK in unfolded(text_for(world, "reader", PAGES[place](world)))) == (state in MET)


@pytest.mark.parametrize("state", ["muted", "blocked by"])
@pytest.mark.parametrize("place", ASKED_FOR)
def test_what_is_asked_for_is_shown_in_every_state(world, place, state) -> None:
    STATES[state](world)
    assert MARK.lower() in text_for(world, "reader", ASKED_FOR[place](world)).lower()


@pytest.mark.parametrize("place", PUBLIC)
def test_nothing_changes_for_visitors_and_moderators(world, place) -> None:
    path = PUBLIC[place](world)
    before = unfolded(AGE.sub("", text_for(world, "visitor", path)))
    STATES["blocked"](world)
    assert unfolded(AGE.sub("", text_for(world, "visitor", path))) == before
    assert MARK in unfolded(text_for(world, "moderator", path))


@pytest.mark.parametrize("place", PUBLIC)
def test_a_moderators_own_mute_is_everybodys(world, place) -> None:
    services.mute(person=world.moderator, other=world.unwanted)
    assert MARK not in unfolded(text_for(world, "moderator", PUBLIC[place](world)))


def test_what_is_reported_is_in_moderation_whoever_is_muted(world) -> None:
    report_post(post=world.answer, reporter=world.reader, reason="spam")
    services.mute(person=world.moderator, other=world.unwanted)
    assert MARK in unfolded(text_for(world, "moderator", reverse("moderation:queue")))


@pytest.mark.parametrize("state", STATES)
def test_posts_of_a_run_are_those_of_people_whom_the_reader_meets(world, state) -> None:
    STATES[state](world)
    assert ("/@unwanted/" in text_for(world, "reader", reverse("experiments:run", args=[world.run]))) == (state in MET)


@pytest.mark.parametrize("state", STATES)
def test_a_profile_has_a_list_unless_a_block_is_in_between(world, state) -> None:
    STATES[state](world)
    page = unfolded(text_for(world, "reader", "/@unwanted/"))
    assert (f"{MARK} question" in page) == (not state.startswith("blocked"))
    assert ("Follow" in page) == (not state.startswith("blocked"))


@pytest.mark.parametrize("state", STATES)
def test_who_did_not_block_is_told_of_no_block(world, state) -> None:
    """The page of the other: a mute is nowhere on it, a block only says what they cannot do."""
    STATES[state](world)
    for path in ("/@reader/", world.own.get_absolute_url(), "/latest/", "/", "/notifications/", "/settings/people/"):
        page = unfolded(text_for(world, "unwanted", path))
        if state in ("muted", "blocked"):
            assert "you muted" not in page.lower() and "you blocked" not in page.lower(), path
    assert (
        "You cannot reply to this person." in unfolded(text_for(world, "unwanted", world.own.get_absolute_url()))
    ) == (state == "blocked")


@pytest.mark.both
@pytest.mark.parametrize("state", STATES)
def test_lists_of_the_api_have_only_whom_the_owner_of_a_token_meets(world, state, client) -> None:
    STATES[state](world)
    headers = {"Authorization": f"Bearer {world.token}"}
    for query in ("", "?kind=question", f"?category={world.shelf.slug}", "?tag=xor", "?order=top", "?order=unanswered"):
        items = client.get(f"/api/v1/threads{query}", headers=headers).json()["items"]
        assert any(item["author"]["handle"] == "unwanted" for item in items) == (state in MET), query
    assert any(item["author"]["handle"] == "unwanted" for item in client.get("/api/v1/threads").json()["items"])


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("query", ["words", "words kind:question", "unwanted kind:person", "kind:run", "tag:xor words"])
def test_search_of_the_api_finds_only_whom_the_owner_of_a_token_meets(world, query, state, client) -> None:
    STATES[state](world)
    found = client.get("/api/v1/search", {"q": query}, headers={"Authorization": f"Bearer {world.token}"})
    assert found.status_code == 200
    assert (MARK in found.content.decode()) == (state in MET)
    assert MARK in client.get("/api/v1/search", {"q": query}).content.decode()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", ["", "thread", "series"])
def test_what_one_follows_names_only_whom_one_meets(world, kind, state) -> None:
    follow(follower=world.reader, thread=world.threads["discussion"])
    series = put_article(article=world.threads["article"].article, by=world.unwanted, new_title=f"{MARK} series")
    follow_series(series=series, follower=world.reader, on=True)
    if not kind:
        follow(follower=world.reader, person=world.unwanted, level=Level.NORMAL)
    STATES[state](world)
    page = unfolded(text_for(world, "reader", f"/following/?kind={kind}"))
    assert (f"{MARK} discussion" in page or f"{MARK} series" in page) == (state in MET)


@pytest.mark.parametrize("state", STATES)
def test_posts_of_the_api_say_whether_they_are_folded(world, state, client) -> None:
    STATES[state](world)
    headers = {"Authorization": f"Bearer {world.token}"}
    posts = client.get(f"/api/v1/threads/{world.question.pk}/posts", headers=headers).json()["items"]
    assert {post["muted"] for post in posts if post["author"]["handle"] == "unwanted"} == {state not in MET}
    assert not any(post["muted"] for post in posts if post["author"]["handle"] == "third")
    one = client.get(f"/api/v1/posts/{world.answer.pk}", headers=headers).json()
    assert one["muted"] == (state not in MET)
    assert not client.get(f"/api/v1/posts/{world.answer.pk}").json()["muted"]


@pytest.mark.parametrize("state", STATES)
def test_counts_leave_out_whom_the_reader_does_not_meet(world, state) -> None:
    """The bell, unread posts in rows and on the page of a thread, and live news."""
    client = world.clients["reader"]
    bell = client.get("/notifications/count/").json()["unread"]
    news = client.get(reverse("content:news", args=[world.question.pk, 1])).json()
    STATES[state](world)
    assert (client.get("/notifications/count/").json()["unread"] == bell) == (state in MET)
    now = client.get(reverse("content:news", args=[world.question.pk, 1])).json()
    assert (news["count"], now["count"]) == (3, 3 if state in MET else 1)
    unread = "3 new" if state in MET else "1 new"
    assert unread in unfolded(text_for(world, "reader", "/latest/"))


@pytest.mark.both
@pytest.mark.parametrize("state", STATES)
def test_one_query_more_at_most(world, state) -> None:
    """Of somebody whose feed does not offer more to follow, before or after."""
    for slug in ("adam", "rnn"):
        follow(follower=world.reader, tag=Tag.objects.create(slug=slug))
    paths = ["/", "/latest/", "/articles/", "/notes/", "/search/?q=words", "/runs/", world.question.get_absolute_url()]

    def counted(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            text_for(world, "reader", path)
        return len(queries)

    counted("/search/?q=unknown")  # a search that finds little counts the site's words, once an hour
    before = {path: counted(path) for path in paths}
    STATES[state](world)
    after = {path: counted(path) for path in paths}
    assert {path: after[path] - before[path] for path in paths if after[path] > before[path] + 1} == {}
