"""A form that is sent after the session has ended: nothing of it is lost, and nobody else sees it."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import FileField, IntegerField
from django.urls import URLResolver, get_resolver, resolve
from django.utils import translation

from community.accounts import kept_forms
from community.accounts.models import User
from community.accounts.rates import KEEPING
from community.blogs.models import Series
from community.blogs.series.services import put_article
from community.blogs.services import start_article
from community.common import fragments
from community.content.models import Post, Thread
from community.lists.models import ReadingList
from community.saved.models import SavedSearch
from community.social.models import Bookmark, Mark
from tests.factories.content import AnswerFactory, QuestionFactory
from tests.factories.people import PASSWORD, PersonFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
KEPT = "/settings/kept-form/"
SEARCHES = "/search/saved/"


def sign_in(client, person, **more):
    return client.post("/accounts/login/", {"login": person.handle, "password": PASSWORD, **more}, follow=True)


def sign_out(client):
    client.post("/accounts/logout/")


def send_kept(client):
    """Send the form on the page as a browser does: its action, its hidden fields and its boxes as they are."""
    page = client.get(KEPT)
    form, others = page.context["form"], page.context["others"]
    values = {bound.name: bound.value() for bound in form if bound.value() not in (None, False, "")}
    action = page.context["kept"].address
    assert f'<form method="post" action="{action}" data-guard' in page.content.decode()
    return client.post(action, {**dict(others), **values})


@pytest.fixture
def answer(member):
    return AnswerFactory(thread=QuestionFactory(author=member))


def test_a_search_comes_back_after_signing_in_and_is_saved_when_it_is_sent_again(client, member):
    sent = client.post(SEARCHES, {"query": "vanishing gradient", "name": "Mine", "next": "/search/"})
    assert sent["Location"] == "/accounts/login/?next=/settings/kept-form/"
    assert "What you entered is kept" in client.get(sent["Location"]).content.decode()
    page = sign_in(client, member, next=KEPT).content.decode()
    assert 'value="vanishing gradient"' in page and 'value="Mine"' in page and not SavedSearch.objects.exists()
    assert send_kept(client).status_code == 302
    assert SavedSearch.objects.get(owner=member).name == "Mine"
    assert client.get(KEPT)["Location"] == "/"


SHOWN_BY_THEIR_PAGE = {"into", "chosen", "run", "next"}
"""Choices that a class does not have by itself: without a text beside them they are not kept."""


def kept_views(patterns=None, prefix=""):
    """Yield the route and the form of each view whose form is kept."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from kept_views(pattern.url_patterns, route)
        elif getattr(pattern.callback, "kept_form", None) is not None:
            yield route, pattern.callback.kept_form


def test_whatever_a_kept_form_does_is_shown():
    found = dict(kept_views())
    assert {"lists/", "series/<key:pk>/edit/", "threads/<key:pk>/moderate/", "settings/tokens/"} <= found.keys()
    for route, form in found.items():
        values = dict.fromkeys(form.base_fields, "x")
        others = {
            name
            for name, field in form.base_fields.items()
            if name not in kept_forms.shown_fields(form, values)
            and not field.widget.is_hidden
            and not isinstance(field, FileField | IntegerField)  # a number without a label is a version
        }
        assert others <= SHOWN_BY_THEIR_PAGE, route


def test_every_form_with_words_is_kept(client, member, answer):
    reading_list = ReadingList.objects.create(owner=member, name="Old")
    article = start_article(author=member, title="Title", source="Words.", publish=True)
    series = put_article(article=article, by=member, new_title="Old")
    question = answer.thread_id
    forms = {
        f"/articles/{article.pk}/series/": {"into": "none", "new_title": "Words of mine"},
        f"/series/{series.pk}/edit/": {"title": "Words of mine", "about": "", "base_title": "Old"},
        f"/threads/{question}/duplicate/": {"address": "Words of mine"},
        f"/threads/{question}/hold/": {"reason": "unclear"},
        f"/posts/{answer.pk}/proof/": {"run": "", "address": "Words of mine"},
        f"/threads/{question}/moderate/": {"action": "lock", "category": "general", "reason": "Words of mine"},
        "/suggestions/1/decide/": {"action": "reject", "seen": "1", "base_version": "1", "reason": "Words of mine"},
        "/settings/tokens/": {"name": "Words of mine", "days": "90"},
        "/settings/preferences/": {"language": "en", "theme": "dark"},
        "/search/saved/": {"query": "Words of mine", "name": ""},
        "/lists/": {"name": "Words of mine"},
        f"/lists/{reading_list.pk}/edit/": {"name": "Words of mine", "base_name": "Old"},
        f"/posts/{answer.pk}/bookmark/note/": {"note": "Words of mine\r\nin two lines", "remind_on": ""},
        f"/posts/{answer.pk}/bookmark/list/": {"into": "none", "new_name": "Words of mine"},
        f"/posts/{answer.pk}/mark/": {"kind": "outdated", "reason": "Words of mine", "version": "1"},
        f"/posts/{answer.pk}/report/": {"reason": "spam", "note": "Words of mine"},
        f"/questions/{answer.thread_id}/invite/": {"handle": "Words of mine"},
        "/settings/profile/": {"display_name": "Words of mine", "bio": "I learn."},
    }
    for address, fields in forms.items():
        KEEPING.clear("net:127.0.0.1")
        client.cookies.clear()
        assert client.post(address, fields)["Location"].endswith(KEPT), address
        page = sign_in(client, member, next=KEPT).content.decode()
        assert "Words of mine" in page or "Words of mine" not in fields.values(), address
        kept = client.get(KEPT).context["kept"]
        assert (kept.address, dict(kept.fields)) == (
            address,
            {name: value.replace("\r\n", "\n") for name, value in fields.items()},
        )
    assert {resolve(address).route for address in forms} == dict(kept_views()).keys()


