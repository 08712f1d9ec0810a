"""No slow operations in a transaction: `tests/no_slow_transactions.py` checks every test for it."""

from unittest.mock import Mock

import pytest
from django.db import transaction

from community.content import bodies, languages, services
from community.content.rerendering import render_again
from community.content.services import posts
from community.rendering import pool
from tests.factories import PersonFactory, QuestionFactory
from tests.no_slow_transactions import SlowInTransaction

pytestmark = [pytest.mark.both, pytest.mark.django_db]
ANSWER = "## Why\n\nSee [above](#why) and [^1].\n\n[^1]: A note.\n"


@pytest.mark.parametrize("slow", [lambda: pool.render("x"), lambda: languages.detect("x")], ids=["render", "detect"])
def test_a_service_that_renders_or_detects_within_its_transaction_fails_its_test(slow):
    with transaction.atomic(), pytest.raises(SlowInTransaction):
        slow()


def test_an_answer_that_somebody_was_faster_than_is_rendered_once_and_has_the_ids_of_its_number(monkeypatch):
    thread, store = QuestionFactory(), posts._store

    def store_after_another(post, body, **more):
        monkeypatch.setattr(posts, "_store", store)
        services.add_post(thread=thread, author=PersonFactory(), source="Me first.")
        return store(post, body, **more)

    monkeypatch.setattr(posts, "_store", store_after_another)
    asked = _counted(monkeypatch)
    post = services.add_post(thread=thread, author=PersonFactory(), source=ANSWER)
    assert (post.number, asked.call_count) == (3, 2)
    assert post.html == bodies.render_preview(ANSWER, kind="reply", number=3, thread=thread).html
    assert [heading["id"] for heading in post.headings] == ["p3-why"]


def test_a_title_is_rendered_in_the_same_question_as_its_text(monkeypatch):
    author = PersonFactory()
    asked = _counted(monkeypatch)
    thread = services.start_thread(author=author, kind="question", title="Why $x$?", source="I $y$.")
    assert (asked.call_count, "<math" in thread.title_html) == (1, True)
    services.edit_post(post=thread.posts.get(), editor=author, title="How $z$?", source="I $y$.", base_version=1)
    thread.refresh_from_db()
    assert (asked.call_count, "<mi>z</mi>" in thread.title_html) == (2, True)
    assert render_again(post_id=thread.posts.get().pk)
    assert asked.call_count == 3


def _counted(monkeypatch) -> Mock:
    asked = Mock(side_effect=pool.render)
    monkeypatch.setattr(pool, "render", asked)
    return asked
