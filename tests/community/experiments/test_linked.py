"""The address of a comparison that is a paragraph of a post becomes its picture, for those who may see its runs."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from bpsandbox.models import Attachment
from community.content import embeds
from community.experiments import linked
from tests.factories import PersonFactory
from tests.taken_back import taken_back

from .conftest import finished, text_with

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()
HERE = "http://testserver"


@pytest.fixture(scope="module")
def two(django_db_setup, django_db_blocker) -> Iterator[tuple[str, str]]:
    with django_db_blocker.unblock(), taken_back():
        yield finished(text_with()), finished(text_with(optimizer="{type: SGD, lr: 0.5}"))


@pytest.fixture
def post(asked):
    """Return a function that posts a question with these paragraphs and a config."""
    return lambda words: asked(PersonFactory(), before=words)


def shown(post, user=NOBODY) -> str:
    [html] = embeds.fill([post.html], user, [post.pk])
    return html


def test_an_address_becomes_the_chart_with_its_runs_and_a_link(two, post, client: Client):
    address = f"{HERE}/compare/?runs={two[0]},{two[1]}"
    made = post(f"Before\n\n{address}&x=steps&scale=linear\n\nAfter")
    page = client.get(made.thread.get_absolute_url()).content.decode()
    [figure] = re.findall(r'<figure class="compared">.*?</figure>', page, re.DOTALL)
    assert figure.count('class="curve"') == 1 and ">step" in figure and "log scale" not in figure
    assert [f'href="/runs/{each}/"' in figure for each in two] == [True, True]
    assert f'href="/compare/?runs={two[0]},{two[1]}&amp;x=steps&amp;scale=linear"' in figure
    assert 'class="reference"' not in page


@pytest.mark.parametrize(
    "words",
    [
        "See {here}/compare/?runs={0},{1}",
        "[these]({here}/compare/?runs={0},{1})",
        "{here}/compare/?runs={0}",
        "{here}/compare/?runs={0},{missing}",
        "{here}/compare/?runs={0},{1}&curve=val_loss",
        "{here}/compare/?runs={0},x",
        "{here}/compare/",
        "{here}/other/compare/?runs={0},{1}",
        "https://elsewhere.example/compare/?runs={0},{1}",
    ],
)
def test_what_is_no_comparison_that_can_be_shown_stays_a_link(two, post, words):
    html = shown(post(words.format(*two, here=HERE, missing="0" * 32)))
    assert "<figure" not in html and "compare/" in html


def test_who_may_not_see_a_run_has_the_link(two, post):
    made = post(f"{HERE}/compare/?runs={two[0]},{two[1]}")
    assert "<figure" in shown(made)
    Attachment.objects.filter(spec__hash=two[1]).update(visibility="private")
    assert "<figure" not in shown(made) and "/compare/?runs=" in shown(made)


def test_readers_of_a_secret_link_have_the_link(two, post):
    made = post(f"{HERE}/compare/?runs={two[0]},{two[1]}")
    [html] = embeds.fill([made.html], NOBODY, [made.pk], is_shared=True)
    assert "<figure" not in html


def test_a_page_draws_a_bounded_number_of_comparisons(two, post):
    addresses = [f"{HERE}/compare/?runs={two[0]},{two[1]}&from={n}" for n in range(linked.MOST_OF_A_PAGE + 2)]
    html = shown(post("\n\n".join(addresses)))
    assert html.count("<figure") == linked.MOST_OF_A_PAGE and html.count('class="reference"') == 2
    assert len(set(re.findall(r'id="(compared-\d+[^"]*)"', html))) == len(re.findall(r'id="compared-', html))
