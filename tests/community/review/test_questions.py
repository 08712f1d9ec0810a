"""Duplicates and questions on hold: votes, who decides at once, circles, what is never shown, and the way back."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from community.accounts.models import User
from community.audit.actions import Action
from community.audit.models import AuditEntry
from community.common import housekeeping
from community.common.errors import NotAllowed
from community.content import services as content
from community.content.errors import ThreadHeld
from community.content.listings import drifted
from community.content.models import Event, Post, Thread
from community.forum import inviting
from community.forum.services import lock_thread
from community.moderation.services import hide
from community.mutes import services as mutes
from community.notifications.models import Notification
from community.review import services
from community.review.errors import (
    CannotPropose,
    ClosedByStaff,
    DecidedAlready,
    DuplicatesInCircle,
    NotAQuestion,
    NotOnHold,
    OfItself,
    OnHoldAlready,
    OwnQuestion,
    TooManyProposals,
    TooNewToVote,
)
from community.review.models import Matter, Outcome, Proposal, Vote
from community.review.services import proposals as proposal_services
from tests.at_once import at_once
from tests.factories import ModeratorFactory, NewcomerFactory, PersonFactory, VoterFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    return ModeratorFactory(handle="keeper")


@pytest.fixture
def question(ada) -> Thread:
    return ask(ada, "Why is it NaN?")


@pytest.fixture
def original(bob) -> Thread:
    return ask(bob, "NaN after ten steps")


def ask(author, title, **more) -> Thread:
    return content.start_thread(author=author, kind="question", title=title, source="Some words.", **more)


def opening(thread) -> Post:
    return Post.objects.select_related("thread", "author").get(thread=thread, role="opening")


def mark(thread, original, *voters) -> Proposal:
    for voter in voters:
        proposal = services.propose_duplicate(thread=thread, original=original, by=voter)
    return proposal


def hold(thread, *voters, reason="unclear") -> Proposal:
    for voter in voters:
        proposal = services.propose_hold(thread=thread, reason=reason, by=voter)
    return proposal


def members(count):
    return [VoterFactory() for _ in range(count)]


def is_held(thread) -> bool:
    return Thread.objects.get(pk=thread.pk).is_held


def verbs_of(person) -> list[str]:
    return sorted(Notification.objects.filter(recipient=person).values_list("verb", flat=True))


def test_three_members_mark_a_duplicate_and_the_asker_is_told_once(ada, question, original, client):
    one, two, three = members(3)
    proposal = mark(question, original, one, one, two)
    assert (proposal.outcome, proposal.vote_count, is_held(question)) == (Outcome.OPEN, 2, False)
    proposal = mark(question, original, three)
    assert (proposal.outcome, proposal.vote_count, is_held(question)) == (Outcome.CARRIED, 3, True)
    assert verbs_of(ada) == ["duplicate", "propose_duplicate"]
    assert list(Event.objects.order_by("pk").values_list("thread", "action")) == [
        (question.pk, Action.DUPLICATE),
        (original.pk, Action.DUPLICATED),
    ]
    page = html_of(client.get(question.get_absolute_url()))
    assert "Duplicate of:" in page and original.get_absolute_url() in page and "NaN after ten steps" in page
    page = html_of(client.get(original.get_absolute_url()))
    assert "Duplicates of this question" in page and question.get_absolute_url() in page


@pytest.mark.parametrize("who", ["asker", "moderator"])
def test_the_asker_and_moderators_decide_at_once(ada, keeper, question, original, who):
    proposal = mark(question, original, ada if who == "asker" else keeper)
    assert proposal.outcome == Outcome.CARRIED and proposal.is_by_staff is (who == "moderator")
    assert verbs_of(ada) == ([] if who == "asker" else ["duplicate"])


def test_the_asker_agrees_with_what_somebody_proposed(ada, question, original, as_user):
    proposal = mark(question, original, VoterFactory())
    page = html_of(as_user(ada).get(question.get_absolute_url()))
    assert "Is this a duplicate?" in page and "1 of 3 votes" in page
    as_user(ada).post(f"/proposals/{proposal.pk}/vote/", {"on": "1"})
    assert is_held(question)


def test_no_duplicate_of_itself_nor_in_a_circle(ada, bob, keeper, question, original):
    with pytest.raises(OfItself):
        mark(question, question, keeper)
    mark(question, original, keeper)
    with pytest.raises(DuplicatesInCircle):
        mark(original, question, keeper)
    assert Proposal.objects.count() == 1 and not is_held(original)


def test_a_duplicate_of_a_duplicate_is_one_of_its_root_before_and_after(ada, bob, keeper, question, original):
    root, third = ask(bob, "The root"), ask(ada, "A third")
    mark(question, original, keeper)
    mark(original, root, keeper)
    assert Proposal.objects.get(thread=question).original == root
    assert mark(third, question, keeper).original == root


def test_two_proposals_that_become_a_circle_are_refused_when_the_second_is_carried(keeper, question, original):
    one = VoterFactory()
    there, back = mark(question, original, one), mark(original, question, one)
    services.vote(proposal=there, by=keeper)
    with pytest.raises(DuplicatesInCircle):
        services.vote(proposal=back, by=keeper)
    assert not is_held(original)


def test_a_second_decision_is_refused(ada, bob, keeper, question, original):
    other = mark(question, ask(bob, "Another"), VoterFactory())
    mark(question, original, keeper)
    other.refresh_from_db()
    assert other.outcome == Outcome.DROPPED
    with pytest.raises(DecidedAlready):
        services.vote(proposal=other, by=keeper)
    with pytest.raises(OnHoldAlready):
        hold(question, keeper)


@pytest.mark.parametrize("typed", ["", "nonsense", "#", "999999", "https://example.org/t/1/x/", "9" * 400])
def test_an_address_that_is_none_is_said_to_be(typed, question, as_user):
    answer = as_user(VoterFactory()).post(f"/threads/{question.pk}/duplicate/", {"address": typed})
    assert answer.status_code == 422 and not Proposal.objects.exists()


def test_what_is_not_public_is_as_if_it_were_not_there(ada, bob, keeper, question, original, as_user):
    draft, hidden = ask(bob, "A secret", publish=False), ask(bob, "Another secret")
    hide(actor=keeper, post=opening(hidden))
    note = content.start_thread(author=bob, kind="note", title="", source="A note.")
    pages = set()
    for number in (draft.pk, hidden.pk, note.pk, 987654):
        answer = as_user(bob).post(f"/threads/{question.pk}/duplicate/", {"address": f"#{number}"})
        pages.add("There is no public question" in html_of(answer))
        assert answer.status_code == 422
    assert pages == {True} and not Proposal.objects.exists()


def test_an_original_hidden_later_is_named_nowhere(keeper, question, original, client, as_user):
    mark(question, original, keeper)
    hide(actor=keeper, post=opening(original))
    for browser in (client, as_user(VoterFactory())):
        page = html_of(browser.get(question.get_absolute_url()))
        assert "a question that you cannot see" in page and "NaN after ten steps" not in page


def test_proposals_about_what_is_hidden_are_not_listed(keeper, question, original, as_user):
    mark(question, original, VoterFactory())
    hide(actor=keeper, post=opening(original))
    page = html_of(as_user(VoterFactory()).get("/proposals/"))
    assert "Why is it NaN?" in page and "NaN after ten steps" not in page
    hide(actor=keeper, post=opening(question))
    assert "NaN" not in html_of(as_user(VoterFactory()).get("/proposals/"))


@pytest.mark.parametrize("wish", [{"address": "{pk}"}, {"address": "#{pk}"}, {"address": "{url}"}, {"chosen": "{pk}"}])
def test_it_is_proposed_by_number_address_or_choice(wish, question, original, as_user, monkeypatch):
    monkeypatch.setattr("community.review.views.questions.similar_questions", lambda *_, **_more: [original])
    sent = {key: value.format(pk=original.pk, url=original.get_absolute_url()) for key, value in wish.items()}
    browser = as_user(VoterFactory())
    form = html_of(browser.get(f"/threads/{question.pk}/duplicate/"))
    assert f'value="{original.pk}"' in form
    assert browser.post(f"/threads/{question.pk}/duplicate/", sent).status_code == 302
    assert Proposal.objects.get().original == original


def offered_for(question, browser) -> set[int]:
    """Return the questions that the page offers as the one that was asked before."""
    form = browser.get(f"/threads/{question.pk}/duplicate/").context["form"]
    return {key for key, _title in form.fields["chosen"].choices} if "chosen" in form.fields else set()


def test_five_others_are_offered_and_never_the_question_itself(ada, bob, as_user):
    others = {ask(bob, f"NaN after ten steps, {name}").pk for name in ("a", "b", "c", "d", "e", "f")}
    found = offered_for(ask(ada, "NaN after ten steps"), as_user(VoterFactory()))
    assert len(found) == 5 and found < others


def test_a_question_with_the_same_formula_is_offered_for_one_word_of_the_title(ada, bob, as_user):
    def write(author, title, variable) -> Thread:
        source = rf"I have $\frac{{\partial L}}{{\partial {variable}}} = {variable}^2 + {variable}$ here."
        return content.start_thread(author=author, kind="question", title=title, source=source)

    other = write(bob, "Which side for XOR does it stand on", "v")
    ask(bob, "Which side for XOR is it, of another matter")
    assert offered_for(write(ada, "XOR weights of gradient", "w"), as_user(VoterFactory())) == {other.pk}


def test_a_question_on_hold_takes_comments_and_no_answers(ada, bob, keeper, question, as_user):
    before = content.add_post(thread=question, author=bob, source="An answer.")
    hold(question, *members(3), reason="needs_config")
    question = Thread.objects.get(pk=question.pk)
    with pytest.raises(ThreadHeld):
        content.add_post(thread=question, author=bob, source="Another.")
    content.add_post(thread=question, author=bob, source="A comment.", parent=before)
    page = html_of(as_user(ada).get(question.get_absolute_url()))
    assert "It needs a config that shows the problem" in page and "Add the smallest config" in page
    assert f'href="/posts/{opening(question).pk}/edit/"' in page and "takes no answers at the moment" in page
    assert f'href="/posts/{before.pk}/reply/"' in page and 'href="#write"' not in page
    refused = as_user(bob).post(f"/threads/{question.pk}/reply/", {"source": "An answer of mine."})
    assert refused.status_code == 422 and "An answer of mine." in html_of(refused) and "on hold" in html_of(refused)
    assert verbs_of(ada).count("hold") == 1
    assert "Add the smallest config" in html_of(as_user(ada).get("/notifications/"))


@pytest.mark.parametrize(
    "decide", [lambda one, other: hold(one, *members(3)), lambda one, other: mark(one, other, *members(3))]
)
def test_who_meets_a_question_without_answers_is_asked_for_one_only_while_it_takes_them(
    question, original, client, decide
):
    page = html_of(client.get(question.get_absolute_url()))
    assert "If you know part of it, that already helps." in page and "Takes no answers" not in page
    decide(question, original)
    page = html_of(client.get(question.get_absolute_url()))
    assert "No answers yet." in page and "already helps" not in page
    assert '<h2 id="write-title" class="visually-hidden">Takes no answers</h2>' in page


def test_after_an_edit_it_is_voted_on_and_reopened(ada, question, as_user, client):
    hold(question, *members(3))
    assert as_user(ada).post(f"/threads/{question.pk}/reopen/").status_code == 302 and is_held(question)
    Proposal.objects.filter(matter=Matter.REOPEN).delete()
    content.edit_post(post=opening(question), editor=ada, source="Many more words.", base_version=1)
    waiting = Proposal.objects.get(matter=Matter.REOPEN)
    assert (waiting.outcome, waiting.vote_count) == (Outcome.OPEN, 0)
    one, two, three = members(3)
    assert "Why is it NaN?" in html_of(as_user(one).get("/proposals/"))
    assert "Vote to reopen" in html_of(as_user(one).get(question.get_absolute_url()))
    for voter in (one, two):
        services.reopen(thread=question, by=voter)
    assert "Take back your vote to reopen" in html_of(as_user(one).get(question.get_absolute_url()))
    assert is_held(question)
    services.vote(proposal=waiting, by=three)
    assert not is_held(question) and verbs_of(ada) == ["hold", "reopen"]
    assert "On hold" not in html_of(client.get(question.get_absolute_url()))
    with pytest.raises(NotOnHold):
        services.reopen(thread=question, by=one)
    assert hold(question, *members(3)).outcome == Outcome.CARRIED


def test_what_a_moderator_decided_only_moderators_undo(ada, keeper, question, as_user):
    hold(question, keeper)
    for person in (ada, VoterFactory()):
        answer = as_user(person).post(f"/threads/{question.pk}/reopen/")
        assert answer.status_code == 403 and "only a moderator can reopen" in html_of(answer)
    content.edit_post(post=opening(question), editor=ada, source="Many more words.", base_version=1)
    assert verbs_of(keeper) == ["held_edited"]
    with pytest.raises(ClosedByStaff):
        services.vote(proposal=Proposal.objects.get(matter=Matter.REOPEN), by=VoterFactory())
    assert "A moderator will look at it." in html_of(as_user(ada).get(question.get_absolute_url()))
    services.reopen(thread=question, by=keeper)
    assert not is_held(question)
    actions = AuditEntry.objects.filter(actor=keeper).order_by("pk").values_list("action", flat=True)
    assert list(actions) == [Action.HOLD, Action.REOPEN]


def test_the_asker_undoes_a_duplicate_that_members_marked_but_not_a_hold(ada, question, original):
    mark(question, original, *members(3))
    services.reopen(thread=question, by=ada)
    assert not is_held(question)
    hold(question, *members(3))
    services.reopen(thread=question, by=ada)
    assert is_held(question)


def test_a_vote_can_be_taken_back(question):
    one = VoterFactory()
    proposal = hold(question, one)
    services.take_back(proposal=proposal, by=VoterFactory())
    proposal = services.take_back(proposal=proposal, by=one)
    assert (proposal.vote_count, proposal.outcome) == (0, Outcome.DROPPED)
    with pytest.raises(DecidedAlready):
        services.take_back(proposal=proposal, by=one)


def test_who_cannot_vote(ada, bob, keeper, question, original):
    with pytest.raises(OwnQuestion):
        hold(question, ada)
    mutes.block(person=ada, other=bob)
    with pytest.raises(CannotPropose):
        mark(question, original, bob)
    with pytest.raises(Exception, match="confirm"):
        hold(question, NewcomerFactory())
    discussion = content.start_thread(author=ada, kind="discussion", title="Talk", source="Words.")
    with pytest.raises(NotAQuestion):
        hold(discussion, keeper)
    assert not Proposal.objects.exists()


def test_not_too_many_proposals(monkeypatch, question):
    monkeypatch.setattr(proposal_services, "OPEN_A_QUESTION", 1)
    hold(question, VoterFactory())
    with pytest.raises(TooManyProposals):
        hold(question, VoterFactory(), reason="several")


def test_visitors_see_no_open_proposals(question, client):
    hold(question, VoterFactory())
    assert "Should this be put on hold?" not in html_of(client.get(question.get_absolute_url()))
    assert client.get("/proposals/").status_code == 302


def test_only_an_edit_of_the_question_itself_asks_to_reopen_it_by_its_asker_or_approved_by_them(ada, bob, question):
    comment = content.add_post(thread=question, author=ada, source="More.", parent=opening(question))
    hold(question, *members(3))
    content.edit_post(post=again(comment), editor=ada, source="Much more.", base_version=1)
    assert not Proposal.objects.filter(matter=Matter.REOPEN).exists()
    better = {"title": question.title, "source": "Clear words.", "reason": "Clearer", "base_version": 1}
    made = services.suggest_edit(post=opening(question), author=bob, **better)
    services.approve(suggestion=made, by=ada, seen=1, base_version=1)
    assert Proposal.objects.get(matter=Matter.REOPEN).author == ada


def test_who_marked_their_own_question_as_a_duplicate_asks_nobody_to_reopen_it(ada, question, original):
    mark(question, original, ada)
    content.edit_post(post=opening(question), editor=ada, source="Many more words.", base_version=1)
    assert not Proposal.objects.filter(matter=Matter.REOPEN).exists() and verbs_of(ada) == []


def test_a_question_on_hold_is_marked_in_lists_and_not_among_the_unanswered(keeper, question, client, as_user, ada):
    content.edit_post(post=opening(question), editor=ada, source="Words.", base_version=1, tags=["xor"])
    lists = ["/questions/?order=unanswered", "/tags/xor/?order=unanswered", "/api/v1/threads?order=unanswered"]
    for is_waiting in (True, False, True):
        pages = [html_of(client.get(path)) for path in lists]
        assert [question.title in page for page in pages] == [is_waiting] * 3
        assert ("Takes no answers" in html_of(client.get("/questions/"))) is not is_waiting
        if is_waiting:
            hold(question, keeper)
        else:
            services.reopen(thread=question, by=keeper)
    assert not drifted()


def test_nobody_is_invited_to_answer_a_question_on_hold(ada, bob, keeper, question, as_user):
    inviting.invite(thread=question, by=ada, handle=bob.handle)
    hold(question, keeper)
    with pytest.raises(NotAllowed):
        inviting.invite(thread=question, by=ada, handle=keeper.handle)
    page = html_of(as_user(bob).get(question.get_absolute_url()))
    assert "asks you to answer" not in page and "Invite somebody" not in page


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_make_no_circle(ada, keeper):
    one, two, above_one, above_two = (ask(ada, f"Question {n}") for n in range(4))
    mark(above_one, one, keeper)
    mark(above_two, two, keeper)
    wishes = [(one, above_two), (two, above_one)]
    at_once(2, lambda n: mark(*wishes[n], keeper))
    in_force = dict(Proposal.objects.in_force().values_list("thread", "original"))
    assert not in_force.keys() & in_force.values() and len(in_force) == 3


def again(post) -> Post:
    return Post.objects.select_related("thread", "author").get(pk=post.pk)


# === Who can vote, and until when ===


def joined(days) -> User:
    return PersonFactory(date_joined=timezone.now() - timedelta(days=days))


@pytest.mark.parametrize(("days", "has_posted", "can"), [(8, True, True), (6, True, False), (8, False, False)])
def test_votes_are_of_members_who_have_been_here_for_a_week_and_have_posted(question, original, days, has_posted, can):
    fresh = joined(days)
    if has_posted:
        ask(fresh, "Another question")
    waiting = hold(question, VoterFactory())
    acts = (
        lambda: hold(question, fresh, reason="several"),
        lambda: mark(question, original, fresh),
        lambda: services.vote(proposal=waiting, by=fresh),
    )
    for act in acts:
        with nullcontext() if can else pytest.raises(TooNewToVote, match="joined at least 7 days ago and have posted"):
            act()
    assert Vote.objects.filter(voter=fresh).count() == (3 if can else 0)


@pytest.mark.parametrize(("days", "is_offered"), [(8, True), (6, False)])
def test_who_is_too_new_to_vote_reads_so_where_others_find_the_forms(question, as_user, days, is_offered):
    page = as_user(joined(days)).get(question.get_absolute_url()).content.decode()
    assert ("It was asked before" in page) == is_offered
    assert ("joined at least 7 days ago" in page) != is_offered


def test_a_hidden_post_is_not_enough(keeper, question):
    fresh = joined(8)
    hide(actor=keeper, post=opening(ask(fresh, "Spam")))
    with pytest.raises(TooNewToVote):
        hold(question, fresh)


def test_who_can_vote_is_said_where_one_votes_and_a_refusal_is_the_same_sentence(question, as_user):
    said = "Members who joined at least 7 days ago and have posted can vote on questions."
    fresh = as_user(joined(1))
    assert html_of(fresh.get(question.get_absolute_url())).count(said) == 1
    hold(question, VoterFactory())
    assert html_of(fresh.get(question.get_absolute_url())).count(said) == 1
    for address in (f"/threads/{question.pk}/hold/", f"/threads/{question.pk}/duplicate/"):
        assert said in html_of(fresh.get(address))
    refused = fresh.post(f"/threads/{question.pk}/hold/", {"reason": "several"})
    assert refused.status_code == 422 and html_of(refused).count(said) == 2
    assert Proposal.objects.count() == 1


def test_an_asker_who_has_just_joined_votes_to_reopen_their_own_question(ada, question):
    hold(question, *members(3))
    assert services.reopen(thread=question, by=ada).vote_count == 1


def test_a_proposal_expires_after_two_weeks_and_can_be_made_again(question, original, as_user):
    one = VoterFactory()
    waiting, younger = hold(question, one), mark(question, original, one)
    ends = timezone.now() - timedelta(days=14)
    Proposal.objects.filter(pk=waiting.pk).update(created_at=ends)
    Proposal.objects.filter(pk=younger.pk).update(created_at=ends + timedelta(hours=1))
    page = html_of(as_user(one).get(question.get_absolute_url()))
    assert f"open until {date_format(timezone.localtime())}" in page
    housekeeping.run_all()
    assert list(Proposal.objects.order_by("pk").values_list("outcome", flat=True)) == [Outcome.EXPIRED, Outcome.OPEN]
    refused = as_user(VoterFactory()).post(f"/proposals/{waiting.pk}/vote/", {"on": "1"})
    assert "expired after 14 days without enough votes" in html_of(refused)
    assert hold(question, one).vote_count == 1 and not is_held(question)


def test_a_request_to_reopen_waits_as_long_as_it_takes(ada, question):
    hold(question, *members(3))
    waiting = services.reopen(thread=question, by=ada)
    Proposal.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(days=100))
    housekeeping.run_all()
    assert services.vote(proposal=waiting, by=VoterFactory()).vote_count == 2


def test_a_vote_is_cast_and_taken_back_in_the_list_and_leads_back_to_its_row(as_user, ada, question, original):
    proposal = mark(question, original, VoterFactory())
    voter = VoterFactory()
    browser = as_user(voter)
    page = html_of(browser.get("/proposals/"))
    back = f"/proposals/#proposal-{proposal.pk}"
    assert f'value="{back}"' in page and "Agree" in page and f'id="proposal-{proposal.pk}"' in page
    answer = browser.post(f"/proposals/{proposal.pk}/vote/", {"on": "1", "next": back})
    assert (answer.status_code, answer["Location"]) == (302, back)
    page = html_of(browser.get("/proposals/"))
    assert "Saved. 2 of 3 votes." in page and "Take back your vote" in page and "Agree" not in page
    browser.post(f"/proposals/{proposal.pk}/vote/", {"on": "0", "next": back})
    assert Vote.objects.filter(proposal=proposal).count() == 1
    answer = browser.post(f"/proposals/{proposal.pk}/vote/", {"on": "1", "next": "https://evil.example/"})
    assert answer["Location"] == question.get_absolute_url()


def test_the_list_offers_a_vote_to_those_alone_who_can_cast_it(as_user, ada, keeper, question):
    hold(question, VoterFactory())
    assert "/vote/" not in html_of(as_user(ada).get("/proposals/")), "nobody agrees that their own question is unclear"
    assert "/vote/" in html_of(as_user(VoterFactory()).get("/proposals/"))
    hold(question, keeper)
    content.edit_post(post=opening(question), editor=ada, source="With a config.", base_version=1)
    waiting = Proposal.objects.open().get(matter=Matter.REOPEN)
    assert f"/proposals/{waiting.pk}/vote/" not in html_of(as_user(VoterFactory()).get("/proposals/"))
    page = html_of(as_user(keeper).get("/proposals/"))
    assert f"/proposals/{waiting.pk}/vote/" in page and "Reopen" in page
    lock_thread(thread=question, by=keeper, reason="enough")
    assert "/vote/" not in html_of(as_user(VoterFactory()).get("/proposals/"))


def test_votes_in_the_list_cost_the_same_for_many_rows(as_user, ada, bob, django_assert_max_num_queries):
    originals = [ask(bob, f"Original {n}") for n in range(2)]
    for n in range(12):
        mark(ask(ada, f"Again {n}"), originals[n % 2], VoterFactory())
    browser = as_user(VoterFactory())
    browser.get("/proposals/")
    with django_assert_max_num_queries(9):
        assert html_of(browser.get("/proposals/")).count("/vote/") == 12
