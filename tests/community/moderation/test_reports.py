"""From a report to a decision, with its audit log."""

import pytest
from django.urls import reverse
from django.utils import timezone

from community.audit.models import AuditEntry
from community.common.errors import NotAllowed
from community.content import services as content
from community.forum.services import accept_answer, lock_thread, unaccept_answer
from community.moderation import services
from community.moderation.models import Outcome, Report
from community.moderation.selectors import newest_open_reports
from tests.factories import AnswerFactory, ModeratorFactory, PersonFactory, QuestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer():
    return AnswerFactory(thread=QuestionFactory())


@pytest.fixture
def reader():
    return PersonFactory()


@pytest.fixture
def moderator():
    return ModeratorFactory()


def audit_log() -> list[tuple]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "target_kind", "target_id", "note"))


def test_a_report_whose_earlier_one_is_closed_in_this_moment_is_a_new_one(answer, reader, moderator, monkeypatch):
    first = services.report_post(reporter=reader, post=answer, reason="spam")
    open_ones = Report.objects.open

    def closed_meanwhile():
        closed = {"closed_at": timezone.now(), "closed_by": moderator, "outcome": Outcome.DISMISSED}
        Report.objects.filter(pk=first.pk).update(**closed)
        return open_ones()

    monkeypatch.setattr(Report.objects, "open", closed_meanwhile)
    second = services.report_post(reporter=reader, post=answer, reason="rude")
    assert second != first and (second.reason, second.closed_at) == ("rude", None)


def test_reporting_twice_is_one_report(answer, reader):
    first = services.report_post(reporter=reader, post=answer, reason="spam")
    assert services.report_post(reporter=reader, post=answer, reason="rude") == first
    assert Report.objects.count() == 1


def test_a_second_report_adds_its_note_to_the_first(client, answer, reader):
    client.force_login(reader)
    url = reverse("moderation:report", args=[answer.pk])
    for reason, note in (("spam", "It sells shoes."), ("rude", "And insults."), ("rude", "And insults.")):
        assert client.post(url, {"reason": reason, "note": note}).status_code == 302
    report = Report.objects.get()
    assert (report.reason, report.note) == ("rude", "It sells shoes.\n\nAnd insults.")
    refused = client.post(url, {"reason": "spam", "note": "x" * 990})
    assert refused.status_code == 422 and "x" * 990 in refused.content.decode()
    assert Report.objects.get().note == "It sells shoes.\n\nAnd insults."


def test_nobody_reports_themselves(answer):
    with pytest.raises(NotAllowed):
        services.report_post(reporter=answer.author, post=answer, reason="spam")
    assert not Report.objects.exists()


def test_an_unconfirmed_account_reports_nothing_and_is_told_why(client, answer, newcomer):
    client.force_login(newcomer)
    refused = client.post(reverse("moderation:report", args=[answer.pk]), {"reason": "spam"})
    assert refused.status_code == 403 and b"Please confirm your email address first" in refused.content
    assert not Report.objects.exists()


def test_hiding_takes_the_post_away_and_closes_its_reports(client, answer, reader, moderator):
    services.report_post(reporter=reader, post=answer, reason="spam")
    services.hide(actor=moderator, post=answer, note="an advertisement")
    report = Report.objects.get()
    assert (report.outcome, report.closed_by) == (Outcome.HIDDEN, moderator)
    assert b"Some words." not in client.get(answer.thread.get_absolute_url()).content
    assert audit_log() == [("hide", "post", answer.pk, "an advertisement")]
    assert AuditEntry.objects.get().actor == moderator


def test_what_staff_do_to_other_peoples_posts_stands_in_the_trail(answer, moderator):
    content.edit_post(post=answer, editor=moderator, source="Without the advertisement.", base_version=1, reason="ad")
    content.delete_post(post=answer, by=moderator)
    content.restore_post(post=answer, by=moderator)
    accept_answer(answer=answer, by=moderator)
    unaccept_answer(thread=answer.thread, by=moderator)
    actions = [("edit", "ad"), ("delete", ""), ("restore", ""), ("accept", ""), ("unaccept", "")]
    assert audit_log() == [(action, "post", answer.pk, note) for action, note in actions]
    assert all(entry.action_words != entry.action for entry in AuditEntry.objects.all())


def test_what_people_do_to_their_own_stands_in_no_trail(answer):
    content.edit_post(post=answer, editor=answer.author, source="Better.", base_version=1)
    content.delete_post(post=answer, by=answer.author)
    content.restore_post(post=answer, by=answer.author)
    accept_answer(answer=answer, by=answer.thread.author)
    assert not AuditEntry.objects.exists()


