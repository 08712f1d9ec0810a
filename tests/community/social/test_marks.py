"""Marks on answers: outdated, or did not work for me, each with a reason."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.audit.models import AuditEntry
from community.common.errors import NotAllowed
from community.content import counters
from community.content.errors import InvalidText
from community.content.models import Post
from community.content.services import add_post, edit_post, start_thread
from community.mutes import services as mutes
from community.mutes.errors import CannotAgree
from community.notifications.models import Notification
from community.social import marking
from community.social.errors import NotMarkable, OwnPost, TooManyMarks
from community.social.models import Mark
from tests.factories import PersonFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
REASON = "Since 2.0 the argument is called rate."


@pytest.fixture
def question():
    return start_thread(author=PersonFactory(), kind="question", title="Which rate?", source="Mine is 3.", publish=True)


@pytest.fixture
def answer(question):
    return add_post(thread=question, author=PersonFactory(handle="ada"), source="Use 0.1.", role="answer")


@pytest.fixture
def ben():
    return PersonFactory(handle="ben", display_name="Ben")


def mark(post, person, kind="outdated", reason=REASON, version=1) -> Mark:
    return marking.set_mark(user=person, post=post, kind=kind, reason=reason, version=version)


def count_of(post) -> int:
    return Post.objects.values_list("mark_count", flat=True).get(pk=post.pk)


def page_of(browser, answer) -> str:
    return html_of(browser.get(answer.thread.get_absolute_url()))


def told(person) -> list[str]:
    return list(Notification.objects.filter(recipient=person, verb="mark").values_list("note", flat=True))


def test_a_mark_is_shown_to_everybody_with_who_and_why(client, signed_in, answer, ben):
    before = page_of(client, answer)
    response = signed_in(ben).post(
        f"/posts/{answer.pk}/mark/", {"kind": "failed", "reason": " It <b>diverges</b>. ", "version": "1"}
    )
    assert response.url == answer.get_absolute_url()
    page = page_of(client, answer)
    assert 'class="post-marks"' not in before
    assert "Did not work for me" in page and "It &lt;b&gt;diverges&lt;/b&gt;." in page and "<bdi>Ben</bdi>" in page
    assert "before the last edit" not in page and "Take back" not in page


def test_the_author_is_notified_with_the_reason_until_it_is_taken_back(signed_in, answer, ben):
    found = mark(answer, ben)
    assert told(answer.author) == [f"outdated:{REASON}"]
    page = html_of(signed_in(answer.author).get("/notifications/"))
    assert f"Outdated: {REASON}" in page and "marked your answer" in page
    marking.remove_mark(mark=Mark.objects.select_related("post").get(pk=found.pk), by=ben)
    assert told(answer.author) == [] and count_of(answer) == 0


def test_the_same_mark_again_changes_nothing_and_a_new_reason_renews_it(answer, ben):
    first = mark(answer, ben)
    assert mark(answer, ben).pk == first.pk and len(told(answer.author)) == 1
    mark(answer, ben, reason="Another reason.")
    assert count_of(answer) == 1 and Mark.objects.get().reason == "Another reason."
    assert told(answer.author) == ["outdated:Another reason."]
    mark(answer, ben, kind="failed")
    assert count_of(answer) == 2 and list(counters.drifts()) == []


def test_after_an_edit_it_is_from_before_and_can_be_renewed(client, answer, ben):
    mark(answer, ben)
    edit_post(post=answer, editor=answer.author, source="Use 0.2.", base_version=1)
    assert "before the last edit" in page_of(client, answer)
    mark(answer, ben, version=2)
    assert "before the last edit" not in page_of(client, answer) and count_of(answer) == 1


def test_a_form_opened_before_an_edit_marks_what_was_read(signed_in, client, answer, ben):
    edit_post(post=answer, editor=answer.author, source="Use 0.2.", base_version=1)
    signed_in(ben).post(f"/posts/{answer.pk}/mark/", {"kind": "outdated", "reason": REASON, "version": "1"})
    assert "before the last edit" in page_of(client, answer)
    assert mark(answer, PersonFactory(), version=99).version == 2


@pytest.mark.parametrize("reason", ["", "  \n ", "\u200b", "x" * 161, "a\u202eb"])
def test_a_reason_that_says_nothing_is_refused_and_nothing_is_lost(signed_in, answer, ben, reason):
    with pytest.raises(InvalidText):
        mark(answer, ben, reason=reason)
    response = signed_in(ben).post(f"/posts/{answer.pk}/mark/", {"kind": "failed", "reason": reason, "version": "1"})
    page = html_of(response)
    assert response.status_code == 422 and 'value="failed"' in page and "checked" in page
    assert not Mark.objects.exists() and count_of(answer) == 0 and told(answer.author) == []


@pytest.mark.parametrize(
    "sent", [{}, {"kind": "rude", "reason": "x", "version": "1"}, {"kind": "failed", "reason": "x"}]
)
def test_what_the_form_does_not_offer_is_refused(signed_in, answer, ben, sent):
    assert signed_in(ben).post(f"/posts/{answer.pk}/mark/", sent).status_code == 422
    assert not Mark.objects.exists()


def test_only_answers_of_others_that_everyone_sees_are_marked(question, answer, ben):
    with pytest.raises(NotMarkable):
        mark(question.posts.get(number=1), ben)
    with pytest.raises(OwnPost):
        mark(answer, answer.author)
    answer.hidden_at = answer.created_at
    with pytest.raises(NotMarkable):
        mark(answer, ben)
    assert not Mark.objects.exists()


def test_an_answer_has_no_more_than_so_many(signed_in, answer, ben, monkeypatch):
    monkeypatch.setattr(marking, "MOST", 1)
    mark(answer, PersonFactory())
    with pytest.raises(TooManyMarks):
        mark(answer, ben)
    response = signed_in(ben).post(f"/posts/{answer.pk}/mark/", {"kind": "failed", "reason": "Mine.", "version": "1"})
    assert response.status_code == 422 and 'value="Mine."' in html_of(response)
    assert count_of(answer) == 1


def test_a_block_is_in_the_way_in_both_directions(answer, ben):
    mutes.block(person=answer.author, other=ben)
    with pytest.raises(CannotAgree):
        mark(answer, ben)
    assert not Mark.objects.exists()


def test_marks_of_somebody_muted_or_suspended_are_not_shown(signed_in, client, answer, ben):
    reader = PersonFactory()
    mark(answer, ben)
    assert REASON in page_of(signed_in(reader), answer)
    mutes.mute(person=reader, other=ben)
    assert REASON not in page_of(signed_in(reader), answer) and REASON in page_of(client, answer)
    type(ben).objects.filter(pk=ben.pk).update(is_active=False)
    assert REASON not in page_of(client, answer)


def test_its_setter_and_moderators_remove_it_and_nobody_else(signed_in, moderator, answer, ben):
    first, second = mark(answer, ben), mark(answer, ben, kind="failed")
    assert signed_in(PersonFactory()).post(f"/marks/{first.pk}/remove/").status_code == 403
    assert signed_in(answer.author).post(f"/marks/{first.pk}/remove/").status_code == 403
    assert count_of(answer) == 2
    assert "Take back" in page_of(signed_in(ben), answer)
    assert signed_in(ben).post(f"/marks/{first.pk}/remove/").url == answer.get_absolute_url()
    assert not AuditEntry.objects.exists()
    assert signed_in(moderator).post(f"/marks/{second.pk}/remove/").status_code == 302
    assert [(entry.action, entry.note) for entry in AuditEntry.objects.all()] == [("remove_mark", REASON)]
    assert count_of(answer) == 0 and list(counters.drifts()) == []
    assert signed_in(ben).post(f"/marks/{second.pk}/remove/").status_code == 404


def test_removing_twice_at_once_counts_once(answer, ben):
    found = Mark.objects.select_related("post").get(pk=mark(answer, ben).pk)
    marking.remove_mark(mark=found, by=ben)
    marking.remove_mark(mark=found, by=ben)
    assert count_of(answer) == 0
    with pytest.raises(NotAllowed):
        marking.remove_mark(mark=found, by=PersonFactory())


def test_marks_on_a_hidden_answer_are_not_there(signed_in, client, answer, ben):
    found = mark(answer, ben)
    Post.objects.filter(pk=answer.pk).update(hidden_at=answer.created_at)
    assert REASON not in page_of(client, answer)
    assert signed_in(ben).get(f"/posts/{answer.pk}/mark/").status_code == 404
    assert signed_in(ben).post(f"/marks/{found.pk}/remove/").status_code == 404


def test_marks_of_a_page_are_one_query_and_none_without_any(client, question, answer, ben):
    others = [add_post(thread=question, author=ben, source=f"Use {n}.", role="answer") for n in range(3)]
    client.get(question.get_absolute_url() + "?order=newest")
    with CaptureQueriesContext(connection) as without:
        client.get(question.get_absolute_url())
    for post in others:
        for _ in range(2):
            mark(post, PersonFactory())
    with CaptureQueriesContext(connection) as found:
        client.get(question.get_absolute_url() + "?order=oldest")
    assert sum("social_mark" in query["sql"] for query in found) == 1
    assert not any("social_mark" in query["sql"] for query in without)


def test_more_than_three_are_folded(client, answer):
    for n in range(5):
        mark(answer, PersonFactory(), reason=f"Reason {n}.")
    page = page_of(client, answer)
    folded = page[page.index("2 more") :]
    assert all(f"Reason {n}." in page for n in range(5))
    assert "Reason 0." in folded and "Reason 1." in folded and "Reason 2." not in folded


def test_the_form_begins_with_ones_own_mark(signed_in, answer, ben):
    mark(answer, ben)
    page = html_of(signed_in(ben).get(f"/posts/{answer.pk}/mark/"))
    assert f'value="{REASON}"' in page and 'value="outdated"' in page
