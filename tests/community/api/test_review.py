"""Suggested edits, votes on questions and community answers through the API."""

import pytest

from community.content import services as content
from community.content.models import Post, Revision
from community.content.rates import EDITING, SWITCHING
from community.review import services
from community.review.models import Proposal, SuggestedEdit
from community.review.rates import PROPOSING, SUGGESTING
from tests.factories import AnswerFactory, ModeratorFactory, QuestionFactory, VoterFactory

from .conftest import Program

pytestmark = pytest.mark.django_db
BETTER = {"source": "Better words.", "reason": "Clearer", "base_version": 1}
READ = {"version": 1, "base_version": 1}


@pytest.fixture
def owner(client, ada):
    """The program of who wrote the answer."""
    return Program(client, ada)


@pytest.fixture
def answer(ada) -> Post:
    thread = QuestionFactory()
    return content.add_post(thread=thread, author=ada, source="Words.", role="answer")


@pytest.fixture
def moderators_program(client):
    return Program(client, ModeratorFactory())


def suggest(program, answer, **change) -> dict:
    made = program.post("suggestions", BETTER | {"post": answer.pk} | change)
    assert made.status_code == 201, made.json()
    return made.json()


def text_of(answer) -> str:
    return Post.objects.get(pk=answer.pk).source.strip()


def test_an_edit_is_suggested_found_in_the_queue_and_approved(program, owner, answer):
    made = suggest(program, answer)
    assert (made["state"], made["post"], made["can_decide"], made["post_version"]) == ("open", answer.pk, False, 1)
    [listed] = owner.get("suggestions").json()["items"]
    assert listed["id"] == made["id"] and listed["author"]["handle"] == program.owner.handle
    read = owner.get(f"suggestions/{made['id']}").json()
    assert read["can_decide"] and read["merged_source"] == read["source"] == "Better words.\n"
    decided = owner.post(f"suggestions/{made['id']}/approve", READ).json()
    assert decided["state"] == "approved" and decided["decided_by"]["handle"] == "ada"
    assert text_of(answer) == "Better words."
    assert Revision.objects.filter(post=answer).latest("number").editor == program.owner
    assert owner.get("suggestions").json()["items"] == []
    assert [each["state"] for each in program.get("suggestions?mine=true").json()["items"]] == ["approved"]


def test_who_approves_reads_what_else_is_suggested_and_an_improved_text_keeps_it(program, owner, ada):
    thread = content.start_thread(author=ada, kind="discussion", title="Why?", source="Words.", tags=["xor"])
    post = thread.posts.select_related("thread", "author").get()
    made = services.suggest_edit(
        post=post,
        author=program.owner,
        title="Why?",
        filing={"tags": "xor, adam"},
        base_filing={"tags": "xor"},
        **BETTER,
    )
    read = owner.get(f"suggestions/{made.pk}").json()
    assert read["filing"] == {"tags": ["xor", "xor, adam"]}
    sent = READ | {"source": read["merged_source"], "title": read["title"]}
    assert owner.post(f"suggestions/{made.pk}/improve", sent).json()["state"] == "approved"
    assert set(thread.tags.values_list("slug", flat=True)) == {"xor", "adam"} and text_of(post) == "Better words."


def test_what_was_not_read_is_not_approved(program, owner, answer):
    made = suggest(program, answer)
    suggest(program, answer, source="Other words.", seen=1)
    assert owner.post(f"suggestions/{made['id']}/approve", READ).status_code == 409
    content.edit_post(post=answer, editor=answer.author, source="Mine.", base_version=1)
    assert owner.post(f"suggestions/{made['id']}/approve", READ | {"version": 2}).status_code == 409
    read = owner.get(f"suggestions/{made['id']}").json()
    assert (read["merged_source"], read["post_version"], read["base_version"]) == (None, 2, 1)
    assert text_of(answer) == "Mine." and SuggestedEdit.objects.get().is_open