def test_what_a_moderator_does_is_shown_before_it_is_sent_again(client, moderator, answer):
    address, fields = f"/threads/{answer.thread_id}/moderate/", {"action": "lock", "category": "x", "reason": ""}
    client.post(address, fields)
    page = html_of(sign_in(client, moderator, next=KEPT))
    assert "Action" in page and '<option value="lock" selected>Close</option>' in page
    sign_out(client)
    client.post("/suggestions/1/decide/", {"action": "reject", "seen": "1", "base_version": "1"})
    assert '<option value="reject" selected>Reject</option>' in html_of(sign_in(client, moderator, next=KEPT))


def test_buttons_that_delete_lead_back_and_are_never_sent_again(client, member, answer):
    own = ReadingList.objects.create(owner=member, name="Old")
    put_article(article=start_article(author=member, title="T", source="W.", publish=True), by=member, new_title="Old")
    series = Series.objects.get()
    buttons = {
        f"/lists/{own.pk}/delete/": {},
        f"/lists/{own.pk}/edit/": {"delete": "1", "name": "Old"},
        f"/series/{series.pk}/delete/": {},
        f"/posts/{answer.pk}/bookmark/note/": {"remove": "1", "note": "Mine"},
        f"/posts/{answer.pk}/proof/": {"remove": "1", "address": "/runs/1/"},
        f"/articles/{series.parts.get().pk}/series/": {"into": "none", "new_title": ""},
        "/settings/notifications/": {"quiet_from": "22:00", "quiet_until": "07:00", "replies-mail": "never"},
    }
    for address, fields in buttons.items():
        sent = client.post(address, fields, headers={"referer": f"http://testserver{address}"})
        assert sent["Location"] == f"/accounts/login/?next={address}", address
    sign_in(client, member)
    assert client.get(KEPT)["Location"] == "/" and Series.objects.exists() and ReadingList.objects.exists()
    assert "Delete this series?" in html_of(client.get(f"/series/{series.pk}/delete/"))


def test_a_note_and_a_mark_are_saved_as_they_were_written(client, member, answer):
    client.post(f"/posts/{answer.pk}/bookmark/note/", {"note": "One\r\nTwo", "next": "/bookmarks/"})
    sign_in(client, member)
    assert send_kept(client)["Location"] == "/bookmarks/"
    assert Bookmark.objects.get(user=member).note == "One\nTwo"
    sign_out(client)
    client.post(f"/posts/{answer.pk}/mark/", {"kind": "outdated", "reason": "Since 2.0", "version": "1"})
    sign_in(client, member)
    send_kept(client)
    assert Mark.objects.get(user=member).reason == "Since 2.0"


def test_a_box_that_was_not_ticked_is_shown_and_stays_so(client, member):
    client.post("/lists/", {"name": "Private"})
    sign_in(client, member)
    form = client.get(KEPT).context["form"]
    assert form["is_public"].value() is None and form["name"].value() == "Private"
    send_kept(client)
    assert ReadingList.objects.get(owner=member).is_public is False


def test_what_one_account_sent_is_never_shown_to_another(client, member):
    other = PersonFactory()
    sign_in(client, member)
    sign_out(client)
    client.post(SEARCHES, {"query": "a secret of mine"})
    client.post("/write/?kind=question", {"kind": "question", "draft_key": "new:question", "source": "Another secret."})
    page = html_of(sign_in(client, other))
    assert page.count("another account was signed in when it was written") == 1
    assert client.get(KEPT)["Location"] == "/"
    assert "Another secret." not in client.get("/write/?kind=question").content.decode()
    assert not any("secret" in str(session.get_decoded()) for session in Session.objects.all())


