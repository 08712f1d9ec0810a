"""Threads and posts through the API: creation, errors and idempotency."""

import sys
import threading
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pydantic import ValidationError

from community.api import claims, presenters
from community.api.models import IdempotentAnswer
from community.blogs.services import start_article
from community.content.models import Category, Post, Thread
from community.content.rates import EDITING, POSTING, SWITCHING
from tests.factories import AnswerFactory, NewcomerFactory, PersonFactory, QuestionFactory, ThreadFactory

from .conftest import Program

pytestmark = pytest.mark.django_db
A_QUESTION = {"kind": "question", "title": "Why is $W^T$ there?", "source": "I see $\\delta$ and wonder."}


def test_a_question_is_a_draft_until_it_is_published(program, client):
    answer = program.post("threads", A_QUESTION)
    made = answer.json()
    assert answer.status_code == 201 and made["published"] is False
    assert made["category"]["slug"] == "training-troubles" and "<math" in made["html"]
    assert client.get(f"/api/v1/threads/{made['id']}").status_code == 404
    assert program.post(f"threads/{made['id']}/publish", {}).json()["published"] is True
    assert client.get(f"/api/v1/threads/{made['id']}").status_code == 200


@pytest.mark.parametrize(
    ("kind", "category"), [("question", "training-troubles"), ("discussion", "meta"), ("article", None), ("note", None)]
)
def test_each_kind_has_its_category_and_its_page(program, client, kind, category):
    made = program.post("threads", A_QUESTION | {"kind": kind, "publish": True, "tags": ["xor", "初始化"]}).json()
    assert (made["category"] or {}).get("slug") == category
    assert sorted(tag["slug"] for tag in made["tags"]) == ["xor", "初始化"]
    assert client.get(made["url"]).status_code == 200


def test_the_language_is_detected(program):
    assert (
        program.post("threads", A_QUESTION | {"source": "为什么这里要转置？我不明白。"}).json()["language"] == "zh-hans"
    )
    assert program.post("threads", A_QUESTION).json()["language"] == "en"


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("kind", "This field is required."),
        ("title", "Please add a title."),
        ("source", "This field is required."),
    ],
)
def test_a_missing_field_is_named(program, missing, message):
    answer = program.post("threads", {name: text for name, text in A_QUESTION.items() if name != missing})
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"] == {missing: [message]}
    assert not Thread.objects.exists()


def test_a_note_needs_no_title(program):
    made = program.post("threads", {"kind": "note", "source": "A short note.", "publish": True})
    assert (made.status_code, made.json()["title"]) == (201, "")


@pytest.mark.parametrize("kind", ["article", "note"])
@pytest.mark.parametrize("category", ["meta", "nowhere"])
def test_articles_and_notes_are_in_no_category(program, kind, category):
    answer = program.post("threads", A_QUESTION | {"kind": kind, "category": category})
    assert answer.status_code == 422 and list(answer.json()["error"]["fields"]) == ["category"]
    assert not Thread.objects.exists()


def test_drafts_are_listed_for_their_author_alone(program, reading_program):
    made = [program.post("threads", A_QUESTION | {"title": f"Draft {n}"}).json()["id"] for n in range(3)]
    program.post("threads", A_QUESTION | {"publish": True})
    first = program.get("me/drafts?limit=2").json()
    rest = program.get(f"me/drafts?limit=2&cursor={first['next']}").json()
    assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1] and rest["next"] is None
    assert reading_program.get("me/drafts").json() == {"items": [], "next": None}
    assert Client().get("/api/v1/me/drafts").status_code == 401


