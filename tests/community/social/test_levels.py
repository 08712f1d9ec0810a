"""Four levels for threads, tags, categories and people: what each sends, and which wins."""

import re
from importlib import import_module
from itertools import product

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from community.content import delivery, services
from community.content.audience import Event
from community.content.models import Category, Post, Tag, Thread
from community.mutes.models import Mute
from community.mutes.selectors import standing
from community.notifications.models import Notification
from community.notifications.selectors import unread_count
from community.notifications.services import notify
from community.social.levels import Level, Levels, is_notified
from community.social.models import Follow
from community.social.services import follow
from tests.factories import AnswerFactory, PersonFactory, QuestionFactory, ThreadFactory
from tests.html import html_of

M, N, T, W = Level
ANY = (None, M, N, T, W)
SAID, POST, THREAD = Event.SAID_TO_THEM, Event.NEW_POST, Event.NEW_THREAD


# === Which level wins ===

# Levels of the thread, its author, and what is around it (None: none was chosen), and what is sent of the three events:
# something said to the person, a new post, a new thread.
TABLE = """
thread author around | said post thread
-      -      -      | yes  no   no
W      -      -      | yes  yes  yes
T      -      -      | yes  no   no
N      -      -      | yes  no   no
M      -      -      | no   no   no
-      W      -      | yes  no   yes
-      T      -      | yes  no   no
-      N      -      | yes  no   no
-      -      W      | yes  no   yes
-      -      T      | yes  no   no
-      -      N      | yes  no   no
-      -      M      | no   no   no
W      -      M      | yes  yes  yes
T      W      W      | yes  no   no
N      W      W      | yes  no   no
M      W      W      | no   no   no
-      W      M      | no   no   no
-      T      W      | yes  no   yes
-      N      WN     | yes  no   yes
-      W      NT     | yes  no   yes
-      -      MW     | no   no   no
-      -      TN     | yes  no   no
"""
ROWS = [line.replace("|", "").split() for line in TABLE.strip().splitlines()[1:]]
BY_LETTER = {"-": None, "M": M, "N": N, "T": T, "W": W}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[:3]))
def test_the_table_of_levels(row):
    thread, author, around, *sent = row
    levels = Levels(BY_LETTER[thread], BY_LETTER[author], tuple(BY_LETTER[each] for each in around if each != "-"))
    assert ["yes" if is_notified(event, levels) else "no" for event in (SAID, POST, THREAD)] == sent


@pytest.mark.parametrize("thread", ANY)
def test_more_attention_never_sends_less(thread):
    """In each place and for each event, over all other levels; a level that was never chosen is as the normal one."""
    rising = (M, N, T, W)
    for event, other, around in product(Event, ANY, ANY):
        tags = () if around is None else (around,)
        sent = [
            [is_notified(event, Levels(thread, level, tags)) for level in rising],
            [is_notified(event, Levels(thread, other, (level, *tags))) for level in rising],
            [is_notified(event, Levels(level, other, tags)) for level in rising],
        ]
        assert all(each == sorted(each) for each in sent)
        assert is_notified(event, Levels(thread, None, tags)) == is_notified(event, Levels(thread, N, tags))


# === What is delivered ===


class Place:
    """A thread with a tag in a category, and a person for each level of each of these."""

    def __init__(self) -> None:
        self.outer = Category.objects.create(slug="bench", name="Bench")
        self.inner = Category.objects.create(slug="vice", name="Vice", parent=self.outer)
        self.tag = Tag.objects.create(slug="xor", name="xor", thread_count=1)
        self.asker, self.helper = PersonFactory(), PersonFactory()
        self.question = QuestionFactory(author=self.asker, category=self.inner)
        self.question.tags.add(self.tag)
        self.opening = self.question.posts.get()
        self.answer = AnswerFactory(thread=self.question, author=self.helper)
        targets = {"thread": self.question, "tag": self.tag, "category": self.outer}
        people = {"asker": {"person": self.asker}, "helper": {"person": self.helper}}
        self.targets = {name: {name: target} for name, target in targets.items()} | people
        self.readers = {(name, level): self.reader(name, level) for name in self.targets for level in Level}
        Notification.objects.all().delete()

    def reader(self, name: str, level: Level):
        person = PersonFactory()
        follow(follower=person, level=level, **self.targets[name])
        return person

    def told(self, post: Post) -> set[tuple[str, str]]:
        """Announce a post; return who is notified, by the name of the place and the level."""
        delivery.announce(post.pk)
        told = set(Notification.objects.filter(target_id=post.pk).values_list("recipient", flat=True))
        return {(name, level.name) for (name, level), person in self.readers.items() if person.pk in told}


