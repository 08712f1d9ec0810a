"""The token page: creation requires the password, and what invalidates a token."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from community.accounts.models import User
from community.api.models import Token, new_token
from tests.community.accounts.conftest import link_in_last_mail
from tests.factories import ModeratorFactory, PersonFactory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "another chain, ten links"
A_TOKEN = {"name": "notebook", "scope": "write", "days": "90"}


@pytest.fixture
def trusted(client, program):
    """The owner's browser, right after entering the password."""
    client.force_login(program.owner)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_the_page_shows_a_new_secret_once(trusted):
    page = trusted.post(reverse("api:tokens"), A_TOKEN)
    assert page.content.count(b"chr_") >= 1 and "no-store" in page["Cache-Control"]
    assert b"chr_" not in trusted.get(reverse("api:tokens")).content


def test_a_session_alone_makes_no_token(client, member):
    client.force_login(member)
    assert client.get(reverse("api:tokens")).status_code == 200
    response = client.post(reverse("api:tokens"), A_TOKEN)
    assert response["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2Ftokens%2F"
    assert not Token.objects.exists()


def test_after_the_password_the_form_goes_on_with_what_was_filled_in(client, member):
    client.force_login(member)
    asked = client.post(reverse("api:tokens"), A_TOKEN)["Location"]
    assert client.post(asked, {"password": "wrong"}).status_code == 422
    page = client.post(asked, {"password": PASSWORD, "next": reverse("api:tokens")})
    assert b"chr_" in page.content and "no-store" in page["Cache-Control"]
    assert b'action="/settings/tokens/"' in page.content  # the URL is still that of the password form
    assert Token.objects.values_list("name", "scope").get() == ("notebook", "write")


def test_an_unconfirmed_account_makes_no_token_and_is_told_why(client, newcomer):
    client.force_login(newcomer)
    assert b"Confirm your email address to create a token." in client.get(reverse("api:tokens")).content
    refused = client.post(reverse("api:tokens"), A_TOKEN)
    assert refused.status_code == 403 and b"Please confirm your email address first" in refused.content
    assert not Token.objects.exists()


def test_one_token_is_revoked(trusted, program):
    other, _secret = new_token(owner=program.owner, name="other", scope="read", days=1)
    trusted.post(reverse("api:token-revoke", args=[program.token.pk]))
    assert program.get("me").status_code == 401
    assert list(Token.objects.unrevoked()) == [other]


def test_all_tokens_are_revoked_by_one_button_and_nobody_elses(trusted, program):
    new_token(owner=program.owner, name="other", scope="read", days=1)
    theirs, _secret = new_token(owner=PersonFactory(), name="theirs", scope="read", days=1)
    assert b"Revoke all tokens" in trusted.get(reverse("api:tokens")).content
    trusted.post(reverse("api:tokens-revoke"))
    assert list(Token.objects.unrevoked()) == [theirs] and program.get("me").status_code == 401
    assert b"Revoke all tokens" not in trusted.get(reverse("api:tokens")).content


def test_nobody_revokes_another_ones_token(client, program):
    client.force_login(PersonFactory())
    assert client.post(reverse("api:token-revoke", args=[program.token.pk])).status_code == 404
    assert Token.objects.get().revoked_at is None


class TestWhatEndsTokens:
    @pytest.fixture(autouse=True)
    def _works_and_then_ends(self, program):
        assert program.get("me").status_code == 200
        yield
        assert program.get("me").status_code == 401
        assert not Token.objects.unrevoked().exists()

    def test_a_password_reset(self, client, program):
        client.logout()
        client.post("/accounts/password/reset/", {"email": program.owner.email})
        page = client.get(link_in_last_mail(), follow=True)
        client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
        assert User.objects.get().check_password(NEW)

    def test_a_password_change_and_the_session_goes_on(self, trusted):
        trusted.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
        assert trusted.get("/settings/").status_code == 200

    def test_signing_out_everywhere_else(self, trusted):
        page = trusted.post("/settings/sessions/end/", follow=True).content
        assert b"API tokens no longer work." in page

    def test_a_new_password_given_by_staff(self, client, program):
        client.force_login(ModeratorFactory(is_superuser=True))
        form = {"password1": NEW, "password2": NEW, "usable_password": "true"}
        assert client.post(f"/staff/accounts/user/{program.owner.pk}/password/", form).status_code == 302

    def test_a_new_password_given_at_the_terminal(self, program, monkeypatch):
        monkeypatch.setattr("getpass.getpass", lambda **prompt: NEW)
        call_command("changepassword", program.owner.handle)


def test_a_hash_that_is_renewed_at_sign_in_ends_nothing(client, program, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert client.post("/accounts/login/", {"login": program.owner.handle, "password": PASSWORD}).status_code == 302
    assert User.objects.get().password.startswith("scrypt$")
    assert program.get("me").status_code == 200


def test_an_empty_form_says_what_is_missing(trusted):
    page = trusted.post(reverse("api:tokens"), {})
    assert page.status_code == 422 and b"This field is required." in page.content
    assert not Token.objects.filter(name="").exists()
