"""Pushes: what a device is shown and when, and what follows from the answers of its push service."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from community.accounts.access import end_access
from community.accounts.models import User
from community.common.jobs import rows
from community.common.outgoing import Network, NoAnswer, NotPublic
from community.content.models import Category, Post, Thread
from community.content.services import start_thread
from community.mutes.services import mute
from community.notifications import services
from community.notifications.channels import Channel, Frequency
from community.notifications.models import Device, Notification, Push
from community.notifications.preferences import choose
from community.notifications.push import composing, outbox, sending
from community.notifications.push.encryption import MOST_BYTES
from community.notifications.push.sending import send_pushes
from community.notifications.tasks import send_letters as send_letters_job
from community.notifications.tasks import send_pushes as send_pushes_job
from community.notifications.topics import Topic
from community.social.levels import Level
from community.social.services import follow
from tests.at_once import at_once
from tests.community.notifications.mailing import answer, open_mailbox
from tests.community.notifications.push_service import Browser, push_service
from tests.community.notifications.pushing import SOON, Shown, device_of, push
from tests.factories import PersonFactory, QuestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(tmp_path, monkeypatch):
    with push_service(tmp_path) as (server, network):
        monkeypatch.setattr(sending, "network", network)
        yield server


@pytest.fixture
def phone(asker):
    phone = Browser()
    device_of(asker, phone)
    return phone


@pytest.fixture
def shown(clock, service, phone):
    return Shown(clock, service, phone)


@pytest.fixture
def ada():
    return PersonFactory(display_name="Ada")


def waiting() -> int:
    return Push.objects.count()


def test_an_answer_is_shown_with_its_first_words_and_leads_to_it(shown, service, question, ada):
    made = answer(question, "Because.", author=ada)
    line = Notification.objects.get()
    assert shown(timedelta(0)) == []
    assert shown() == [
        {
            "title": "Ada answered Why is it NaN?",
            "body": "Because.",
            "url": made.get_absolute_url(),
            "line": line.pk,
            "read": f"/notifications/{line.pk}/read/",
            "unread": [line.pk],
            "language": "en",
        }
    ]
    [(path, headers, _body)] = service.taken
    assert (path, headers["ttl"], headers["topic"]) == ("/browser", "86400", f"line-{line.pk}")
    assert headers["content-encoding"] == "aes128gcm" and headers["authorization"].startswith("vapid t=")
    assert Device.objects.get().used_at == timezone.now() and waiting() == 0
    assert shown(timedelta(hours=1)) == []


def test_it_is_in_the_language_of_its_reader(shown, asker, question, ada):
    User.objects.filter(pk=asker.pk).update(language="zh-hans")
    answer(question, author=ada)
    [told] = shown()
    assert told["title"] == "Ada 回答了“Why is it NaN?”" and told["language"] == "zh-hans"


def test_what_is_read_within_a_moment_is_not_pushed(shown, asker, question):
    answer(question)
    services.mark_read(reader=asker, line_id=Notification.objects.get().pk)
    assert shown() == [] and waiting() == 0


def hide(asker, post):
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())


def hide_thread(asker, post):
    Thread.objects.filter(pk=post.thread_id).update(hidden_at=timezone.now())


def delete(asker, post):
    Post.objects.filter(pk=post.pk).update(deleted_at=timezone.now())


def mute_author(asker, post):
    mute(person=asker, other=post.author)


def mute_thread(asker, post):
    follow(follower=asker, thread=post.thread, level=Level.MUTED)


def close_author(asker, post):
    User.objects.filter(pk=post.author_id).update(is_active=False)


def turn_off(asker, post):
    choose(person=asker, choices={(Topic.ANSWERS, Channel.PUSH): Frequency.NEVER})


@pytest.mark.parametrize("act", [hide, hide_thread, delete, mute_author, mute_thread, close_author, turn_off])
def test_what_ends_it_on_the_way_is_looked_at_right_before(shown, asker, question, act):
    act(asker, answer(question))
    assert shown() == [] and waiting() == 0


def test_a_browser_that_is_taken_off_while_its_message_is_written_is_sent_nothing(shown, monkeypatch, question, ada):
    def written(person, line):
        text = composed(person, line)
        Device.objects.all().delete()
        return text

    composed = composing.message
    monkeypatch.setattr(composing, "message", written)
    answer(question, author=ada)
    assert shown() == []


def test_a_category_that_is_muted_on_the_way_ends_it_too(shown, asker):
    thread = QuestionFactory(category=Category.objects.create(slug="dull", name="Dull"))
    answer(thread, "As @asker said.")
    follow(follower=asker, category=thread.category, level=Level.MUTED)
    assert shown() == [] and waiting() == 0


def test_a_moderator_is_shown_no_more_than_members_see(shown, asker, question):
    User.objects.filter(pk=asker.pk).update(is_staff=True)
    hide(asker, answer(question))
    assert shown() == []


def test_what_not_everybody_may_read_is_not_named(shown, asker):
    choose(person=asker, choices={(Topic.RUNS, Channel.PUSH): Frequency.IMMEDIATELY})
    draft = start_thread(author=asker, kind="question", title="A secret", source="Of mine.", tags=[], publish=False)
    about = {"actor": None, "target_kind": "post", "target_id": draft.posts.get().pk, "event": "run:1"}
    services.notify(listeners={asker.pk: "run_finished"}, **about)
    [told] = shown()
    assert (told["title"], told["body"], told["url"]) == ("A new notification", "", "/notifications/")


def test_a_line_is_pushed_as_a_whole_and_later_events_replace_it(shown, question, ada):
    answer(question, "One.", author=ada)
    answer(question, "Two.", author=PersonFactory(display_name="Bob"))
    [told] = shown()
    assert told["title"] == "Bob and 1 other answered Why is it NaN?" and told["body"] == "Two."
    answer(question, "Three.", author=ada)
    [again] = shown()
    assert again["line"] == told["line"] and again["body"] == "Three." and again["unread"] == [told["line"]]


def test_what_was_read_meanwhile_is_not_among_what_is_left(shown, asker, question, ada):
    answer(question, author=ada)
    [first] = shown()
    services.mark_read(reader=asker, line_id=first["line"])
    answer(QuestionFactory(author=asker), author=ada)
    [second] = shown()
    assert first["line"] not in second["unread"]


def test_quiet_hours_hold_it_until_they_end(shown, service, asker, question, ada):
    open_mailbox(asker, quiet_from=time(11), quiet_until=time(18))
    answer(question, "One.", author=ada)
    assert shown() == [] and shown(timedelta(hours=5)) == [] and waiting() == 1
    answer(question, "Two.", author=ada)
    [told] = shown(timedelta(hours=1))
    assert told["body"] == "Two." and waiting() == 0
    assert int(service.taken[0][1]["ttl"]) == 17 * 3600 - 30  # its push service forgets it when they begin


def test_a_clock_that_was_years_ahead_stops_no_push(clock, shown, question, ada):
    right = clock.now
    clock.now += timedelta(days=800)
    answer(question, author=ada)
    clock.now = right
    assert shown() == [] and waiting() == 1
    assert outbox.set_back() == 1 and outbox.set_back() == 0
    assert len(shown()) == 1 and waiting() == 0


def test_a_topic_that_is_pushed_alone_is_in_no_list(shown, asker, question):
    choose(person=asker, choices={(Topic.ANSWERS, Channel.SITE): Frequency.NEVER})
    answer(question)
    assert shown() == []
    choose(person=asker, choices={(Topic.ANSWERS, Channel.PUSH): Frequency.IMMEDIATELY})
    answer(question)
    [told] = shown()
    assert not Notification.objects.of(asker).exists() and told["line"] in told["unread"]
    services.mark_read(reader=asker, line_id=told["line"])
    answer(question)
    assert told["line"] not in shown()[0]["unread"]


def test_topics_that_nobody_chose_are_not_pushed_but_those_meant_for_one(shown, asker):
    names = {
        "follow": [],
        "answer": ["answer"],
        "mention": ["mention"],
        "accept": ["accept"],
        "new_post": [],
        "hide": [],
    }
    question = QuestionFactory(author=asker)
    for name, pushed in names.items():
        about = {"actor": PersonFactory(), "target_kind": "thread", "target_id": question.pk, "event": f"test:{name}"}
        services.notify(listeners={asker.pk: name}, **about)
        assert [row.line.verb for row in Push.objects.select_related("line")] == pushed
        Push.objects.all().delete()


def test_a_site_without_a_key_pushes_nothing(settings, asker, phone, question):
    settings.PUSH_KEY = ""
    answer(question)
    assert waiting() == 0


def test_the_longest_message_fits(monkeypatch, asker):
    monkeypatch.setattr(composing, "unread_lines", lambda person: [10**12 + n for n in range(100)])
    question = QuestionFactory(author=asker, title="📈" * 200, title_html="📈" * 200, slug="x" * 80)
    answer(question, "📉" * 400)
    told = composing.message(asker, Notification.objects.get().pk)
    assert 2_000 < len(told) <= MOST_BYTES


# === What push services answer ===


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(shown, service, question, status):
    service.status = status
    answer(question)
    shown()
    assert len(service.taken) == 1 and not Device.objects.exists() and waiting() == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_push_service_that_is_busy_is_asked_again_a_few_times(shown, service, question, status):
    service.status = status
    answer(question)
    for minutes in (1, 1, 4, 16, 64):
        assert len(shown(timedelta(minutes=minutes))) == 1 and shown(timedelta(0)) == []
    assert shown(timedelta(days=1)) == [] and waiting() == 0
    assert Device.objects.get().failures == 1
    service.status = 201
    answer(question)
    assert len(shown()) == 1 and Device.objects.get().failures == 0


def test_when_to_ask_again_is_as_it_says_within_bounds(shown, service, question):
    service.status, service.headers = 429, {"Retry-After": "1800"}
    answer(question)
    shown()
    assert Push.objects.get().due_at == timezone.now() + timedelta(minutes=30)
    service.headers = {"Retry-After": "999999999"}
    shown(timedelta(minutes=30))
    assert Push.objects.get().due_at == timezone.now() + sending.LONGEST_WAIT


@pytest.mark.parametrize("status", [302, 400, 403, 413])
def test_what_is_refused_is_not_sent_again_and_five_in_a_row_end_it(shown, service, asker, status):
    service.status = status
    for failures in range(1, 6):
        answer(QuestionFactory(author=asker))
        assert len(shown()) == 1 and waiting() == 0
        assert list(Device.objects.values_list("failures", flat=True)) == ([failures] if failures < 5 else [])


def test_an_address_of_our_own_network_is_forgotten(monkeypatch, clock, asker, phone, question):
    def ours(host):
        raise NotPublic

    monkeypatch.setattr(sending, "network", Network(places=ours))
    answer(question)
    clock.now += SOON
    push()
    assert not Device.objects.exists()


def test_a_host_that_does_not_answer_is_asked_once_for_all_that_wait(monkeypatch, clock, asker, phone, question):
    asked = []

    def nowhere(host):
        asked.append(host)
        raise NoAnswer

    monkeypatch.setattr(sending, "network", Network(places=nowhere))
    for name in ("a", "b"):
        device_of(asker, Browser(name))
    answer(question)
    clock.now += SOON
    push()
    assert asked == ["push.example"] and waiting() == 3


def test_hosts_that_keep_a_job_waiting_leave_the_others_to_the_next(monkeypatch, clock, asker, question):
    seconds, asked = [0.0], []

    def slow(host):
        asked.append(host)
        seconds[0] += 5
        raise NoAnswer

    monkeypatch.setattr(sending, "monotonic", lambda: seconds[0])
    monkeypatch.setattr(sending, "network", Network(places=slow))
    for name in "abcd":
        device_of(asker, Browser(host=f"{name}.example"))
    answer(question)
    clock.now += SOON
    assert outbox.hand_out_pushes() == 4 and asked == ["a.example", "b.example"]
    left = Push.objects.filter(due_at__lte=timezone.now()).select_related("device")
    assert sorted((push.device.endpoint[8], push.attempts) for push in left) == [("c", 0), ("d", 0)]


def test_what_was_tried_already_comes_after_what_was_not(monkeypatch, shown, service, asker, question):
    monkeypatch.setattr(outbox, "BATCH", 1)
    service.status = 503
    answer(question)
    shown()
    service.status = 201
    shown.clock.now += timedelta(hours=1)
    newer = QuestionFactory(author=asker, title="Why is it flat?")
    answer(newer)
    assert [newer.title in told["title"] for told in shown()] == [True, False]


def test_one_job_at_most_is_pending_and_other_jobs_come_first(monkeypatch, settings, clock, service, asker, phone):
    monkeypatch.setattr(outbox, "BATCH", 1)
    for _ in range(2):
        answer(QuestionFactory(author=asker))
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    jobs = DBTaskResult.objects.filter(task_path=send_pushes_job.module_path)
    clock.now += SOON
    assert (outbox.hand_out_pushes(), outbox.hand_out_pushes(), jobs.count()) == (1, 0, 1)
    send_letters_job.enqueue(letters=[])
    assert rows.next_due().task_path != send_pushes_job.module_path
    rows.run(jobs.get().pk, rows.worker_name())
    assert len(service.taken) == 1 and outbox.hand_out_pushes() == 1


def test_a_person_who_has_ended_access_is_pushed_nothing(shown, asker, question):
    answer(question)
    end_access(asker)
    assert shown() == [] and not Device.objects.exists() and waiting() == 0


def test_nor_is_a_closed_account(shown, asker, question):
    answer(question)
    User.objects.filter(pk=asker.pk).update(is_active=False)
    assert shown() == [] and not Device.objects.exists()


def test_a_device_has_so_many_an_hour(shown, monkeypatch, asker):
    monkeypatch.setattr(sending, "MOST_AN_HOUR", 2)
    for _ in range(3):
        answer(QuestionFactory(author=asker))
    assert len(shown()) == 2 and waiting() == 0
    answer(QuestionFactory(author=asker))
    assert len(shown(timedelta(hours=1))) == 1


def test_one_that_cannot_be_written_waits_and_holds_up_no_other(shown, monkeypatch, asker, question):
    answer(question)
    whole, broken = composing.message, Notification.objects.get().pk
    answer(QuestionFactory(author=asker))
    monkeypatch.setattr(composing, "message", lambda person, line: 1 / 0 if line == broken else whole(person, line))
    assert len(shown()) == 1 and Push.objects.get().line_id == broken


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_four_workers_with_one_push_send_it_once(service, asker, phone, question):
    answer(question)
    [key] = Push.objects.values_list("pk", flat=True)
    at_once(4, lambda n: send_pushes([key]))
    assert len(service.taken) == 1 and waiting() == 0
