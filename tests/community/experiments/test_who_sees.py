"""Who sees a run through which page: every kind of run, for every kind of reader, through every door to it.

Some doors are opened by who has the address. Others lead to runs unasked: lists, families, data sets, search.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import pytest
from django.test import Client

from bpsandbox import services as sandbox
from bpsandbox.lineage import with_parent
from bpsandbox.models import Attachment, Spec
from community.content.models import Post
from community.content.services import add_post, delete_post, edit_post
from community.moderation.services import hide
from tests.factories import ModeratorFactory, PersonFactory, QuestionFactory
from tests.training import train

pytestmark = pytest.mark.django_db

EVERYONE = frozenset({"visitor", "stranger", "owner", "moderator"})
OWNER, AUTHOR_AND_STAFF = frozenset({"owner"}), frozenset({"owner", "moderator"})
# Who may open a run of each kind, who finds it in a list, and who in a family, where one's own runs are too.
KINDS = {
    "public": (EVERYONE, EVERYONE, EVERYONE),
    "by its link": (EVERYONE, frozenset(), OWNER),
    "private": (OWNER, frozenset(), OWNER),
    "in a post": (EVERYONE, EVERYONE, EVERYONE),
    "of a suspended author": (EVERYONE, EVERYONE, EVERYONE),  # who is a visitor then
    "in a draft": (OWNER, OWNER, OWNER),
    "in a hidden thread": (AUTHOR_AND_STAFF, AUTHOR_AND_STAFF, AUTHOR_AND_STAFF),
    "in a deleted thread": (AUTHOR_AND_STAFF, AUTHOR_AND_STAFF, AUTHOR_AND_STAFF),
    "in a hidden answer": (AUTHOR_AND_STAFF, AUTHOR_AND_STAFF, AUTHOR_AND_STAFF),
    "in a deleted answer": (AUTHOR_AND_STAFF, AUTHOR_AND_STAFF, AUTHOR_AND_STAFF),
    "deleted": (frozenset(), frozenset(), frozenset()),
}
VISIBILITIES = {"public": "public", "by its link": "unlisted", "private": "private", "deleted": "private"}
WORDS = ("Zebra title", "Quagga notes", "1.7321")
# Every address of a run by itself is in test_doors, frames in test_frames.
OPENED = (
    "/runs/{run}/",
    "/runs/{run}/fork/",
    "/playground/?run={run}",
    "/playground/?fork={run}",
    "/compare/?runs={run}",
)
LISTS = (
    "/runs/", "/runs/?data=xor", "/runs/?layer=Linear&optimizer=SGD", "/runs/?data=xor&loss=MSELoss&sort=loss",
    "/data/xor/", "/compare/",
)  # fmt: skip
ELSEWHERE = (
    "/", "/latest/", "/questions/", "/search/?q=quagga", "/search/?q=Zebra", "/runs/?q=quagga", "/runs/?q=xor",
    "/@quaggakeeper/", "/@quaggakeeper/?show=run", "/feeds/site.atom", "/sitemap-threads.xml", "/playground/",
    "/data/", "/config/", "/runs/?data=iris", "/compare/?runs={open}", "/api/v1/threads",
)  # fmt: skip
FAMILIES = ("/runs/{open}/family/", "/runs/{fork}/family/", "/runs/{fork}/")


@dataclass(frozen=True)
class Site:
    """A run of one kind, a public run that it was forked from, and a public fork of it."""

    run: str
    open: str
    fork: str
    browsers: dict[str, Client]

    def get(self, role: str, door: str) -> tuple[int, str]:
        path = door.format(run=self.run, open=self.open, fork=self.fork)
        answer = self.browsers[role].get(path, follow=True)
        return answer.status_code, "" if answer.streaming else answer.content.decode(errors="replace")


@pytest.fixture
def site(asked, trained, config) -> Callable[[str], Site]:
    def make(kind: str) -> Site:
        owner, moderator = PersonFactory(handle="quaggakeeper"), ModeratorFactory()
        parent = trained()
        changed = config(title="Zebra title", notes="Quagga notes", optimizer="{type: SGD, lr: 1.7321}")
        run = _run(kind, with_parent(changed, parent), owner, moderator, asked, trained)
        fork = trained(with_parent(config(optimizer="{type: SGD, lr: 0.5}"), run))
        people = {"stranger": PersonFactory(), "owner": owner, "moderator": moderator}
        browsers = {"visitor": Client()} | {role: _browser(person) for role, person in people.items()}
        return Site(run, parent, fork, browsers)

    return make


def _browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _run(kind: str, text: str, owner, moderator, asked, trained) -> str:
    if kind in VISIBILITIES:
        run = trained(text, requester=owner, visibility=VISIBILITIES[kind])
        if kind == "deleted":
            Spec.objects.get(hash=run).delete()
        return run
    if "answer" in kind:
        question = QuestionFactory()
        post = add_post(thread=question, author=owner, role="answer", source=f"Look:\n\n```bp\n{text}```\n")
    else:
        post = asked(owner, text=text, publish=kind != "in a draft")
    run = train()
    if "hidden" in kind:
        hide(actor=moderator, post=post, note="")
    elif "deleted" in kind:
        delete_post(post=post, by=owner)
    elif "suspended" in kind:
        owner.is_active = False
        owner.save()
    return run


# Readers who may differ, for each kind; a hidden thread hides as a hidden answer does, a deleted answer as its thread.
AT_EVERY_COMMIT = {
    "public": {"visitor"},
    "by its link": {"stranger", "owner"},
    "private": EVERYONE,
    "in a post": {"visitor"},
    "of a suspended author": {"owner"},
    "in a draft": {"stranger", "owner", "moderator"},
    "in a deleted thread": EVERYONE,
    "in a hidden answer": EVERYONE,
    "deleted": {"visitor", "owner"},
}
CELLS = [*AT_EVERY_COMMIT.items(), *(pytest.param(kind, EVERYONE, marks=pytest.mark.full) for kind in KINDS)]


@pytest.mark.parametrize(("kind", "readers"), CELLS)
def test_a_run_is_seen_through_each_door_by_those_who_may_and_by_nobody_else(site, kind, readers):
    made = site(kind)
    opened, listed, related = KINDS[kind]
    assert [*_opened(made, readers, opened), *_told(made, readers, listed, related)] == []


STRANGERS = [(kind, {"stranger"}) for kind in ("private", "in a draft", "in a hidden answer", "deleted")]
OTHERS = [
    pytest.param(kind, EVERYONE - opened, marks=pytest.mark.full)
    for kind, (opened, *_) in KINDS.items()
    if EVERYONE - opened
]


@pytest.mark.parametrize(("kind", "roles"), [*STRANGERS, *OTHERS])
def test_no_page_elsewhere_tells_of_a_run_to_who_may_not_open_it(site, kind, roles):
    made, wrong = site(kind), []
    for role in roles:
        for door in ELSEWHERE:
            status, body = made.get(role, door)
            if status != 200 or _leaks(made, body) or made.run in body:
                wrong.append((role, door, status))
    assert wrong == []


def _opened(made: Site, readers: Collection[str], allowed: frozenset[str]):
    """Yield the doors that open for somebody who may not enter, or stay closed for somebody who may."""
    for role in readers:
        for door in OPENED:
            status, body = made.get(role, door)
            if (status == 200) != (role in allowed) or (status not in (200, 404)):
                yield role, door, status
            if role not in allowed and (found := [word for word in WORDS if word in body]):
                yield role, door, found
        status, body = made.get(role, "/compare/?runs={run},{open}")
        if ("1.7321 → 2" in body) != (role in allowed) or (role not in allowed and _leaks(made, body)):
            yield role, "comparison with another run", status


def _told(made: Site, readers: Collection[str], listed: frozenset[str], related: frozenset[str]):
    """Yield the pages that lead to the run unasked for somebody who may not find it, or do not for who may."""
    for role in readers:
        for door in LISTS:
            _status, body = made.get(role, door)
            if (made.run in body) != (role in listed) or (role not in listed and _leaks(made, body)):
                yield role, door
        for door in FAMILIES:
            _status, body = made.get(role, door)
            if (f"/runs/{made.run}/" in body) != (role in related) or (role not in related and _leaks(made, body)):
                yield role, door
        _status, body = made.get(role, "/runs/{open}/")
        if ("1 fork" in body) != (role in related) or (role not in related and _leaks(made, body)):
            yield role, "page of the parent"


def _leaks(made: Site, body: str) -> list[str]:
    """Return what a page says of the run; the word that was searched for is in the form."""
    return [word for word in (*WORDS, f"/runs/{made.run}/") if word in body]


@pytest.mark.parametrize("act", ["hide", "delete", "make private", "delete spec"])
def test_pages_that_were_kept_forget_a_run_that_nobody_may_see_any_more(asked, trained, config, visitor, act):
    owner, parent = PersonFactory(handle="quaggakeeper"), trained()
    text = with_parent(config(title="Zebra title", optimizer="{type: SGD, lr: 1.7321}"), parent)
    post = asked(owner, text=text)
    run = train()
    fork = trained(with_parent(config(optimizer="{type: SGD, lr: 0.5}"), run))
    doors = [
        door.format(run=run, open=parent, fork=fork) for door in (*LISTS, *FAMILIES, "/compare/?runs={run},{fork}")
    ]
    for _visit in range(2):  # made, then kept
        assert [door for door in doors if run not in visitor.get(door).content.decode()] == []
    {
        "hide": lambda: hide(actor=ModeratorFactory(), post=post, note=""),
        "delete": lambda: delete_post(post=post, by=owner),
        "make private": lambda: Attachment.objects.filter(spec__hash=run).update(visibility="private"),
        "delete spec": lambda: Spec.objects.get(hash=run).delete(),
    }[act]()
    pages = {door: visitor.get(door).content.decode() for door in doors}
    assert [
        door for door, page in pages.items() if "Zebra" in page or "1.7321" in page or f"/runs/{run}/" in page
    ] == []


GONE, GENERAL = "This run was deleted.", "This link leads nowhere."
ABSENT = "The playground can begin with another config"


@pytest.mark.parametrize("kind", ["in a deleted answer", "in a deleted thread", "in a hidden answer", "deleted"])
def test_a_deleted_run_says_so_to_those_who_could_have_seen_it(site, kind):
    made = site(kind)
    for door in ("/runs/{run}/", "/playground/?run={run}", "/playground/?fork={run}"):
        status, page = made.get("stranger", door)
        absent = ABSENT if door.startswith("/playground/") else GENERAL
        assert status == 404 and (GONE if "in a deleted" in kind else absent) in page
    ids = Attachment.objects.filter(spec__hash=made.run, target_kind="post").values_list("target_id", flat=True)
    threads = [post.thread.get_absolute_url() for post in Post.objects.filter(pk__in=ids)]
    assert [url for url in threads if f'href="{url}"' in page] == (threads if kind == "in a deleted answer" else [])


@pytest.mark.parametrize("model", [Spec, Attachment])
@pytest.mark.parametrize("kind, told", [
    ("public", GONE), ("in a post", GONE), ("by its link", GONE), ("private", GENERAL), ("in a draft", GENERAL),
    ("in a hidden answer", GENERAL),
])  # fmt: skip
def test_what_the_admin_deletes_is_gone_for_those_who_could_have_seen_it(site, kind, told, model, admin_client):
    made = site(kind)
    rows = Spec.objects.filter(hash=made.run) if model is Spec else Attachment.objects.filter(spec__hash=made.run)
    name = model._meta.model_name
    for pk in rows.values_list("pk", flat=True):
        admin_client.post(f"/staff/bpsandbox/{name}/{pk}/delete/", {"post": "yes"})
    assert not rows.exists()
    pages = [made.get(role, "/runs/{run}/") for role in ("visitor", "stranger")]
    assert [(status, told in page) for status, page in pages] == [(404, True)] * 2


def test_several_that_the_admin_deletes_at_once_are_gone(trained, config, admin_client):
    open_, private = trained(), trained(config(seeds="[5]"), requester=PersonFactory(), visibility="private")
    chosen = {"action": "delete_selected", "_selected_action": Spec.objects.values_list("pk", flat=True), "post": "yes"}
    admin_client.post("/staff/bpsandbox/spec/", chosen)
    pages = [Client().get(f"/runs/{each}/").content.decode() for each in (open_, private)]
    assert [GONE in page for page in pages] == [True, False] and not Spec.objects.exists()


def test_what_leaves_a_public_post_or_a_visitors_day_is_gone_and_what_leaves_a_draft_never_was(asked, trained, config):
    owner, visitor = PersonFactory(), Client()
    posts = [asked(owner, text=config(seeds=f"[{place}]"), publish=place == 0) for place in range(2)]
    hashes = [train(), train()]
    for post in posts:
        edit_post(post=post, editor=owner, source="No run any more.", base_version=post.version)
    hashes.append(trained(config(seeds="[2]"), owner_key="key", visibility="unlisted"))
    Attachment.objects.filter(owner_key="key").update(expires_at="2026-01-01T00:00Z")
    sandbox.expire()
    told = [GONE in visitor.get(f"/runs/{each}/").content.decode() for each in hashes]
    assert told == [True, False, True] and visitor.get(f"/runs/{'0' * 32}/").status_code == 404
