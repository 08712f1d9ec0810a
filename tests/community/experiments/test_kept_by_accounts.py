"""Runs of a visitor who signs in or up: their account keeps them, shown to the same people as before."""

import pytest
from django.test import Client
from django.urls import reverse

from bpsandbox import api
from bpsandbox.models import Attachment
from community.experiments.visitors import COOKIE
from tests.factories import PersonFactory
from tests.factories.people import PASSWORD
from tests.training import train

pytestmark = pytest.mark.django_db
MINE = "/runs/?whose=mine"


@pytest.fixture
def played(config):
    """Return a browser without an account in which a config was trained, and the hash of its run."""
    browser = Client()
    browser.post("/playground/", {"config": config(title="Zebra run")})
    return browser, train()


def sign_in(browser: Client, person) -> None:
    answer = browser.post(reverse("account_login"), {"login": person.handle, "password": PASSWORD})
    assert answer.status_code == 302


def test_who_signs_in_has_the_runs_that_they_made_before(played):
    browser, run = played
    ada = PersonFactory()
    sign_in(browser, ada)
    assert "Zebra run" in browser.get(MINE).content.decode()
    kept = Attachment.objects.get(spec__hash=run)
    assert (kept.owner, kept.owner_key, kept.expires_at, kept.visibility) == (ada, "", None, "unlisted")


def test_who_signs_up_has_them_too(played):
    browser, run = played
    fields = {"username": "zebrafan", "email": "zebra@example.org", "password1": "a longer pass sentence"}
    assert browser.post(reverse("account_signup"), fields).status_code == 302
    assert Attachment.objects.get(spec__hash=run).owner.handle == "zebrafan"


def test_a_run_that_the_account_has_already_stays_as_it_is(played, config):
    browser, run = played
    ada = PersonFactory()
    api.submit(config_text=config(title="Own words"), requester=ada)
    sign_in(browser, ada)
    own = Attachment.objects.get(spec__hash=run, owner=ada)
    assert (own.title, own.visibility) == ("Own words", "private")


def test_nobody_gets_the_runs_of_another_browser(played):
    browser, run = played
    forger = Client()
    forger.cookies[COOKIE] = Attachment.objects.get(spec__hash=run).owner_key
    sign_in(forger, PersonFactory())
    assert "Zebra run" not in forger.get(MINE).content.decode()
    assert "Zebra run" in browser.get(MINE).content.decode()
