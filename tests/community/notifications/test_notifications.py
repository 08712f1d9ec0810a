"""What a person hears: once, only what he may see, and the badge's number."""

import pytest
from django.urls import reverse
from django.utils import timezone

from community.content.models import Post
from community.content.services import delete_post
from community.notifications.models import Notification
from community.notifications.selectors import notices, unread_count
from community.notifications.services import mark_read, notify
from tests.factories import PersonFactory, QuestionFactory

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


def test_nobody_hears_of_his_own_acts(reader, question):
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
    assert Notification.objects.unread().get().target_id == elsewhere.opening_post.pk


def test_what_was_hidden_since_is_not_told(reader, question):
    tell(reader, question)
    Post.objects.filter(pk=question.opening_post.pk).update(hidden_at=timezone.now())
    assert notices(Notification.objects.select_related("actor"), reader) == []


def test_mark_all_leaves_what_came_after_the_page(reader, question):
    tell(reader, question, "post:1")
    newest = Notification.objects.get().pk
    tell(reader, question, "post:2")
    assert mark_read(reader=reader, up_to_id=newest) == 1 and unread_count(reader) == 1


def test_the_page_lists_and_a_click_marks_and_leads(client, reader, question):
    tell(reader, question)
    assert b"Why is it transposed?" in client.get(reverse("notifications:list")).content
    answer = client.post(reverse("notifications:open", args=[Notification.objects.get().pk]))
    assert answer.status_code == 302 and answer["Location"] == question.get_absolute_url()
    assert unread_count(reader) == 0


def test_looking_changes_nothing(client, reader, question):
    tell(reader, question)
    client.get(reverse("notifications:open", args=[Notification.objects.get().pk]))
    assert unread_count(reader) == 1


def test_another_persons_notification_is_not_there(client, reader, question):
    tell(PersonFactory(), question)
    assert client.post(reverse("notifications:open", args=[Notification.objects.get().pk])).status_code == 404
    assert Notification.objects.get().read_at is None


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


def test_the_bell_shortens_a_large_number(client, reader):
    Notification.objects.bulk_create(
        Notification(recipient=reader, verb="follow", target_kind="person", target_id=reader.pk, key=str(number))
        for number in range(1234)
    )
    client.force_login(reader)
    page = client.get("/about/").content.decode()
    assert "data-count>1.2k<" in page
