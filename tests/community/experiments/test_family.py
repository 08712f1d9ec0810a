"""What a run was forked from, and what was forked from it, as each reader may see it."""

import re

import pytest

from bpsandbox.lineage import with_parent
from bpsandbox.models import Attachment, Spec
from community.content.models import Draft
from community.experiments.visitors import COOKIE
from tests.factories import PersonFactory

from .conftest import train
from .test_compare import text_of
from .test_compare_own_runs import LINE, deleted, hidden

pytestmark = pytest.mark.django_db

GONE = "Forked from a run that is not available."
KINDS = {
    "public": ("visitor", "member", "owner", "moderator"),
    "unlisted": ("owner",),
    "private": ("owner",),
    "hidden post": ("owner", "moderator"),
    "deleted post": ("owner", "moderator"),
    "draft": ("owner",),
}
# The other kinds are among the pages of test_who_sees.py at every commit.
CELLS = [
    kind if kind in ("public", "private", "hidden post") else pytest.param(kind, marks=pytest.mark.full)
    for kind in KINDS
]


@pytest.fixture
def fork(trained, config):
    """Return a function that trains a public fork of a run with another learning rate; it returns the hash."""

    def make(parent: str, lr: str, **wish) -> str:
        return trained(with_parent(config(optimizer=f"{{type: SGD, lr: {lr}}}"), parent), **wish)

    return make


@pytest.fixture
def made(asked, trained, config):
    """Return the owner and a function that trains a run of a kind from a text; it returns the hash."""
    owner = PersonFactory()

    def make(kind: str, text: str) -> str:
        if kind in ("unlisted", "private"):
            return trained(f"title: Secret title\n{text}", requester=owner, visibility=kind)
        post = asked(owner, text=f"title: Secret title\n{text}", publish=kind != "draft")
        spec_hash = train()
        {"hidden post": hidden, "deleted post": deleted}.get(kind, lambda _post: None)(post)
        return spec_hash

    return owner, make


@pytest.fixture
def browsers(visitor, signed_in, member, moderator, made):
    return {"visitor": visitor, "member": signed_in(member), "owner": signed_in(made[0]),
            "moderator": signed_in(moderator)}  # fmt: skip


def test_a_fork_names_its_parent_and_the_parent_its_forks(trained, fork, visitor, django_assert_max_num_queries):
    parent = trained()
    child = fork(parent, "0.5")
    page = visitor.get(f"/runs/{child}/")
    assert f'href="/compare/?runs={parent},{child}"' in page.content.decode() and "Forked from" in text_of(page)
    assert "1 fork, family tree" in text_of(visitor.get(f"/runs/{parent}/"))
    with django_assert_max_num_queries(9):
        tree = visitor.get(f"/runs/{child}/family/")
    assert "learning rate 2 → 0.5" in text_of(tree) and tree.content.decode().count('class="edge"') == 1


def test_a_diverged_run_of_a_family_is_called_so(trained, config, visitor):
    parent = trained()
    text = with_parent(config(optimizer="{type: SGD, lr: 1e6}", model=LINE), parent)
    tree = text_of(visitor.get(f"/runs/{trained(text)}/family/"))
    assert "diverged" in tree and "final loss –" not in tree


def test_the_text_of_a_fork_says_where_it_comes_from(trained, visitor, signed_in, member):
    parent = trained()
    for path in (f"/playground/?fork={parent}", f"/runs/{parent}/fork/"):
        assert f"# forked from {parent}\n" in visitor.get(path).content.decode()
    assert "# forked from" not in visitor.get(f"/playground/?run={parent}").content.decode()
    draft = signed_in(member).post(f"/runs/{parent}/fork/", {"kind": "note"}, follow=True).content.decode()
    assert f"# forked from {parent}\n" in draft


def test_the_title_of_a_run_is_text_in_the_draft_of_its_fork(trained, config, signed_in, member):
    parent = trained(config(title='"Spiral](https://example.org) of *2* $x"'))
    path = f"/runs/{parent}/fork/"
    draft = Draft.objects.get(key=signed_in(member).post(path, {"kind": "note"}).url.rpartition("=")[2])
    assert r"[Spiral\](https://example.org) of \*2\* \$x](" in draft.source


def test_a_fork_in_the_playground_and_in_a_post_is_stored(trained, config, visitor, asked, member):
    parent = trained()
    text = with_parent(config(optimizer="{type: SGD, lr: 0.5}"), parent)
    visitor.post("/playground/", {"config": text})
    asked(member, text=text)
    assert set(Attachment.objects.filter(forked_from=parent).values_list("target_kind", flat=True)) == {"", "post"}


