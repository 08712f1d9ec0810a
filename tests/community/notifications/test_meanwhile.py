"""What happens meanwhile: an account is deleted while its email is on its way, two devices read at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import structlog

from community.accounts.models import User
from community.notifications.mail import sending
from community.notifications.mail.sending import Outcome
from community.notifications.models import Letter, Mailbox, Notification
from community.notifications.selectors import unread_count
from community.notifications.services import mark_all_read, mark_read, notify
from community.social.services import follow
from tests.at_once import at_once
from tests.community.notifications.mailing import SOON, WEDNESDAY, answer, open_mailbox, work
from tests.factories import PersonFactory, QuestionFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("by", ["letter", "digest"])
def test_an_account_is_deleted_while_the_mail_server_answers(clock, monkeypatch, question, by, outcome):
    leaver = PersonFactory(handle="leaver")
    open_mailbox(leaver, daily_at=WEDNESDAY, weekly_at=WEDNESDAY)
    follow(follower=leaver, thread=question)
    answer(question, "For @leaver." if by == "letter" else "For all.")
    sent = []

    def send(message):
        if message.to == [leaver.email]:
            sent.append(message)
            User.objects.filter(pk=leaver.pk).delete()
        return outcome

    monkeypatch.setattr(sending, "send", send)
    with structlog.testing.capture_logs() as logs:
        clock.now = WEDNESDAY + (SOON if by == "letter" else timedelta(hours=21))
        work()
    assert len(sent) == 1 and [each for each in logs if each["log_level"] == "error"] == []
    gone = {"recipient": leaver.pk}
    assert not Notification.objects.filter(**gone).exists() and not Mailbox.objects.filter(person=leaver.pk).exists()
    assert not Letter.objects.filter(notification__recipient=leaver.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_devices_that_read_at_once_read_once_and_lose_nothing_new():
    """Each by a line, by the whole list, and while events join what they read."""
    reader = PersonFactory()
    for number in range(4):
        question = QuestionFactory(author=reader)
        actors = [PersonFactory() for _ in range(3)]

        def tell(n: int, actors=actors, question=question, number=number) -> None:
            listeners = {reader.pk: "answer"}
            wish = {"target_kind": "post", "target_id": question.opening_post.pk, "subject": question.pk}
            notify(listeners=listeners, actor=actors[n], event=f"{number}:{n}", **wish)

        tell(0)
        line = Notification.objects.filter(recipient=reader, line=None).latest("pk")

        def act(n: int, line=line, tell=tell):
            if n < 2:
                return mark_read(reader=reader, line_id=line.pk)
            if n < 4:
                return mark_all_read(reader=reader, up_to_id=line.pk)
            return tell(n - 3)

        outcomes = at_once(6, act)
        assert [each for each in outcomes if isinstance(each, Exception)] == []
        assert sum(map(bool, outcomes[:4])) <= 1
        lines = Notification.objects.filter(recipient=reader, subject=question.pk, line=None)
        assert sum(each.size for each in lines) == 3
        joined = Notification.objects.filter(recipient=reader, line__in=lines)
        assert all(each.is_read == each.line.is_read for each in joined.select_related("line"))
        mark_all_read(reader=reader, up_to_id=Notification.objects.latest("pk").pk)
        assert unread_count(reader) == 0
