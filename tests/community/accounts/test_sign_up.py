import re
import threading

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client

from community.accounts.models import User
from community.content.services import save_draft
from tests.community.accounts.conftest import PASSWORD, errors_of, link_in_last_mail

pytestmark = pytest.mark.django_db


def test_a_newcomer_is_signed_in_at_once_and_gets_a_link(client, sign_up):
    response = sign_up("李雷", "lilei@example.org")
    person = User.objects.get()
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/settings/").status_code == 200
    assert (person.handle, person.handle_key, person.email, person.waits_for_confirmation) == ("李雷", "李雷", "", True)
    assert [message.to for message in mail.outbox] == [["lilei@example.org"]]
    assert mail.outbox[0].subject == "Welcome to Chainrule: confirm your email address"


@pytest.mark.parametrize(
    ("chosen", "sent", "zone"),
    [
        ("", "Asia/Shanghai", "Asia/Shanghai"),
        ("", "Asia/Calcutta", "Asia/Calcutta"),
        ("Europe/Paris", "Asia/Shanghai", "Europe/Paris"),
        ("", "Nowhere/Else", ""),
        ("", "", ""),
    ],
)
def test_a_new_account_is_in_the_time_zone_of_its_browser(client, sign_up, chosen, sent, zone):
    assert "data-browser-zone" in client.get("/accounts/signup/").content.decode()
    client.cookies["time_zone"] = chosen
    sign_up(browser_zone=sent)
    assert User.objects.get().time_zone == zone


def test_the_link_confirms_the_address_after_a_click_and_not_by_a_look(client, sign_up):
    sign_up()
    link = link_in_last_mail()
    assert "Does <b>emmy@example.org</b> belong to @emmy?" in client.get(link).content.decode()
    assert User.objects.get().email == ""
    assert client.post(link).status_code == 302
    assert User.objects.get().email == "emmy@example.org"
    assert not User.objects.get().waits_for_confirmation


def test_a_link_that_was_used_says_so(client, sign_up):
    sign_up()
    link = link_in_last_mail()
    client.post(link)
    assert "This link no longer works" in client.get(link).content.decode()
    assert client.post(link).status_code == 404


def test_a_banner_offers_the_link_once_more_until_it_is_opened(client, sign_up):
    sign_up()
    assert "/settings/email/confirmation/" in client.get("/settings/").content.decode()
    again = client.post("/settings/email/confirmation/", {"next": "/settings/"}, follow=True)
    assert "The link is on its way to emmy@example.org again." in again.content.decode()
    assert len(mail.outbox) == 2
    client.post(link_in_last_mail())
    assert "/settings/email/confirmation/" not in client.get("/settings/").content.decode()


def test_the_page_after_signing_up_has_one_notice_which_names_the_address(client, sign_up):
    page = client.get(sign_up()["Location"]).content.decode()
    assert 'class="message' not in page
    [banner] = re.findall(r'<aside class="notice confirm-banner".*?</aside>', page, re.DOTALL)
    assert "emmy@example.org" in banner


def test_who_has_no_address_is_offered_to_enter_one_and_no_letter_again(client):
    client.force_login(User.objects.create_user("root"))
    page = client.get("/settings/").content.decode()
    assert "enter an email address and confirm it" in page
    assert "/settings/email/confirmation/" not in page


def test_who_signs_in_later_is_greeted(client, sign_up):
    sign_up()
    client.post(link_in_last_mail())
    client.post("/accounts/logout/")
    page = client.post("/accounts/login/", {"login": "emmy", "password": PASSWORD}, follow=True)
    assert "Hello emmy." in page.content.decode()


def test_who_waits_for_a_letter_on_a_site_that_sends_none_is_told_where_it_lies(client, sign_up, settings):
    sign_up()
    assert "the message is saved as a file" not in client.get("/settings/").content.decode()
    settings.CHAINRULE_MAIL_SHOWN = "/here/mail"
    assert "the message is saved as a file in <code>/here/mail</code>" in client.get("/settings/").content.decode()
    assert "the letter lies" not in client.get(link_in_last_mail()).content.decode()


