"""Lines of the notification list: events of one kind about one thread, led by the newest."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community.content.models import Post, Thread
from community.content.services import add_post, start_thread
from community.notifications import querysets
from community.notifications.models import Notification
from community.notifications.selectors import unread_count
from community.notifications.services import mark_all_read, mark_read, notify
from community.social.services import follow
from tests.factories import PersonFactory, QuestionFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]
LIST = reverse("notifications:list")


@pytest.fixture
def asker(client):
    person = PersonFactory()
    client.force_login(person)
    return person


@pytest.fixture
def question(asker):
    return QuestionFactory(author=asker, title="Why is it transposed?")


def answer(question, name: str = "", **changes) -> Post:
    """Answer as somebody new, or as the person of this name."""
    author = changes.pop("author", None) or PersonFactory(display_name=name)
    words = f"Because of {name or 'the shapes'}."
    return add_post(thread=Thread.objects.get(pk=question.pk), author=author, source=words, **changes)


def said(client, path: str = LIST, **headers) -> list[str]:
    """Return the text of each line of the list."""
    page = client.get(path, headers=headers).content.decode()
    links = re.findall(r'<a class="notice-text".*?</a>', page, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", "", link)).split()) for link in links]


def test_a_formula_of_the_title_is_drawn(client, asker):
    thread = start_thread(author=asker, kind="question", title=r"Why $W^\top$?", source="It is odd.")
    answer(thread)
    page = client.get(LIST).content.decode()
    assert re.search(r"<cite>Why [^$]*<msup><mi>W</mi><mi>⊤</mi></msup>[^$]*</math>\?[^$]*</cite>", page)


def test_a_formula_of_the_text_is_drawn_and_the_words_are_escaped(client, question):
    words = r"Is <b> wrong? Because $\frac{\partial L}{\partial w} = \delta x$."
    add_post(thread=Thread.objects.get(pk=question.pk), author=PersonFactory(), source=words)
    page = client.get(LIST).content.decode()
    [shown] = re.findall(r'<span class="row-excerpt".*?</span>', page, re.DOTALL)
    assert "<mfrac>" in shown and "<annotation" not in shown and "∂L/∂w" not in shown
    assert 'Is &lt;b&gt; wrong? Because <span class="held"><math' in shown


def test_the_words_of_a_text_are_in_a_line_once(client, asker):
    source = rf"Why $\odot$ is enough, @{asker.handle}."
    start_thread(author=PersonFactory(), kind="note", title="", source=source)
    page = client.get(LIST).content.decode()
    assert page.count("is enough") == 1  # as the title
    note = start_thread(author=asker, kind="note", title="", source="My note.")
    add_post(thread=note, author=PersonFactory(), source="Your proof.")
    page = client.get(LIST).content.decode()
    assert page.count("Your proof.") == 1


def test_answers_of_a_thread_share_a_line_led_by_the_newest(client, question):
    for name in ("Ada", "Bob", "Carol"):
        newest = answer(question, name)
    [line] = said(client)
    assert line == ("Carol and 2 others answered Why is it transposed? #4, #3, #2 (unread) Because of Carol.")
    assert f'href="{newest.get_absolute_url()}"' in client.get(LIST).content.decode()
    assert said(client, **{"Accept-Language": "zh-hans"})[0].startswith(
        "Carol 和其他 2 人回答了“Why is it transposed?” #4、#3、#2"
    )


def test_one_person_is_named_alone_and_two_are_counted(client, question):
    ada = PersonFactory(display_name="Ada")
    for _ in range(5):
        answer(question, author=ada)
    assert said(client)[0].startswith("Ada answered Why is it transposed? #6, #5, #4 … (unread)")
    answer(question, "Bob")
    assert said(client)[0].startswith("Bob and 1 other answered")


def test_another_kind_and_another_thread_are_other_lines(client, asker, question):
    first = answer(question)
    add_post(thread=Thread.objects.get(pk=question.pk), author=first.author, source="And.", parent=first)
    answer(QuestionFactory(author=asker, title="Another?"))
    answer(question)
    kinds = [(line.verb, line.size) for line in Notification.objects.lines().order_by("-last_at", "-pk")]
    assert kinds == [("answer", 2), ("answer", 1), ("reply", 1)]
    assert len(said(client)) == unread_count(asker) == 3


def test_new_followers_share_a_line(client, asker):
    for name in ("Ada", "Bob"):
        follow(follower=PersonFactory(display_name=name), person=asker)
    assert said(client) == ["Bob and 1 other follow you (unread)"]


def test_what_comes_after_one_has_read_is_a_new_line(client, asker, question):
    answer(question, "Ada")
    answer(question, "Bob")
    assert mark_read(reader=asker, line_id=Notification.objects.lines().get().pk)
    assert not Notification.objects.unread().exists() and unread_count(asker) == 0
    answer(question, "Carol")
    assert [line.partition(" answered")[0] for line in said(client)] == ["Carol", "Bob and 1 other"]
    assert unread_count(asker) == 1


@pytest.mark.parametrize("why", ["old", "full"])
def test_an_old_line_and_a_full_one_take_no_more(asker, question, why, monkeypatch):
    answer(question)
    if why == "old":
        Notification.objects.update(created_at=timezone.now() - timedelta(hours=25))
    else:
        monkeypatch.setattr(querysets, "MOST_JOINED", 1)
    answer(question)
    assert unread_count(asker) == Notification.objects.lines().count() == 2


def test_what_is_hidden_leads_no_line_and_takes_none_away(client, asker, question):
    posts = [answer(question, name) for name in ("Ada", "Bob", "Carol")]
    for hidden, left in ((posts[2], "Bob and 1 other answered"), (posts[0], "Bob answered")):
        Post.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
        assert said(client)[0].startswith(left)
        assert "Because of Carol" not in said(client)[0]
    assert unread_count(asker) == 1
    Post.objects.filter(pk=posts[1].pk).update(deleted_at=timezone.now())
    assert said(client) == [] and unread_count(asker) == 0


def test_mark_all_leaves_a_line_that_another_has_joined_since(asker, question):
    answer(question)
    shown = Notification.objects.latest("pk").pk
    answer(question)
    assert mark_all_read(reader=asker, up_to_id=shown) == 0
    assert mark_all_read(reader=asker, up_to_id=Notification.objects.latest("pk").pk) == 1
    assert not Notification.objects.unread().exists()


def test_reading_the_thread_marks_what_one_has_come_to(client, asker, question):
    first, second = answer(question), answer(question)
    answer(QuestionFactory(author=asker))
    for post, left in ((first, 2), (second, 1)):
        assert client.post(reverse("content:read", args=[question.pk]) + f"?posts={post.number}").status_code == 204
        assert unread_count(asker) == left
    assert client.get(reverse("notifications:count")).json() == {"unread": 1}


def test_an_event_that_is_told_again_joins_no_line_twice(asker, question):
    posts = [answer(question), answer(question)]
    for post in posts:
        listeners = {asker.pk: "answer"}
        about = {"target_kind": "post", "target_id": post.pk, "subject": question.pk}
        notify(listeners=listeners, actor=post.author, event=f"post:{post.pk}", **about)
    assert Notification.objects.lines().get().size == Notification.objects.count() == 2


def test_a_line_of_many_costs_one_query_more(client, asker, question, django_assert_max_num_queries):
    answer(question)
    client.get(LIST)
    with django_assert_max_num_queries(5) as alone:
        client.get(LIST)
    for _ in range(12):
        answer(question)
    for other in range(3):
        other = QuestionFactory(author=asker)
        answer(other)
        answer(other)
    with django_assert_max_num_queries(5) as many:
        assert len(said(client)) == 4
    assert len(many) == len(alone) + 1
