"""Threads like the question that is being asked: which are found, which never, and where they are shown."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from community.content import services, similar
from community.content.models import Category, Post
from community.content.similar import similar_questions, similar_threads
from community.mutes.services import block, mute
from community.search import alike
from community.search.services import rebuild
from tests.factories import ModeratorFactory, PersonFactory
from tests.factories.content import AnswerFactory, QuestionFactory, ThreadFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]
VISITOR = AnonymousUser()
CONFIG = """\
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 3, activation: tanh}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: Adam, lr: 0.01}
"""
CARD = f'<div class="run-embed" data-run="{"0" * 32}" data-text="{CONFIG}"></div>'
XOR = "Why is XOR stuck at a quarter with sigmoid?"


def question(title, source="A question.\n", **more):
    thread = QuestionFactory(title=title, opening=source, **more)
    rebuild()
    return thread


def found(title, reader=VISITOR):
    return [thread.title for thread in similar_threads(title, reader)]


@pytest.mark.parametrize(
    "typed",
    [
        "XOR stuck at a quarter",
        "xor stuck",
        "My XOR net is stuck at a quarter with sigmoids",
        "sigmoid: quarter, XOR",
        "Why is XOR stuck at a quarter with sigm",
    ],
)
def test_words_of_the_title_find_it_in_any_order_and_form(typed):
    question(XOR)
    assert found(typed) == [XOR]


@pytest.mark.parametrize(
    "typed", ["", "XOR", "why is it", "stuck in traffic today", "?!", "$$", "(" * 200, "a" * 5_000]
)
def test_a_word_alone_and_words_of_another_matter_find_nothing(typed):
    question(XOR)
    assert found(typed) == []


SHAPE = "XOR stuck at a quarter with a 2-3-1 net: is it the start or the step?"


@pytest.mark.parametrize("typed", ["XOR net stuck at 0.25", "XOR network stuck at 0.25", "My XOR net, stuck at 0.25."])
def test_a_number_of_the_title_is_one_word(typed):
    question(SHAPE)
    assert found(typed) == [SHAPE]


@pytest.mark.parametrize("typed", ["Stuck at 0.25", "XOR net at 0.25"])
def test_a_number_finds_the_same_number_beside_another_word(typed):
    question("Stuck in XOR: 0.25 for ever")
    question("Stuck in CNN after 25 epochs")
    assert found(typed) == ["Stuck in XOR: 0.25 for ever"]


@pytest.mark.parametrize("typed", ["Loss 0.25", "Dropout 0.25 with numpy 1.25", "Version 0.25.1 of the loss"])
def test_half_of_a_number_finds_nothing(typed):
    question("The loss at step 0")
    question("A net of 25 units in 1 layer")
    assert found(typed) == []


@pytest.mark.parametrize("typed", ["异或网络卡住了", "为什么异或网络会卡住", "網絡卡住"])
def test_chinese_titles_find_each_other(typed):
    question("异或网络卡住在四分之一怎么办")
    question("怎么推导梯度")
    assert found(typed) == ["异或网络卡住在四分之一怎么办"]


@pytest.mark.parametrize("typed", ["为什么全零", "全零", "為什麼全零", "全零怎么办", "请问全零"])
def test_a_pair_of_characters_of_a_chinese_title_finds_it(typed):
    question("初始化全零时网络学不动")
    question("怎么推导梯度")
    assert found(typed) == ["初始化全零时网络学不动"]


@pytest.mark.parametrize("typed", ["为什么", "零", "什么为零", "怎么"])
def test_words_that_only_ask_and_single_characters_find_nothing(typed):
    question("初始化全零时网络学不动")
    question("怎么推导梯度")
    assert found(typed) == []


def test_the_most_alike_come_first_and_no_more_than_five(monkeypatch):
    question("The loss of XOR explodes")
    question(XOR)
    assert found("XOR stuck loss") == [XOR, "The loss of XOR explodes"]
    monkeypatch.setattr(similar, "MOST", 1)
    assert found("XOR stuck loss") == [XOR]


def test_words_of_the_text_find_a_question_that_has_nearly_all():
    question("Please help", "The sigmoid net for XOR is stuck.\n")
    assert found("XOR sigmoid stuck") == [], "words of the text alone count for half, but for one"
    question("Stuck again", "The sigmoid net for XOR is not moving.\n")
    assert found("XOR sigmoid stuck") == ["Stuck again"]


DERIVATIVE = r"I have $\frac{\partial L}{\partial w} = \delta x^\top$ here."


def test_a_formula_of_the_draft_counts_as_words_do():
    question("Which side for XOR does it stand on", DERIVATIVE)
    question("Which side for XOR is it, of another matter")
    draft = r"Is it $\frac{\partial C}{\partial v}=\delta  y^T$?"
    alike = [each.title for each in similar_threads("XOR side doubt weights", VISITOR, draft)]
    assert alike == ["Which side for XOR does it stand on", "Which side for XOR is it, of another matter"]
    for title in ("XOR weights of gradient", "XOR"):
        assert [each.title for each in similar_threads(title, VISITOR, draft)][:1] == alike[:1]
        assert similar_threads(title, VISITOR, "Is it $x$ or $y = 1$?") == []
    assert similar_threads("Nothing of it", VISITOR, draft) == [], "a formula alone is not enough"


def test_a_config_of_the_draft_counts_too(ada):
    question("Please help with XOR", f"It is stuck.\n\n```bp\n{CONFIG}```\n", opening__html=CARD)
    for draft in (f"Mine:\n\n```bp\n{CONFIG}```\n", f"Mine:\r\n```bp\r\n{CONFIG}"):
        assert [each.title for each in similar_threads("XOR again", ada, draft)] == ["Please help with XOR"]
    assert similar_threads("XOR again", ada, f"```bp\n{CONFIG.replace('Adam', 'SGD')}```") == []
    assert similar_threads("Nothing alike", ada, f"```bp\n{CONFIG}```") == []


@pytest.mark.parametrize("draft", ["$" * 5_000, "```bp\n", "```bp\n" + "name: x " * 9_000, "$a+b$\r\n", "$\\frac{$"])
def test_a_draft_that_is_wrong_is_compared_all_the_same(ada, as_user, draft):
    question(XOR)
    assert found("XOR stuck") == [thread.title for thread in similar_threads("XOR stuck", ada, draft)] == [XOR]
    page = as_user(ada).get("/write/similar/", {"title": "XOR stuck", "draft": draft[:3_000]})
    assert page.status_code == 200 and XOR in page.content.decode()


def test_other_threads_come_after_questions_and_answers_are_none(ada):
    thread = question("XOR stuck again", author=ada)
    for kind in ("discussion", "article", "note", "discussion"):
        ThreadFactory(title=XOR, kind=kind)
    AnswerFactory(thread=thread, source=XOR)
    rebuild()
    kinds = [each.kind for each in similar_threads(XOR, VISITOR)]
    assert kinds[0] == "question" and len(kinds) == 1 + similar.MOST_OTHERS and "question" not in kinds[1:]
    assert similar_questions(XOR, VISITOR, to=thread) == []


@pytest.mark.parametrize(
    ("old", "typed", "newer"),
    [
        (XOR, "XOR stuck at a quarter with sigmoid", "XOR stuck in traffic"),
        ("XOR is stuck at a quarter", "XOR stuck at a quarter: sigmoid or tanh", "XOR net, stuck again"),
        ("XOR stuck", "stuck XOR", "The XOR of stuck bits"),
    ],
)
def test_newer_threads_with_less_of_the_title_hide_none(monkeypatch, old, typed, newer):
    monkeypatch.setattr(alike, "NEWEST", 3)
    question(old)
    for _ in range(4 if "of" not in newer else 2):
        QuestionFactory(title=newer)
    rebuild()
    assert old in found(typed)


def test_newer_threads_with_less_of_the_title_hide_no_formula_or_config(monkeypatch, ada):
    monkeypatch.setattr(alike, "NEWEST", 3)
    question("Which side for XOR does it stand on", DERIVATIVE)
    for _ in range(4):
        QuestionFactory(title="Doubt of another kind", opening=DERIVATIVE)
    rebuild()
    draft = r"Is it $\frac{\partial C}{\partial v}=\delta  y^T$?"
    assert "Which side for XOR does it stand on" in [
        each.title for each in similar_threads("XOR side doubt stand", ada, draft)
    ]


def test_a_formula_of_the_title_counts_as_one_of_the_text(ada):
    question("Please help with XOR", DERIVATIVE)
    typed = r"XOR again: is it $\frac{\partial C}{\partial v}=\delta  y^T$?"
    assert [each.title for each in similar_threads(typed, ada)] == ["Please help with XOR"]


def test_people_whom_the_asker_does_not_meet_hide_no_others(ada, bob):
    question(XOR, author=PersonFactory())
    mute(person=ada, other=bob)
    for _ in range(22):
        QuestionFactory(title=XOR, author=bob)
    rebuild()
    assert found(XOR, ada) == [XOR]


@pytest.mark.parametrize(
    "state", [{"hidden_at": timezone.now()}, {"deleted_at": timezone.now()}, {"published_at": None}]
)
def test_what_is_not_public_is_never_found_not_even_by_its_author(state, ada):
    thread = question(XOR, author=ada)
    assert found(XOR, ada) == [XOR]
    type(thread).objects.filter(pk=thread.pk).update(**state)
    assert [found(XOR, reader) for reader in (VISITOR, ada, ModeratorFactory())] == [[], [], []]


def test_a_hidden_opening_is_never_found():
    thread = question(XOR)
    services.hide_post(post=Post.objects.get(thread=thread), by=ModeratorFactory())
    assert found(XOR) == []


@pytest.mark.parametrize(("act", "is_own"), [(mute, True), (block, True), (block, False)])
def test_questions_of_people_apart_are_not_found(ada, bob, act, is_own):
    question(XOR, author=bob)
    act(person=ada if is_own else bob, other=bob if is_own else ada)
    assert (found(XOR, ada), found(XOR, PersonFactory())) == ([], [XOR])


def test_it_costs_a_few_queries_however_many_there_are(ada, django_assert_max_num_queries):
    for n in range(30):
        QuestionFactory(title=f"XOR stuck at {n} quarters")
    rebuild()
    with django_assert_max_num_queries(9):
        assert len(found("XOR stuck at a quarter", ada)) == 5


def test_the_fragment_shows_title_and_state(ada, as_user):
    thread = question("Why is $x$ stuck in XOR?", title_html="Why is <math><mi>x</mi></math> stuck in XOR?")
    answer = AnswerFactory(thread=thread)
    services.accept_answer(post=answer, by=thread.author) if hasattr(services, "accept_answer") else (
        type(thread).objects.filter(pk=thread.pk).update(solved_post=answer)
    )
    page = as_user(ada).get("/write/similar/", {"title": "XOR stuck"}).content.decode()
    assert "1 similar thread. Does it answer your question?" in page and "<math><mi>x</mi></math>" in page
    assert "solved" in page and "1 answer" in page and f'href="{thread.get_absolute_url()}" target="_blank"' in page
    page = as_user(ada).get("/write/similar/", {"title": "Something else"}).content.decode()
    assert page.strip().endswith("></p>")


def test_visitors_ask_for_none(client):
    assert client.get("/write/similar/", {"title": XOR}).status_code == 401


def test_without_script_they_are_on_the_preview_and_on_a_refused_form(ada, as_user):
    question(XOR)
    category = Category.objects.first().slug
    sent = {"title": "XOR stuck at a quarter", "source": "Help.", "category": category, "preview": "1"}
    page = as_user(ada).post("/write/?kind=question", sent)
    assert [thread.title for thread in page.context["similar"]] == [XOR] and XOR in page.content.decode()
    page = as_user(ada).post("/write/?kind=question", sent | {"preview": "", "source": ""})
    assert page.status_code in (200, 422) and XOR in page.content.decode()
    assert XOR in as_user(ada).get("/write/", {"kind": "question", "title": "XOR stuck"}).content.decode()


def test_a_discussion_and_an_edit_are_compared_with_nothing(ada, as_user):
    thread = question(XOR, author=ada)
    pages = [
        as_user(ada).get(path)
        for path in ("/write/?kind=discussion&title=XOR+stuck", f"/posts/{thread.posts.get().pk}/edit/")
    ]
    assert [page.status_code for page in pages] == [200, 200]
    assert all("data-similar" not in page.content.decode() for page in pages)