def test_who_has_no_address_at_all_is_asked_for_one(client):
    client.force_login(User.objects.create_user("root"))
    page = client.post("/settings/email/confirmation/", follow=True)
    assert page.redirect_chain == [("/accounts/email/", 302)]
    assert "Please enter an email address first." in page.content.decode()


def test_the_way_back_leads_to_where_one_was(client):
    assert 'href="/accounts/login/?next=/about/"' in client.get("/about/").content.decode()
    assert 'href="/accounts/login/"' in client.get("/accounts/signup/").content.decode()


def test_the_session_is_a_new_one_after_signing_up(client, sign_up):
    client.get("/accounts/signup/")
    client.session["before"] = True
    client.session.save()
    before = client.session.session_key
    sign_up()
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("handle", "sentence"),
    [
        ("ada", "This handle is taken. Please choose another."),
        ("ＡＤＡ", "This handle is taken. Please choose another."),
        ("\u0430\u0501\u0430", "This handle looks too much like an existing one. Please choose another."),
        ("admin", "This handle is reserved. Please choose another."),
        ("ad\u202ea", "This text contains an invisible character (U+202E). Please remove it or retype the text."),
        ("", "This field is required."),
        ("   ", "This field is required."),
        ("ad\x00a", "Null characters are not allowed."),
    ],
    ids=ascii,
)
def test_a_handle_that_cannot_be_is_refused_beside_the_field_and_nothing_is_made(sign_up, ada, handle, sentence):
    response = sign_up(handle)
    assert response.status_code == 422
    assert errors_of(response) == {"username": [sentence]}
    assert User.objects.get() == ada
    assert not EmailAddress.objects.exists()
    assert mail.outbox == []
    assert 'value="emmy@example.org"' in response.content.decode()  # the input is kept


def test_a_megabyte_in_each_field_is_refused_with_sentences(sign_up):
    response = sign_up("x" * 1_000_000, "x" * 1_000 + "@example.org", "x" * 500_000)
    assert response.status_code == 422
    assert set(errors_of(response)) == {"username", "email", "password1"}
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["short", "0123456789", "password123", "emmy@example.org"])
def test_a_password_that_is_easy_to_guess_is_refused(sign_up, password):
    assert set(errors_of(sign_up(password=password))) == {"password1"}
    assert not User.objects.exists()


def test_a_taken_address_looks_the_same_and_only_its_owner_learns_of_it(ada):
    """Same status, same headers, same cookies by name, same bytes on the next page."""
    fresh, taken = Client(), Client()
    form = {"password1": PASSWORD}
    answer_fresh = fresh.post("/accounts/signup/", {**form, "username": "emmy", "email": "new@example.org"})
    answer_taken = taken.post("/accounts/signup/", {**form, "username": "emmi", "email": "Ada@example.org"})
    assert answer_fresh.status_code == answer_taken.status_code == 302
    assert dict(answer_fresh.headers, **_moving(answer_fresh)) == dict(answer_taken.headers, **_moving(answer_fresh))
    assert set(answer_fresh.cookies) == set(answer_taken.cookies)
    page_fresh, page_taken = fresh.get("/accounts/email/"), taken.get("/accounts/email/")
    assert page_fresh.status_code == page_taken.status_code == 200
    assert _neutral(page_fresh, "emmy", "new@example.org") == _neutral(page_taken, "emmi", "ada@example.org")
    assert [message.subject for message in mail.outbox] == [
        "Welcome to Chainrule: confirm your email address",
        "You already have an account",
    ]
    assert User.objects.get(handle="emmi").email == ""
    assert User.objects.get(handle="ada").email == "ada@example.org"


_OF_THE_REQUEST = {"X-Request-ID", "Content-Security-Policy", "Expires"}


def _moving(response) -> dict[str, str]:
    """Return headers that depend on the request, not the response."""
    return {name: value for name, value in response.headers.items() if name in _OF_THE_REQUEST}


def _neutral(response, handle: str, address: str) -> str:
    page = response.content.decode().replace(address, "ADDRESS").replace(handle, "HANDLE")
    page = re.sub(r"/avatar/\d+\.svg\?v=\w+", "FACE", page)
    page = re.sub(r'data-reader="\d+"', "READER", page)
    return re.sub(r'"[A-Za-z0-9]{64}"', "TOKEN", page)


