import re

import pytest
from django.urls import reverse

from community.content.services import add_post, mark_read, start_thread
from community.forum.services import accept_answer
from community.social.services import vote
from tests.factories import PersonFactory
from tests.html import html_of


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "   ", "?!", "\u200b"])
def test_a_search_for_nothing_is_a_page_with_the_box(client, query):
    response = client.get(reverse("search:results"), {"q": query})
    assert response.status_code == 200
    assert 'name="q"' in response.content.decode()


def test_a_hit_shows_the_formulas_of_its_title_and_of_its_text(client, db):
    start_thread(author=PersonFactory(), kind="question", title=r"Why $\eta=2$?", source=r"The plateau $\hat y$.")

    page = client.get(reverse("search:results"), {"q": "plateau"}).content.decode()

    assert "&lt;math" not in page and r"\hat y" not in page
    assert page.count("<math>") == 2


def test_a_row_says_how_many_answers_and_votes_there_are_and_which_one_is_accepted(client, ada, bob):
    question = start_thread(author=ada, kind="question", title="A saddle point?", source="Text.")
    good, _other = (add_post(thread=question, author=bob, source=f"A saddle, {n}.", role="answer") for n in "ab")
    add_post(thread=question, author=bob, source="A saddle, c.", role="comment", parent=good)
    for voter in (PersonFactory(), PersonFactory()):
        vote(user=voter, post=good, value=1)
    accept_answer(answer=good, by=ada)
    found = html_of(client.get("/search/", {"q": "saddle"}))
    rows = [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in found.split('<li class="row result"')[1:]]
    [of_question] = [row for row in rows if "Question" in row]
    [of_good], [of_other], [of_comment] = ([row for row in rows if f", {n}." in row] for n in "abc")
    assert "solved 2 answers" in of_question and "vote" not in of_question
    assert "accepted 2 votes" in of_good and "answers" not in of_good
    assert "0 votes" in of_other and "accepted" not in of_other and "solved" not in of_other
    assert "vote" not in of_comment  # it has none


def test_the_page_says_how_results_are_ordered(client, ada):
    start_thread(author=ada, kind="note", title="Saddle", source="x")
    assert "How results are ordered" in html_of(client.get("/search/", {"q": "saddle"}))
    assert "How results are ordered" not in html_of(client.get("/search/", {"q": "nothing"}))


@pytest.mark.parametrize("query", ["cats OR dogs", "absent", "tag:nothing absent"])
def test_nothing_found_never_says_that_every_word_must_occur(client, db, query):
    page = html_of(client.get("/search/", {"q": query}))
    assert "No results for" in page and "Try fewer words" in page
    assert "every word must" not in page.lower()


def test_a_member_is_told_what_is_unread_in_a_thread_that_was_found(client, as_user, ada, bob):
    note = start_thread(author=ada, kind="note", title="Saddle", source="x")
    mark_read(reader=bob, thread_id=note.pk, number=1)
    add_post(thread=note, author=ada, source="More.", role="comment")
    assert "1 new" in html_of(as_user(bob).get("/search/", {"q": "saddle"}))
    assert "1 new" not in html_of(client.get("/search/", {"q": "saddle"}))


def test_a_result_names_two_tags_of_the_thread_that_it_opens(client, db):
    thread = start_thread(
        author=PersonFactory(), kind="question", title="A saddle", source="Text.", tags=["xor", "adam", "loss"]
    )
    add_post(thread=thread, author=PersonFactory(), source="A saddle too.", role="answer")
    page = html_of(client.get("/search/?q=saddle"))
    assert page.count('<a class="tag"') == 2 and "/tags/adam/" in page and "/tags/loss/" in page
