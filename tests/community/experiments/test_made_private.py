"""A run that was everywhere and then became private: no page says anything of it to others, its owner still sees it.

It proved an answer in a thread of others, was pinned to a profile, compared, framed, listed, suggested, mailed, in a
family and in the living archive. Pages that were kept, for visitors and for members, forget it at once.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from bpsandbox import archive
from bpsandbox.lineage import with_parent
from bpsandbox.models import Attachment, Run, Spec
from community.content.services import add_post, delete_post, edit_post, start_thread
from community.experiments import roundup
from community.forum.services import accept_answer, point_at_run
from community.moderation.services import hide
from community.profiles.services import pin_run
from community.social.services import follow
from tests.factories import ModeratorFactory, PersonFactory
from tests.kept_pages import kept_pages
from tests.training import train

pytestmark = pytest.mark.django_db
TITLE, RATE = "Zebra title", "1.7321"
ACTS = ("make private", "hide", "delete", "edit out", "unpublish")
QUESTION_FEED = "/feeds/t/{question}.atom"
"""That of the thread that shows the run, which leaves with its first post."""
SHOWN = (
    "{thread}", "/@quaggakeeper/", "/compare/?runs={run},{fork}", "/compare/curve.svg?runs={run},{fork}",
    "/embed/runs/{run}/", "/oembed?url=http://testserver/runs/{run}/", "/runs/", "/runs/?data=xor", "/data/xor/",
    "/search/?q=xor", "/search/suggest/?q=xor", "/runs/{open}/family/", "/runs/{fork}/", "/runs/{fork}/family/",
    "/runs/{run}/", "/runs/{run}/card.png", "/runs/{run}/curve.svg", "/api/v1/runs/{number}", "/api/v1/search?q=xor",
    "/feeds/site.atom", "/feeds/questions.atom", "/feeds/@quaggakeeper.atom", "/feeds/@quaggakeeper.rss", QUESTION_FEED,
)  # fmt: skip
"""Addresses that show the run, or something of it, while it is public."""
SAID_BESIDE = ("/search/", "/api/v1/search")
"""Answers that have the words of posts too, which are not taken back with a run that alone became private."""


UNNAMED = {"/compare/curve.svg?runs={run},{fork}", "/runs/{run}/card.png", "/runs/{run}/curve.svg"}
"""Pictures, which have a run's curve without its name."""


@dataclass(frozen=True)
class Everywhere:
    run: str
    open: str
    fork: str
    number: int
    question: int
    thread: str
    owner: object
    post: object
    reader: object

    def pages(self, browser: Client) -> dict[str, tuple[int, bytes]]:
        found = {}
        for door in SHOWN:
            answer = browser.get(door.format(**vars(self)))
            found[door] = answer.status_code, answer.content
        return found


@pytest.fixture(autouse=True)
def _kept():
    """Keep pages: what is taken back has to leave those that were kept."""
    with kept_pages():
        yield


@pytest.fixture
def everywhere(trained, config, asked) -> Everywhere:
    cache.clear()  # suggestions are kept
    owner, asker, reader = PersonFactory(handle="quaggakeeper"), PersonFactory(), PersonFactory()
    parent = trained()
    text = with_parent(config(title=TITLE, optimizer=f"{{type: SGD, lr: {RATE}}}"), parent)
    post = asked(owner, text=text)
    run = train()
    fork = trained(with_parent(config(optimizer="{type: SGD, lr: 0.5}"), run))
    thread = start_thread(author=asker, kind="question", title="Stuck?", source="At 0.25.", publish=True)
    answer = add_post(thread=thread, author=PersonFactory(), source="See that one.", role="answer")
    accept_answer(answer=answer, by=asker)
    answer.thread.refresh_from_db()
    point_at_run(answer=answer, by=asker, key=run)
    pin_run(owner=owner, spec_hash=run)
    follow(follower=reader, person=owner, level=2)
    number = Spec.objects.get(hash=run).current_run_id
    return Everywhere(run, parent, fork, number, post.thread_id, thread.get_absolute_url(), owner, post, reader)


def withdraw(made: Everywhere, act: str) -> None:
    post = made.post
    if act == "make private":
        Attachment.objects.filter(spec__hash=made.run).update(visibility="private")
    elif act == "hide":
        hide(actor=ModeratorFactory(), post=post, note="")
    elif act == "delete":
        delete_post(post=post, by=made.owner)
    elif act == "unpublish":
        type(post.thread).objects.filter(pk=post.thread_id).update(published_at=None)
    else:
        edit_post(post=post, editor=made.owner, source="No run any more.", base_version=post.version)


