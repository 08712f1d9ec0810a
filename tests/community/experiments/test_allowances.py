"""How many runs an account has: more for established members, said in refusals and in the settings."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bpsandbox import api
from bpsandbox.models import Run
from community.experiments import access
from tests.factories import ModeratorFactory, NewcomerFactory, PersonFactory, QuestionFactory
from tests.training import XOR

from .test_compare import text_of

pytestmark = pytest.mark.django_db
MORE = "Members who joined 7 days ago and have a public post have 60 an hour and 300 a day."


def member(days: int, *, posts: bool, draft: bool = False):
    person = PersonFactory(date_joined=timezone.now() - timedelta(days=days))
    if posts or draft:
        QuestionFactory(author=person, draft=draft)
    return person


@pytest.mark.parametrize(
    ("days", "posts", "draft", "limit"),
    [(30, True, False, 60), (6, True, False, 20), (30, False, False, 20), (30, False, True, 20)],
)
def test_established_members_have_more_runs(days, posts, draft, limit, signed_in):
    person = member(days, posts=posts, draft=draft)
    allowance = api.allowance(person)
    assert [window[:2] for window in allowance.windows] == [(3600, limit), (86_400, 5 * limit)]
    page = text_of(signed_in(person).get("/settings/"))
    assert f"0 of {limit} in the last hour" in page and (MORE in page) == (limit == 20) == (allowance.more == MORE)


def test_moderators_are_trusted_and_unconfirmed_accounts_have_the_runs_of_visitors(signed_in):
    assert api.allowance(ModeratorFactory()).windows[0][:2] == (3600, 60)
    newcomer = NewcomerFactory()
    assert api.allowance(newcomer).windows == ((3600, 10, 0),)
    assert "0 of 10 in the last hour" in text_of(signed_in(newcomer).get("/settings/"))


def test_the_refusal_says_who_has_more_and_those_have_it(settings, signed_in):
    settings.BPSANDBOX_MEMBER_RUNS_AN_HOUR = 1
    person = member(6, posts=True)
    browser = signed_in(person)
    browser.post("/playground/", {"config": XOR})
    refused = browser.post("/playground/", {"config": XOR.replace("40", "41")})
    assert refused.status_code == 429 and "The limit is 1 run an hour." in text_of(refused) and MORE in text_of(refused)
    assert "1 of 1 in the last hour" in text_of(browser.get("/settings/"))
    person.date_joined -= timedelta(days=1)
    person.save()
    assert browser.post("/playground/", {"config": XOR.replace("40", "41")}).status_code == 302
    assert Run.objects.count() == 2


def test_the_settings_ask_the_host_once_whom_it_trusts(monkeypatch):
    asked, is_established = [], access.is_established
    monkeypatch.setattr(access, "is_established", lambda user: asked.append(user) or is_established(user))
    person = member(6, posts=True)
    assert api.allowance(person).more == MORE and asked == [person]


def test_a_shared_result_asks_nobody_whom_the_host_trusts(monkeypatch, signed_in):
    browser = signed_in(member(30, posts=True))
    browser.post("/playground/", {"config": XOR})
    monkeypatch.setattr(access, "is_established", None)
    assert browser.post("/playground/", {"config": XOR}).status_code == 302
