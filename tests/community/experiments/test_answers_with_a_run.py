"""A run from a thread becomes an answer there: forked as it is, or changed in the playground."""

import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from community.content.models import Draft
from community.content.services import drafts, save_draft
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


def test_a_reply_that_was_kept_while_signing_in_does_not_replace_it(visitor, member, post, config):
    key = f"reply:{post.thread_id}"
    save_draft(owner=member, key=key, source="Begun.")
    visitor.post(f"/threads/{post.thread_id}/reply/", {"draft_key": key, "source": "Begun, and more."})
    visitor.force_login(member)
    text = config(optimizer="{type: SGD, lr: 0.7}")
    page = visitor.post("/playground/write/", {"config": text, "kind": "answer", "post": post.pk}, follow=True)
    assert "lr: 0.7" in page.content.decode() and "Begun, and more." not in page.content.decode()
    kept = sorted(Draft.objects.filter(owner=member).values_list("source", flat=True))
    assert len(kept) == 3 and "lr: 0.7" in kept[0] and kept[1:] == ["Begun, and more.", "Begun."]


@pytest.mark.parametrize("room", [0, 1])
def test_without_room_for_both_a_reply_that_was_kept_is_kept_on(visitor, member, post, config, monkeypatch, room):
    key = f"reply:{post.thread_id}"
    visitor.post(f"/threads/{post.thread_id}/reply/", {"draft_key": key, "source": "Begun, and more."})
    visitor.force_login(member)
    monkeypatch.setattr(drafts, "DRAFTS_A_PERSON", room)
    text = config(optimizer="{type: SGD, lr: 0.7}")
    refused = visitor.post("/playground/write/", {"config": text, "kind": "answer", "post": post.pk})
    assert refused.status_code == 422 and "Please discard some first." in refused.content.decode()
    assert "lr: 0.7" in refused.content.decode() and not Draft.objects.exists()
    assert "Begun, and more." in visitor.get(post.thread.get_absolute_url()).content.decode()


def test_without_script_the_playground_keeps_where_one_came_from(members, post, config):
    ran = members.post("/playground/", {"config": config(optimizer="{type: SGD, lr: 0.7}"), "post": post.pk})
    assert ran.status_code == 302 and ran["Location"].endswith(f"&post={post.pk}")
    page = members.get(ran["Location"]).content.decode()
    assert THERE in page
    again = unescape(re.search(r'http-equiv="refresh" content="3; url=([^"]+)"', page)[1])
    assert THERE in members.get(again).content.decode()


def test_a_worked_step_in_the_playground_keeps_where_one_came_from(members, post):
    spec_hash = train()
    page = members.get(places(post, spec_hash)[1])
    assert page.content.decode().count('name="post"') > 1  # of the text, of the pictures and of the step
    work = page.context["work"]
    asked = members.post(work.ask_url, {**work.played, "sample": 0, "step": 0, "seed": 0})
    assert f"&post={post.pk}" in work.again and f"&post={post.pk}" in asked["Location"]
    assert THERE in members.get(asked["Location"]).content.decode()


def test_a_visitor_who_signs_in_is_offered_the_answer(visitor, member, post, config):
    spec_hash = train()
    shown = [unescape(visitor.get(path).content.decode()) for path in places(post, spec_hash)]
    assert not any(THERE in page for page in shown) and f'name="post" value="{post.pk}"' in shown[1]
    doors = [re.search(r'next=([^"]+)">Sign in</a> to put it', shown[0])[1]]
    long = config(seeds="{start: 0, count: 17}")  # a member's limit is higher
    refused = visitor.post("/playground/", {"config": long, "post": post.pk})
    assert refused.context["playground"].offers_account
    doors.append(re.search(r'next=([^"]+)">Sign in</a>\s*</p>', unescape(refused.content.decode()))[1])
    visitor.force_login(member)
    assert all(THERE in visitor.get(unquote(door)).content.decode() for door in doors)


@pytest.mark.parametrize("why", ["blocked", "a closed thread", "a question on hold", "a hidden post", "no post"])
def test_it_is_not_offered_to_who_cannot_answer_and_the_text_is_kept(members, member, post, config, why):
    spec_hash = train()
    paths = [*places(post, spec_hash), f"/playground/?preset=xor-luck&post={post.pk}"]
    assert all(THERE in members.get(path).content.decode() for path in paths)
    threads = type(post.thread).objects.filter(pk=post.thread_id)
    if why == "blocked":
        block(person=post.author, other=member)
    if why == "a closed thread":
        threads.update(locked_at=post.created_at)
    if why == "a question on hold":
        threads.update(held_at=post.created_at)
    if why == "a hidden post":
        hide(actor=ModeratorFactory(), post=post, note="an advertisement")
    number = "x" if why == "no post" else str(post.pk)
    paths = [path.replace(f"post={post.pk}", f"post={number}") for path in paths]
    for path in paths:
        assert THERE not in members.get(path).content.decode()
    text = config(optimizer="{type: SGD, lr: 0.7}")
    sent = [members.post("/playground/write/", {"config": text, "kind": "answer", "post": number})]
    if why == "a hidden post":
        assert members.get(paths[0]).status_code == 404  # the run is hidden with it
    else:
        sent.append(members.post(paths[0], {"kind": "answer"}))
    for refused in sent:
        assert refused.status_code == 409
        assert "You can no longer reply in that thread." in refused.content.decode()
    assert "lr: 0.7" in sent[0].content.decode() and not Draft.objects.exists()


def test_who_is_signed_out_meanwhile_comes_back_with_the_text_and_can_answer(visitor, member, post, config):
    text = config(optimizer="{type: SGD, lr: 0.7}")
    sent = visitor.post("/playground/write/", {"config": text, "kind": "answer", "post": post.pk})
    there = parse_qs(urlsplit(sent["Location"]).query)["next"][0]
    assert sent.status_code == 302 and THERE not in visitor.get(there).content.decode()
    visitor.force_login(member)
    page = visitor.get(there).content.decode()
    assert THERE in page and "lr: 0.7" in page