def test_a_visitor_sees_what_they_forked_from_their_own_run(config, visitor):
    visitor.post("/playground/", {"config": config()})
    parent = train()
    visitor.post("/playground/", {"config": with_parent(config(optimizer="{type: SGD, lr: 0.5}"), parent)})
    child = train()
    assert COOKIE in visitor.cookies and "Compare the two" in text_of(visitor.get(f"/runs/{child}/"))


@pytest.mark.parametrize("kind", CELLS)
def test_who_sees_which_parent(made, fork, browsers, config, kind):
    parent = made[1](kind, config())
    child = fork(parent, "0.5")
    for role, browser in browsers.items():
        page, tree = browser.get(f"/runs/{child}/"), browser.get(f"/runs/{child}/family/")
        if role in KINDS[kind]:
            assert f"/runs/{parent}/" in page.content.decode() and GONE not in text_of(page), role
            assert f"/runs/{parent}/" in tree.content.decode(), role
        else:
            assert GONE in text_of(page) and "Secret" not in text_of(page) + text_of(tree), role
            assert f"/runs/{parent}/" not in page.content.decode() + tree.content.decode(), role
            assert "forked from a run that is not available" in text_of(tree), role


@pytest.mark.parametrize("kind", CELLS)
def test_who_sees_and_counts_which_fork(made, trained, browsers, config, kind):
    parent = trained()
    child = made[1](kind, with_parent(config(optimizer="{type: SGD, lr: 0.5}"), parent))
    for role, browser in browsers.items():
        page, tree = browser.get(f"/runs/{parent}/"), browser.get(f"/runs/{parent}/family/")
        is_shown = role in KINDS[kind]
        assert ("1 fork" in text_of(page)) == is_shown, role
        assert (child in tree.content.decode()) == is_shown, role
        assert is_shown or "Secret" not in text_of(tree), role


def test_a_deleted_parent_and_one_that_never_was_are_the_same(trained, fork, visitor):
    parent = trained()
    child, other = fork(parent, "0.5"), fork("f" * 32, "0.7")
    Spec.objects.get(hash=parent).delete()
    for spec_hash in (child, other):
        page = visitor.get(f"/runs/{spec_hash}/")
        assert page.status_code == 200 and GONE in text_of(page) and "family tree" not in text_of(page)


def test_the_tree_has_grandparents_cousins_and_no_circles(trained, fork, visitor, config):
    first = trained(with_parent(config(), "f" * 32))
    left, right = fork(first, "0.5"), fork(first, "0.7")
    leaf = fork(left, "0.9")
    Attachment.objects.filter(spec__hash=first).update(forked_from=leaf)
    for focus in (first, left, right, leaf):
        page = visitor.get(f"/runs/{focus}/family/")
        found = re.findall(r'<a href="/runs/([0-9a-f]{32})/">', page.content.decode().partition("family-list")[2])
        assert page.status_code == 200 and set(found) == {first, left, right, leaf} and len(found) == 4


def test_a_large_family_is_cut_and_says_so(trained, fork, visitor, monkeypatch):
    monkeypatch.setattr("bpsandbox.family.MOST_SHOWN", 3)
    monkeypatch.setattr("bpsandbox.family.MOST_FORKS", 3)
    parent = trained()
    for lr in ("0.5", "0.6", "0.7", "0.8"):
        fork(parent, lr)
    page = visitor.get(f"/runs/{parent}/family/")
    assert "more than 3 forks, family tree" in text_of(visitor.get(f"/runs/{parent}/"))
    assert "There are more relatives" in text_of(page) and page.content.decode().count("family-number") == 3


def test_a_family_of_a_run_that_nobody_may_see_is_not_found(trained, member, visitor):
    spec_hash = trained(requester=member)
    assert visitor.get(f"/runs/{spec_hash}/family/").status_code == 404
    assert visitor.get(f"/runs/{'f' * 32}/family/").status_code == 404


def test_a_family_of_many_levels_is_cut_above_and_its_first_run_is_not_said_to_be_hidden(
    trained, fork, visitor, monkeypatch
):
    monkeypatch.setattr("bpsandbox.family.MOST_LEVELS", 2)
    last = trained()
    for lr in ("0.5", "0.6", "0.7"):
        last = fork(last, lr)
    told = text_of(visitor.get(f"/runs/{last}/family/"))
    assert "There are more relatives" in told and "not available" not in told


def test_the_page_and_the_family_name_the_same_parent(trained, fork, visitor):
    parent = trained()
    child = fork("f" * 32, "0.5")
    own = Attachment.objects.get(spec__hash=child)
    own.pk, own.forked_from, own.target_kind, own.target_id = None, parent, "page", 77
    own.save()
    for path in ("", "family/"):
        assert f"/runs/{parent}/" in visitor.get(f"/runs/{child}/{path}").content.decode(), path
