"""Search through the API: its shape, its pages, its sentences."""

import pytest
from django.test import Client

from community.content.services import add_post, start_thread
from community.search import selectors
from tests.factories import PersonFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]
URL = "/api/v1/search"


def got(**query: str) -> dict:
    response = Client().get(URL, query)
    assert response.status_code == 200, response.content
    return response.json()


def test_a_result_has_its_kind_thread_address_title_excerpt_and_reason():
    author = PersonFactory(handle="ada")
    thread = start_thread(author=author, kind="question", title="Why $x$", source="A <b> plateau of $L$.", tags=["xor"])
    answer = add_post(thread=thread, author=author, source="The plateau.")
    start_thread(author=author, kind="note", title="", source="Another", publish=False)
    assert got(q="plateau kind:answer") == {
        "results": [
            {
                "id": answer.pk,
                "url": f"http://testserver{answer.get_absolute_url()}",
                "kind": "answer",
                "thread": thread.pk,
                "title": "Why $x$",
                "excerpt": "The <mark>plateau</mark>.",
                "why": "text",
            }
        ],
        "next": None,
        "problems": [],
    }
    assert got(q="plateau layer:", kind="question")["problems"] == got(q="plateau layer:")["problems"] != []
    opening = got(q="plateaus", kind="question")["results"]
    assert [(each["excerpt"], each["why"]) for each in opening] == [
        ("A &lt;b&gt; <mark>plateau</mark> of $L$.", "text")
    ]
    assert [(each["kind"], each["why"]) for each in got(q="ada")["results"]] == [("person", "title")]
    assert [(each["kind"], each["why"]) for each in got(q="tag:xor", kind="question")["results"]] == [
        ("question", "filters")
    ]
    assert got(q="another") == {"results": [], "next": None, "problems": []}


def test_pages_of_fifty_follow_each_other(monkeypatch):
    author = PersonFactory(handle="ada")
    thread = start_thread(author=author, kind="discussion", title="T", source="x")
    posts = [add_post(thread=thread, author=author, source=f"plateau {n}") for n in range(53)]
    first = got(q="plateau")
    second = got(q="plateau", cursor=first["next"])
    assert (len(first["results"]), len(second["results"]), second["next"]) == (50, 3, None)
    assert {each["id"] for each in first["results"] + second["results"]} == {post.pk for post in posts}


@pytest.mark.parametrize(
    ("query", "problems"),
    [
        ({}, []),
        ({"q": "tag: x"}, ["“tag:” has no value, so it was left out. Write the value right after the colon."]),
        ({"q": "x" * 10_240}, [f"Only the first {selectors.language.LONGEST} characters were read."]),
    ],
)
def test_a_query_that_is_not_understood_is_told(query, problems):
    assert got(**query) == {"results": [], "next": None, "problems": problems}


def test_a_long_query_is_cut_and_its_kind_is_not():
    start_thread(author=PersonFactory(), kind="note", title="A plateau", source="x")
    for kind, count in (("note", 1), ("question", 0)):
        found = got(q="plateau" + " a" * 5_117, kind=kind)
        assert (len(found["results"]), len(found["problems"])) == (count, 1)


@pytest.mark.parametrize("query", [{"q": "x", "kind": "sonnet"}, {"q": "x", "cursor": "abc"}, {"q": "x\x00"}])
def test_a_broken_request_is_refused_with_a_sentence(query):
    response = Client().get(URL, query)
    assert response.status_code in (400, 422) and response.json()["error"]["message"]
