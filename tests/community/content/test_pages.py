"""Thread pages of every kind."""

import pytest
from django.test import Client

from community.content.models import Thread
from community.content.services import add_post, hide_post, start_thread
from community.mutes.services import mute
from tests.factories import PersonFactory, QuestionFactory
from tests.html import html_of

KINDS = ("question", "discussion", "article", "note")
kinds = pytest.mark.parametrize("kind", KINDS)
SHARED = {"thread", "discussion", "order_links", "view_links", "timeline", "events", "form", "robots", "posts"}
SHARED |= {"people"}


@pytest.fixture
def begun(ada):
    def thread(kind: str, **fields) -> Thread:
        return start_thread(author=ada, kind=kind, title="Why XOR?", source="Because.", **fields)

    return thread


def told(page) -> tuple[str | None, str]:
    """Return the indexing directives of the response and of the page."""
    head = page.content.decode().partition("</head>")[0]
    return page.headers.get("X-Robots-Tag"), head.partition('<meta name="robots" content="')[2].partition('"')[0]


def part(page) -> str:
    """Return the buttons to vote for the opening post."""
    return page.content.decode().partition('<div class="vote')[2].partition("</div>")[0]


@kinds
def test_every_page_of_a_thread_has_the_same_parts(client, begun, kind):
    assert client.get(begun(kind).get_absolute_url()).context.keys() >= SHARED


@kinds
def test_the_first_page_of_what_is_public_may_be_found(client, begun, kind):
    assert told(client.get(begun(kind).get_absolute_url())) == (None, "")


@kinds
def test_a_page_with_a_post_marked_is_the_same_text_again(client, begun, bob, kind):
    reply = add_post(thread=begun(kind), author=bob, source="A reply.")
    assert told(client.get(reply.get_absolute_url())) == ("noindex, follow", "noindex, follow")


@kinds
def test_a_draft_and_a_hidden_thread_are_never_found(begun, ada, moderator, as_user, kind):
    draft, hidden = begun(kind, publish=False), begun(kind)
    hide_post(post=hidden.posts.get(), by=moderator)
    for thread in (draft, hidden):
        assert told(as_user(ada).get(thread.get_absolute_url())) == ("noindex", "noindex")


@kinds
def test_a_reader_sees_their_own_votes_and_whom_they_follow(begun, bob, as_user, kind):
    thread = begun(kind)
    reader = as_user(bob)
    reader.post("/follow/", {"kind": "thread", "id": thread.pk, "level": "3"})
    page = reader.get(thread.get_absolute_url())
    assert page.context["thread"].level == 3
    assert 'aria-pressed="true"' not in part(page)
    reader.post(f"/posts/{thread.posts.get().pk}/vote/", {"value": "1"})
    assert 'aria-pressed="true"' in part(reader.get(thread.get_absolute_url()))


def people(page) -> list[tuple[str, int]]:
    return [(each.person.handle, each.posts) for each in page.context["people"]]


def test_who_wrote_a_page_is_beside_it_if_there_are_several(client, begun, ada, bob, moderator, as_user):
    thread = begun("question")
    url = thread.get_absolute_url()
    assert people(client.get(url)) == [] and "People on this page" not in client.get(url).content.decode()
    posts = [add_post(thread=thread, author=bob, source=words, role="answer") for words in ("One.", "Two.", "Three.")]
    hide_post(post=posts[0], by=moderator)
    assert people(client.get(url)) == [("bob", 2), ("ada", 1)]
    assert "People on this page" in client.get(url).content.decode()
    mute(person=ada, other=bob)
    assert people(as_user(ada).get(url)) == []


@pytest.mark.django_db
def test_an_asker_is_not_asked_to_answer_their_own_question(ada, as_user):
    thread = QuestionFactory(author=ada)
    clients = {"asker": as_user(ada), "member": as_user(PersonFactory()), "visitor": Client()}
    pages = {reader: html_of(client.get(thread.get_absolute_url())) for reader, client in clients.items()}
    assert all("No answers yet." in page for page in pages.values())
    assert [name for name, page in pages.items() if "that already helps" in page] == ["member", "visitor"]