def test_it_is_improved_rejected_and_withdrawn(program, owner, answer):
    made = suggest(program, answer)
    refused = owner.post(f"suggestions/{made['id']}/reject", {"version": 1, "reason": " "})
    assert refused.status_code == 422 and "reason" in refused.json()["error"]["fields"]
    rejected = owner.post(f"suggestions/{made['id']}/reject", {"version": 1, "reason": "It was right."}).json()
    assert (rejected["state"], rejected["answer"], text_of(answer)) == ("rejected", "It was right.", "Words.")
    made = suggest(program, answer)
    improved = owner.post(f"suggestions/{made['id']}/improve", READ | {"source": "The best words."}).json()
    assert improved["state"] == "improved" and text_of(answer) == "The best words."
    made = suggest(program, answer, base_version=3)
    assert program.call("delete", f"suggestions/{made['id']}").status_code == 204
    assert owner.get(f"suggestions/{made['id']}").status_code == 404


def test_a_suggestion_of_a_post_that_is_hidden_or_unknown_is_refused_and_leaks_nothing(program, owner, answer):
    made = suggest(program, answer)
    content.hide_post(post=answer, by=ModeratorFactory())
    missing = program.post("suggestions", BETTER | {"post": 10**9})
    hidden = program.post("suggestions", BETTER | {"post": answer.pk})
    assert missing.status_code == hidden.status_code == 422 and missing.json() == hidden.json()
    read = program.get(f"suggestions/{made['id']}").json()
    assert read["post_version"] is None and read["source"] == "Better words.\n"
    assert owner.post(f"suggestions/{made['id']}/approve", READ).status_code in (403, 404)
    assert SuggestedEdit.objects.get().is_open


@pytest.mark.parametrize("change", [{"source": ""}, {"reason": ""}, {"base_version": "1"}, {"colour": "red"}])
def test_a_wrong_field_of_a_suggestion_is_named(program, answer, change):
    refused = program.post("suggestions", BETTER | {"post": answer.pk} | change)
    assert refused.status_code == 422 and next(iter(change)) in refused.json()["error"]["fields"]
    assert not SuggestedEdit.objects.exists()


def test_the_same_request_is_carried_out_once(program, owner, answer):
    made = suggest(program, answer)
    path = f"suggestions/{made['id']}/approve"
    first, second = (owner.post(path, READ, Idempotency_Key="once") for _time in range(2))
    assert first.json() == second.json() and second["Idempotency-Replayed"] == "true"
    assert owner.post(path, READ).status_code == 409


def test_three_members_mark_a_duplicate(client):
    again, original = QuestionFactory(), QuestionFactory()
    wish = {"thread": again.pk, "matter": "duplicate", "original": original.pk}
    one, two, three = (Program(client, VoterFactory()) for _number in range(3))
    made = one.post("proposals", wish).json()
    assert (made["votes"], made["votes_needed"], made["voted"], made["state"]) == (1, 3, True, "open")
    [listed] = two.get("proposals").json()["items"]
    assert (listed["original"], listed["voted"], listed["can_vote"]) == (original.pk, False, True)
    assert two.call("put", f"proposals/{made['id']}/vote").json()["votes"] == 2
    assert two.call("put", f"proposals/{made['id']}/vote").json()["votes"] == 2, "twice is once"
    assert two.call("delete", f"proposals/{made['id']}/vote").json()["votes"] == 1
    two.call("put", f"proposals/{made['id']}/vote")
    carried = three.call("put", f"proposals/{made['id']}/vote").json()
    assert (carried["state"], carried["can_vote"]) == ("carried", False)
    again.refresh_from_db()
    assert again.is_held and one.get("proposals").json()["items"] == []
    assert three.call("put", f"proposals/{made['id']}/vote").status_code == 409


def test_a_hold_needs_a_reason_and_a_moderator_holds_and_reopens_at_once(moderators_program):
    question = QuestionFactory()
    refused = moderators_program.post("proposals", {"thread": question.pk, "matter": "hold"})
    assert refused.status_code == 422 and "reason" in refused.json()["error"]["fields"]
    held = moderators_program.post("proposals", {"thread": question.pk, "matter": "hold", "reason": "unclear"}).json()
    assert (held["state"], held["reason"]) == ("carried", "unclear")
    opened = moderators_program.post("proposals", {"thread": question.pk, "matter": "reopen"}).json()
    assert opened["state"] == "carried"
    question.refresh_from_db()
    assert not question.is_held