@pytest.fixture
def place(db):
    return Place()


def test_a_new_thread_is_told_to_who_watches_what_brings_it(place):
    watched = {(name, "WATCHING") for name in ("thread", "tag", "category", "asker")}
    assert place.told(place.opening) == watched


def test_a_new_post_is_told_to_who_watches_the_thread(place):
    assert place.told(place.answer) == {("thread", "WATCHING")}


def test_what_is_said_to_somebody_is_told_unless_it_is_muted(place):
    for person in place.readers.values():
        place.answer.mentions.create(user=person)
    muted = {(name, "MUTED") for name in ("thread", "tag", "category", "helper")}
    assert place.told(place.answer) == {(name, level.name) for name, level in place.readers} - muted


def test_the_nearest_category_that_has_a_level_counts(place):
    reader = place.readers["category", Level.WATCHING]
    follow(follower=reader, level=Level.NORMAL, category=place.inner)
    assert ("category", "WATCHING") not in place.told(place.opening)


def test_the_author_of_a_thread_watches_it_without_a_row(place):
    Follow.objects.filter(follower=place.asker).delete()
    comment = services.add_post(thread=place.question, author=PersonFactory(), source="And?", parent=place.answer)
    recipients = Notification.objects.filter(target_id=comment.pk).values_list("recipient", "verb")
    assert set(recipients) >= {(place.asker.pk, "reply"), (place.helper.pk, "reply")}


@pytest.mark.parametrize(("level", "verbs"), [(W, ["answer", "reply"]), (T, ["answer"]), (N, ["answer"]), (M, [])])
def test_an_author_can_hear_less_of_their_own_thread(place, level, verbs):
    follow(follower=place.asker, level=level, thread=place.question)
    delivery.announce(place.answer.pk)
    services.add_post(thread=place.question, author=PersonFactory(), source="And?", parent=place.answer)
    told = Notification.objects.filter(recipient=place.asker, target_kind="post").order_by("pk")
    assert list(told.values_list("verb", flat=True)) == verbs


# === Levels by what one does ===


def test_who_asks_watches_and_who_answers_tracks(db):
    asker, helper = PersonFactory(), PersonFactory()
    question = services.start_thread(author=asker, kind="question", title="Why?", source="Some words.")
    answer = services.add_post(thread=question, author=helper, source="Because.")
    services.add_post(thread=question, author=helper, source="And.", parent=answer)
    services.add_post(thread=question, author=asker, source="Thanks.", parent=answer)
    levels = Follow.objects.order_by("pk").values_list("follower", "level", "thread")
    assert list(levels) == [(asker.pk, W, question.pk), (helper.pk, T, question.pk)]


def test_writing_changes_no_level_that_was_chosen(db):
    question, reader = QuestionFactory(), PersonFactory()
    follow(follower=reader, level=Level.MUTED, thread=question)
    services.add_post(thread=question, author=reader, source="Because.")
    assert Follow.objects.get(follower=reader).level == M


# === Muting ===


@pytest.fixture
def muted(db, client):
    """Return a person who is signed in, and a thread of theirs with two unread answers by one author."""
    reader, author = PersonFactory(), PersonFactory()
    client.force_login(reader)
    question = QuestionFactory(author=reader)
    for _ in range(2):
        services.add_post(thread=Thread.objects.get(pk=question.pk), author=author, source="Because.")
    assert unread_count(reader) == 1
    return reader, author, question


def test_what_is_muted_is_neither_listed_nor_counted_and_comes_back_read(client, muted):
    reader, author, question = muted
    follow(follower=reader, level=Level.MUTED, thread=question)
    late = services.add_post(thread=Thread.objects.get(pk=question.pk), author=author, source="One more.")
    assert not Notification.objects.filter(target_id=late.pk).exists()
    on_its_way = {"listeners": {reader.pk: "answer"}, "target_kind": "post", "target_id": late.pk}
    notify(**on_its_way, actor=author, event=f"post:{late.pk}", subject=question.pk)
    assert unread_count(reader) == 0
    assert b"data-notice>" not in client.get(reverse("notifications:list")).content
    assert client.get(question.get_absolute_url()).status_code == 200
    follow(follower=reader, level=Level.NORMAL, thread=question)
    assert client.get(reverse("notifications:list")).content.count(b"data-notice>") == 2
    assert unread_count(reader) == 1


