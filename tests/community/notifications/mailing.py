"""Steps of tests of email: a notification, the time that passes, and what is in the outbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from community.common import housekeeping
from community.content.models import Post, Thread
from community.content.services import add_post
from community.notifications.models import Letter, Mailbox
from tests.factories import PersonFactory

WEDNESDAY = datetime(2026, 12, 2, 12, 0, tzinfo=UTC)
SOON = timedelta(minutes=3)
FORMULA = r"Because $\frac{\partial L}{\partial w} = \delta x$." + "\n\nAnd **more**.\n"


class Clock:
    """The time that the site believes it is; `pass_` moves it on and does what is due."""

    def __init__(self, monkeypatch: Any, now: datetime) -> None:
        self.now = now
        real = timezone.now
        fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
        for field in fields:
            if field.default is real:
                monkeypatch.setattr(field, "_get_default", self.tell)
        monkeypatch.setattr(timezone, "now", self.tell)

    def tell(self) -> datetime:
        return self.now

    def pass_(self, time: timedelta) -> list[EmailMultiAlternatives]:
        """Let time pass, do what is due, and return what was mailed meanwhile."""
        self.now += time
        return work()

    def until(self, moment: datetime) -> list[EmailMultiAlternatives]:
        return self.pass_(moment - self.now)


def work() -> list[EmailMultiAlternatives]:
    """Do what is due, and return what was mailed."""
    before = len(mail.outbox)
    for name in ("letters", "digests"):
        while housekeeping._tasks[name]():
            pass
    return mail.outbox[before:]


def open_mailbox(person: Any, **changes: Any) -> Mailbox:
    began_at = timezone.now() - timedelta(days=30)
    box, _is_new = Mailbox.objects.update_or_create(person=person, defaults={"began_at": began_at, **changes})
    return box


def answer(question: Thread, words: str = FORMULA, **changes: Any) -> Post:
    author = changes.pop("author", None) or PersonFactory()
    return add_post(thread=Thread.objects.get(pk=question.pk), author=author, source=words, **changes)


def html_of(message: EmailMultiAlternatives) -> str:
    (alternative,) = message.alternatives
    return str(alternative.content)


def waiting() -> int:
    return Letter.objects.count()