def test_a_new_member_is_told_who_votes_and_a_question_nobody_sees_is_none(program, client):
    question, other = QuestionFactory(), QuestionFactory()
    wish = {"thread": question.pk, "matter": "duplicate", "original": other.pk}
    refused = program.post("proposals", wish)
    assert refused.status_code == 403 and "7" in refused.json()["error"]["message"]
    made = Program(client, VoterFactory()).post("proposals", wish).json()
    content.hide_post(post=other.posts.get(number=1), by=ModeratorFactory())
    voter = Program(client, VoterFactory())
    assert voter.get(f"proposals/{made['id']}").json()["original"] is None
    for wish in ({"original": other.pk}, {"original": 10**9}, {}):
        refused = voter.post("proposals", {"thread": question.pk, "matter": "duplicate"} | wish)
        assert refused.status_code == 422 and "original" in refused.json()["error"]["fields"]
    content.hide_post(post=question.posts.get(number=1), by=ModeratorFactory())
    assert voter.get(f"proposals/{made['id']}").status_code == 404
    assert voter.get("proposals").json()["items"] == [] and Proposal.objects.count() == 1


def test_an_answer_is_made_a_community_answer_and_members_edit_it(owner, moderators_program, answer, client):
    path = f"posts/{answer.pk}/community"
    edit = {"source": "By a member.", "base_version": 1}
    voter = Program(client, VoterFactory())
    assert voter.call("put", path).status_code == 403
    assert voter.call("patch", f"posts/{answer.pk}", edit).status_code == 403
    assert owner.call("put", path).json()["community"] is True
    assert owner.get(f"posts/{answer.pk}").json()["community"] is True
    assert voter.call("patch", f"posts/{answer.pk}", edit).status_code == 200
    assert owner.call("delete", path).status_code == 403
    assert moderators_program.call("delete", path).json()["community"] is False
    assert voter.call("patch", f"posts/{answer.pk}", edit | {"base_version": 2}).status_code == 403
    assert text_of(answer) == "By a member."


def test_what_is_no_answer_is_not_given_to_the_community(owner, ada):
    question = content.start_thread(author=ada, kind="question", title="Why?", source="Words.")
    refused = owner.call("put", f"posts/{question.posts.get(number=1).pk}/community")
    assert refused.status_code == 403 and refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("limit", "method", "path", "body"),
    [
        (SUGGESTING, "post", "suggestions", BETTER | {"post": 1}),
        (EDITING, "post", "suggestions/1/approve", READ),
        (EDITING, "post", "suggestions/1/improve", READ | {"source": "x"}),
        (EDITING, "post", "suggestions/1/reject", {"version": 1, "reason": "x"}),
        (EDITING, "delete", "suggestions/1", None),
        (PROPOSING, "post", "proposals", {"thread": 1, "matter": "reopen"}),
        (SWITCHING, "put", "proposals/1/vote", None),
        (SWITCHING, "delete", "proposals/1/vote", None),
        (SWITCHING, "put", "posts/1/community", None),
        (SWITCHING, "delete", "posts/1/community", None),
    ],
)
def test_each_act_asks_the_limit_of_its_page(program, limit, method, path, body):
    assert program.call(method, path, body).status_code in (404, 422)
    limit.hit_key(f"user:{program.owner.pk}", cost=limit.items[0].amount - 1)
    assert program.call(method, path, body).status_code == 429


def test_lists_are_paged_without_what_the_reader_does_not_see(owner, program, ada, client):
    posts = [AnswerFactory(thread=QuestionFactory(), author=ada) for _number in range(3)]
    made = [suggest(program, post)["id"] for post in posts]
    content.hide_post(post=posts[1], by=ModeratorFactory())
    pages, cursor = [], ""
    for _page in range(5):
        found = owner.get(f"suggestions?limit=1{cursor}").json()
        pages += [each["id"] for each in found["items"]]
        if found["next"] is None:
            break
        cursor = f"&cursor={found['next']}"
    assert set(pages) <= set(made) and pages == sorted(pages, reverse=True) and {made[0], made[2]} <= set(pages)
    assert owner.get("suggestions?cursor=broken").status_code == 400
