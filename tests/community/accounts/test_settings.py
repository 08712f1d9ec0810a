import pytest
from django.test import Client

from community.accounts.models import User
from tests.community.accounts.conftest import PASSWORD
from tests.html import html_of

pytestmark = pytest.mark.django_db


def test_a_visitor_is_sent_to_sign_in(client):
    for path in ("/settings/", "/accounts/email/", "/accounts/password/change/"):
        assert client.get(path)["Location"].startswith("/accounts/login/?next=")


def test_a_profile_is_saved(signed_in):
    response = signed_in.post("/settings/profile/", {"display_name": "  O'Neil ", "bio": "I like *chains*."})
    person = User.objects.get()
    assert response["Location"] == "/settings/"
    assert (person.display_name, person.visible_name, person.bio) == ("O'Neil", "O'Neil", "I like *chains*.")
    assert "<em>chains</em>" in person.bio_html


def test_what_another_tab_saved_in_a_profile_is_not_replaced_by_an_older_form(signed_in):
    begun = {bound.name: bound.value() for bound in signed_in.get("/settings/").context["profile_form"]}
    signed_in.post("/settings/profile/", begun | {"bio": "Two thousand words.", "links": "https://ada.example/"})
    signed_in.post("/settings/profile/", begun | {"display_name": "Ada L."})
    saved = "display_name", "bio", "links"
    assert User.objects.values_list(*saved).get() == ("Ada L.", "Two thousand words.", "https://ada.example/")
    refusal = signed_in.post("/settings/profile/", begun | {"bio": "Other words."})
    assert refusal.status_code == 409 and "Other words.</textarea>" in html_of(refusal)
    assert User.objects.get().bio == "Two thousand words."


def test_a_bio_has_formulas_and_mentions_and_nothing_that_runs(signed_in):
    User.objects.create_user("李雷")
    signed_in.post(
        "/settings/profile/", {"bio": "With @李雷, not @nobody: $a^2$ <script>alert(1)</script>\r\n\r\nMore."}
    )
    person = User.objects.get(handle="ada")
    assert person.bio.count("\r") == 0
    assert "<math" in person.bio_html
    assert 'href="/@%E6%9D%8E%E9%9B%B7/"' in person.bio_html and "/@nobody/" not in person.bio_html
    assert "<script" not in person.bio_html
    assert person.bio_html in signed_in.get("/@ada/").content.decode()


def test_a_bio_that_asks_for_too_much_is_refused_with_the_renderers_sentence(signed_in):
    response = signed_in.post("/settings/profile/", {"bio": "$a$ " * 60})
    assert response.status_code == 422
    assert "limit is 50" in response.content.decode()
    assert User.objects.get().bio == ""


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("display_name", "Ada\u202e", "an invisible character (U+202E)"),
        ("display_name", "x" * 61, "at most 60 characters"),
        ("display_name", "x" * 1_000_000, "at most 60 characters"),
        ("display_name", "a\x00b", "Null characters are not allowed."),
        ("bio", "a\x00b", "Null characters are not allowed."),
        ("bio", "x" * 1_000_000, "at most 2000 characters; yours has 1000000"),
    ],
    ids=["bidi", "long", "megabyte", "nul", "nul-bio", "megabyte-bio"],
)
def test_what_cannot_be_said_is_refused_and_nothing_is_written(signed_in, field, value, sentence):
    response = signed_in.post("/settings/profile/", {"display_name": "New", "bio": "new", field: value})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert (User.objects.get().display_name, User.objects.get().bio) == ("", "")


def test_fields_that_are_not_on_the_form_are_not_taken(signed_in):
    signed_in.post(
        "/settings/profile/", {"display_name": "Ada", "bio": "", "is_staff": "on", "handle": "root", "email": "x@y.org"}
    )
    person = User.objects.get()
    assert (person.is_staff, person.handle, person.email) == (False, "ada", "ada@example.org")


def test_preferences_are_saved_and_used_at_once(signed_in):
    signed_in.post("/settings/preferences/", {"language": "zh-hans", "theme": "dark", "time_zone": "Asia/Shanghai"})
    person = User.objects.get()
    assert (person.language, person.theme, person.time_zone) == ("zh-hans", "dark", "Asia/Shanghai")
    page = html_of(signed_in.get("/settings/"))
    assert '<html lang="zh-Hans" dir="ltr" data-theme="dark">' in page


