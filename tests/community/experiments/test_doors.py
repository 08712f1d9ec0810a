"""Who sees what of a run: every address of it, found in the URLconf, by everybody, for every kind of visibility."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bpsandbox.models import Run
from community.api.models import Scope, new_token
from community.content.models import Post
from community.experiments.views.runs import BESIDE
from tests.factories import ModeratorFactory, PersonFactory
from tests.factories.runs import RUNS, SEEN_BY_VISITORS, run_of
from tests.training import XOR

pytestmark = pytest.mark.django_db
SECRET = "Sesame"
CONFIG = f"title: {SECRET}\n{XOR}"
ACTS = frozenset(
    {"rerun", "cancel", "work", "api-v1:run_cancel", "api-v1:run_again", "api-v1:run_work", "profiles:pin-run"}
)
LIBRARIES, FILES = ("pytorch", "numpy"), ("notebook.ipynb", "series.npz", "weights.npz", "weights.safetensors")
FOR_ALL_ALIKE = frozenset({"embed", "oembed"})
PEOPLE = ("owner", "moderator", "stranger", "visitor")  # the owner first: nothing of theirs may be kept for others
KINDS = (*RUNS, "in_a_post_of_a_suspended_author", "private_of_a_suspended_author")


@dataclass(frozen=True)
class Door:
    """An address of a run: of its page's parts by its hash, of the API by its number."""

    name: str
    route: str
    more: tuple[str, ...] = ()

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api-v1:")

    def address(self, run: Run) -> str:
        if self.name == "oembed":
            return reverse("experiments:oembed") + f"?url=http://testserver/runs/{run.spec.hash}/"
        return reverse(self.route, args=[run.pk if self.is_api else run.spec.hash, *self.more])


def _doors() -> list[Door]:
    found = [Door("oembed", "experiments:oembed")]
    for space, pattern in _patterns(get_resolver().url_patterns):
        wanted = pattern.pattern.converters.keys()
        if not {"spec_hash", "run_id"} & wanted or pattern.name in ACTS:
            continue
        route = f"{space}{pattern.name}"
        name = pattern.name if space == "experiments:" else route
        if "library" in wanted:
            found += [Door(name, route, (library,)) for library in LIBRARIES]
        elif "name" in wanted:
            found += [Door(name, route, (file,)) for file in FILES]
        elif "part" in wanted:
            found += [Door(name, route, (part,)) for part in BESIDE]
        elif "kind" in wanted:
            found += [Door(name, route, (kind,)) for kind in ("network", "boundary")]
        else:
            found.append(Door(name, route))
    return [door for door in found if door.name not in ACTS]


def _patterns(patterns, space=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield space, pattern


DOORS = _doors()


def sees(who: str, kind: str, *, is_numbered: bool = False) -> bool:
    """Say the rule: what is shared is for all; what is hidden is for staff too; what is private is its owner's.

    What is shared by its link is opened by that, and not by a number of the API, up to which anybody can count.
    """
    if kind == "deleted":
        return False
    if kind == "by_link" and is_numbered:
        return who == "owner"
    if kind in SEEN_BY_VISITORS or kind == "in_a_post_of_a_suspended_author":
        return True
    if kind in ("in_a_hidden_post", "in_a_deleted_post"):
        return who in ("owner", "moderator")
    return who == "owner" and kind in ("private", "in_a_draft")


@dataclass(frozen=True)
class Person:
    browser: Client
    headers: dict[str, str]

    def ask(self, door: Door, address: str):
        return Client().get(address, headers=self.headers) if door.is_api else self.browser.get(address)


def person(user) -> Person:
    browser = Client()
    if user is None:
        return Person(browser, {})
    browser.force_login(user)
    _token, secret = new_token(owner=user, name="doors", scope=Scope.READ, days=1)
    return Person(browser, {"Authorization": f"Bearer {secret}"})


def test_the_addresses_are_those_that_are_known():
    """One that is added is tested by being there; this says that none is lost."""
    names = {door.name for door in DOORS}
    assert {
        "run", "curves", "snapshot", "stage", "card", "events", "fork", "family", "curve", "card-png", "series",
        "result", "twin", "file", "citation", "worked", "worked-tex", "worked-md", "embed", "oembed",
    } <= names  # fmt: skip
    of_api = {name.removeprefix("api-v1:run_") for name in names if name.startswith("api-v1:")}
    assert {
        "detail", "events", "curve", "card", "series", "result", "worked_tex", "worked_md", "twin", "file", "citation",
        "config", "picture",
    } <= of_api  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_address_of_a_run_is_open_to_who_may_see_it_and_to_nobody_else(kind):
    owner = PersonFactory()
    is_suspended = kind.endswith("suspended_author")
    people = {
        "owner": person(owner), "moderator": person(ModeratorFactory()),
        "stranger": person(PersonFactory()), "visitor": person(None),
    }  # fmt: skip
    run = run_of(owner, kind.partition("_of_a_suspended")[0], config=CONFIG)
    if is_suspended:
        type(owner).objects.filter(pk=owner.pk).update(is_active=False)
    wrong = []
    for door in DOORS:
        for who in PEOPLE:
            answer = people[who].ask(door, door.address(run))
            wrong += [f"{door} {who}: {told}" for told in problems(answer, door, who, kind, is_suspended)]
    assert wrong == []


def problems(answer, door, who, kind, is_suspended):
    """Yield what is wrong with an answer."""
    is_seen = sees("visitor" if door.name in FOR_ALL_ALIKE else who, kind, is_numbered=door.is_api)
    has_dead_token = is_suspended and who == "owner" and door.is_api
    expected = 401 if has_dead_token else 200 if is_seen else 404
    if answer.status_code != expected:
        yield f"{answer.status_code} instead of {expected}"
    body = b"" if answer.streaming else answer.content
    if expected != 200 and SECRET.encode() in body:
        yield "names the run"
    kept_by = answer.get("Cache-Control", "")
    if "public" in kept_by or "s-maxage" in kept_by or not ("private" in kept_by or "no-store" in kept_by):
        yield f"may be kept by a shared cache: {kept_by!r}"


def test_a_run_whose_post_is_gone_closes_its_addresses_at_once():
    """No page, picture or frame that was made for a visitor outlives the visibility of its post."""
    run = run_of(PersonFactory(), "in_a_post", config=CONFIG)
    visitor = person(None)
    for door in DOORS:
        assert visitor.ask(door, door.address(run)).status_code == 200, door
    Post.objects.get(pk=run.spec.attachments.get().target_id).delete()
    still_open = [door for door in DOORS if visitor.ask(door, door.address(run)).status_code != 404]
    assert still_open == []


@pytest.mark.parametrize("ended", ["revoked", "of_another", "nonsense"])
def test_a_token_that_is_not_the_owners_opens_nothing_private(ended):
    owner = PersonFactory()
    run = run_of(owner, "private", config=CONFIG)
    holder = PersonFactory() if ended == "of_another" else owner
    token, secret = new_token(owner=holder, name="doors", scope=Scope.READ, days=1)
    if ended == "revoked":
        token.revoked_at = token.created_at
        token.save()
    asking = Person(Client(), {"Authorization": f"Bearer {'chr_nonsense' if ended == 'nonsense' else secret}"})
    answers = [asking.ask(door, door.address(run)) for door in DOORS if door.is_api]
    assert {answer.status_code for answer in answers} == {404 if ended == "of_another" else 401}
    assert not any(SECRET.encode() in answer.content for answer in answers)
