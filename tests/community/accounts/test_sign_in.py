import pytest
from django.core import mail
from django.test import Client

from community.accounts import rates
from community.accounts.models import User
from community.common.ratelimit.store import limiter
from tests.community.accounts.conftest import PASSWORD, errors_of

pytestmark = pytest.mark.django_db
WRONG = ["Wrong handle, email or password."]


@pytest.fixture
def sign_in(client):
    def send(login: str, password: str = PASSWORD, **more: str):
        return client.post("/accounts/login/", {"login": login, "password": password, **more})

    return send


@pytest.mark.parametrize("login", ["ada", "ADA", "ａｄａ", "@ada", " ada ", "ada@example.org", "Ada@Example.org"])
def test_any_spelling_of_the_handle_or_the_address_opens(client, ada, sign_in, login):
    assert sign_in(login).status_code == 302
    assert int(client.session["_auth_user_id"]) == ada.pk


@pytest.mark.parametrize("login", ["李雷", "josé", "JOSE\u0301"])
def test_handles_of_any_script_open(client, sign_in, login):
    for handle in ("李雷", "josé"):
        User.objects.create_user(handle, "", PASSWORD)
    assert sign_in(login).status_code == 302


def test_an_address_that_waits_opens_too(client, sign_up, sign_in):
    sign_up()
    client.post("/accounts/logout/")
    assert sign_in("emmy@example.org").status_code == 302


@pytest.mark.parametrize(
    "login",
    ["ada", "nobody", "ada@example.org", "nobody@example.org", "admin", "a" * 254, "@", "@@", "\ud83d", "ada\u202e"],
)
def test_a_wrong_password_and_an_unknown_person_read_the_same(client, ada, sign_in, login):
    response = sign_in(login.encode("utf-8", "replace").decode(), "wrong password")
    assert response.status_code == 422
    assert errors_of(response) == {"__all__": WRONG}
    assert "_auth_user_id" not in client.session


def test_known_and_unknown_give_the_same_bytes(ada):
    known = Client().post("/accounts/login/", {"login": "ada", "password": "wrong"})
    unknown = Client().post("/accounts/login/", {"login": "eve", "password": "wrong"})
    assert known.status_code == unknown.status_code
    assert known.content.decode() == unknown.content.decode().replace('value="eve"', 'value="ada"')


