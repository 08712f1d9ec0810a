"""The OpenAPI document matches the API: errors, authentication and additional methods."""

import json
from functools import cache

import pytest
from jsonschema import Draft202012Validator

from community.api.v1 import api
from community.content.models import Post
from tests.factories import PersonFactory, QuestionFactory, ThreadFactory

from .conftest import Program

pytestmark = pytest.mark.django_db
RUN_FILES = (
    "events", "curve.svg", "card.png", "series.csv", "result.json", "worked.tex", "worked.md", "cite.bib",
    "config.yaml", "pictures/{kind}.svg", "pictures", "worked.json", "family", "posts",
)  # fmt: skip
A_NOTE = {"kind": "note", "title": "", "source": "A short note."}


@pytest.fixture
def schema(client):
    return client.get("/api/v1/openapi.json").json()


@cache
def _operations():
    paths = api.get_openapi_schema()["paths"]
    return {f"{method} {path}": operation for path, each in paths.items() for method, operation in each.items()}


@pytest.mark.parametrize("name", _operations())
def test_every_operation_names_its_refusals_with_the_one_schema(name):
    method, path = name.split()
    operation = _operations()[name]
    expected = {400, 401, 429, 503}
    expected |= {403, 409} if method != "get" else set()
    expected |= {413, 415, 422} if "requestBody" in operation else set()
    expected |= {404} if "{" in path else set()
    refusals = {status: answer for status, answer in operation["responses"].items() if status >= 400}
    assert expected <= set(refusals)
    for answer in refusals.values():
        assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorOut"}


def test_reading_what_is_public_may_be_done_without_a_token(schema):
    open_to_all = {path for path, each in schema["paths"].items() if "get" in each and {} in each["get"]["security"]}
    assert open_to_all == {
        "/api/v1/search",
        "/api/v1/threads",
        "/api/v1/threads/{thread_id}",
        "/api/v1/threads/{thread_id}/posts",
        "/api/v1/posts/{post_id}",
        "/api/v1/runs/{run_id}",
        *(f"/api/v1/runs/{{run_id}}/{name}" for name in RUN_FILES),
        "/api/v1/runs/{run_id}/twin/{library}.py",
        "/api/v1/runs/{run_id}/files/{name}",
    }
    assert schema["paths"]["/api/v1/threads"]["get"]["security"] == [{}, {"Bearer": []}]
    assert schema["paths"]["/api/v1/me"]["get"]["security"] == [{"Bearer": []}]
    assert list(schema["components"]["securitySchemes"]) == ["Bearer"]


def test_refusals_as_they_come_are_in_the_document(program, schema, settings):
    thread = QuestionFactory()
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000
    answers = {
        "get /threads": program.get("threads?cursor=broken"),
        "get /me": program.client.get("/api/v1/me"),
        "post /threads": Program(program.client, PersonFactory(email="")).post("threads", A_NOTE),
        "get /threads/{thread_id}": program.get("threads/987654"),
        "patch /posts/{post_id}": program.call(
            "patch", f"posts/{Post.objects.get().pk}", {"source": "x", "base_version": 1}
        ),
        "post /posts": program.post("posts", {"thread": thread.pk, "source": ""}),
    }
    for name, answer in answers.items():
        method, path = name.split()
        documented = schema["paths"][f"/api/v1{path}"][method]["responses"][str(answer.status_code)]
        ref = documented["content"]["application/json"]["schema"]
        Draft202012Validator({**ref, "components": schema["components"]}).validate(answer.json())
    assert [answer.status_code for answer in answers.values()] == [400, 401, 403, 404, 403, 422]


def test_a_body_that_does_not_say_it_is_json_is_a_clear_415(program):
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = program.client.post(
            "/api/v1/threads",
            json.dumps(A_NOTE),
            content_type=content_type,
            headers={"Authorization": f"Bearer {program.secret}"},
        )
        assert (answer.status_code, answer.json()["error"]) == (
            415,
            {
                "code": "unsupported_media_type",
                "message": "Send the body as JSON, with 'Content-Type: application/json'.",
            },
        )
    assert not Post.objects.exists()
    headers = {"Authorization": f"Bearer {program.secret}"}
    charset = {"content_type": "application/json; charset=utf-8", "headers": headers}
    assert program.client.post("/api/v1/threads", json.dumps(A_NOTE), **charset).status_code == 201


@pytest.mark.parametrize("wrong", [True, "1", False])
def test_what_is_no_number_is_not_taken_for_one(program, wrong):
    thread = ThreadFactory(pk=1)
    answer = program.post("posts", {"thread": wrong, "source": "Some words."})
    assert answer.json()["error"]["fields"] == {"thread": ["Please enter a whole number."]}
    answer = program.post("posts", {"thread": thread.pk, "parent": wrong, "source": "Some words."})
    assert (answer.status_code, Post.objects.count()) == (422, 1)


@pytest.mark.parametrize("wrong", ["yes", 1])
def test_what_is_neither_true_nor_false_publishes_nothing(program, wrong):
    assert program.post("threads", A_NOTE | {"publish": wrong}).status_code == 422
    assert not Post.objects.exists()


@pytest.mark.parametrize("path", ["threads", "me", "openapi.json", "threads/987654"])
def test_head_is_get_without_the_body(program, path):
    got, head = program.get(path), program.call("head", path)
    assert (head.status_code, head.content, head["Content-Length"]) == (got.status_code, b"", str(len(got.content)))
    assert head["Content-Type"] == got["Content-Type"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("threads", "GET, HEAD, OPTIONS, POST"),
        ("threads/1/publish", "OPTIONS, POST"),
        ("posts/1", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("me", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_names_the_methods(client, path, allowed):
    answer = client.options(f"/api/v1/{path}")
    assert (answer.status_code, answer["Allow"], answer.content) == (204, allowed, b"")
    refused = client.put(f"/api/v1/{path}")
    assert (refused.status_code, refused["Allow"]) == (405, allowed)
    assert refused.json()["error"]["code"] == "method_not_allowed"


def test_head_where_nothing_can_be_got_is_refused(program):
    assert program.call("head", "threads/1/publish").status_code == 405
