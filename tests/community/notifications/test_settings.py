"""Notification settings: a frequency for each topic and channel."""

from datetime import time

import pytest
from django.urls import reverse
from django.utils import timezone

from community.content.models import Thread
from community.content.services import add_post
from community.notifications.channels import PUSHED_USUALLY
from community.notifications.models import Notification, Preference
from community.notifications.services import notify
from community.notifications.topics import Topic
from community.notifications.verbs import verbs_of
from community.social.services import follow
from tests.community.notifications.mailing import open_mailbox
from tests.factories import PersonFactory, QuestionFactory

pytestmark = pytest.mark.django_db
SETTINGS = reverse("notifications:settings")
TOPICS = [topic for topic in Topic if topic.is_on_site]
ALL = {f"{topic}-site": "on" for topic in TOPICS}
NO_MAIL = {f"{topic}-mail": "never" for topic in Topic}


@pytest.fixture
def person(client):
    person = PersonFactory()
    client.force_login(person)
    return person


def without(*topics: Topic) -> dict[str, str]:
    """Return the form with everything on but these."""
    return NO_MAIL | {name: on for name, on in ALL.items() if name not in {f"{topic}-site" for topic in topics}}


def told(person) -> list[str]:
    return list(Notification.objects.filter(recipient=person).values_list("verb", flat=True))


def test_everything_is_on_until_one_chooses_otherwise(client, person):
    page = client.get(SETTINGS).content.decode()
    assert page.count('type="checkbox"') == 2 * len(TOPICS)
    assert page.count(" checked") == len(TOPICS) + len(PUSHED_USUALLY)
    saved = client.post(SETTINGS, without(Topic.FOLLOWERS), follow=True).content.decode()
    assert "Notification settings saved." in saved and saved.count(" checked") == len(TOPICS) - 1 + len(PUSHED_USUALLY)
    assert Preference.objects.get(frequency="never", channel="site").topic == Topic.FOLLOWERS


def test_quiet_hours_are_of_the_browsers_time_zone_unless_another_is_chosen(client, person):
    assert "data-browser-zone" in client.get(SETTINGS).content.decode()
    client.post(SETTINGS, ALL | {"browser_zone": "Nowhere/Else"})
    assert "Your time zone is UTC." in client.get(SETTINGS).content.decode()
    client.post(SETTINGS, ALL | {"browser_zone": "Asia/Shanghai"})
    page = client.get(SETTINGS).content.decode()
    assert "Your time zone is Asia/Shanghai." in page and "data-browser-zone" not in page
    client.post(SETTINGS, ALL | {"browser_zone": "Europe/Paris"})
    assert "Your time zone is Asia/Shanghai." in client.get(SETTINGS).content.decode()


def test_what_one_has_turned_off_is_not_sent_and_the_rest_is(client, person):
    client.post(SETTINGS, without(Topic.ANSWERS, Topic.FOLLOWERS))
    question = QuestionFactory(author=person)
    follow(follower=PersonFactory(), person=person)
    for words in ("Because.", f"Look, @{person.handle}."):
        add_post(thread=Thread.objects.get(pk=question.pk), author=PersonFactory(), source=words)
    assert told(person) == []
    client.post(SETTINGS, ALL)
    add_post(thread=Thread.objects.get(pk=question.pk), author=PersonFactory(), source="Again.")
    assert told(person) == ["answer"]


def test_what_moderators_did_and_ones_own_reminders_cannot_be_turned_off(client, person):
    client.post(SETTINGS, NO_MAIL)
    question = QuestionFactory(author=person)
    about = {"actor": None, "target_kind": "thread", "target_id": question.pk}
    for name in verbs_of():
        notify(listeners={person.pk: name}, event=f"test:{name}", **about)
    assert set(told(person)) == {
        *("lock", "unlock", "move", "hide", "unhide", "delete", "restore"),
        *("reported", "report_hidden", "report_dismissed", "duplicate", "hold", "reopen", "reminder"),
        *("community", "community_end"),
    }


def test_the_settings_of_others_change_nothing(client, person):
    other = PersonFactory()
    client.post(SETTINGS, NO_MAIL)
    follow(follower=person, person=other)
    assert told(other) == ["follow"]


def test_the_quiet_hours_and_the_stopped_mail_of_others_are_not_shown(client, person):
    now = timezone.now()
    open_mailbox(PersonFactory(), quiet_from=time(3, 17), quiet_until=time(4), stopped_at=now, digests_stopped_at=now)
    shown = client.get(SETTINGS)
    assert (shown.context["stop"], shown.context["digests_stopped_at"]) == (None, None)
    assert "03:17" not in shown.content.decode()


def test_settings_are_linked_from_the_list_and_from_all_settings(client, person):
    for page in (reverse("notifications:list"), reverse("accounts:settings")):
        assert f'href="{SETTINGS}"' in client.get(page).content.decode()
