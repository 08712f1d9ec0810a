"""Where a hit has the words of a query: what is marked, and what its row and the API say."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from community.content.services import start_thread
from community.search.excerpts import excerpt
from community.search.selectors import find, results
from tests.factories import PersonFactory

pytestmark = pytest.mark.both

VISITOR = AnonymousUser()
CONFIG = """\
dataset: {name: adding, length: 6, n_samples: 20}
model: {layers: [{type: LSTM, hidden_size: 4}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: Adam, lr: 0.01}
training: {epochs: 2, batch_size: full}
"""


def test_a_formula_with_a_word_in_its_latex_is_marked_if_nothing_else_has_it():
    text = rf"{'word ' * 100} then $x$ and $a \odot b$."
    assert "$x$ and <mark>a ⊙ b</mark>." in excerpt(text, ["odot"])
    assert excerpt(r"$a \odot b$ is odot", ["odot"]) == "a ⊙ b is <mark>odot</mark>"


def test_a_name_in_code_is_marked_by_a_part_of_it_if_nothing_else_has_the_word():
    assert excerpt("use BatchNorm1d", ["norm"]) == "use <mark>BatchNorm1d</mark>"
    assert excerpt("使用BatchNorm层", ["norm"]) == "使用<mark>BatchNorm</mark>层"
    assert excerpt("BatchNorm has a norm", ["norm"]) == "BatchNorm has a <mark>norm</mark>"


@pytest.fixture
def writings(db) -> None:
    def write(title: str, source: str, **more) -> None:
        start_thread(author=PersonFactory(), kind="discussion", title=title, source=source, **more)

    write("A product", r"It is $a \odot b$ here.")
    write(r"Why $a \otimes b$", "No reason.")
    write("A layer", "Try `BatchNorm1d` first.")
    write("A filed one", "Nothing.\n\n```bp\n" + CONFIG + "```\n", tags=["momentum"])


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("odot", "formula"),
        (r"a \odot b", "formula"),
        (r"$c \odot d$", "formula"),
        ("a layer with the norm", "title"),
        ("otimes", "title"),
        ("norm", "text"),
        ("momentum", "tag"),
        ("adding", "config"),
        ("nothing adding", "text"),
        ("filed momentum", "title"),
        ("kind:discussion tag:momentum", "filters"),
    ],
)
def test_a_hit_says_where_it_has_the_words(writings, query, why):
    matches = [match for match in find(query, VISITOR).matches if match.kind == "post"]
    assert [each.why for each in results(matches, query, VISITOR)] == [why]
    found = Client().get("/api/v1/search", {"q": query}).json()["results"]
    assert [each["why"] for each in found if each["kind"] == "discussion"] == [why]


@pytest.mark.parametrize(
    ("query", "said"), [("odot", "in a formula"), ("momentum", "in its tags"), ("adding", "in its config")]
)
def test_the_row_says_what_is_not_seen_in_the_excerpt(writings, query, said):
    page = Client().get("/search/", {"q": query}).content.decode()
    assert [each for each in ("in a formula", "in its tags", "in its config") if each in page] == [said]


def test_the_rows_say_it_in_chinese(writings):
    page = Client(headers={"accept-language": "zh-hans"}).get("/search/", {"q": "odot"}).content.decode()
    assert "在公式中" in page


def test_what_hits_have_beside_their_text_is_read_at_once_and_only_if_it_must(writings, django_assert_num_queries):
    for n in range(3):
        start_thread(author=PersonFactory(), kind="discussion", title=f"T{n}", source="x", tags=["momentum"])

    def shown(query: str) -> list[str]:
        return [each.why for each in results(matches[query], query, VISITOR)]

    queries = ("momentum", "odot")
    matches = {query: [m for m in find(query, VISITOR).matches if m.kind == "post"] for query in queries}
    with django_assert_num_queries(5):  # the posts, their tags, their documents; with their configs, and tags as found
        assert shown("momentum") == ["tag"] * 4
    with django_assert_num_queries(3):
        assert shown("odot") == ["formula"]
