"""Tokens, scopes, rate limits, and the format of errors."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from community.api.auth import WRITES
from community.api.models import Token
from community.content.models import Thread
from tests.factories import PersonFactory, ThreadFactory

pytestmark = pytest.mark.django_db
A_THREAD = {"kind": "discussion", "title": "Hello", "source": "Some words."}


def test_me_says_whose_token_it_is(program):
    answer = program.get("me").json()
    assert (answer["id"], answer["handle"], answer["scope"]) == (program.owner.pk, program.owner.handle, "write")
    assert answer["url"] == f"http://testserver/@{program.owner.handle}/"


@pytest.mark.parametrize("secret", ["", "chr_wrong", "Bearer", "\N{SNOWMAN}"])
def test_a_wrong_token_is_refused(client, secret):
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401 and answer.json()["error"]["code"] == "invalid_token"


def test_wrong_tokens_are_counted_by_network_and_good_ones_go_on(program, client):
    wrong = {"Authorization": "Bearer chr_wrong"}
    statuses = [client.get("/api/v1/me", headers=wrong).status_code for _try in range(31)]
    assert statuses == [401] * 30 + [429]
    assert client.get("/api/v1/me", headers=wrong, REMOTE_ADDR="203.0.113.9").status_code == 401
    assert program.get("me").status_code == 200


def test_no_token_is_refused_where_one_is_needed(client):
    assert client.get("/api/v1/me").status_code == 401
    assert client.post("/api/v1/threads", A_THREAD, content_type="application/json").status_code == 401
    assert not Thread.objects.exists()


@pytest.mark.parametrize(
    "change", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now() - timedelta(seconds=1)}]
)
def test_a_token_that_ended_is_refused(program, change):
    Token.objects.update(**change)
    assert program.get("me").status_code == 401


def test_a_token_of_a_closed_account_is_refused(program):
    program.owner.is_active = False
    program.owner.save()
    assert program.get("me").status_code == 401


def test_a_demo_account_that_may_not_sign_in_has_no_token_either(program, settings):
    program.owner.is_demo = True
    program.owner.save()
    settings.CHAINRULE_DEMO_SIGN_IN = True
    assert program.get("me").status_code == 200
    settings.CHAINRULE_DEMO_SIGN_IN = False
    assert program.get("me").status_code == 401


def test_the_secret_is_not_stored(program):
    row = Token.objects.values().get()
    assert program.secret not in str(row)


def test_a_reading_token_does_not_write(reading_program):
    answer = reading_program.post("threads", A_THREAD)
    assert answer.status_code == 403 and answer.json()["error"]["code"] == "scope_missing"
    assert not Thread.objects.exists()


def test_reading_what_is_public_needs_no_token_but_a_bad_one_is_refused(client):
    ThreadFactory()
    assert len(client.get("/api/v1/threads").json()["items"]) == 1
    assert client.get("/api/v1/threads", headers={"Authorization": "Bearer no"}).status_code == 401


def test_a_token_over_its_limit_hears_when_to_come_back(program):
    WRITES.hit_key(f"token:{program.token.pk}", cost=59)
    assert program.post("threads", A_THREAD).status_code == 201
    answer = program.post("threads", A_THREAD)
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
    assert answer.json()["error"]["code"] == "too_many_requests" and Thread.objects.count() == 1


def test_the_limits_are_generous_enough():
    from community.api.auth import READS

    assert READS.items[0].amount >= 600 and WRITES.items[0].amount >= 30


@pytest.mark.parametrize("body", [b"not json", b"{", b'{"kind": "note"', b"\xff\xfe", b"[1", b"{'a': 1}"])
def test_json_that_is_not_json_is_a_clear_400(program, body):
    answer = program.client.post(
        "/api/v1/threads",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.secret}"},
    )
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "not_json"


@pytest.mark.parametrize("path", ["threads/999999", "posts/999999", "runs/999999", "threads/9" + "9" * 40, "nowhere"])
def test_what_is_not_there_is_a_404_in_the_same_form(program, path):
    answer = program.get(path)
    assert answer.status_code == 404 and answer.json()["error"]["code"] == "not_found"


def test_a_cursor_that_was_tampered_with_is_a_clear_400(program):
    answer = program.get("threads?cursor=abc.def")
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "broken_cursor"


def test_the_command_prints_the_token_alone_on_the_last_line(client, capsys):
    person = PersonFactory(handle="李雷", email="lilei@example.org")
    call_command("create_token", "李雷")
    secret = capsys.readouterr().out.splitlines()[-1]
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).json()
    assert (answer["id"], answer["url"]) == (person.pk, "http://testserver/@%E6%9D%8E%E9%9B%B7/")


def test_the_command_says_who_is_not_there():
    with pytest.raises(CommandError, match="nobody with the handle nobody"):
        call_command("create_token", "nobody")


def test_the_document_and_its_page_are_there(client):
    schema = client.get("/api/v1/openapi.json").json()
    assert {"/api/v1/threads", "/api/v1/posts", "/api/v1/runs", "/api/v1/me"} <= set(schema["paths"])
    page = client.get("/api/v1/docs")
    assert page.status_code == 200 and b"/api/v1/threads/{thread_id}/publish" in page.content
