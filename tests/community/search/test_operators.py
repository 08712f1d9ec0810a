"""Operators of searches, on the database under test: what they find, what they say, and how they follow changes."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from community.content import reindexing
from community.content.models import Post, Thread
from community.content.services import add_post, delete_post, edit_post, start_thread
from community.forum.services import accept_answer, unaccept_answer
from community.search import sentences
from community.search.selectors import find
from community.search.services import rebuild
from tests.factories import PersonFactory
from tests.training import XOR

pytestmark = [pytest.mark.both, pytest.mark.django_db]
VISITOR = AnonymousUser()


@pytest.fixture
def site() -> dict[str, Post]:
    """A question with an answer and a comment, an article with a config, and a Chinese note of 2024; by their names."""
    ada, mei = PersonFactory(handle="ada"), PersonFactory(handle="mei")
    question = start_thread(author=ada, kind="question", title="Why a plateau", source="The loss $L$.", tags=["xor"])
    answer = add_post(thread=question, author=mei, source="The plateau is a saddle, and the gradient vanishes.")
    comment = add_post(thread=question, author=ada, source="Thanks for the plateau", parent=answer)
    article = start_thread(
        author=mei, kind="article", title="Plateau by hand", source=f"```bp\n{XOR}```\n", tags=["xor", "by hand"]
    )
    note = start_thread(author=mei, kind="note", title="", source="链式法则的高原 plateau")
    Post.objects.filter(thread=note).update(created_at=datetime(2024, 3, 31, 12, tzinfo=UTC), score=-1)
    Post.objects.filter(thread=article).update(score=1)
    Post.objects.filter(pk=answer.pk).update(score=2)
    rebuild()
    posts = {"answer": answer, "comment": comment}
    threads = {"question": question, "article": article, "note": note}
    return posts | {name: thread.posts.get(number=1) for name, thread in threads.items()}


def found(query: str, site: dict[str, Post], user=VISITOR) -> set[str]:
    keys = {match.object_id for match in find(query, user).matches if match.kind == "post"}
    return {name for name, post in site.items() if post.pk in keys}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("plateau", "question answer comment article note"),
        ('"a plateau"', "question"),
        ('"plateau is a saddle"', "answer"),
        ('"saddle and"', "answer"),
        ('"is plateau"', ""),
        ("“链式法则”", "note"),
        ('plateau -"is a saddle"', "question comment article note"),
        ("plateau -saddle -链式", "question comment article"),
        ("plateau by:ada", "question comment"),
        ("plateau user:ada", "question comment"),
        ("作者：Mei", "answer article note"),
        ("plateau -by:ada", "answer article note"),
        ("by:ada,mei kind:answer", "answer"),
        ("tag:xor", "question answer comment article"),
        ('tag:xor tag:"by hand"', "article"),
        ("标签:#XOR plateau -kind:comment", "question answer article"),
        ("is:unsolved", "question answer comment"),
        ("is:solved", ""),
        ("has:run", "article"),
        ("has:formula plateau", "question"),
        ("kind:article kind:note", "article note"),
        ("类型:回答", "answer"),
        ("lang:zh", "note"),
        ("语言:英文 saddle", "answer"),
        ("before:2024-04 plateau", "note"),
        ("before:2024-03-31", ""),
        ("after:2024-03-31 before:2024-04-01", "note"),
        ("after:2024/4", "question answer comment article"),
        ("after:2031", ""),
        ("out_features", "article"),
        ("mseloss sigmoid", "article"),
        ("by hand", "article"),  # a tag
        ("how is the plateau", "question answer comment article note"),
        ("plateaux", "question answer comment article note"),
        ("plateau score:2", "answer"),
        ("plateau score:>2", ""),
        ("plateau 得分：<=0", "question comment note"),
        ("plateau score:<0", "note"),
        ("score:1", "answer article"),
        ("score:1 kind:article", "article"),
    ],
)
def test_a_query_finds(site, query, names):
    assert found(query, site) == set(names.split())


def test_a_thread_is_searched_by_its_number_or_address(site):
    thread = site["question"].thread
    assert found(f"plateau in:{thread.pk}", site) == {"question", "answer", "comment"}
    assert found(f"in:{thread.get_absolute_url()}", site) == {"question", "answer", "comment"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("tag:nothing plateau", "There is no tag “nothing”, so it was left out."),
        ("by:nobody plateau", "Nobody here has the handle “nobody”, so it was left out."),
        ("is:old plateau", "“is:” takes solved or unsolved, so “old” was left out."),
        ("has:legs plateau", "“has:” takes run or formula, so “legs” was left out."),
        (
            "score:many plateau",
            "“score:” takes a number such as 5 for at least 5, or <0, so “many” was left out.",
        ),
        ("lang:tlh plateau", "“lang:” takes en or zh, so “tlh” was left out."),
        ("in:77777 plateau", "There is no thread “77777”, so it was left out."),
        (
            "after:2026-02-30 plateau",
            "“2026-02-30” is no date, so it was left out. Write a date as 2026-11-05, 2026-11 or 2026.",
        ),
        ("-after:2026 plateau", "“after:” cannot be excluded."),
        ("tag: plateau", "“tag:” has no value, so it was left out. Write the value right after the colon."),
        ('"plateau', "A quotation mark has no partner, so its words were searched for one by one."),
        (
            "plateau AND",
            "“AND” was left out: searches have no AND, OR, NOT or NEAR. Write -word to exclude a word. To search for "
            "“AND”, quote it.",
        ),
        ("plateau " * 1300, "Only the first 500 characters were read."),
    ],
)
def test_what_means_nothing_is_told_and_the_rest_is_found(site, query, sentence):
    assert sentence in sentences.about(find(query, VISITOR).search)
    assert found(query, site) == {"question", "answer", "comment", "article", "note"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("-plateau", "This query only excludes. Add a word or a filter of what to search for."),
        ("the of is", "These words are in nearly every text. Add one that is about your question."),
        ("的", "These words are in nearly every text. Add one that is about your question."),
        (" ".join(f"w{n}" for n in range(30)), "Only the first 24 words were searched for."),
    ],
)
def test_a_query_that_says_too_little_or_too_much(site, query, sentence):
    assert sentences.about(find(query, VISITOR).search) == [sentence]


@pytest.mark.parametrize(
    "query", ["链", "高", "NEAR(plateau nowhere, 5)", "^plateau", "'; DROP TABLE x; --", "\\frac{"]
)
def test_no_query_is_an_error_or_has_a_complaint(site, query):
    assert sentences.about(find(query, VISITOR).search) == []


def test_if_no_text_has_every_word_those_that_lack_one_are_found(site):
    search = find("saddle gradients vanished nowhere", VISITOR).search
    assert sentences.about(search) == ["No text has every one of these words. These have all but one."]
    assert found("saddle gradients vanished nowhere", site) == {"answer"}
    for query in (
        "saddle nowhere",
        "saddle nowhere never",
        '"is a saddle" gradients nowhere',
        "plateau saddle gradient",
    ):
        assert sentences.about(find(query, VISITOR).search) == []
    assert found("saddle nowhere never", site) == found("saddle nowhere", site) == set()


def test_if_none_has_nearly_all_those_that_have_some_are_found(site):
    search = find("saddle gradient nowhere never neither", VISITOR).search
    assert sentences.about(search) == ["No text has nearly all of these words. These have some of them."]
    assert found("saddle gradient nowhere never neither", site) == {"answer"}
    assert found("saddle nowhere never neither", site) == found('"saddle" gradient x y z never', site) == set()
    assert found("链式法则为什么这样", site) == {"note"}


def test_filters_follow_acceptance_removal_and_edits(site):
    answer, thread = site["answer"], site["question"].thread
    asker = thread.author
    accept_answer(answer=answer, by=asker)
    assert found("is:solved plateau", site) == {"question", "answer", "comment"}
    delete_post(post=answer, by=answer.author)
    assert found("is:solved", site) == set() and found("is:unsolved", site) >= {"question"}
    accept_other = add_post(thread=Thread.objects.get(pk=thread.pk), author=answer.author, source="Another plateau.")
    accept_answer(answer=accept_other, by=asker)
    unaccept_answer(thread=thread, by=asker)
    assert found("is:solved", site) == set()
    opening = Post.objects.get(pk=site["question"].pk)
    edit_post(post=opening, editor=asker, source=opening.source, base_version=opening.version, tags=["saddle"])
    assert found("tag:saddle", site) == {"question", "comment"}
    assert found("tag:xor", site) == {"article"}


def test_of_a_long_thread_the_rest_is_indexed_by_a_job(site, monkeypatch):
    monkeypatch.setattr(reindexing, "AT_ONCE", 1)
    thread = site["question"].thread
    accept_answer(answer=site["answer"], by=thread.author)
    assert found("is:solved", site) == {"question", "answer", "comment"}


def test_counts_are_those_of_every_kind_whichever_is_asked_for(site):
    counts = {"question": 1, "answer": 1, "comment": 1, "article": 1, "note": 1}
    assert find("plateau", VISITOR).counts == find("plateau kind:article", VISITOR).counts == counts
    assert [match.label for match in find("plateau kind:article", VISITOR).matches] == ["article"]


def test_orders(site):
    Post.objects.filter(pk=site["answer"].pk).update(score=5)
    Post.objects.filter(pk=site["comment"].pk).update(score=2)
    by_score = find("plateau", VISITOR, "score").matches
    assert [match.label for match in by_score][:2] == ["answer", "comment"]
    newest = find("plateau", VISITOR, "newest").matches
    assert [match.pk for match in newest] == sorted((match.pk for match in newest), reverse=True)


def test_a_draft_is_dated_by_its_publication(site):
    author = PersonFactory()
    draft = start_thread(author=author, kind="question", title="Saddle", source="x", publish=False)
    Post.objects.filter(thread=draft).update(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    rebuild()
    assert found("before:2021", site | {"draft": draft.posts.get()}, author) == {"draft"}
    opening = draft.posts.get()
    edit_post(post=opening, editor=author, source="y", base_version=opening.version, publish=True)
    year = timezone.now().year
    assert found(f"title saddle after:{year}", site | {"draft": opening}) == set()
    assert found(f"saddle kind:question after:{year}", site | {"draft": opening}) == {"draft"}