def test_hide_and_restore_bring_the_counters_back(answer, moderator):
    services.hide(actor=moderator, post=answer)
    answer.thread.refresh_from_db()
    assert (answer.thread.post_count, answer.thread.answer_count) == (1, 0)
    services.unhide(actor=moderator, post=answer)
    answer.thread.refresh_from_db()
    assert (answer.thread.post_count, answer.thread.answer_count) == (2, 1)
    assert [action for action, *_ in audit_log()] == ["hide", "unhide"]


def test_two_changes_leave_two_entries_however_often_they_are_asked_for(answer, moderator):
    for decision in (services.hide, services.hide, services.unhide, services.unhide, services.dismiss):
        decision(actor=moderator, post=answer)
    assert [action for action, *_ in audit_log()] == ["hide", "unhide"]


def test_hiding_by_the_service_of_content_is_in_the_trail(answer, moderator):
    content.hide_post(post=answer, by=moderator)
    content.unhide_post(post=answer, by=moderator)
    assert [action for action, *_ in audit_log()] == ["hide", "unhide"]


def test_closing_reports_on_a_post_that_is_hidden_already_is_in_the_trail(answer, reader, moderator):
    services.report_post(reporter=reader, post=answer, reason="spam")
    content.hide_post(post=answer, by=moderator)
    services.hide(actor=moderator, post=answer)
    assert [action for action, *_ in audit_log()] == ["hide", "uphold"]


def test_dismissing_leaves_the_post(answer, reader, moderator):
    services.report_post(reporter=reader, post=answer, reason="spam")
    services.dismiss(actor=moderator, post=answer)
    answer.refresh_from_db()
    assert answer.is_visible and Report.objects.get().outcome == Outcome.DISMISSED
    assert audit_log() == [("dismiss", "post", answer.pk, "")]


@pytest.mark.parametrize("decide", [services.hide, services.unhide, services.dismiss])
def test_only_staff_decides(answer, reader, decide):
    with pytest.raises(NotAllowed):
        decide(actor=reader, post=answer)
    answer.refresh_from_db()
    assert answer.is_visible and not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["queue", "hidden", "audit-log"])
def test_the_queue_is_not_there_for_others(client, reader, name):
    client.force_login(reader)
    assert client.get(reverse(f"moderation:{name}")).status_code == 404


def test_a_moderator_works_through_the_queue(client, answer, reader, moderator):
    client.force_login(reader)
    page = client.post(reverse("moderation:report", args=[answer.pk]), {"reason": "rude", "note": "see there"})
    assert page.status_code == 302
    client.force_login(moderator)
    assert b"see there" in client.get(reverse("moderation:queue")).content
    client.post(reverse("moderation:decide", args=[answer.pk]), {"action": "hide", "note": ""})
    assert b"see there" not in client.get(reverse("moderation:queue")).content
    assert b"Restore" in client.get(reverse("moderation:hidden")).content
    assert b"hid this" in client.get(reverse("moderation:audit-log")).content


def test_a_report_without_a_reason_is_answered_beside_the_field(client, answer, reader):
    client.force_login(reader)
    page = client.post(reverse("moderation:report", args=[answer.pk]), {"note": "kept words"})
    assert page.status_code == 422 and b"kept words" in page.content and not Report.objects.exists()


def test_what_staff_does_to_a_thread_is_in_the_trail_too(answer, moderator):
    lock_thread(thread=answer.thread, by=moderator, reason="settled")
    assert audit_log() == [("lock", "thread", answer.thread_id, "settled")]


def test_the_audit_log_calls_no_thread_a_reported_post(client, answer, moderator):
    lock_thread(thread=answer.thread, by=moderator, reason="settled")
    client.force_login(moderator)
    assert b"Reported post" not in client.get(reverse("moderation:audit-log")).content


def test_a_closed_report_does_not_bring_a_post_to_the_top_of_the_queue(answer, reader, moderator):
    other = AnswerFactory(thread=answer.thread)
    services.report_post(post=answer, reporter=reader, reason="spam")
    services.report_post(post=other, reporter=reader, reason="spam")
    services.report_post(post=answer, reporter=PersonFactory(), reason="spam")
    Report.objects.filter(pk=Report.objects.latest("pk").pk).update(closed_at=timezone.now(), outcome=Outcome.DISMISSED)
    assert [report.post for report in newest_open_reports().order_by("-created_at")] == [other, answer]


def test_a_report_without_a_word_says_what_is_missing(answer, reader, client):
    client.force_login(reader)
    page = client.post(reverse("moderation:report", args=[answer.pk]), {})
    assert page.status_code == 422 and "This field is required." in page.content.decode()
    assert not Report.objects.exists()
