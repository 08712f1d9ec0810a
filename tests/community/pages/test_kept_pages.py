"""Kept pages that show something of others, whose changes must end them too."""

import pytest
from django.test import Client
from django.utils import timezone

from bpsandbox import api
from community.common.page_cache import answers, parts
from community.content.models import Tag, Thread
from community.content.services import add_post, edit_post
from community.experiments import playground
from tests.factories import PersonFactory, QuestionFactory
from tests.kept_pages import kept_pages
from tests.training import XOR, train

pytestmark = pytest.mark.django_db
RUN = f"```bp\n{XOR}\n```"


@pytest.fixture
def bert(db):
    return PersonFactory(handle="bert")


@pytest.fixture
def thread(db):
    """A thread of somebody else."""
    return QuestionFactory(title="A question of somebody else")


@pytest.fixture(autouse=True)
def pages(bert, thread):
    with kept_pages():
        yield answers.STORE


def assert_right_after(act, address: str) -> None:
    """Do what changes a page that is kept."""
    Client().get(address)
    assert len(answers.STORE) == 1
    act()
    after = Client().get(address).content.decode()
    answers.STORE.clear()
    parts.STORE.clear()
    assert after == Client().get(address).content.decode()


def hide(thread: Thread) -> None:
    Thread.objects.filter(pk=thread.pk).update(hidden_at=timezone.now())


@pytest.mark.parametrize("source", ["An answer.", RUN])
@pytest.mark.parametrize("tab", ["", "?show=answer", "?show=run"])
def test_a_profile_after_the_thread_of_an_answer_is_hidden(bert, thread, tab, source):
    add_post(thread=thread, author=bert, source=source, role="answer")
    if source == RUN:
        train()
    assert_right_after(lambda: hide(thread), f"/@bert/{tab}")


def test_the_front_page_after_the_thread_that_shows_its_network_is_hidden(bert, thread):
    """Its network is a part of its own, which nothing but the publicity of posts tells of."""
    config = api.presets()[playground.FIRST].text
    add_post(thread=thread, author=bert, source=f"```bp\n{config}\n```", role="answer")
    train()
    for _ in range(2):  # the first reads the rates of workers, and is not kept
        answers.STORE.clear()
        shown = Client().get("/").content.decode()
    network = ("front network", "en")
    before = parts.STORE.get(network).value
    assert before in shown
    answers.STORE.clear()
    assert_right_after(lambda: hide(thread), "/")
    assert parts.STORE.get(network).value != before


@pytest.mark.parametrize("tab", ["", "?show=answer"])
def test_a_profile_after_the_thread_of_an_answer_is_renamed(bert, thread, tab):
    add_post(thread=thread, author=bert, source="An answer.", role="answer")
    assert_right_after(
        lambda: Thread.objects.filter(pk=thread.pk).update(title="Renamed", title_html="Renamed"), f"/@bert/{tab}"
    )


@pytest.fixture
def run(bert):
    """A run of Bert's, whose curve lists show beside its thread."""
    opening = QuestionFactory(author=bert).posts.get(role="opening")
    edit_post(post=opening, editor=bert, source=RUN, base_version=opening.version)
    train()


def run_one_more(author, config: str) -> None:
    api.submit(config_text=config, requester=author, visibility="public")
    train()


@pytest.mark.parametrize("tab", ["", "?show=run"])
def test_a_profile_after_one_more_run(bert, run, tab):
    assert_right_after(lambda: run_one_more(bert, XOR.replace("count: 3", "count: 2")), f"/@bert/{tab}")


def test_the_front_page_after_its_network_was_trained(bert, run):
    assert_right_after(lambda: run_one_more(bert, api.presets()[playground.FIRST].text), "/")


@pytest.mark.parametrize("address", ["/tags/loss/", "/tags/loss/?order=new", "/feeds/tags/loss.atom"])
def test_the_list_of_a_tag_after_sql_has_hidden_a_thread(thread, address):
    """Such a change leaves the rows of the lists of tags behind, until `recount`."""
    thread.tags.add(Tag.objects.create(slug="loss", name="loss", thread_count=1))
    assert thread.title in Client().get(address).content.decode()
    answers.STORE.clear()
    assert_right_after(lambda: hide(thread), address)
    assert thread.title not in Client().get(address).content.decode()


def test_the_list_of_a_tag_after_a_vote(thread):
    from community.social.services import vote

    thread.tags.add(Tag.objects.create(slug="loss", name="loss", thread_count=1))
    QuestionFactory(title="Another").tags.add(Tag.objects.get(slug="loss"))
    opening = thread.posts.get(role="opening")
    assert_right_after(lambda: vote(post=opening, user=PersonFactory(), value=1), "/tags/loss/?order=top")