def test_what_is_kept_for_one_account_is_not_kept_on_for_whoever_sends_next(client, member):
    sign_in(client, member)
    sign_out(client)
    client.post(SEARCHES, {"query": "a secret of mine"})
    client.cookies.pop(kept_forms.COOKIE)
    client.post("/write/?kind=question", {"kind": "question", "draft_key": "new:question", "source": "A visitor's."})
    sign_in(client, PersonFactory())
    assert client.get(KEPT)["Location"] == "/"


def test_what_one_account_sent_is_shown_to_it_again(client, member):
    sign_in(client, member)
    sign_out(client)
    client.post(SEARCHES, {"query": "a secret of mine"})
    client.post("/write/?kind=question", {"kind": "question", "draft_key": "new:question", "source": "Another secret."})
    sign_in(client, member)
    assert client.get(KEPT).context["form"]["query"].value() == "a secret of mine"
    assert "Another secret." in client.get("/write/?kind=question").content.decode()


def test_the_mark_of_an_account_in_the_browser_tells_nobody_which_it_is(client, member):
    sign_in(client, member)
    cookie = client.cookies["account"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert member.handle not in cookie.value and not re.search(rf"\b{member.pk}\b", cookie.value)
    sign_out(client)
    sign_in(client, PersonFactory())
    assert client.cookies["account"].value != cookie.value


def test_a_session_from_before_the_mark_gets_it_with_its_next_page(client, member):
    client.force_login(member)
    fragment = client.get("/latest/", headers={fragments.HEADER: "1"})
    assert "account" not in fragment.cookies
    assert client.get("/latest/").cookies["account"].value
    assert "account" not in client.get("/latest/").cookies
    client.cookies.pop("sessionid")
    client.post(SEARCHES, {"query": "a secret of mine"})
    sign_in(client, PersonFactory())
    assert client.get(KEPT)["Location"] == "/"


def test_another_account_in_the_browser_replaces_the_mark(client, member):
    sign_in(client, member)
    first = client.cookies["account"].value
    client.force_login(PersonFactory())
    client.get("/latest/")
    assert client.cookies["account"].value != first


def test_a_form_can_be_discarded(client, member):
    client.post(SEARCHES, {"query": "nothing"})
    sign_in(client, member)
    assert client.post(KEPT)["Location"] == "/"
    assert client.get(KEPT)["Location"] == "/" and not SavedSearch.objects.exists()


def test_a_button_leads_back_to_the_page_it_was_on_and_keeps_nothing(client, answer):
    voted = client.post(
        f"/posts/{answer.pk}/vote/", {"value": "1"}, headers={"referer": "http://testserver/t/1/x/?a=b"}
    )
    assert voted["Location"] == "/accounts/login/?next=/t/1/x/%3Fa%3Db"
    for elsewhere in ("http://elsewhere.example/t/1/", "//elsewhere.example/", ""):
        voted = client.post(f"/posts/{answer.pk}/vote/", {"value": "1"}, headers={"referer": elsewhere})
        assert voted["Location"] == "/accounts/login/?next=/"
    assert not Session.objects.exists()


def test_a_picture_that_nobody_can_have_sent_is_not_read(client):
    picture = SimpleUploadedFile("a.png", b"x" * 100_000, "image/png")
    sent = client.post("/media/upload/", {"picture": picture}, headers={"referer": "http://testserver/write/"})
    assert sent["Location"] == "/accounts/login/?next=/write/"
    assert not sent.wsgi_request._read_started


def test_a_form_that_is_too_long_is_shown_to_copy(client):
    refused = client.post(SEARCHES, {"query": "x" * 20_000 + " the end"})
    assert refused.status_code == 401 and b" the end" in refused.content
    assert not Session.objects.exists()


def test_one_network_keeps_few_forms(client):
    KEEPING.hit_key("net:127.0.0.1", cost=10)
    refused = client.post(SEARCHES, {"query": "the eleventh"})
    assert refused.status_code == 429 and b"the eleventh" in refused.content
    assert not Session.objects.exists()


def test_words_are_escaped_and_the_address_is_one_of_this_site(client, member):
    client.post(f"{SEARCHES}?next=%22%3E", {"query": '"><script>alert(1)</script>'})
    page = sign_in(client, member, next=KEPT).content.decode()
    assert "<script>alert" not in page and f'action="{SEARCHES}?next=%22%3E"' in page


def test_the_page_is_in_the_language_of_its_reader(client, member):
    with translation.override("zh-hans"):
        client.post(SEARCHES, {"query": "梯度"})
    User.objects.filter(pk=member.pk).update(language="zh-hans")
    page = sign_in(client, member, next=KEPT).content.decode()
    assert "尚未发送" in page and 'value="梯度"' in page


def test_nothing_was_written_while_nobody_was_signed_in(client, answer):
    before = Thread.objects.count(), Post.objects.count()
    client.post(f"/posts/{answer.pk}/report/", {"reason": "spam", "note": "Words"})
    assert (Thread.objects.count(), Post.objects.count()) == before and not answer.reports.exists()
