import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from community.accounts.models import User
from tests.community.accounts.conftest import PASSWORD, errors_of, link_in_last_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def change_to(client, ada):
    """Request a new address, right after entering the password."""
    client.force_login(ada)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    def send(address: str):
        return client.post("/accounts/email/", {"email": address, "action_add": "1"})

    return send


def test_the_old_address_holds_until_the_new_one_is_confirmed(client, change_to):
    assert change_to("new@example.org").status_code == 302
    assert User.objects.get().email == "ada@example.org"
    client.post(link_in_last_mail())
    assert User.objects.get().email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("new@example.org", True, True)]


def test_a_second_change_replaces_the_first_and_tells_the_address_before(client, change_to):
    change_to("one@example.org")
    client.post(link_in_last_mail())
    change_to("two@example.org")
    client.post(link_in_last_mail())
    assert User.objects.get().email == "two@example.org"
    assert mail.outbox[-1].to == ["one@example.org"]
    assert mail.outbox[-1].subject == "Your email address was changed"


def test_an_address_of_somebody_else_reads_the_same_and_stays_theirs(change_to, client):
    User.objects.create_user("bea", "bea@example.org", PASSWORD)
    assert change_to("bea@example.org").status_code == 302
    assert [message.subject for message in mail.outbox] == ["You already have an account"]
    assert User.objects.get(handle="ada").email == "ada@example.org"


def test_ones_own_address_is_no_change(change_to):
    assert errors_of(change_to("ADA@example.org")) == {"email": ["This is already your address."]}


@pytest.mark.parametrize(
    "address", ["", "ada", "a\x00da@example.org", "x" * 300 + "@example.org", "ada@\u202eexample.org"]
)
def test_what_is_no_address_is_refused(change_to, address):
    response = change_to(address)
    assert response.status_code == 422
    assert set(errors_of(response)) == {"email"}
    assert mail.outbox == []


def test_an_address_that_waits_can_be_forgotten_and_a_confirmed_one_cannot(client, change_to):
    change_to("new@example.org")
    client.post("/accounts/email/", {"email": "new@example.org", "action_remove": "1"})
    assert not EmailAddress.objects.exists()
    change_to("newer@example.org")
    client.post(link_in_last_mail())
    client.post("/accounts/email/", {"email": "newer@example.org", "action_remove": "1"})
    assert EmailAddress.objects.filter(verified=True).exists()


def test_without_a_recent_password_it_is_asked_for(signed_in):
    response = signed_in.post("/accounts/email/", {"email": "new@example.org", "action_add": "1"})
    assert response["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    resumed = signed_in.post(response["Location"], {"password": PASSWORD, "next": "/accounts/email/"})
    assert resumed.status_code == 302
    assert EmailAddress.objects.get().email == "new@example.org"


def test_an_address_with_a_typing_mistake_is_changed_without_a_password(client, sign_up):
    sign_up("emmy", "emmy@example.ogr")
    client.post("/accounts/email/", {"email": "emmy@example.org", "action_add": "1"})
    client.post(link_in_last_mail())
    assert User.objects.get().email == "emmy@example.org"
    assert EmailAddress.objects.count() == 1


def test_a_wrong_password_does_not_resume(signed_in):
    location = signed_in.post("/accounts/email/", {"email": "new@example.org", "action_add": "1"})["Location"]
    refused = signed_in.post(location, {"password": "wrong"})
    assert refused.status_code == 422
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize("key", ["x", "MQ:1abc:forged", "%00", "a" * 3000])
def test_a_forged_confirmation_link_is_a_page_and_not_an_error(client, ada, key):
    assert client.get(f"/accounts/confirm-email/{key}/").status_code in (200, 400, 404)


def test_a_mail_server_that_is_away_loses_nothing(sign_up, settings, monkeypatch):
    def broken(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    response = sign_up()
    assert response.status_code == 302
    assert User.objects.get().handle == "emmy"
    page = Client().get("/accounts/login/")
    assert page.status_code == 200


def test_two_confirmed_addresses_cannot_be_one(ada):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("bea", "ADA@example.org".upper())