def test_the_level_muted_for_a_person_is_a_mute(client, muted):
    """A page from before has the choice still."""
    reader, author, _question = muted
    answer = client.post("/follow/", {"kind": "person", "id": author.pk, "level": "0"})
    assert answer.status_code == 302 and unread_count(reader) == 0
    assert standing(reader, author).own == "mute"
    assert Follow.objects.get(follower=reader, person=author).level == Level.NORMAL


def test_levels_muted_from_before_become_mutes(muted):
    reader, author, _question = muted
    other = PersonFactory()
    Follow.objects.create(follower=reader, person=author, level=Level.MUTED)
    Follow.objects.create(follower=other, person=author, level=Level.MUTED)
    Follow.objects.create(follower=other, person=reader, level=Level.NORMAL)
    Mute.objects.create(person=other, other=author, is_block=True)
    for name in ("0009_mutes_of_people", "0011_muted_meanwhile"):
        import_module(f"community.social.migrations.{name}").mute(apps, None)
    assert set(Mute.objects.values_list("person", "other", "is_block")) == {
        (reader.pk, author.pk, False), (other.pk, author.pk, True),
    }  # fmt: skip
    assert Follow.objects.get(person__isnull=False).person_id == reader.pk


def test_a_muted_thread_leaves_what_moderators_did_and_other_threads(muted):
    reader, author, question = muted
    services.add_post(thread=QuestionFactory(author=reader), author=author, source="Because.")
    about = {"target_kind": "thread", "target_id": question.pk, "subject": question.pk}
    notify(listeners={reader.pk: "lock"}, actor=author, event="audit:1", **about)
    follow(follower=reader, level=Level.MUTED, thread=question)
    assert unread_count(reader) == 2


# === Choosing ===


def levels_on(page: str) -> list[tuple[str, bool]]:
    """Return the levels that a page offers, and whether each is the present one."""
    items = re.findall(
        r'<button class="item" name="level"[^>]*?(aria-current="true")?>.*?<b>(\w+)</b>', page, re.DOTALL
    )
    return [(name, bool(current)) for current, name in items]


def test_each_place_offers_its_levels_with_a_sentence_each(client, db):
    question, reader = QuestionFactory(), PersonFactory()
    tag = question.tags.create(slug="xor", name="xor", thread_count=1)
    client.force_login(reader)
    for path in (question, question.author, tag, question.category):
        page = html_of(client.get(path.get_absolute_url() if path else "/c/meta/"))
        offered = ["Watching", "Tracking", "Normal", "Muted"][: 3 if path == question.author else 4]
        assert levels_on(page) == [(name, name == "Normal") for name in offered]
        assert len(set(re.findall(r'<small class="soft">(.*?)</small>', page))) == len(offered)
    client.post("/follow/", {"kind": "thread", "id": question.pk, "level": "0"})
    page = html_of(client.get(question.get_absolute_url()))
    assert levels_on(page)[3] == ("Muted", True) and "Thread muted" in page
    client.logout()
    assert levels_on(html_of(client.get(question.get_absolute_url()))) == []


@pytest.mark.parametrize("state", ["hidden", "deleted", "nowhere", "closed account", "deleted account"])
def test_a_level_for_what_is_not_there_is_refused_with_one_sentence(client, db, state):
    reader, thread, person = PersonFactory(), ThreadFactory(), PersonFactory()
    client.force_login(reader)
    wish = {"kind": "thread", "id": thread.pk, "level": "0"}
    if state.endswith("account"):
        wish = {"kind": "person", "id": person.pk, "level": "3"}
        accounts = type(person).objects.filter(pk=person.pk)
        accounts.update(is_active=False) if state == "closed account" else accounts.delete()
    elif state == "nowhere":
        wish["id"] = thread.pk + 1
    else:
        Thread.objects.filter(pk=thread.pk).update(**{f"{state}_at": timezone.now()})
    refused = client.post("/follow/", wish)
    assert refused.status_code == 400
    assert "What you wanted to follow or mute no longer exists." in refused.content.decode()
    assert not Follow.objects.filter(follower=reader).exists()


@pytest.mark.parametrize("level", ["", "4", "-1", "x", "²"])
def test_a_forged_level_is_refused(client, db, level):
    client.force_login(PersonFactory())
    wish = {"kind": "thread", "id": QuestionFactory().pk, "level": level}
    assert client.post("/follow/", wish).status_code == 400
    assert not Follow.objects.exists()
