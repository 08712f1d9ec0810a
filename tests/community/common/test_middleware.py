import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.community.common.urls")]

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("address", "status"),
    [("/test/show/", 200), ("/test/locked/", 409), ("/nothing-here/", 404), ("/test/show/?q=%00", 400)],
)
def test_every_answer_carries_the_security_headers(client, address, status):
    response = client.get(address)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_an_unknown_host_is_refused_with_the_headers(client):
    response = client.get("/test/show/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE


def test_an_unknown_host_is_one_line_of_the_log(client, caplog):
    client.get("/test/show/", headers={"host": "evil.example"})
    [record] = [record for record in caplog.records if record.name == "django.security.DisallowedHost"]
    assert "evil.example" in record.getMessage()
    assert record.exc_info is record.exc_text is None


def test_a_refusal_is_a_page_for_a_browser(client):
    response = client.get("/test/locked/", headers={"accept": "text/html"})
    assert response.status_code == 409
    assert "This thread is locked." in response.content.decode()
    assert response.headers["Content-Type"].startswith("text/html")


def test_a_refusal_is_a_notice_alone_for_a_script_that_swaps(client):
    response = client.get("/test/locked/", headers={"x-requested-with": "fetch"})
    assert response.status_code == 409
    assert response.content.decode().strip() == (
        '<div class="notice backward" role="alert">This thread is locked.</div>'
    )


@pytest.mark.parametrize(
    ("address", "accept"), [("/test/locked/", "application/json"), ("/api/test/locked/", "text/html")]
)
def test_a_refusal_is_json_for_a_program(client, address, accept):
    response = client.get(address, headers={"accept": accept})
    assert response.status_code == 409
    assert response.json() == {"error": {"code": "thread_locked", "message": "This thread is locked."}}


def test_an_invalid_form_names_its_fields_in_json(client):
    response = client.get("/test/invalid/", headers={"accept": "application/json"})
    assert response.status_code == 422
    assert response.json()["error"]["fields"] == {"title": ["Too long."]}


@pytest.mark.parametrize("address", ["/test/nul/", "/test/surrogate/"])
def test_text_that_no_database_holds_is_the_writers_mistake_not_ours(client, address):
    assert client.get(address).status_code == 422


def test_an_ordinary_bug_stays_a_bug(client):
    client.raise_request_exception = False
    assert client.get("/test/bug/").status_code == 500


@pytest.mark.parametrize("address", ["/test/show/?q=a%00b", "/test/show/?%00=1", "/test/%00/"])
def test_a_nul_in_the_address_is_refused(client, address):
    assert client.get(address).status_code == 400


def test_a_visitors_cookie_sets_language_and_theme(client):
    client.cookies.load({"language": "zh-hans", "theme": "dark"})
    response = client.get("/test/show/")
    assert response.content.decode() == "zh-hans dark"
    assert response.headers["Content-Language"] == "zh-hans"


def test_the_browsers_language_is_followed(client):
    assert client.get("/test/show/", headers={"accept-language": "zh-CN,en;q=0.5"}).content == b"zh-hans auto"


def test_a_persons_own_choice_wins_over_the_cookie(client):
    user = get_user_model().objects.create_user(handle="ada", language="zh-hans", theme="light")
    client.force_login(user)
    client.cookies["language"] = "en"
    assert client.get("/test/show/").content == b"zh-hans light"


@pytest.mark.parametrize("value", ["xx", "fr\x7f", "../../etc/passwd", "x" * 3000])
def test_nonsense_in_a_cookie_is_ignored(client, value):
    cookie = f"theme={value}; time_zone={value}; language={value}"
    assert client.get("/test/show/", headers={"cookie": cookie}).content == b"en auto"


@pytest.mark.parametrize("address", ["/test/twice/", "/test/twice-async/"])
def test_a_limited_view_says_when_to_come_back(client, address):
    answers = [client.post(address) for _ in range(3)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("cursor", ["", "x", "WzFd:forged", "%00", "%F0%9F%98%80", "a" * 5000, "é:é"])
def test_a_tampered_cursor_is_refused_and_never_breaks(client, cursor):
    assert client.get(f"/test/cursor/?after={cursor}").status_code == 400


def test_every_answer_has_a_request_id(client):
    first, second = (
        client.get("/test/show/"),
        client.get("/test/show/", headers={"x-request-id": "chosen-by-a-stranger"}),
    )
    assert len(first.headers["X-Request-ID"]) == 32
    assert second.headers["X-Request-ID"] not in {first.headers["X-Request-ID"], "chosen-by-a-stranger"}


@pytest.mark.parametrize(
    ("address", "code"),
    [("/api/nothing/", "not_found"), ("/api/v1/nothing", "not_found"), ("/test/bug/", "server_mistake")],
)
def test_errors_are_json_for_a_program(client, address, code):
    client.raise_request_exception = False
    answer = client.get(address, headers={"accept": "application/json"})
    assert answer.status_code == (500 if code == "server_mistake" else 404)
    assert answer.json()["error"]["code"] == code


def test_a_form_of_unknown_origin_is_refused_with_a_page():
    answer = Client(enforce_csrf_checks=True).post("/test/twice/")
    assert answer.status_code == 403
    assert "where this form comes from" in answer.content.decode()


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"Origin": "http://testserver"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Referer": "http://testserver/threads/1/"}, True),
        ({"Origin": "https://testserver"}, False),
        ({"Origin": "http://testserver:81"}, False),
        ({"Origin": "http://testserver.evil.example"}, False),
        ({"Origin": "", "Referer": "http://testserver/"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Referer": "https://testserver/"}, False),
        ({"Referer": "http://testserver@evil.example/"}, False),
        ({}, False),
    ],
)
def test_a_form_of_our_own_pages_needs_no_token(headers, is_ours):
    status = Client(enforce_csrf_checks=True).post("/test/twice/", headers=headers).status_code
    assert (status == 403) is not is_ours


def test_what_is_hidden_looks_like_what_is_not_there(client):
    answers = [client.get(address) for address in ("/test/hidden/", "/test/absent/")]
    assert [answer.status_code for answer in answers] == [404, 404]
    hidden, absent = (re.sub(r"hidden|absent|[A-Za-z0-9]{64}", "", answer.content.decode()) for answer in answers)
    assert hidden == absent
