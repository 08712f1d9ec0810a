"""Links on a profile: a few addresses of the web, shown to everyone, followed by no search engine."""

import pytest

from community.accounts import links, services
from community.accounts.bio import Bio
from community.accounts.models import User
from tests.factories import NewcomerFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
SETTINGS = "/settings/profile/"


def saved(person) -> str:
    return User.objects.values_list("links", flat=True).get(pk=person.pk)


def test_links_are_shown_on_the_profile_in_their_order(client, as_user, ada):
    sent = "https://www.example.org/ada/\r\n\r\n github.com/ada \r\nhttps://www.example.org/ada/"
    assert as_user(ada).post(SETTINGS, {"display_name": "", "bio": "", "links": sent}).status_code == 302
    assert saved(ada) == "https://www.example.org/ada/\nhttps://github.com/ada"
    page = html_of(client.get(ada.get_absolute_url()))
    rel = 'rel="me nofollow ugc noopener"'
    assert f'<a href="https://www.example.org/ada/" {rel}><bdi dir="ltr">example.org/ada</bdi></a>' in page
    assert f'<a href="https://github.com/ada" {rel}><bdi dir="ltr">github.com/ada</bdi></a>' in page


def test_a_page_that_was_kept_for_visitors_follows(client, as_user, ada):
    client.get(ada.get_absolute_url())
    as_user(ada).post(SETTINGS, {"display_name": "", "bio": "", "links": "example.org"})
    assert "example.org" in html_of(client.get(ada.get_absolute_url()))


@pytest.mark.parametrize(
    "line",
    [
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "https://",
        "https://localhost/",
        "https://user:password@example.org/",
        "https://example.org/a b",
        'https://example.org/"onclick="x',
        "https://[broken/",
        "https://example.org/" + "x" * 200,
        "only words",
        "https://github.com\u2044ada.evil.example/",
        "https://github.com\uff0fada.evil.example/",
        "https://github.com\u2800.evil.example/",
    ],
)
def test_what_is_no_address_is_told_and_the_form_keeps_it(as_user, ada, line):
    User.objects.filter(pk=ada.pk).update(links="https://example.org/")
    answer = as_user(ada).post(SETTINGS, {"display_name": "Ada", "bio": "Words.", "links": line})
    assert answer.status_code == 422 and "is not the address of a page" in html_of(answer)
    assert answer.context["profile_form"]["links"].value() == line and "Words." in html_of(answer)
    assert saved(ada) == "https://example.org/"


def test_there_are_four_at_most(as_user, ada):
    five = "\n".join(f"example.org/{number}" for number in range(5))
    answer = as_user(ada).post(SETTINGS, {"display_name": "", "bio": "", "links": five})
    assert answer.status_code == 422 and "There can be 4 links at most." in html_of(answer) and saved(ada) == ""
    assert as_user(ada).post(SETTINGS, {"display_name": "", "bio": "", "links": five[:-14]}).status_code == 302
    assert len(saved(ada).splitlines()) == 4


def test_a_form_of_the_release_before_leaves_them(as_user, ada):
    User.objects.filter(pk=ada.pk).update(links="https://example.org/")
    as_user(ada).post(SETTINGS, {"display_name": "Ada", "bio": ""})
    assert saved(ada) == "https://example.org/"


def test_who_has_not_confirmed_an_address_has_none(as_user):
    newcomer = NewcomerFactory()
    answer = as_user(newcomer).post(SETTINGS, {"display_name": "", "bio": "", "links": "example.org"})
    assert answer.status_code == 403 and saved(newcomer) == ""


def test_an_address_in_chinese_is_one(client, as_user, ada):
    as_user(ada).post(SETTINGS, {"display_name": "", "bio": "", "links": "https://例子.中国/反向传播"})
    assert ">例子.中国/反向传播</bdi></a>" in html_of(client.get(ada.get_absolute_url()))


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200b", "\u200d", "\u3164"])
def test_a_mark_that_nobody_sees_is_refused(as_user, ada, mark):
    line = f"https://github.com/{mark}ada"
    answer = as_user(ada).post(SETTINGS, {"display_name": "", "bio": "", "links": line})
    assert answer.status_code == 422 and f"invisible character (U+{ord(mark):04X})" in html_of(answer)
    assert answer.context["profile_form"]["links"].value() == line and saved(ada) == ""


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://example.org/" + "x" * 28, "example.org/" + "x" * 28),
        ("https://example.org/" + "x" * 29, "example.org/" + "x" * 27 + "…"),
        ("https://github.com." + "x" * 40 + ".evil.example/ada", "…" + "x" * 26 + ".evil.example"),
        ("https://" + "x" * 32 + ".example?" + "y" * 40, "…" + "x" * 31 + ".example"),
        ("https://" + "x" * 31 + ".example?" + "y" * 40, "x" * 31 + ".example…"),
    ],
)
def test_a_long_address_shows_whose_it_is(address, words):
    [link] = links.links_of(links.clean(address))
    assert link.words == words and len(words) <= links.SHOWN


def test_a_profile_that_is_saved_without_links_does_not_write_those_it_has_read(ada):
    User.objects.filter(pk=ada.pk).update(links="https://example.org/")  # since `ada` was read
    services.update_profile(user=ada, display_name="Ada", bio=Bio("", "", 0))
    assert saved(ada) == "https://example.org/"