def says(made: Everywhere, body: bytes) -> list[str]:
    return [word for word in (TITLE, RATE, made.run, made.run[:12]) if word.encode() in body]


def browser_of(person) -> Client:
    browser = Client()
    if person is not None:
        browser.force_login(person)
    return browser


def still_told(made: Everywhere, act: str, door: str, status: int, body: bytes) -> list[object]:
    """Return what an address still tells of the run, its status among it if that is not the one expected."""
    own = "s/{run}" in door or "{number}" in door
    is_gone = own or (door == QUESTION_FEED and act in ("hide", "delete", "unpublish"))
    found = says(made, body.replace(made.run.encode(), b"") if own or "compare" in door else body)
    if act == "make private" and door.startswith(SAID_BESIDE) and found == [TITLE]:
        found = []
    return found if status == (404 if is_gone else 200) else [status, *found]


@pytest.mark.parametrize("act", ACTS)
def test_nobody_else_is_told_of_it_anywhere_at_once_and_its_owner_still_sees_it(everywhere, act):
    made, before = everywhere, timezone.now() - timedelta(days=1)
    browsers = [browser_of(None), browser_of(made.reader)]
    for browser in browsers:
        for _visit in range(2):  # made, then kept
            assert [door for door, (status, _body) in made.pages(browser).items() if status != 200] == []
    shown = made.pages(browsers[0])
    assert {door for door, (_status, body) in shown.items() if not says(made, body)} == UNNAMED
    assert "Solved by a run" in shown["{thread}"][1].decode()
    assert roundup.one_run(made.reader, before)
    withdraw(made, act)
    for browser in browsers:
        after = made.pages(browser)
        assert {door: told for door, answer in after.items() if (told := still_told(made, act, door, *answer))} == {}
        assert after["/compare/curve.svg?runs={run},{fork}"] != shown["/compare/curve.svg?runs={run},{fork}"]
        page = after["{thread}"][1].decode()
        assert "Solved by a run" not in page and "A run proves this answer" not in page
        assert 'id="pinned"' not in after["/@quaggakeeper/"][1].decode()
    assert roundup.one_run(made.reader, before) == []
    owners = browser_of(made.owner).get(f"/runs/{made.run}/")
    assert owners.status_code == (404 if act == "edit out" else 200)


@pytest.mark.parametrize("act", ACTS)
def test_the_living_archive_repeats_and_reports_no_run_that_left_the_public(everywhere, act):
    made = everywhere
    Run.objects.filter(pk=made.number).update(engine_version="0")
    spec = Spec.objects.get(hash=made.run)
    assert made.run in archive.outdated().values_list("hash", flat=True)
    withdraw(made, act)
    assert made.run not in archive.outdated().values_list("hash", flat=True)
    assert archive.repeat(spec.pk) is None  # it was listed before
    assert Run.objects.filter(spec=spec).count() == 1


@pytest.mark.parametrize("act", ACTS[:-1])
def test_a_repetition_is_as_private_as_what_it_repeats(everywhere, act):
    made = everywhere
    Run.objects.filter(pk=made.number).update(engine_version="0")
    repetition = archive.repeat(Spec.objects.get(hash=made.run).pk)
    train()
    assert [each.spec_hash for each in archive.drifts()] == [made.run]
    assert Client().get(f"/api/v1/runs/{repetition}").status_code == 200
    withdraw(made, act)
    assert list(archive.drifts()) == []
    for person in (None, made.reader):
        for path in (f"/api/v1/runs/{repetition}", f"/api/v1/runs/{made.number}", f"/runs/{made.run}/"):
            assert browser_of(person).get(path).status_code == 404


def test_the_archive_takes_what_suspended_people_left_in_public_posts_and_nothing_else_of_theirs(
    everywhere, trained, config
):
    made = everywhere
    private = trained(config(seeds="[9]"), requester=made.owner, visibility="private")
    Run.objects.update(engine_version="0")
    made.owner.is_active = False
    made.owner.save()
    found = set(archive.outdated().values_list("hash", flat=True))
    assert made.run in found and private not in found
    assert archive.repeat(Spec.objects.get(hash=private).pk) is None
