"""The run that shows an accepted answer to be right."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bpsandbox.models import Attachment
from community.audit.models import AuditEntry
from community.common.errors import NotAllowed
from community.content.models import Thread
from community.content.services import add_post, delete_post, start_thread
from community.content.services.removal import restore_post
from community.forum import proofs
from community.forum.errors import NoSuchRun
from community.forum.services import accept_answer, point_at_run, unaccept_answer
from tests.factories import PersonFactory
from tests.html import html_of
from tests.training import XOR, train

pytestmark = pytest.mark.django_db
TOP, THERE = "Solved by a run", "A run proves this answer"


@pytest.fixture
def question():
    return start_thread(author=PersonFactory(), kind="question", title="Stuck?", source="At 0.25.", publish=True)


def with_run(question, author=None):
    """Add an answer with a run that has a result. Returns both."""
    source = f"So:\n\n```bp\ntitle: It learns\n{XOR}```\n"
    post = add_post(thread=question, author=author or PersonFactory(), source=source, role="answer")
    return post, train()


def accepted(question):
    post, key = with_run(question)
    accept_answer(answer=post, by=question.author)
    post.thread.refresh_from_db()
    return post, key


def page_of(browser, question) -> str:
    return html_of(browser.get(question.get_absolute_url()))


def chosen(question) -> str:
    return Thread.objects.values_list("solved_embed", flat=True).get(pk=question.pk)


def test_a_run_of_the_answer_is_chosen_and_shown_in_both_places(client, signed_in, question):
    post, key = accepted(question)
    before = page_of(client, question)
    asker = signed_in(question.author)
    form = html_of(asker.get(f"/posts/{post.pk}/proof/"))
    assert f'value="{key}"' in form and "It learns" in form
    assert asker.post(f"/posts/{post.pk}/proof/", {"run": key}).url == post.get_absolute_url()
    page = page_of(client, question)
    assert TOP not in before and page.count(f"/runs/{key}/") > before.count(f"/runs/{key}/")
    assert TOP in page and THERE in page


@pytest.mark.parametrize("address", ["/runs/{key}/", " http://testserver/runs/{key}/ ", "/runs/{key}/?x=1#curves"])
def test_the_address_of_another_run_is_taken(signed_in, question, address):
    post, _key = accepted(question)
    other = start_thread(
        author=PersonFactory(), kind="note", source=f"```bp\n{XOR.replace('lr: 2.0', 'lr: 1.0')}```\n", publish=True
    )
    key = train()
    signed_in(post.author).post(f"/posts/{post.pk}/proof/", {"address": address.format(key=key)})
    assert other.pk and chosen(question) == key


@pytest.mark.parametrize(
    "address", ["x", "/runs/", "https://elsewhere.example/runs/abc/", "/t/1/", f"/runs/{'0' * 32}/", "x" * 3000]
)
def test_other_addresses_are_refused_and_nothing_is_lost(signed_in, question, address):
    post, _key = accepted(question)
    response = signed_in(question.author).post(f"/posts/{post.pk}/proof/", {"address": address})
    assert response.status_code == 422 and f'value="{address}"' in html_of(response)
    assert chosen(question) == ""


def test_nothing_chosen_is_a_sentence(signed_in, question):
    post, _key = accepted(question)
    response = signed_in(question.author).post(f"/posts/{post.pk}/proof/", {})
    assert response.status_code == 422 and "Choose a run, or paste the address of one." in html_of(response)


def test_a_private_run_is_neither_taken_nor_named(client, signed_in, question):
    post, key = accepted(question)
    point_at_run(answer=post, by=question.author, key=key)
    assert TOP in page_of(client, question)
    Attachment.objects.update(visibility="private")
    page = page_of(client, question)
    assert TOP not in page and THERE not in page
    with pytest.raises(NoSuchRun):
        point_at_run(answer=post, by=question.author, key=key)
    assert key not in html_of(signed_in(question.author).get(f"/posts/{post.pk}/proof/"))


def test_a_run_that_has_not_finished_is_named_so_and_chosen_once_it_has(signed_in, question):
    source = f"```bp\n{XOR}```\n"
    post = add_post(thread=question, author=PersonFactory(), source=source, role="answer")
    accept_answer(answer=post, by=question.author)
    asker, place = signed_in(question.author), f"/posts/{post.pk}/proof/"
    waits, refused = "A run in this answer has not finished yet.", "This run has not finished yet."
    assert waits in html_of(asker.get(place))
    key = Attachment.objects.get().spec.hash
    response = asker.post(place, {"address": f"/runs/{key}/"})
    assert response.status_code == 422 and refused in html_of(response) and chosen(question) == ""
    Attachment.objects.update(visibility="private")
    page = html_of(asker.post(place, {"address": f"/runs/{key}/"}))
    assert refused not in page and waits not in page
    Attachment.objects.update(visibility="public")
    assert train() == key and waits not in html_of(asker.get(place))
    asker.post(place, {"address": f"/runs/{key}/"})
    assert chosen(question) == key


def test_only_asker_author_and_moderators_choose_it(signed_in, moderator, question):
    post, key = accepted(question)
    with pytest.raises(NotAllowed):
        point_at_run(answer=post, by=PersonFactory(), key=key)
    assert chosen(question) == ""
    point_at_run(answer=post, by=post.author, key=key)
    assert not AuditEntry.objects.exists()
    point_at_run(answer=post, by=moderator, key="")
    assert [entry.action for entry in AuditEntry.objects.all()] == ["prove"]


def test_an_answer_that_is_not_accepted_has_none(question):
    post, key = with_run(question)
    with pytest.raises(NotAllowed):
        point_at_run(answer=post, by=question.author, key=key)
    assert chosen(question) == ""


def test_it_is_gone_with_the_mark_and_with_another_accepted_answer(question):
    post, key = accepted(question)
    point_at_run(answer=post, by=question.author, key=key)
    unaccept_answer(thread=question, by=question.author)
    assert chosen(question) == ""
    accept_answer(answer=post, by=question.author)
    point_at_run(answer=post, by=question.author, key=key)
    other = add_post(thread=Thread.objects.get(pk=question.pk), author=PersonFactory(), source="Or so.", role="answer")
    accept_answer(answer=other, by=question.author)
    assert chosen(question) == ""


def test_a_removed_answer_takes_it_along_and_brings_it_back(client, question):
    post, key = accepted(question)
    point_at_run(answer=post, by=question.author, key=key)
    delete_post(post=post, by=post.author)
    assert TOP not in page_of(client, question)
    restore_post(post=post, by=post.author)
    page = page_of(client, question)
    assert TOP in page and THERE in page


def test_it_is_taken_back_with_a_button(client, signed_in, question):
    post, key = accepted(question)
    point_at_run(answer=post, by=question.author, key=key)
    signed_in(question.author).post(f"/posts/{post.pk}/proof/", {"remove": "1", "address": "what I began to type"})
    assert chosen(question) == "" and TOP not in page_of(client, question)


def test_the_asker_is_offered_it_where_the_answer_is(signed_in, client, question):
    post, _key = accepted(question)
    address = f"/posts/{post.pk}/proof/"
    assert address in page_of(signed_in(question.author), question)
    assert address in page_of(signed_in(post.author), question)
    assert address not in page_of(client, question) and address not in page_of(signed_in(PersonFactory()), question)


def test_nobody_is_asked_for_a_run_where_there_is_none_nor_moderators(signed_in, moderator, question):
    asked = "Choose the run that proves this answer"
    without = add_post(thread=question, author=PersonFactory(), source="In words.", role="answer")
    accept_answer(answer=without, by=question.author)
    assert asked not in page_of(signed_in(question.author), question)
    post, _key = accepted(question)
    assert asked in page_of(signed_in(question.author), question)
    page = page_of(signed_in(moderator), question)
    assert asked not in page and f"/posts/{post.pk}/proof/" in page


def test_the_two_drawings_of_a_run_have_ids_of_their_own(client, question):
    post, key = accepted(question)
    point_at_run(answer=post, by=question.author, key=key)
    ids = re.findall(r' id="((?:spark|proof)-[^"]+)"', page_of(client, question))
    assert len(ids) == len(set(ids)) and {name.partition("-")[0] for name in ids} == {"spark", "proof"}


def test_runs_are_offered_answer_first_without_reading_a_post(question):
    others = [fence(question, rate) for rate in ("1.0", "0.5", "0.25")]
    answer = fence(question, "2.0")
    newest = fence(question, "1.5")
    fence(question, "1.0", is_new=False)
    with CaptureQueriesContext(connection) as queries:
        offered = proofs.candidates(answer)
    assert [each.number for each in offered] == [answer.number, newest.number + 1, newest.number, 4, 3]
    assert len(others) == 3 and len(queries) <= 7
    assert not any('"content_post"."html"' in query["sql"] for query in queries)


def fence(question, rate, *, is_new=True):
    """Add an answer with a run, which is trained if it is new."""
    source = f"```bp\ntitle: At {rate}\n{XOR.replace('lr: 2.0', f'lr: {rate}')}```\n"
    post = add_post(thread=question, author=PersonFactory(), source=source, role="answer")
    if is_new:
        train()
    return post


def test_no_more_runs_are_offered_than_are_shown(monkeypatch, question):
    monkeypatch.setattr(proofs, "MOST", 2)
    posts = [fence(question, rate) for rate in ("1.0", "0.5", "2.0")]
    assert [each.number for each in proofs.candidates(posts[0])] == [posts[0].number, posts[2].number]
