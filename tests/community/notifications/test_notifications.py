"""Notifications: once, only for visible targets, and the unread count."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.accounts.models import User
from community.common.subqueries import MOST_COUNTED
from community.content.models import Post, Thread
from community.content.services import delete_post, start_thread
from community.notifications.models import Notification
from community.notifications.selectors import notices, unread_count
from community.notifications.services import mark_all_read, notify
from community.social.services import follow
from tests.factories import AnswerFactory, PersonFactory, QuestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def question():
    return QuestionFactory(title="Why is it transposed?")


@pytest.fixture
def reader(client):
    person = PersonFactory()
    client.force_login(person)
    return person


def tell(reader, question, event="post:1", actor=None):
    notify(
        listeners={reader.pk: "answer"},
        actor=actor or question.author,
        target_kind="post",
        target_id=question.opening_post.pk,
        event=event,
    )


def test_the_same_event_is_told_once(reader, question):
    tell(reader, question)
    tell(reader, question)
    assert unread_count(reader) == 1


@pytest.mark.parametrize("is_staff", [False, True])
def test_the_text_of_the_bells_query_is_that_of_the_list(question, is_staff):
    """It is kept for all of them, so it depends on what it is kept under and on nothing else of theirs."""
    reader = PersonFactory(is_staff=is_staff, display_name="Ada", language="zh-hans")
    for number in range(3):
        tell(reader, question, event=f"post:{number}")
    unread_count(PersonFactory(is_staff=is_staff))
    listed = Notification.objects.lines_of(reader).unread().order_by().values("pk")[:MOST_COUNTED]
    with CaptureQueriesContext(connection) as taken:
        assert unread_count(reader) == len(listed) == 3
    bell, written = (re.sub(rf"\$\d+|\b{reader.pk}\b", "$", query["sql"]) for query in taken)
    assert bell == written
    Post.objects.filter(pk=question.opening_post.pk).update(deleted_at=timezone.now(), hidden_at=timezone.now())
    Thread.objects.filter(pk=question.pk).update(published_at=None)
    assert unread_count(reader) == len(listed.all()) == 0


def test_nobody_hears_of_their_own_actions(reader, question):
    tell(reader, question, actor=reader)
    assert unread_count(reader) == 0


def test_a_notice_names_the_actor_and_the_title_as_text(reader, question):
    question.author.display_name = "<b>O'Neil</b>"
    question.author.save()
    tell(reader, question)
    [notice] = notices(Notification.objects.select_related("actor"), reader)
    assert "&lt;b&gt;O&#x27;Neil&lt;/b&gt;" in notice.sentence and "Why is it transposed?" in notice.sentence


def test_what_was_taken_away_counts_on_nobodys_badge(reader, question):
    tell(reader, question)
    elsewhere = QuestionFactory()
    tell(reader, elsewhere, event="post:2")
    delete_post(post=question.opening_post, by=question.author)
    assert unread_count(reader) == 1
    assert Notification.objects.of(reader).unread().get().target_id == elsewhere.opening_post.pk


def test_what_was_hidden_since_is_not_told(reader, question):
    tell(reader, question)
    Post.objects.filter(pk=question.opening_post.pk).update(hidden_at=timezone.now())
    assert notices(Notification.objects.select_related("actor"), reader) == []


def test_mark_all_leaves_what_came_after_the_page(reader, question):
    tell(reader, question, "post:1")
    newest = Notification.objects.get().pk
    tell(reader, question, "post:2")
    assert mark_all_read(reader=reader, up_to_id=newest) == 1 and unread_count(reader) == 1


def test_a_notification_is_a_link_to_what_it_tells_of(client, reader, question):
    tell(reader, question)
    page = client.get(reverse("notifications:list")).content.decode()
    assert f'<a class="notice-text" href="{question.get_absolute_url()}">' in page


def test_one_notification_is_marked_as_read_alone(client, reader, question):
    tell(reader, question, "post:1")
    tell(reader, question, "post:2")
    first = Notification.objects.earliest("pk")
    answer = client.post(reverse("notifications:mark-read", args=[first.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("notifications:list"))
    assert list(Notification.objects.unread().values_list("key", flat=True)) == ["post:2"]


def test_looking_changes_nothing(client, reader, question):
    tell(reader, question)
    client.get(reverse("notifications:list"))
    client.get(question.get_absolute_url())
    assert client.get(reverse("notifications:mark-read", args=[Notification.objects.get().pk])).status_code == 405
    assert unread_count(reader) == 1


def test_another_persons_notification_is_not_there(client, reader, question):
    tell(PersonFactory(), question)
    assert client.post(reverse("notifications:mark-read", args=[Notification.objects.get().pk])).status_code == 404
    assert Notification.objects.get().read_at is None


def test_the_bell_counts_what_the_list_shows(client, reader, question):
    leaver, elsewhere = PersonFactory(), QuestionFactory()
    follow(follower=leaver, person=reader)
    tell(reader, question, event="post:1")
    tell(reader, elsewhere, event="post:2")
    User.objects.filter(pk=leaver.pk).update(is_active=False)
    Thread.objects.filter(pk=elsewhere.pk).update(hidden_at=timezone.now())
    assert unread_count(reader) == 1
    assert client.get(reverse("notifications:list")).content.count(b"data-notice>") == 1
    User.objects.filter(pk=leaver.pk).update(is_active=True)
    assert unread_count(reader) == 2


def test_the_list_is_in_days_of_the_reader(client, reader, question):
    reader.time_zone = "Asia/Shanghai"
    reader.save()
    for day, hour in ((3, 15), (3, 17)):  # on either side of midnight in Shanghai
        tell(reader, question, event=f"post:{hour}")
        at = datetime(2026, 2, day, hour, tzinfo=UTC)
        Notification.objects.filter(key=f"post:{hour}").update(created_at=at, last_at=at)
    page = client.get(reverse("notifications:list")).content.decode()
    assert page.index("Feb. 4, 2026") < page.index("Feb. 3, 2026")


def test_followed_people_do_not_bury_what_is_said_to_you(client, reader, question):
    tell(reader, question)
    friend = PersonFactory()
    follow(follower=reader, person=friend)
    start_thread(author=friend, kind="discussion", title="From a friend", source="Some words.")
    shown = {show: client.get(f"/notifications/?show={show}").content.decode() for show in ("to-you", "follows", "x")}
    assert "Why is it transposed?" in shown["to-you"] and "From a friend" not in shown["to-you"]
    assert "Why is it transposed?" not in shown["follows"] and "From a friend" in shown["follows"]
    assert shown["x"].count("data-notice>") == 2


def test_each_has_its_filter(client, reader, question):
    tell(reader, question)
    follow(follower=PersonFactory(display_name="Zoe"), person=reader)
    rows = {"run": "run_finished", "hide": "hide"}
    for verb in rows.values():
        fields = {"target_kind": "post", "target_id": question.opening_post.pk, "key": verb}
        Notification.objects.create(recipient=reader, verb=verb, **fields)

    def shown(show: str) -> list[str]:
        page = client.get(f"/notifications/?show={show}")
        return [line.verb for line in page.context["page"].items]

    assert len(shown("")) == len(shown("unread")) == 4
    filters = {"to-you": 1, "followers": 1, "runs": 1, "moderation": 1, "follows": 0}
    assert {show: len(shown(show)) for show in filters} == filters
    client.post(reverse("notifications:mark-all-read"), {"up_to": Notification.objects.latest("pk").pk, "show": "runs"})
    assert len(shown("")) == 4 and sorted(shown("unread")) == ["answer", "follow", "hide"]
    for line in Notification.objects.unread():
        sent = client.post(reverse("notifications:mark-read", args=[line.pk]), {"show": "unread"})
        assert sent["Location"] == "/notifications/?show=unread"
    assert shown("unread") == [] and "Nothing here" in client.get("/notifications/?show=unread").content.decode()


def test_an_open_list_is_told_how_many_lines_are_new(client, reader, question):
    tell(reader, question)
    page = client.get("/notifications/")
    [address] = re.findall('data-new-notices="([^"]+)"', page.content.decode())
    address = unescape(address)

    def new(address: str) -> int:
        return client.get(address).json()["new"]

    assert new(address) == 0
    follow(follower=PersonFactory(), person=reader)
    assert (new(address), new(f"{address}to-you"), new(f"{address}followers")) == (1, 0, 1)
    tell(reader, question, event="post:2")
    assert new(address) == 2
    assert new("/notifications/count/?since=x") == 3


@pytest.mark.parametrize("gone", ["hidden_at", "deleted_at"])
def test_what_joined_a_line_and_is_gone_is_not_new(client, reader, gone):
    question = QuestionFactory(author=reader)

    def tell_of(answer):
        about = {"target_kind": "post", "target_id": answer.pk, "subject": question.pk}
        notify(listeners={reader.pk: "answer"}, actor=answer.author, event=f"post:{answer.pk}", **about)
        return Post.objects.filter(pk=answer.pk)

    tell_of(AnswerFactory(thread=question))
    [address] = re.findall('data-new-notices="([^"]+)"', client.get("/notifications/").content.decode())

    def new() -> int:
        return client.get(unescape(address)).json()["new"]

    later = [tell_of(AnswerFactory(thread=question)) for _number in range(2)]
    assert new() == 1 and Notification.objects.lines().count() == 1
    later[1].update(**{gone: timezone.now()})
    assert new() == 1
    later[0].update(**{gone: timezone.now()})
    assert new() == 0 and unread_count(reader) == 1
    later[0].update(**{gone: None})
    assert new() == 1


def test_all_of_one_group_are_marked_as_read(client, reader, question):
    tell(reader, question)
    follow(follower=PersonFactory(), person=reader)
    newest = Notification.objects.latest("pk").pk
    answer = client.post(reverse("notifications:mark-all-read"), {"up_to": newest, "show": "to-you"})
    assert answer["Location"] == "/notifications/?show=to-you"
    assert list(Notification.objects.unread().values_list("verb", flat=True)) == ["follow"]


@pytest.mark.parametrize("up_to", ["", "x", "9" * 30, "-1", "²"])
def test_a_forged_mark_changes_nothing(client, reader, question, up_to):
    tell(reader, question)
    assert client.post(reverse("notifications:mark-all-read"), {"up_to": up_to}).status_code == 302
    assert unread_count(reader) == 1


def test_the_count_is_for_members(client, question):
    assert client.get(reverse("notifications:count")).status_code == 401


def test_the_count_counts(client, reader, question):
    tell(reader, question)
    assert client.get(reverse("notifications:count")).json() == {"unread": 1}


def test_the_bell_counts_no_further_than_it_shows(client, reader):
    Notification.objects.bulk_create(
        Notification(recipient=reader, verb="follow", target_kind="person", target_id=reader.pk, key=str(number))
        for number in range(1234)
    )
    client.force_login(reader)
    page = client.get("/about/").content.decode()
    assert "data-count>99+<" in page
