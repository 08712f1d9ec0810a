import re

import pytest
from django.utils import timezone

from community.accounts.models import User
from community.content import services
from community.content.models import Post, Thread
from community.pages import profile
from community.profiles import selectors
from tests.factories import (
    AnswerFactory,
    CommentFactory,
    ModeratorFactory,
    PersonFactory,
    QuestionFactory,
    ThreadFactory,
)
from tests.html import html_of
from tests.training import XOR, train

pytestmark = pytest.mark.django_db


@pytest.fixture
def lilei() -> User:
    return User.objects.create_user("李雷", "lilei@example.org", display_name="李雷 <b>")


def test_a_profile_shows_who_it_is(client, lilei):
    page = client.get(lilei.get_absolute_url())
    text = page.content.decode()
    assert page.status_code == 200
    assert "<h1>李雷 &lt;b&gt;</h1>" in text
    assert "@李雷" in text
    assert lilei.avatar_url in text
    assert "lilei@example.org" not in text


@pytest.mark.parametrize(
    ("handle", "typed"),
    [("Ada", "ada"), ("Ada", "ＡＤＡ"), ("josé", "jose\u0301"), ("josé", "JOSÉ"), ("ada_l", "Ada_L")],
)
def test_another_spelling_leads_to_the_one_that_was_chosen(client, handle, typed):
    person = User.objects.create_user(handle)
    response = client.get(f"/@{typed}/?show=answer")
    assert response.status_code == 302
    assert response["Location"] == person.get_absolute_url() + "?show=answer"


@pytest.mark.parametrize(
    "typed", ["nobody", "%00", "%ED%A0%80", "a%E2%80%AEda", "x" * 3000, "а" * 30, "@", "%F0%9F%98%80"]
)
def test_nobody_is_a_page_and_not_an_error(client, lilei, typed):
    response = client.get(f"/@{typed}/")
    assert response.status_code in (400, 404)
    assert "<h1>" in response.content.decode()


def test_what_a_person_wrote_is_there_by_kind(client, lilei):
    question = QuestionFactory(author=lilei, title="Why is it transposed?")
    discussion = ThreadFactory(author=lilei, title="Show your sweeps")
    answered = QuestionFactory(title="Stuck at a quarter")
    AnswerFactory(thread=answered, author=lilei, source="It is the start.")
    everything = client.get(lilei.get_absolute_url()).content.decode()
    questions = client.get(lilei.get_absolute_url() + "?show=question").content.decode()
    answers = client.get(lilei.get_absolute_url() + "?show=answer").content.decode()
    assert question.title in everything and discussion.title in everything
    assert question.title in questions and discussion.title not in questions
    assert answered.title in answers and "It is the start." in answers and question.title not in answers
    assert "Articles" not in everything.split("</main>")[0].split('class="tabs"')[1].split("</nav>")[0]


def test_the_first_tab_is_called_what_it_counts(client, lilei):
    QuestionFactory(author=lilei)
    AnswerFactory(thread=QuestionFactory(), author=lilei)
    AnswerFactory(thread=QuestionFactory(), author=lilei)
    page = html_of(client.get(lilei.get_absolute_url()))
    tabs = page.split('class="tabs"')[1].split("</nav>")[0]
    words = " ".join(re.sub(r"<[^>]+>", " ", tabs.partition(">")[2]).split())
    assert words == "Threads 1 Questions 1 Answers 2"


def test_who_has_only_answered_is_shown_by_the_answers(client, lilei):
    AnswerFactory(thread=QuestionFactory(title="Stuck at a quarter"), author=lilei, source="It is the start.")
    page = client.get(lilei.get_absolute_url()).content.decode()
    assert "It is the start." in page
    tabs = page.split('class="tabs"')[1].split("</nav>")[0]
    assert "Threads" not in tabs and tabs.count('aria-current="page"') == 1 and "?show=answer" in tabs


def test_what_answers_received_is_the_sum_of_their_lines(client, lilei, monkeypatch):
    def answered(up: int, down: int = 0, *, is_accepted: bool = False, **changes) -> None:
        answer = AnswerFactory(thread=QuestionFactory(), author=lilei)
        Post.objects.filter(pk=answer.pk).update(up_count=up, down_count=down, score=up - down, **changes)
        if is_accepted:
            Thread.objects.filter(pk=answer.thread_id).update(solved_post=answer)

    def page(query: str = "?show=answer") -> str:
        return html_of(client.get(lilei.get_absolute_url() + query))

    answered(4, is_accepted=True)
    answered(5, 2)
    answered(90, hidden_at=timezone.now())
    assert "9 useful, 2 not" in page() and "1 accepted" in page() and "5 useful, 2 not" in page()
    assert "The votes on all answers" in page() and "no ranking of people" in page()
    assert "?show=answer" in page("").split("Best answers")[1].split("</section>")[0]
    monkeypatch.setattr(selectors, "MOST_SUMMED", 1)
    monkeypatch.setattr(profile, "MOST_SUMMED", 1)
    assert "5 useful, 2 not" in page() and "0 accepted" in page() and "The votes on the 1 latest answers" in page()