def test_known_and_unknown_cost_the_same_number_of_hashes(ada, monkeypatch):
    """Timing depends on the hasher: one run of it, whatever login is entered."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    runs = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: runs.append(1) or encode(*args))
    for login in ("ada", "eve", "ada@example.org", "eve@example.org"):
        runs.clear()
        Client().post("/accounts/login/", {"login": login, "password": "wrong"})
        assert len(runs) == 1, login


def test_fields_that_are_too_long_or_hold_a_nul_get_a_sentence(ada, sign_in):
    assert set(errors_of(sign_in("x" * 1_000_000, "y" * 500_000))) == {"login", "password"}
    assert errors_of(sign_in("ad\x00a", "a\x00b")) == {
        "login": ["Null characters are not allowed."],
        "password": ["Null characters are not allowed."],
    }


def test_the_session_key_changes_on_signing_in(client, ada, sign_in):
    client.session["before"] = True
    client.session.save()
    before = client.session.session_key
    sign_in("ada")
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/x", "/\\evil.example", "javascript:alert(1)", "http:evil", "\x00/"],
)
def test_a_foreign_next_is_refused(ada, sign_in, target):
    assert sign_in("ada", next=target)["Location"] == "/"


def test_a_next_of_ours_is_followed(ada, sign_in):
    assert sign_in("ada", next="/settings/#profile")["Location"] == "/settings/#profile"


def test_an_inactive_person_does_not_get_in(client, ada, sign_in):
    User.objects.update(is_active=False)
    assert sign_in("ada")["Location"] == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_after_five_wrong_passwords_one_login_has_to_wait_and_another_has_not(ada, sign_in):
    User.objects.create_user("bea", "", PASSWORD)
    for _try in range(5):
        assert sign_in("ADA", "wrong").status_code == 422
    refused = sign_in("ada")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 300
    assert sign_in("bea").status_code == 302


def test_an_account_has_one_count_whatever_login_is_typed(ada, sign_in):
    for login in ("ada", "ada@example.org", "@ADA", "ADA@example.org", "ada"):
        assert sign_in(login, "wrong").status_code == 422
    assert [sign_in(login).status_code for login in ("ada", "ada@example.org")] == [429, 429]


def test_an_address_of_nobody_is_counted_as_one_of_somebody(ada, sign_in):
    for login in ("ada", "eve", "ada@example.net"):
        limiter.cache_clear()
        assert [sign_in(login, "wrong").status_code for _try in range(6)] == [422] * 5 + [429]


def test_a_stranger_on_another_network_locks_nobody_out(ada, sign_in):
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    wrong = {"login": "ada", "password": "wrong"}
    assert [stranger.post("/accounts/login/", wrong).status_code for _try in range(6)] == [422] * 5 + [429]
    assert sign_in("ada").status_code == 302


def test_one_network_alone_never_reaches_the_limit_of_an_account():
    a_day = max(item.amount for item in rates.WRONG_PASSWORD.items)
    assert all(item.amount > a_day for item in rates.WRONG_PASSWORD_ACCOUNT.items)


def test_many_networks_together_reach_the_limit_of_an_account(ada, sign_in):
    rates.WRONG_PASSWORD_ACCOUNT.hit_key(f"user:{ada.pk}", cost=100)
    refused = sign_in("ada")
    assert refused.status_code == 429 and 0 < int(refused["Retry-After"]) <= 3600


def test_a_right_password_forgives_the_wrong_ones(client, ada, sign_in):
    for _round in range(3):
        for _try in range(4):
            sign_in("ada", "wrong")
        assert sign_in("ada").status_code == 302
        client.post("/accounts/logout/")


def test_without_the_counters_the_door_stays_shut(ada, sign_in, settings, client):
    settings.RATELIMIT_STORAGE = "redis://127.0.0.1:1/0"
    refused = sign_in("ada")
    assert refused.status_code == 503
    assert "_auth_user_id" not in client.session
    assert client.get("/accounts/login/").status_code == 200


def test_signing_out_takes_a_post(client, signed_in):
    assert "Sign out?" in signed_in.get("/accounts/logout/").content.decode()
    assert signed_in.get("/settings/").status_code == 200
    signed_in.post("/accounts/logout/")
    assert signed_in.get("/settings/")["Location"] == "/accounts/login/?next=/settings/"


class TestDemo:
    @pytest.fixture
    def demo(self):
        return User.objects.create_user("demo", "", PASSWORD, is_demo=True)

    def test_a_demo_account_gets_in_where_nobody_else_can_reach_the_site(self, demo, sign_in, settings):
        settings.CHAINRULE_DEMO_SIGN_IN = True
        assert sign_in("demo").status_code == 302

    def test_elsewhere_it_does_not_and_is_told_why(self, demo, sign_in, client):
        response = sign_in("demo")
        assert response.status_code == 422
        assert errors_of(response) == {
            "__all__": [
                "Demo accounts are closed on this site because others can reach it and the passwords are not "
                "secret. Please create your own account."
            ]
        }
        assert "_auth_user_id" not in client.session

    def test_the_sentence_is_for_the_right_password_only(self, demo, sign_in):
        assert errors_of(sign_in("demo", "wrong")) == {"__all__": WRONG}

    def test_a_session_from_before_ends(self, demo, sign_in, client, settings):
        settings.CHAINRULE_DEMO_SIGN_IN = True
        sign_in("demo")
        assert client.get("/settings/").status_code == 200
        settings.CHAINRULE_DEMO_SIGN_IN = False
        assert client.get("/settings/").status_code == 302


def test_the_doors_of_staff_are_the_same_door(client, ada):
    assert client.get("/staff/login/")["Location"].startswith("/accounts/login/")
    assert mail.outbox == []


def test_every_form_at_the_door_is_counted():
    from django.views.generic import FormView

    from community.accounts import sign_in_urls
    from community.accounts.views.sign_in import Limited

    classes = [getattr(_innermost(pattern.callback), "view_class", None) for pattern in sign_in_urls.urlpatterns]
    forms = [each for each in classes if each and issubclass(each, FormView)]
    assert len(forms) >= 8
    assert [each.__name__ for each in forms if not issubclass(each, Limited)] == []


def _innermost(view):
    while not hasattr(view, "view_class") and hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return view
