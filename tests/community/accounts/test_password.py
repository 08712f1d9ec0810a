import pytest
from django.core import mail
from django.test import Client

from community.accounts.models import User
from tests.community.accounts.conftest import PASSWORD, errors_of, link_in_last_mail

pytestmark = pytest.mark.django_db
NEW = "another chain, ten links"


def test_a_link_in_the_mail_lets_one_choose_a_new_password_once(client, ada):
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    link = link_in_last_mail()
    page = client.get(link, follow=True)
    chosen = client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your new password is set" in chosen.content.decode()
    assert User.objects.get().check_password(NEW)
    assert "This link no longer works" in client.get(link, follow=True).content.decode()
    assert mail.outbox[-1].subject == "Your password was changed"


def test_the_key_does_not_stay_in_the_address(client, ada):
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    link = link_in_last_mail()
    assert client.get(link)["Location"].endswith("-set-password/")


def test_a_weak_password_is_refused_and_the_old_one_stays(client, ada):
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    page = client.get(link_in_last_mail(), follow=True)
    refused = client.post(page.request["PATH_INFO"], {"password1": "short", "password2": "short"})
    assert refused.status_code == 422
    assert User.objects.get().check_password(PASSWORD)


def test_known_and_unknown_addresses_give_the_same_bytes_and_one_mail_each(ada):
    known = Client().post("/accounts/password/reset/", {"email": "ada@example.org"}, follow=True)
    unknown = Client().post("/accounts/password/reset/", {"email": "eve@example.org"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert known.content == unknown.content
    assert [message.subject for message in mail.outbox] == ["Choose a new password", "No account with this address"]


def test_the_mail_goes_to_the_owner_and_not_to_who_has_not_confirmed_the_address(client, ada, sign_up):
    sign_up("emmy", "ada@example.org")
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": "ada@example.org"})
    (message,) = mail.outbox
    assert "@ada" in message.body


def test_an_address_cannot_be_flooded(ada):
    statuses = [Client().post("/accounts/password/reset/", {"email": "ada@example.org"}).status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


@pytest.mark.parametrize("path", ["1-abc-def", "zzzzzzzzzzzzzzzz-x-y", "1-set-password"])
def test_a_forged_link_says_that_it_does_not_work(client, ada, path):
    response = client.get(f"/accounts/password/reset/key/{path}/", follow=True)
    assert response.status_code == 200
    assert "This link no longer works" in response.content.decode()


def test_changing_the_password_signs_out_every_other_session(signed_in, ada):
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    changed = signed_in.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )
    assert changed.status_code == 302
    assert signed_in.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302
    assert mail.outbox[-1].to == ["ada@example.org"]


def test_a_wrong_present_password_changes_nothing(signed_in, ada):
    refused = signed_in.post("/accounts/password/change/", {"oldpassword": "no", "password1": NEW, "password2": NEW})
    assert errors_of(refused) == {"oldpassword": ["This is not your current password."]}
    assert User.objects.get().check_password(PASSWORD)


def test_passwords_are_kept_as_argon2():
    from community.settings import base

    assert base.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