@pytest.mark.parametrize(
    "wrong", [{"language": "tlh"}, {"theme": "pink"}, {"time_zone": "Mars/Olympus"}, {"time_zone": "../../etc/passwd"}]
)
def test_a_choice_that_there_is_not_is_refused(signed_in, wrong):
    assert signed_in.post("/settings/preferences/", wrong).status_code == 422
    assert signed_in.post("/preferences/", wrong).status_code == 302
    person = User.objects.get()
    assert (person.language, person.theme, person.time_zone) == ("", "auto", "")


def test_a_visitor_chooses_by_cookie(client):
    response = client.post("/preferences/", {"language": "zh-hans", "next": "/accounts/login/"})
    assert response["Location"] == "/accounts/login/"
    assert response.cookies["language"].value == "zh-hans"
    assert '<html lang="zh-Hans"' in client.get("/accounts/login/").content.decode()


def test_choosing_one_thing_leaves_the_others(signed_in):
    signed_in.post("/preferences/", {"language": "zh-hans"})
    signed_in.post("/preferences/", {"theme": "dark"})
    person = User.objects.get()
    assert (person.language, person.theme) == ("zh-hans", "dark")


def test_the_account_beats_the_cookie_and_the_cookie_the_browser(signed_in):
    browser = {"HTTP_ACCEPT_LANGUAGE": "zh-CN"}
    assert 'lang="zh-Hans"' in signed_in.get("/settings/", **browser).content.decode()
    signed_in.cookies["language"] = "en"
    assert '<html lang="en"' in signed_in.get("/settings/", **browser).content.decode()
    User.objects.update(language="zh-hans")
    assert '<html lang="zh-Hans"' in signed_in.get("/settings/", **browser).content.decode()


def test_a_foreign_next_leads_home(client):
    assert client.post("/preferences/", {"theme": "dark", "next": "//evil.example"})["Location"] == "/"


def test_looking_changes_nothing(client):
    assert client.get("/preferences/").status_code == 405
    assert client.get("/settings/profile/").status_code in (302, 405)


def test_a_forged_form_is_refused(ada):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(ada)
    assert careful.post("/settings/profile/", {"display_name": "Eve", "bio": ""}).status_code == 403
    assert User.objects.get().display_name == ""


def test_every_other_session_can_be_ended(signed_in, ada):
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    signed_in.post("/settings/sessions/end/")
    assert signed_in.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302


@pytest.mark.parametrize("bio", ["spam http://spam.test", "[x](//spam.test)", "![x](https://spam.test/a.png)"])
def test_an_unconfirmed_account_has_no_links_to_other_sites(client, newcomer, bio):
    client.force_login(newcomer)
    refused = client.post("/settings/profile/", {"display_name": "New", "bio": bio})
    assert refused.status_code == 403 and b"confirm your email address first" in refused.content
    newcomer.refresh_from_db()
    assert (newcomer.display_name, newcomer.bio) == ("", "")


def test_an_unconfirmed_account_may_say_who_it_is(client, newcomer):
    client.force_login(newcomer)
    bio = f"I read $a^2$[^1], and [ask](/questions/) @{newcomer.handle}.\n\n[^1]: slowly"
    assert client.post("/settings/profile/", {"display_name": "New", "bio": bio}).status_code == 302
    newcomer.refresh_from_db()
    assert newcomer.bio == bio


def test_each_place_is_among_the_time_zones_once(signed_in):
    page = signed_in.get("/settings/").content.decode()
    for name in ("UTC", "Asia/Shanghai", "Europe/Amsterdam", "America/Indiana/Indianapolis", "Africa/Asmara"):
        assert page.count(f'value="{name}"') == 1
    for alias in ("America/Indianapolis", "America/Knox_IN", "Africa/Asmera", "Asia/Calcutta", "US/Pacific"):
        assert f'value="{alias}"' not in page


def test_an_older_name_of_a_time_zone_stays_chosen(signed_in):
    assert signed_in.post("/settings/preferences/", {"time_zone": "Asia/Calcutta"}).status_code == 302
    assert User.objects.get().time_zone == "Asia/Calcutta"
    assert '<option value="Asia/Calcutta" selected>' in signed_in.get("/settings/").content.decode()
