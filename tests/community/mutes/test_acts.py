"""Who reaches whom: every act and every notification, in every state of mute and block, in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from community.accounts.models import User
from community.common.ratelimit.store import limiter
from community.content import delivery
from community.content.models import Post, Thread
from community.content.services import add_post, edit_post, start_thread
from community.mutes import services
from community.notifications.models import Notification
from community.notifications.selectors import unread_count
from community.social import services as social
from community.social.marking import set_mark
from community.social.models import Agreement, Follow, Mark, Reaction
from tests.factories import PersonFactory
from tests.taken_back import taken_back

pytestmark = pytest.mark.django_db


@dataclass
class Two:
    """Two people, each with a question and an answer to a question of a third person."""

    ada: User
    ben: User
    questions: dict[str, Thread]
    answers: dict[str, Post]
    open: Thread

    def person(self, name: str) -> User:
        return User.objects.get(handle=name)

    def other(self, name: str) -> str:
        return "ben" if name == "ada" else "ada"


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker) -> Iterator[Two]:
    with django_db_blocker.unblock(), taken_back():
        ada, ben, eve = (PersonFactory(handle=name) for name in ("ada", "ben", "eve"))
        open_thread = start_thread(author=eve, kind="question", title="Open", source="To all.")
        questions = {
            each.handle: start_thread(author=each, kind="question", title="Why?", source="Words.")
            for each in (ada, ben)
        }
        answers = {each.handle: reply(each, open_thread, "Because.") for each in (ada, ben)}
        yield Two(ada, ben, questions, answers, open_thread)


@pytest.fixture
def two(made, db) -> Iterator[Two]:
    limiter.cache_clear()
    with taken_back():
        Notification.objects.all().delete()
        yield made


def reply(author: User, thread: Thread, source: str, parent: Post | None = None) -> Post:
    return add_post(thread=Thread.objects.get(pk=thread.pk), author=author, source=source, parent=parent)


STATES = {
    "nothing": lambda two: None,
    "ada muted": lambda two: services.mute(person=two.ada, other=two.ben),
    "ada blocked": lambda two: services.block(person=two.ada, other=two.ben),
}
FORMS: dict[str, Callable[[Two, str], tuple[str, dict]]] = {
    "answer": lambda two, to: (f"/threads/{two.questions[to].pk}/reply/", {"source": "An answer."}),
    "comment": lambda two, to: (
        f"/threads/{two.open.pk}/reply/",
        {"source": "A comment.", "parent": two.answers[to].pk},
    ),
    "vote": lambda two, to: (f"/posts/{two.answers[to].pk}/vote/", {"value": "1"}),
    "vote down": lambda two, to: (f"/posts/{two.questions[to].posts.get(number=1).pk}/vote/", {"value": "-1"}),
    "agree": lambda two, to: (f"/posts/{two.answers[to].pk}/agree/", {"on": "1"}),
    "mark": lambda two, to: (f"/posts/{two.answers[to].pk}/mark/", {"kind": "failed", "reason": "No.", "version": "1"}),
    "follow": lambda two, to: ("/follow/", {"kind": "person", "id": two.person(to).pk, "level": "3"}),
}
SENTENCES = {
    "answer": "You cannot reply to this person.",
    "comment": "You cannot reply to this person.",
    "vote": "You cannot vote on posts by this person.",
    "vote down": "You cannot vote on posts by this person.",
    "agree": "You cannot react to posts by this person.",
    "mark": "You cannot react to posts by this person.",
    "follow": "You cannot follow this person.",
}


def followers():
    return Follow.objects.filter(person__isnull=False)


def counts() -> tuple[int, ...]:
    return Post.objects.count(), *(model.objects.count() for model in (Reaction, Agreement, Mark)), followers().count()


@pytest.mark.parametrize("actor", ["ada", "ben"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", FORMS)
def test_acts_on_each_other(two, act, state, actor, signed_in) -> None:
    STATES[state](two)
    before = counts()
    path, form = FORMS[act](two, two.other(actor))
    response = signed_in(two.person(actor)).post(path, form)
    after = counts()
    if state != "ada blocked":
        assert response.status_code == 302 and sum(after) == sum(before) + 1
        return
    assert response.status_code == (422 if "source" in form else 403) and after == before
    page = response.content.decode()
    assert ("You blocked this person. Unblock them first." in page) == (actor == "ada")
    assert (SENTENCES[act] in page) == (actor == "ben")
    if "source" in form:
        assert form["source"] in page  # nothing is lost


TELLING: dict[str, Callable[[Two, User, User], object]] = {
    "answer": lambda two, actor, to: reply(actor, two.questions[to.handle], "An answer."),
    "comment": lambda two, actor, to: reply(actor, two.open, "A comment.", two.answers[to.handle]),
    "mention": lambda two, actor, to: reply(actor, two.open, f"As @{to.handle} says."),
    "mention in an edit": lambda two, actor, to: edit_post(
        post=two.answers[actor.handle], editor=actor, source=f"As @{to.handle} says.", base_version=1
    ),
    "quote": lambda two, actor, to: reply(actor, two.open, quoted(two.answers[to.handle])),
    "new post in a followed thread": lambda two, actor, to: (
        social.follow(follower=to, thread=two.open),
        reply(actor, two.open, "More."),
    ),
    "new thread with a followed tag": lambda two, actor, to: (
        social.follow(follower=to, tag=tag_of(two)),
        announced(start_thread(author=actor, kind="note", source="A note.", tags=["xor"])),
    ),
    "mark": lambda two, actor, to: set_mark(
        user=actor, post=two.answers[to.handle], kind="failed", reason="No.", version=1
    ),
    "follow": lambda two, actor, to: social.follow(follower=actor, person=to),
}
REFUSED = ("answer", "comment", "mark", "follow")  # by a block, as above


def quoted(post: Post) -> str:
    url = f"http://testserver{post.get_absolute_url()}"
    return f"> @{post.author.handle} wrote in [#{post.number}]({url}):\n>\n> Words\n\nNo."


def announced(thread: Thread) -> None:
    """Deliver a thread, as the job after its commit does: with its tags."""
    delivery.announce(thread.posts.get().pk)


def tag_of(two: Two):
    return start_thread(author=two.ada, kind="note", source="Tagged.", tags=["xor"]).tags.get()


@pytest.mark.parametrize("actor", ["ada", "ben"])
@pytest.mark.parametrize(
    ("told", "state"),
    [(told, state) for told in TELLING for state in STATES if state != "ada blocked" or told not in REFUSED],
)
def test_what_each_is_told_of_the_other(two, told, state, actor) -> None:
    STATES[state](two)
    listener = two.person(two.other(actor))
    Notification.objects.all().delete()
    TELLING[told](two, two.person(actor), listener)
    is_told = state == "nothing" or (state == "ada muted" and actor == "ada")
    assert (
        Notification.objects.filter(recipient=listener).exclude(verb="follow" if told != "follow" else "").count()
        == is_told
    )
    assert unread_count(listener) == is_told


@pytest.mark.parametrize("first", ["mute", "notice"])
def test_a_mute_while_the_notice_is_on_its_way(two, first) -> None:
    """Whichever is written first, it is neither counted nor shown; undoing the mute shows it."""
    note = Notification(
        recipient=two.ada,
        actor=two.ben,
        verb="reply",
        target_kind="post",
        target_id=two.answers["ben"].pk,
        key="post:0",
    )
    if first == "notice":
        note.save()
        assert unread_count(two.ada) == 1
    services.mute(person=two.ada, other=two.ben)
    if first == "mute":
        note.save()
    assert unread_count(two.ada) == 0 and not Notification.objects.of(two.ada).exists()
    services.undo(person=two.ada, other=two.ben)
    assert Notification.objects.of(two.ada).get() == note


def test_a_block_ends_what_the_two_follow_of_each_other(two) -> None:
    for follower, person in ((two.ada, two.ben), (two.ben, two.ada)):
        social.follow(follower=follower, person=person)
    services.mute(person=two.ada, other=two.ben)
    assert followers().count() == 2
    services.block(person=two.ada, other=two.ben)
    assert followers().count() == 0


def test_a_vote_from_before_a_block_can_be_withdrawn(two, signed_in) -> None:
    social.vote(user=two.ben, post=two.answers["ada"], value=1)
    services.block(person=two.ada, other=two.ben)
    browser = signed_in(two.ben)
    assert 'aria-pressed="true" disabled' not in browser.get(two.open.get_absolute_url()).content.decode()
    assert browser.post(f"/posts/{two.answers['ada'].pk}/vote/", {"value": "0"}).status_code == 302
    assert not Reaction.objects.exists()


def test_an_answer_elsewhere_in_a_thread_is_allowed(two) -> None:
    """A block is between two people: both go on writing where others ask."""
    services.block(person=two.ada, other=two.ben)
    assert reply(two.ben, two.open, "Another way.").pk
    assert reply(two.ada, two.open, "Mine.").pk


def test_who_writes_a_reply_is_not_held_up_by_somebody_they_muted(two, signed_in) -> None:
    services.mute(person=two.ada, other=two.ben)
    seen = Thread.objects.get(pk=two.open.pk).last_number
    reply(two.ben, two.open, "Meanwhile.")
    form = {"source": "What I was writing.", "seen": seen}
    assert signed_in(two.ada).post(f"/threads/{two.open.pk}/reply/", form).status_code == 302


@pytest.mark.parametrize("kind", ["reply", "comment"])
def test_a_draft_of_a_reply_that_a_block_forbids_opens_as_a_thread(two, kind, signed_in) -> None:
    key = {"reply": f"reply:{two.questions['ada'].pk}", "comment": f"comment:{two.answers['ada'].pk}"}[kind]
    browser = signed_in(two.ben)
    browser.post("/drafts/save/", {"key": key, "source": "Half a thought."})
    services.block(person=two.ada, other=two.ben)
    page = browser.get("/drafts/").content.decode()
    assert "Half a thought." in page and "/write/?kind=discussion" in page


@pytest.mark.parametrize("path", ["/posts/{}/reply/", "/posts/{}/quote/"])
def test_the_form_to_reply_is_refused_before_anything_is_written(two, path, signed_in) -> None:
    services.block(person=two.ada, other=two.ben)
    response = signed_in(two.ben).get(path.format(two.answers["ada"].pk))
    assert response.status_code == 403 and "You cannot reply to this person." in response.content.decode()