def test_a_second_page_of_answers_has_no_sum(client, lilei):
    for _ in range(profile.ROWS_A_PAGE + 1):
        AnswerFactory(thread=QuestionFactory(), author=lilei)
    first = client.get(lilei.get_absolute_url() + "?show=answer")
    assert "no ranking of people" in html_of(first)
    after = client.get(lilei.get_absolute_url() + first.context["page"].next_query)
    assert len(after.context["page"]) == 1 and "no ranking of people" not in html_of(after)


def test_drafts_and_hidden_threads_are_nobodys_to_see(client, lilei):
    ThreadFactory(author=lilei, title="A draft of mine", draft=True)
    ThreadFactory(author=lilei, title="Hidden by staff", hidden_at=timezone.now())
    for reader in (None, lilei, PersonFactory()):
        if reader:
            client.force_login(reader)
        page = client.get(lilei.get_absolute_url()).content.decode()
        assert "A draft of mine" not in page
        assert "Hidden by staff" not in page


def test_one_can_follow_others_and_edit_oneself(client, lilei):
    client.force_login(PersonFactory())
    assert 'action="/follow/"' in client.get(lilei.get_absolute_url()).content.decode()
    client.force_login(lilei)
    own = client.get(lilei.get_absolute_url()).content.decode()
    assert 'action="/follow/"' not in own
    assert 'href="/settings/#profile"' in own


@pytest.mark.parametrize("show", ["", "answer", "run"])
def test_the_number_of_queries_does_not_grow_and_stays_within_twelve(
    client, lilei, django_assert_max_num_queries, show
):
    def fill(count: int) -> None:
        for _number in range(count):
            thread = QuestionFactory(author=lilei)
            AnswerFactory(thread=thread, author=lilei)

    client.force_login(PersonFactory())
    address = f"{lilei.get_absolute_url()}?show={show}"
    fill(1)
    client.get(address)
    with django_assert_max_num_queries(12) as few:
        client.get(address)
    fill(25)
    with django_assert_max_num_queries(12) as many:
        client.get(address)
    assert len(few) == len(many)


def test_older_threads_are_reached_by_key(client, lilei):
    for number in range(23):
        ThreadFactory(author=lilei, title=f"Thread {number:02}")
    first = client.get(lilei.get_absolute_url())
    older = client.get(lilei.get_absolute_url() + first.context["page"].next_query)
    titles = [thread.title for thread in [*first.context["page"], *older.context["page"]]]
    assert titles == [f"Thread {number:02}" for number in reversed(range(23))]


def asked_with(config: str, author: User, **wish):
    source = f"Look:\n\n```bp\n{config}```\n"
    return services.start_thread(author=author, kind="question", title="Why?", source=source, **wish)


def lasting(epochs: int) -> str:
    return XOR.replace("epochs: 40", f"epochs: {epochs}").replace("[0, 40]", f"[0, {epochs}]")


def test_the_runs_of_a_persons_posts_are_there_and_no_others(client, lilei):
    shown = asked_with(XOR, lilei).lead_embed
    train()
    asked_with(lasting(30), PersonFactory())
    train()
    asked_with(lasting(20), lilei, publish=False)
    train()
    hidden = asked_with(lasting(10), lilei)
    train()
    services.hide_post(post=hidden.posts.get(), by=ModeratorFactory())
    for reader in (None, lilei):
        if reader:
            client.force_login(reader)
        page = client.get(f"{lilei.get_absolute_url()}?show=run")
        assert [each.card.spec_hash for each in page.context["page"]] == [shown]
        assert ("Runs", "?show=run", True, "1") in page.context["tabs"]
        assert f'href="/runs/{shown}/?post=' in page.content.decode() and 'class="curve' in page.content.decode()


def test_comments_are_a_tab_with_what_everybody_sees(client, lilei):
    question = QuestionFactory(title="Why is it NaN?")
    shown = CommentFactory(thread=question, author=lilei, source="Try a smaller step.")
    CommentFactory(thread=QuestionFactory(title="Of a hidden one"), author=lilei, hidden_at=timezone.now())
    CommentFactory(thread=QuestionFactory(title="Of a draft", draft=True), author=lilei)
    AnswerFactory(thread=QuestionFactory(title="An answer"), author=lilei)
    page = client.get(f"/@{lilei.handle}/?show=comment")
    assert [post.pk for post in page.context["page"]] == [shown.pk]
    words = html_of(page)
    assert "Why is it NaN?" in words and "Try a smaller step." in words
    assert [tab[3] for tab in page.context["tabs"] if "comment" in tab[1]] == ["1"]


def test_who_wrote_no_comment_has_no_tab_of_them(client, lilei):
    AnswerFactory(thread=QuestionFactory(), author=lilei)
    assert "?show=comment" not in html_of(client.get(f"/@{lilei.handle}/"))


def test_a_profile_is_whole_whatever_a_link_to_it_carries(client, lilei):
    AnswerFactory(thread=QuestionFactory(), author=lilei)
    address = f"/@{lilei.handle}/"
    assert client.get(address).context["overview"] is not None
    assert client.get(address, {"utm_source": "x", "show": ""}).context["overview"] is not None
    assert client.get(address, {"show": "answer"}).context["overview"] is None
