"""What tests of email share: addresses to reply to, and a question with an answer to reply to."""

import pytest

from tests.community.notifications.incoming import BOUNCES_TO, REPLY_TO
from tests.community.notifications.mailing import WEDNESDAY, Clock, answer
from tests.community.notifications.smtp import smtp_server
from tests.factories import PersonFactory, QuestionFactory


@pytest.fixture
def takes_email(settings):
    settings.MAIL_REPLY_ADDRESS, settings.MAIL_BOUNCE_ADDRESS = REPLY_TO, BOUNCES_TO


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch, WEDNESDAY)


@pytest.fixture
def server(settings):
    """A mail server on loopback, to which all email goes."""
    with smtp_server() as server:
        options = {"host": "127.0.0.1", "port": server.server_address[1], "timeout": 20}
        backend = "django.core.mail.backends.smtp.EmailBackend"
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        yield server


@pytest.fixture
def asker():
    return PersonFactory(handle="asker")


@pytest.fixture
def question(asker):
    return QuestionFactory(author=asker, title="Why is it NaN?")


@pytest.fixture
def post(question):
    return answer(question, "Because.", author=PersonFactory(display_name="Ada"))
