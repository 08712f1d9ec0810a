"""What reaches a reader of somebody by email and push: every channel, in every state of mute and block.

Each cell is a test twice: with what is between the two from before, and from while the message is on its way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from community.common.errors import NotAllowed
from community.content.services import start_thread
from community.mutes.services import undo
from community.notifications.channels import Channel, Frequency
from community.notifications.mail.moments import next_morning, zone_of
from community.notifications.models import Notification
from community.notifications.preferences import choose
from community.notifications.push import sending
from community.notifications.topics import Topic
from community.social.services import follow
from tests.community.notifications.mailing import WEDNESDAY, Clock, answer, html_of, open_mailbox
from tests.community.notifications.push_service import Browser, push_service
from tests.community.notifications.pushing import Shown, device_of
from tests.factories import PersonFactory, QuestionFactory

from .world import MARK, MET, STATES

pytestmark = pytest.mark.django_db


def answers(reach: Any) -> None:
    answer(reach.own, f"{MARK} answer.", author=reach.unwanted)


def mentions(reach: Any) -> None:
    answer(reach.elsewhere, f"{MARK} words for @reader.", author=reach.unwanted)


def posts_where_one_watches(reach: Any) -> None:
    answer(reach.elsewhere, f"{MARK} answer.", author=reach.unwanted)


def begins_a_thread(reach: Any) -> None:
    words = {"title": f"{MARK} question", "source": f"{MARK} question, in words."}
    start_thread(kind="question", author=reach.unwanted, tags=[], **words)


def follows(reach: Any) -> None:
    follow(follower=reach.unwanted, person=reach.reader)


ACTS: dict[str, tuple[Topic, Callable[[Any], None]]] = {
    "answer": (Topic.ANSWERS, answers),
    "mention": (Topic.MENTIONS, mentions),
    "post in a watched thread": (Topic.POSTS, posts_where_one_watches),
    "thread of a watched person": (Topic.THREADS, begins_a_thread),
    "follow": (Topic.FOLLOWERS, follows),
}
WAYS = {"letter": Frequency.IMMEDIATELY, "digest": Frequency.DAILY, "push": Frequency.NEVER}


@pytest.fixture
def reach(monkeypatch, tmp_path):
    clock = Clock(monkeypatch, WEDNESDAY)
    reader, unwanted = PersonFactory(handle="reader"), PersonFactory(handle="unwanted", display_name=MARK)
    found = SimpleNamespace(reader=reader, unwanted=unwanted, clock=clock)
    found.own, found.elsewhere = QuestionFactory(author=reader, title="Own"), QuestionFactory(title="Of a third")
    follow(follower=reader, thread=found.elsewhere)
    follow(follower=reader, person=unwanted)
    Notification.objects.all().delete()  # of the follow
    open_mailbox(reader, daily_at=WEDNESDAY, weekly_at=WEDNESDAY)
    phone = Browser()
    device_of(reader, phone)
    with push_service(tmp_path) as (service, network):
        monkeypatch.setattr(sending, "network", network)
        found.shown = Shown(clock, service, phone)
        yield found


def wish(reach: Any, topic: Topic, way: str) -> None:
    pushed = Frequency.IMMEDIATELY if way == "push" else Frequency.NEVER
    choose(person=reach.reader, choices={(topic, Channel.MAIL): WAYS[way], (topic, Channel.PUSH): pushed})


def told(reach: Any, way: str) -> str:
    """Return all that comes by this way within a day."""
    if way == "push":
        return " ".join(each["title"] + each["body"] for each in reach.shown())
    morning = next_morning(reach.clock.now, zone_of(reach.reader)) + timedelta(minutes=1)
    sent = [*reach.clock.pass_(timedelta(minutes=3)), *reach.clock.until(morning)]
    own = [each for each in sent if each.to == [reach.reader.email]]
    return " ".join(f"{each.subject} {each.body} {html_of(each)} {each.from_email}" for each in own)


def cells(states: Iterable[str]) -> list:
    """Return every act by every way in every state; most states by most ways are for the full run alone.

    Who is met is one question, asked by each way: letters are tested with every kind of answer, the others with two.
    """

    def marks(way: str, state: str) -> list:
        at_every_commit = ("nothing", "muted", "blocked by") if way == "letter" else ("nothing", "muted")
        return [] if state in at_every_commit else [pytest.mark.full]

    return [pytest.param(act, way, state, marks=marks(way, state)) for act in ACTS for way in WAYS for state in states]


@pytest.mark.parametrize(("act", "way", "state"), cells(STATES))
def test_only_whom_one_meets_reaches_one(reach, act, way, state) -> None:
    topic, do = ACTS[act]
    wish(reach, topic, way)
    STATES[state](reach)
    with suppress(NotAllowed):  # a block refuses some of it
        do(reach)
    assert (MARK in told(reach, way)) == (state in MET)


@pytest.mark.parametrize(("act", "way", "state"), cells([state for state in STATES if state not in MET]))
def test_what_is_on_its_way_does_not_arrive(reach, act, way, state) -> None:
    topic, do = ACTS[act]
    wish(reach, topic, way)
    do(reach)
    STATES[state](reach)
    assert MARK not in told(reach, way)


@pytest.mark.parametrize("way", ["letter", "push"])
def test_what_did_not_arrive_does_not_come_after_an_unmute(reach, way) -> None:
    wish(reach, Topic.ANSWERS, way)
    answers(reach)
    STATES["muted"](reach)
    assert MARK not in told(reach, way)
    undo(person=reach.reader, other=reach.unwanted)
    assert MARK not in told(reach, way)