def test_an_answer_to_a_write_that_is_not_as_its_schema_says_is_a_mistake(program, monkeypatch):
    monkeypatch.setattr(presenters, "thread_detail", lambda *_args: {"id": "seven"})
    with pytest.raises(ValidationError):
        program.post("threads", A_QUESTION)
    monkeypatch.undo()
    extra = presenters.thread_detail
    monkeypatch.setattr(presenters, "thread_detail", lambda *args: extra(*args) | {"secret": 1})
    assert "secret" not in program.post("threads", A_QUESTION).json()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "poem"}, "kind"),
        ({"title": ""}, "title"),
        ({"title": "x" * 300}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"source": "  \n"}, "source"),
        ({"source": "a\ud800b"}, "source"),
        ({"source": "x" * 1_000_000}, "source"),
        ({"source": 7}, "source"),
        ({"category": "nowhere"}, "category"),
        ({"tags": ["a", "b", "c", "d", "e", "f"]}, "tags"),
        ({"colour": "red"}, "colour"),
        ({"language": "fr"}, "language"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(program, change, field):
    answer = program.post("threads", A_QUESTION | change)
    assert answer.status_code == 422 and field in answer.json()["error"]["fields"]
    assert not Thread.objects.exists()


def test_an_unconfirmed_address_does_not_post(client):
    newcomer = Program(client, NewcomerFactory())
    assert newcomer.post("threads", A_QUESTION).status_code == 403
    assert not Thread.objects.exists()


def test_an_answer_and_a_comment_on_it(program):
    thread = QuestionFactory()
    answer = program.post("posts", {"thread": thread.pk, "source": "Because.", "role": "answer"}).json()
    comment = program.post("posts", {"thread": thread.pk, "source": "Really?", "parent": answer["id"]}).json()
    assert (answer["role"], answer["number"]) == ("answer", 2)
    assert (comment["role"], comment["parent"]) == ("comment", answer["id"])
    assert comment["url"].startswith("http://testserver/") and comment["url"].endswith("#post-3")


def test_nobody_answers_what_they_may_not_see(program):
    thread = QuestionFactory(draft=True)
    answer = program.post("posts", {"thread": thread.pk, "source": "Because."})
    assert answer.status_code == 422 and "thread" in answer.json()["error"]["fields"]
    assert Post.objects.count() == 1


def test_another_persons_draft_hidden_post_and_nothing_look_the_same(program):
    draft = ThreadFactory(draft=True)
    bodies = {program.get(path).content for path in (f"threads/{draft.pk}", "threads/987654", "posts/987654")}
    assert len(bodies) == 1


def test_an_edit_from_an_old_version_changes_nothing(program):
    made = program.post("threads", A_QUESTION).json()
    post = made["opening_post"]
    assert program.call("patch", f"posts/{post}", {"source": "Newer.", "base_version": 1}).json()["version"] == 2
    stale = program.call("patch", f"posts/{post}", {"source": "Mine.", "base_version": 1})
    assert stale.status_code == 409 and stale.json()["error"]["code"] == "edit_conflict"
    assert Post.objects.get(pk=post).source == "Newer.\n"


def test_an_edited_article_is_measured_again_and_says_when(program):
    article = start_article(author=program.owner, title="Long", source="Short.", publish=True)
    post = Post.objects.get(thread=article.thread)
    program.call("patch", f"posts/{post.pk}", {"source": "one two three\n" * 500, "base_version": 1, "reason": "All"})
    article.refresh_from_db()
    assert article.reading_minutes == 5
    assert article.revised_at is not None


def test_nobody_edits_or_deletes_another_ones_post(program):
    post = AnswerFactory(thread=QuestionFactory())
    assert program.call("patch", f"posts/{post.pk}", {"source": "x", "base_version": 1}).status_code == 403
    assert program.call("delete", f"posts/{post.pk}").status_code == 403
    post.refresh_from_db()
    assert post.source == "Some words.\n" and post.deleted_at is None


def test_a_list_goes_by_cursor_and_repeats_nothing(program):
    threads = [ThreadFactory() for _ in range(7)]
    seen, query = [], "threads?order=new&limit=3"
    while True:
        page = program.get(query).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        query = f"threads?order=new&limit=3&cursor={page['next']}"
    assert seen == [thread.pk for thread in reversed(threads)]


@pytest.mark.parametrize("filters", ["kind=question", "author=MEMBERX", "order=unanswered", "tag=XOR"])
def test_lists_can_be_narrowed(program, filters):
    author = PersonFactory(handle="memberx")
    wanted = QuestionFactory(author=author)
    wanted.tags.create(slug="xor", name="xor")
    ThreadFactory()
    assert [item["id"] for item in program.get(f"threads?{filters}").json()["items"]] == [wanted.pk]


def test_a_category_holds_those_that_lie_in_it(program):
    outer = Category.objects.get(slug="architectures")
    inner = ThreadFactory(category=outer.children.first())
    ThreadFactory(category=Category.objects.get(slug="meta"))
    found = program.get("threads?category=architectures").json()["items"]
    assert [item["id"] for item in found] == [inner.pk]


@pytest.mark.parametrize(("limit", "a_day"), [(POSTING, 500), (EDITING, 1_000)])
def test_what_one_person_stores_is_limited_by_the_day_too(limit, a_day):
    assert (a_day, 86_400) in [(item.amount, item.get_expiry()) for item in limit.items]


def test_the_same_key_makes_one_row_and_the_same_answer(program):
    first, second = (program.post("threads", A_QUESTION, Idempotency_Key="k1") for _ in range(2))
    assert first.status_code == second.status_code == 201 and first.content == second.content
    assert second["Idempotency-Replayed"] == "true" and Thread.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(program):
    program.post("threads", A_QUESTION, Idempotency_Key="k1")
    answer = program.post("threads", A_QUESTION | {"title": "Other"}, Idempotency_Key="k1")
    assert answer.status_code == 409 and answer.json()["error"]["code"] == "idempotency_key_reused"
    assert Thread.objects.count() == 1


def test_a_refused_request_frees_its_key(program):
    assert program.post("threads", A_QUESTION | {"title": ""}, Idempotency_Key="k1").status_code == 422
    assert program.post("threads", A_QUESTION, Idempotency_Key="k1").status_code == 201


def test_a_key_whose_process_died_makes_its_row_only_once(program, monkeypatch):
    """The first request writes its thread, and its process is killed before the response is stored."""
    monkeypatch.setattr(claims, "LONGEST_WAIT", 0.1)
    with monkeypatch.context() as killed, pytest.raises(SystemExit):
        killed.setattr(claims, "store_answer", lambda *args: sys.exit(9))
        program.post("threads", A_QUESTION, Idempotency_Key="k1")
    busy = program.post("threads", A_QUESTION, Idempotency_Key="k1")
    assert (busy.status_code, busy.json()["error"]["code"]) == (409, "idempotency_key_busy") and busy["Retry-After"]
    IdempotentAnswer.objects.update(leased_until=timezone.now())
    again = program.post("threads", A_QUESTION, Idempotency_Key="k1")
    assert (again.status_code, again.json()["id"]) == (201, Thread.objects.get().pk)


def test_a_key_whose_act_failed_after_writing_makes_its_row_only_once(program, monkeypatch):
    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr(presenters, "thread_detail", Mock(side_effect=RuntimeError))
        program.post("threads", A_QUESTION, Idempotency_Key="k1")
    other = program.post("threads", A_QUESTION | {"title": "Other"}, Idempotency_Key="k1")
    assert other.json()["error"]["code"] == "idempotency_key_reused"
    again = program.post("threads", A_QUESTION, Idempotency_Key="k1")
    assert (again.status_code, again.json()["id"]) == (201, Thread.objects.get().pk)


def test_a_comment_under_a_key_whose_process_died_is_made_only_once(program, monkeypatch):
    wish = {"thread": QuestionFactory().pk, "source": "Because.", "role": "answer"}
    with monkeypatch.context() as killed, pytest.raises(SystemExit):
        killed.setattr(claims, "store_answer", lambda *args: sys.exit(9))
        program.post("posts", wish, Idempotency_Key="k1")
    IdempotentAnswer.objects.update(leased_until=timezone.now())
    again = program.post("posts", wish, Idempotency_Key="k1").json()
    assert list(Post.objects.filter(role="answer").values_list("pk", flat=True)) == [again["id"]]


def test_two_people_may_use_the_same_key(program, client):
    other = Program(client, PersonFactory())
    assert (
        program.post("threads", A_QUESTION, Idempotency_Key="k").json()["id"]
        != other.post("threads", A_QUESTION, Idempotency_Key="k").json()["id"]
    )


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_twenty_five_at_once_with_one_key_make_one_row(program):
    answers = []

    def send():
        answers.append(
            Program.post(
                type("P", (), {"client": Client(), "secret": program.secret, "call": Program.call})(),
                "threads",
                A_QUESTION,
                Idempotency_Key="one",
            )
        )
        connection.close()

    senders = [threading.Thread(target=send) for _ in range(25)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1 and Thread.objects.count() == 1


class TestOneCountForPageAndApi:
    """An action counts the same through a page and through any of the person's tokens."""

    def test_ten_tokens_write_no_more_than_one_person(self, program, client):
        for _token in range(10):
            token = Program(client, program.owner)
            for _try in range(4):
                answer = token.post("threads", A_QUESTION)
        assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
        assert Thread.objects.count() == 30

    def test_a_post_on_a_page_is_one_less_through_the_api(self, program, client):
        POSTING.hit_key(f"user:{program.owner.pk}", cost=29)
        client.force_login(program.owner)
        client.post("/notes/new/", {"source": "A short note."})
        assert Thread.objects.count() == 1
        assert program.post("threads", A_QUESTION).status_code == 429

    @pytest.mark.parametrize(
        ("limit", "method", "path"),
        [
            (POSTING, "post", "threads"),
            (POSTING, "post", "threads/1/publish"),
            (POSTING, "post", "posts"),
            (EDITING, "patch", "posts/1"),
            (SWITCHING, "delete", "posts/1"),
        ],
    )
    def test_each_act_asks_the_limit_of_its_page(self, program, limit, method, path):
        body = {
            "threads": A_QUESTION,
            "posts": {"thread": 1, "source": "x"},
            "posts/1": {"source": "x", "base_version": 1},
        }
        limit.hit_key(f"user:{program.owner.pk}", cost=limit.items[0].amount)
        assert program.call(method, path, body.get(path, {})).status_code == 429

    def test_an_answer_that_is_repeated_counts_once(self, program):
        for _try in range(40):
            answer = program.post("threads", A_QUESTION, Idempotency_Key="k")
        assert answer.status_code == 201 and Thread.objects.count() == 1