def test_of_two_who_gave_one_address_the_first_to_confirm_has_it(client, sign_up):
    sign_up("emmy", "shared@example.org")
    first_link = link_in_last_mail()
    other = Client()
    other.post("/accounts/signup/", {"username": "olga", "email": "shared@example.org", "password1": PASSWORD})
    second_link = link_in_last_mail()
    other.post(second_link)
    late = client.get(first_link)
    assert "has been confirmed by another account" in late.content.decode()
    client.post(first_link)
    assert {person.handle: person.email for person in User.objects.all()} == {"emmy": "", "olga": "shared@example.org"}


def test_what_a_visitor_chose_stays_chosen(client, sign_up):
    client.post("/preferences/", {"language": "zh-hans", "theme": "dark"})
    sign_up()
    person = User.objects.get()
    assert (person.language, person.theme) == ("zh-hans", "dark")


@pytest.mark.parametrize(("browser", "kept"), [("zh-CN,zh;q=0.9", "zh-hans"), ("fr", ""), ("en-GB", "")])
def test_the_language_of_the_browser_is_kept_for_email(client, sign_up, browser, kept):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = browser
    sign_up()
    assert User.objects.get().language == kept


def test_the_form_and_its_sentences_speak_the_visitors_language(client):
    client.post("/preferences/", {"language": "zh-hans"})
    assert '<html lang="zh-Hans"' in client.get("/accounts/signup/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_foreign_next_is_not_followed(sign_up, target):
    assert sign_up(next=target)["Location"] == "/"


def test_a_next_of_ours_is_followed(sign_up):
    assert sign_up(next="/settings/")["Location"] == "/settings/"


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_at_the_same_moment_make_one_person_and_one_sentence(monkeypatch):
    from community.accounts import adapter

    both_checked = threading.Barrier(2, timeout=60)
    refuse_taken = adapter.selectors.refuse_taken

    def slow_check(handle: str) -> None:
        refuse_taken(handle)
        both_checked.wait()

    monkeypatch.setattr(adapter.selectors, "refuse_taken", slow_check)
    answers = []

    def sign_up(number: int) -> None:
        form = {"username": "emmy", "email": f"emmy{number}@example.org", "password1": PASSWORD}
        answers.append(Client().post("/accounts/signup/", form))
        connection.close()

    people = [threading.Thread(target=sign_up, args=[number]) for number in (1, 2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    (loser,) = [answer for answer in answers if answer.status_code == 422]
    assert errors_of(loser) == {"username": ["This handle is taken. Please choose another."]}
    assert User.objects.count() == EmailAddress.objects.count() == 1


def test_the_twenty_first_sign_up_of_an_hour_has_to_wait(client, sign_up):
    for number in range(20):
        sign_up(f"a b {number}")
    refused = sign_up()
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert not User.objects.exists()


def form_of(page: str) -> str:
    return page.partition('class="door-form"')[2].partition("</form>")[0]


def test_who_began_to_write_is_led_back_to_it_after_confirming(client, sign_up):
    sign_up()
    link = link_in_last_mail()
    save_draft(owner=User.objects.get(), key="new:question", title="Why?", source="Half a question")
    draft = "/write/?kind=question"
    assert f'<a href="{draft}">Continue writing</a>' in client.get("/settings/").content.decode()
    page = client.get(link).content.decode()
    assert "Then you continue with your draft." in page and "Continue writing" not in page
    (wanted,) = re.findall(r'name="next" value="([^"]+)"', form_of(page))
    assert client.post(link, {"next": wanted})["Location"] == draft
    assert "Half a question" in client.get(draft).content.decode()


def test_who_wrote_nothing_is_led_home_after_confirming(client, sign_up):
    sign_up()
    link = link_in_last_mail()
    assert 'name="next"' not in form_of(client.get(link).content.decode())
    assert client.post(link)["Location"] == "/"


def test_another_browser_hears_of_no_draft(sign_up):
    sign_up()
    save_draft(owner=User.objects.get(), key="new:question", title="Why?", source="Half a question")
    assert "draft" not in Client().get(link_in_last_mail()).content.decode().lower()
