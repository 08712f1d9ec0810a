"""Who replies where nobody has written for half a year is told so, and where more people would read it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.content.models import Thread
from community.content.services import add_post
from tests.factories import PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
TOLD = "Nobody has written here since"


@pytest.fixture
def thread():
    return QuestionFactory()


def quiet_for(thread, days: int) -> None:
    Thread.objects.filter(pk=thread.pk).update(last_post_at=timezone.now() - timedelta(days=days))


@pytest.mark.parametrize(("days", "is_told"), [(0, False), (179, False), (181, True), (4000, True)])
def test_a_member_is_told_beside_the_box(client, thread, days, is_told):
    quiet_for(thread, days)
    client.force_login(PersonFactory())
    page = html_of(client.get(thread.get_absolute_url()))
    assert (TOLD in page) == is_told and "<textarea" in page


def test_a_visitor_has_no_box_and_is_not_told(client, thread):
    quiet_for(thread, 400)
    assert TOLD not in html_of(client.get(thread.get_absolute_url()))


def test_a_reply_wakes_the_thread(client, thread):
    quiet_for(thread, 400)
    add_post(thread=Thread.objects.get(pk=thread.pk), author=PersonFactory(), source="Still of use.")
    client.force_login(PersonFactory())
    assert TOLD not in html_of(client.get(thread.get_absolute_url()))
