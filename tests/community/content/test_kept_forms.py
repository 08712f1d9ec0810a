"""Expired sessions: the text comes back, and strangers cannot fill the session table."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from community.accounts.models import User
from community.accounts.rates import KEEPING
from community.content.kept_forms import LONGEST
from community.content.models import Draft, Post
from tests.factories import PersonFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
WRITE = "/write/?kind=question"
AN_ARTICLE = "数学 and words.\r\n" * 6_600  # as a browser sends just under 100,000 characters


def _form(source="Half a thought.", **more):
    return {"kind": "question", "draft_key": "new:question", "title": "Why?", "source": source, **more}


def _sign_in(client, person):
    return client.post("/accounts/login/", {"login": person.handle, "password": PASSWORD, "next": WRITE}, follow=True)


def test_words_come_back_after_signing_in(client, member):
    assert client.post(WRITE, _form())["Location"].startswith("/accounts/login/?next=")
    page = _sign_in(client, member).content.decode()
    assert "Half a thought." in page and 'value="Why?"' in page


def test_the_sign_in_page_says_that_the_words_are_kept(client):
    assert "Your text is kept" in client.post(WRITE, _form(), follow=True).content.decode()
    client.cookies.clear()
    assert "Your text is kept" not in client.post(WRITE, _form(" "), follow=True).content.decode()


def test_a_visitor_writes_first_and_signs_in_to_post(client, member):
    page = client.get(WRITE)
    assert page.status_code == 200 and "you sign in when you post" in page.content.decode()
    previewed = client.post(WRITE, _form("Let $x^2$ be.", preview="1")).content.decode()
    assert "<math" in previewed and "Let $x^2$ be." in previewed
    assert "### What I derived" in client.post(WRITE, _form(template="1")).content.decode()
    assert not Session.objects.exists()
    assert client.post(WRITE, _form("Let $x^2$ be.", category="meta"))["Location"].startswith("/accounts/login/")
    assert "Let $x^2$ be." in _sign_in(client, member).content.decode()
    client.post(WRITE, _form("Let $x^2$ be.", category="meta"))
    assert Post.objects.get().thread.author == member


def test_a_visitor_who_looks_again_before_signing_in_still_has_the_words(client):
    client.post(WRITE, _form())
    assert "Half a thought." in client.get(WRITE).content.decode()


def test_the_longest_article_comes_back_whole(client, member):
    form = _form(AN_ARTICLE, kind="article", draft_key="new:article")
    client.post("/articles/new/", form)
    client.post("/accounts/login/", {"login": member.handle, "password": PASSWORD})
    page = client.get("/articles/new/").content.decode()
    assert page.count("数学 and words.") == 6_600


def test_what_is_longer_than_anything_that_can_be_posted_is_shown_to_copy(client):
    refused = client.post(WRITE, _form("x" * LONGEST + " the end"))
    assert refused.status_code == 401
    assert b"Your text is too long to be stored in the meantime" in refused.content and b" the end" in refused.content
    assert not Session.objects.exists()


def test_the_names_of_boxes_count_towards_the_length(client):
    form = urlencode(_form("Mine.", **{"x" * LONGEST: ""}))
    refused = client.post(WRITE, form, content_type="application/x-www-form-urlencoded")
    assert refused.status_code == 401 and b"Mine." in refused.content
    assert not Session.objects.exists()


def test_one_network_keeps_few_forms_and_is_shown_the_words_of_the_others(client, member):
    for _visitor in range(10):
        client.cookies.clear()
        assert client.post(WRITE, _form("x" * 1000)).status_code == 302
    client.cookies.clear()
    refused = client.post(WRITE, _form("The eleventh."))
    assert refused.status_code == 429 and b"The eleventh." in refused.content
    assert Session.objects.count() == 10
    assert client.post(WRITE, _form(), REMOTE_ADDR="203.0.113.9").status_code == 302


def test_members_are_not_counted(client, member):
    KEEPING.hit_key("net:127.0.0.1", cost=10)
    client.force_login(member)
    assert client.post(WRITE, _form(category="training-troubles")).status_code == 302


def test_a_visitors_form_is_kept_for_a_day_and_a_member_stays_signed_in(client):
    client.post(WRITE, _form())
    assert Session.objects.get().expire_date < timezone.now() + timedelta(days=1, minutes=1)
    client.post("/accounts/signup/", {"username": "emmy", "email": "emmy@example.org", "password1": "a chain of links"})
    assert User.objects.get().handle == "emmy"
    assert Session.objects.get().expire_date > timezone.now() + timedelta(days=29)


def test_an_empty_form_begins_no_session(client):
    assert client.post(WRITE, _form(" ")).status_code == 302
    assert not Session.objects.exists()


class TestAPageOfAnotherAccount:
    """It was still open when this one signed in, in another tab."""

    @pytest.fixture(autouse=True)
    def begun_by(self, client, member):
        client.force_login(member)
        return PersonFactory()

    def test_its_text_is_not_posted_but_shown_to_copy(self, client, begun_by):
        refused = client.post(WRITE, _form(written_by=begun_by.pk))
        assert refused.status_code == 409
        assert "This page was made for another account" in refused.content.decode()
        assert "Half a thought." in refused.content.decode()
        assert not Post.objects.exists()

    def test_its_text_becomes_no_draft(self, client, begun_by):
        wish = {
            "key": "new:question",
            "title": "",
            "source": "Half a thought.",
            "version": 0,
            "written_by": str(begun_by.pk),
        }
        refused = client.post(
            "/drafts/save/", json.dumps(wish), "application/json", headers={"accept": "application/json"}
        )
        assert refused.status_code == 409
        assert "another account" in refused.json()["error"]["message"]
        assert not Draft.objects.exists()

    def test_that_of_the_same_account_is_posted(self, client, member):
        form = _form(written_by=member.pk, category="initialisation")
        assert client.post(WRITE, form).status_code == 302
        assert Post.objects.get().author == member

    def test_an_editor_says_whose_it_is(self, client, member):
        assert f'<input type="hidden" name="written_by" value="{member.pk}">' in client.get(WRITE).content.decode()

    def test_a_text_that_is_sent_without_a_session_is_kept_for_its_writer(self, client, member, begun_by):
        client.post("/accounts/logout/")
        client.post(WRITE, _form(written_by=begun_by.pk))
        client.force_login(member)
        assert "Half a thought." not in client.get(WRITE).content.decode()
        client.post("/accounts/logout/")
        client.post(WRITE, _form(written_by=begun_by.pk))
        client.post("/accounts/login/", {"login": begun_by.handle, "password": PASSWORD})
        assert "Half a thought." in client.get(WRITE).content.decode()
