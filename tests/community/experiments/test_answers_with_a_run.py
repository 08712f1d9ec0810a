"""A run from a thread becomes an answer there: forked as it is, or changed in the playground."""

import pytest

from community.content.models import Draft
from community.content.services import save_draft
from community.moderation.services import hide
from community.mutes.services import block
from tests.factories import ModeratorFactory, PersonFactory

from .conftest import train

pytestmark = pytest.mark.django_db

THERE = 'value="answer"'


@pytest.fixture
def post(asked):
    return asked(PersonFactory())


@pytest.fixture
def members(signed_in, member):
    return signed_in(member)


def places(post, spec_hash: str) -> list[str]:
    return [f"/runs/{spec_hash}/fork/?post={post.pk}", f"/playground/?fork={spec_hash}&post={post.pk}"]


def test_a_fork_from_a_thread_is_an_answer_there(members, member, post):
    spec_hash = train()
    for path in places(post, spec_hash):
        assert "Answer the question" in members.get(path).content.decode()
    page = members.post(places(post, spec_hash)[0], {"kind": "answer"}, follow=True)
    assert page.redirect_chain[-1][0].startswith(post.thread.get_absolute_url())
    assert f"# forked from {spec_hash}" in page.content.decode()
    assert Draft.objects.get(owner=member).key == f"reply:{post.thread_id}"


def test_what_was_changed_in_the_playground_is_an_answer_beside_one_that_is_begun(members, member, post, config):
    key = f"reply:{post.thread_id}"
    save_draft(owner=member, key=key, source="Begun.")
    text = config(optimizer="{type: SGD, lr: 0.7}")
    page = members.post("/playground/write/", {"config": text, "kind": "answer", "post": post.pk}, follow=True)
    assert page.status_code == 200 and "lr: 0.7" in page.content.decode()
    assert page.redirect_chain[-1][0].startswith(post.thread.get_absolute_url())
    kept = dict(Draft.objects.filter(owner=member).values_list("key", "source"))
    assert kept.pop(key) == "Begun." and len(kept) == 1 and next(iter(kept)).startswith(f"{key}~")


def test_without_script_the_playground_keeps_where_one_came_from(members, post, config):
    ran = members.post("/playground/", {"config": config(optimizer="{type: SGD, lr: 0.7}"), "post": post.pk})
    assert ran.status_code == 302 and ran["Location"].endswith(f"&post={post.pk}")
    assert THERE in members.get(ran["Location"]).content.decode()


@pytest.mark.parametrize("why", ["a visitor", "blocked", "a closed thread", "a hidden post", "no post"])
def test_it_is_not_offered_to_who_cannot_answer(members, member, visitor, post, why):
    spec_hash = train()
    reader = visitor if why == "a visitor" else members
    if why == "blocked":
        block(person=post.author, other=member)
    if why == "a closed thread":
        type(post.thread).objects.filter(pk=post.thread_id).update(locked_at=post.created_at)
    paths = places(post, spec_hash)
    if why == "a hidden post":
        paths = [path.replace(f"post={post.pk}", "post=999999") for path in paths]
        hide(actor=ModeratorFactory(), post=post, note="an advertisement")
    if why == "no post":
        paths = [path.replace(f"post={post.pk}", "post=x") for path in paths]
    for path in paths:
        shown = reader.get(path)
        assert THERE not in shown.content.decode()
    if reader is members:
        number = "x" if why == "no post" else post.pk
        sent = members.post("/playground/write/", {"config": "x", "kind": "answer", "post": number})
        assert sent.status_code == 404 and not Draft.objects.exists()
