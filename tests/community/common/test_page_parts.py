"""Parts of members' pages: what they depend on and how much memory they take."""

import threading
import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from community.common.changes.log import CHANGES
from community.common.page_cache import parts
from community.common.page_cache.recording import with_parts
from community.common.prepared import Prepared, place
from community.content.discussion import Branch, Discussion, discussion
from community.content.models import Category, Post, Thread
from community.pages import profile
from tests.factories import AnswerFactory, PersonFactory, QuestionFactory
from tests.kept_pages import kept_pages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store():
    with kept_pages():
        yield parts.STORE


def weightless(_value) -> int:
    return 0


def test_a_part_is_as_old_as_the_page_it_is_made_for():
    """What the page read before, such as which answer is accepted, is an input of its parts."""
    thread = QuestionFactory()
    answer, reader = AnswerFactory(thread=thread), AnonymousUser()
    CHANGES.catch_up()
    with with_parts():
        Thread.objects.filter(pk=thread.pk).update(solved_post=answer)
        CHANGES.catch_up()  # as another worker does for its page
        assert discussion(thread, reader).accepted is None
    with with_parts():
        found = discussion(Thread.objects.get(pk=thread.pk), reader)
    assert found.accepted is not None and found.branches == []


def test_a_part_that_is_alone_does_not_end_with_the_page_it_was_made_for(store, client):
    """The counts beside a list of questions are beside each other list too."""
    question = QuestionFactory()
    client.force_login(PersonFactory())
    assert client.get("/questions/").status_code == 200
    counts = store.get(("categories", True))
    AnswerFactory(thread=question)
    CHANGES.catch_up()
    assert counts.is_current()
    Category.objects.update(thread_count=2)
    CHANGES.catch_up()
    assert not counts.is_current()


def test_a_profile_stops_to_count_an_answer_when_its_thread_is_hidden():
    answer = AnswerFactory(thread=QuestionFactory(), author=PersonFactory())
    assert answer.author != answer.thread.author
    counted = []
    for hidden_at in (None, timezone.now()):
        Thread.objects.filter(pk=answer.thread_id).update(hidden_at=hidden_at)
        CHANGES.catch_up()
        with with_parts():
            counted.append(profile._counts(answer.author)[profile.ANSWERS])
    assert counted == [1, 0]


def test_parts_of_nothing_take_memory(store):
    store.resize(400_000)
    with with_parts():
        for number in range(1000):
            parts.shared_part(("rows", number, "x" * 1000), list, weightless)
    assert len(store) < 200


def test_many_addresses_displace_no_part_that_is_read_again(store):
    store.resize(400_000)
    with with_parts():
        for name in ("read", "read", *range(1000)):
            parts.shared_part(("rows", name), list, weightless)
    assert store.get(("rows", "read")) is not None


def test_a_page_of_a_thread_weighs_all_posts_it_has():
    """A later page has the opening post too, and a deleted one its placeholder stands for."""
    opening, gone, last = (Branch(Post(html=html)) for html in ("x" * 100_000, "y" * 200_000, "z"))
    gone = Branch(gone.post, [Post(html="w" * 400_000)], is_gone=True)
    found = Discussion(Thread(), opening, None, [gone, last], "oldest", False, "", "")
    assert 700_000 < found.weight() < 750_000


def test_a_prepared_query_is_put_together_by_one_thread():
    """Queries that are put together from the same parts at once would count each other's tables."""
    person, begun = PersonFactory(), []

    def rows():
        begun.append(1)
        time.sleep(0.05)
        return type(person).objects.filter(pk=place("key")).values_list("handle")

    query = Prepared(rows)
    threads = [threading.Thread(target=query._text, args=("default",)) for _each in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(begun) == 1
    assert query.run(key=person.pk) == [(person.handle,)]
