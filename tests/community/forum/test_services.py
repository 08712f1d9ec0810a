import pytest

from community.audit.models import AuditEntry
from community.common.errors import NotAllowed
from community.content.models import Category, Event, Thread
from community.content.services import delete_post, events, hide_post, restore_post, unhide_post
from community.forum import policies, services
from community.notifications.models import Notification
from tests.at_once import at_once
from tests.factories import AnswerFactory, CommentFactory, PersonFactory, QuestionFactory, ThreadFactory
from tests.html import html_of


@pytest.fixture
def question(ada):
    return QuestionFactory(author=ada)


class TestAccepting:
    def test_who_asked_accepts_one_answer_and_its_author_hears_of_it(self, question, ada, bob):
        answer = AnswerFactory(thread=question, author=bob)
        services.accept_answer(answer=answer, by=ada)
        services.accept_answer(answer=answer, by=ada)
        question.refresh_from_db()
        assert question.solved_post == answer
        assert list(Notification.objects.values_list("recipient__handle", "verb")) == [("bob", "accept")]

    def test_another_answer_takes_its_place_and_it_can_be_taken_back(self, question, ada):
        first, second = AnswerFactory(thread=question), AnswerFactory(thread=question)
        services.accept_answer(answer=first, by=ada)
        services.accept_answer(answer=second, by=ada)
        question.refresh_from_db()
        assert question.solved_post == second
        services.unaccept_answer(thread=question, by=ada)
        question.refresh_from_db()
        assert question.solved_post is None

    def test_others_cannot(self, question):
        answer = AnswerFactory(thread=question)
        with pytest.raises(NotAllowed):
            services.accept_answer(answer=answer, by=PersonFactory())
        question.refresh_from_db()
        assert question.solved_post is None

    @pytest.mark.parametrize("make", [CommentFactory, lambda **kw: AnswerFactory(hidden_at="2026-01-01T00:00Z", **kw)])
    def test_only_a_visible_answer_is_accepted(self, question, ada, make):
        with pytest.raises(services.NotAnAnswer):
            services.accept_answer(answer=make(thread=question), by=ada)
        question.refresh_from_db()
        assert question.solved_post is None

    def test_a_discussion_has_no_accepted_answer(self, ada):
        discussion = ThreadFactory(author=ada)
        with pytest.raises(NotAllowed):
            services.accept_answer(answer=CommentFactory(thread=discussion), by=ada)

    def test_the_page_offers_it_to_who_asked(self, question, ada, bob, as_user):
        answer = AnswerFactory(thread=question, author=bob)
        url = f"/posts/{answer.pk}/accept/"
        assert url in as_user(ada).get(question.get_absolute_url()).content.decode()
        assert url not in as_user(bob).get(question.get_absolute_url()).content.decode()
        as_user(ada).post(url, {"on": "1"})
        question.refresh_from_db()
        assert question.solved_post == answer
        assert as_user(bob).post(url, {"on": "0"}).status_code == 403
        as_user(ada).post(url, {"on": "0"})
        question.refresh_from_db()
        assert question.solved_post is None


class TestTheAcceptedAnswerIsLocked:
    @pytest.fixture
    def answers(self, question, ada, moderator):
        answers = [AnswerFactory(thread=question), AnswerFactory(thread=question)]
        services.accept_answer(answer=answers[0], by=ada)
        services.lock_answer(thread=question, by=moderator, reason="It is proved.")
        return answers

    def accepted(self, question):
        question.refresh_from_db()
        return question.solved_post

    def test_only_moderators_change_it_until_it_is_unlocked(self, question, answers, ada, moderator):
        for act in (
            lambda: services.accept_answer(answer=answers[1], by=ada),
            lambda: services.unaccept_answer(thread=question, by=ada),
        ):
            with pytest.raises(services.AnswerLocked):
                act()
        assert self.accepted(question) == answers[0]
        services.accept_answer(answer=answers[1], by=moderator)
        with pytest.raises(services.AnswerLocked):
            services.accept_answer(answer=answers[0], by=ada)
        services.unlock_answer(thread=question, by=moderator)
        services.accept_answer(answer=answers[0], by=ada)
        assert self.accepted(question) == answers[0]

    def test_the_page_says_so_with_the_reason_and_the_log_has_it(
        self, question, answers, ada, moderator, as_user, client
    ):
        page = html_of(client.get(question.get_absolute_url()))
        assert "locked the accepted answer" in page and "It is proved." in page
        assert "Only moderators can change which answer is accepted" in page
        assert f"/posts/{answers[0].pk}/accept/" not in html_of(as_user(ada).get(question.get_absolute_url()))
        refused = as_user(ada).post(f"/posts/{answers[1].pk}/accept/", {"on": "1"})
        assert refused.status_code == 403 and "A moderator locked the accepted answer." in html_of(refused)
        assert list(AuditEntry.objects.filter(action="lock_answer").values_list("actor", "note")) == [
            (moderator.pk, "It is proved.")
        ]

    def test_moderators_lock_and_unlock_it_on_the_page(self, question, answers, ada, moderator, as_user):
        for action, is_locked in (("unlock_answer", False), ("lock_answer", True)):
            assert action in html_of(as_user(moderator).get(question.get_absolute_url()))
            as_user(moderator).post(
                f"/threads/{question.pk}/moderate/",
                {"action": action, "reason": "", "category": Category.objects.first().slug},
            )
            question.refresh_from_db()
            assert question.is_answer_locked is is_locked
        with pytest.raises(NotAllowed):
            services.unlock_answer(thread=question, by=ada)

    def test_without_an_accepted_answer_there_is_none_to_lock(self, question, answers, moderator):
        services.unaccept_answer(thread=question, by=moderator)
        with pytest.raises(services.NotAnAnswer):
            services.lock_answer(thread=question, by=moderator)

    def test_while_it_is_removed_the_asker_accepts_another(self, question, answers, ada, moderator):
        hide_post(post=answers[0], by=moderator)
        services.accept_answer(answer=answers[1], by=ada)
        services.unaccept_answer(thread=question, by=ada)
        assert self.accepted(question) is None and not question.is_answer_locked

    def test_it_is_locked_again_when_it_is_restored(self, question, answers, ada, moderator):
        hide_post(post=answers[0], by=moderator)
        unhide_post(post=answers[0], by=moderator)
        with pytest.raises(services.AnswerLocked):
            services.unaccept_answer(thread=question, by=ada)

    def test_whoever_wrote_it_can_still_name_the_run_that_proves_it(self, question, answers, ada):
        answers[0].thread.refresh_from_db()
        assert policies.can_prove(ada, answers[0]) and policies.can_prove(answers[0].author, answers[0])


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_of_two_accepted_at_once_one_is_accepted_and_both_authors_hear_of_it_once(ada):
    question = QuestionFactory(author=ada)
    answers = [AnswerFactory(thread=question), AnswerFactory(thread=question)]
    outcomes = at_once(2, lambda n: services.accept_answer(answer=answers[n], by=ada))
    assert not [each for each in outcomes if isinstance(each, Exception)]
    question.refresh_from_db()
    assert question.solved_post in answers
    told = Notification.objects.filter(verb="accept").values_list("recipient", flat=True)
    assert sorted(told) == sorted(answer.author_id for answer in answers)


class TestAnAcceptedAnswerIsRemoved:
    @pytest.fixture
    def answer(self, question, ada, bob):
        answer = AnswerFactory(thread=question, author=bob)
        services.accept_answer(answer=answer, by=ada)
        question.refresh_from_db()
        return answer

    def accepted(self, question):
        question.refresh_from_db()
        return question.solved_post

    @pytest.mark.parametrize(("remove", "restore"), [(delete_post, restore_post), (hide_post, unhide_post)])
    def test_it_is_accepted_again_when_it_is_restored(self, question, answer, moderator, remove, restore):
        remove(post=answer, by=moderator)
        assert self.accepted(question) is None
        restore(post=answer, by=moderator)
        assert self.accepted(question) == answer
        assert Notification.objects.filter(verb="accept").count() == 1

    def test_not_while_it_is_still_hidden(self, question, answer, moderator):
        hide_post(post=answer, by=moderator)
        delete_post(post=answer, by=moderator)
        restore_post(post=answer, by=moderator)
        assert self.accepted(question) is None
        unhide_post(post=answer, by=moderator)
        assert self.accepted(question) == answer

    def test_not_when_another_was_accepted_meanwhile(self, question, answer, ada, moderator):
        other = AnswerFactory(thread=question)
        hide_post(post=answer, by=moderator)
        services.accept_answer(answer=other, by=ada)
        unhide_post(post=answer, by=moderator)
        assert self.accepted(question) == other

    def test_not_when_the_question_was_reopened_meanwhile(self, question, answer, ada, moderator):
        other = AnswerFactory(thread=question)
        hide_post(post=answer, by=moderator)
        services.accept_answer(answer=other, by=ada)
        services.unaccept_answer(thread=question, by=ada)
        unhide_post(post=answer, by=moderator)
        assert self.accepted(question) is None

    def test_one_that_was_never_accepted_is_not_when_it_is_restored(self, question, answer, moderator):
        other = AnswerFactory(thread=question)
        hide_post(post=other, by=moderator)
        unhide_post(post=other, by=moderator)
        assert self.accepted(question) == answer


class TestAcceptingWhatIsNoLongerThere:
    @pytest.mark.parametrize("on", ["1", "0"])
    def test_a_stale_page_leads_back_with_a_sentence(self, question, ada, bob, moderator, as_user, on):
        answer = AnswerFactory(thread=question, author=bob)
        hide_post(post=answer, by=moderator)
        response = as_user(ada).post(f"/posts/{answer.pk}/accept/", {"on": on}, follow=True)
        assert response.redirect_chain == [(question.get_absolute_url(), 302)]
        assert "This answer has been removed, so it cannot be accepted." in html_of(response)
        question.refresh_from_db()
        assert question.solved_post is None

    def test_others_learn_nothing_of_it(self, question, moderator, as_user):
        answer = AnswerFactory(thread=question)
        hide_post(post=answer, by=moderator)
        other = as_user(PersonFactory())
        for pk in (answer.pk, 10**9):
            assert other.post(f"/posts/{pk}/accept/", {"on": "1"}).status_code == 404

    def test_nor_does_who_asked_of_a_question_that_is_hidden(self, ada, as_user):
        answer = AnswerFactory(thread=QuestionFactory(hidden_at="2026-01-01T00:00Z"))
        assert as_user(ada).post(f"/posts/{answer.pk}/accept/", {"on": "1"}).status_code == 404


class TestModerating:
    def test_every_act_leaves_an_event(self, question, moderator):
        meta = Category.objects.get(slug="meta")
        services.lock_thread(thread=question, by=moderator, reason="Enough")
        services.pin_thread(thread=question, by=moderator)
        services.pin_everywhere(thread=question, by=moderator)
        services.move_thread(thread=question, by=moderator, category=meta)
        services.unlock_thread(thread=question, by=moderator)
        services.unpin_thread(thread=question, by=moderator)
        question.refresh_from_db()
        assert (question.is_locked, question.pinned_at, question.category) == (False, None, meta)
        acts = list(Event.objects.values_list("action", "reason", "category__slug"))
        assert acts == [
            ("lock", "Enough", None),
            ("pin", "", None),
            ("pin_everywhere", "", None),
            ("move", "", "meta"),
            ("unlock", "", None),
            ("unpin", "", None),
        ]

    def test_doing_it_again_changes_nothing(self, question, moderator):
        locked = services.lock_thread(thread=question, by=moderator).locked_at
        assert services.lock_thread(thread=question, by=moderator).locked_at == locked
        assert Event.objects.count() == 1

    @pytest.mark.parametrize(
        "act",
        [
            services.lock_thread,
            services.unlock_thread,
            services.pin_thread,
            services.pin_everywhere,
            services.unpin_thread,
        ],
    )
    def test_members_cannot(self, question, ada, act):
        before = Thread.objects.values().get()
        with pytest.raises(NotAllowed):
            act(thread=question, by=ada)
        assert (Thread.objects.values().get(), Event.objects.count()) == (before, 0)

    def test_the_form_of_the_page_does_it(self, question, moderator, ada, as_user):
        url = f"/threads/{question.pk}/moderate/"
        assert as_user(ada).post(url, {"action": "lock"}).status_code == 403
        move = {"action": "move", "category": "meta", "reason": "about us"}
        assert as_user(moderator).post(url, move).status_code == 302
        assert as_user(moderator).post(url, {"action": "burn"}).status_code == 400
        assert as_user(moderator).post(url, {"action": "move", "category": "nowhere"}).status_code == 400
        unsaid = as_user(moderator).post(url, {"action": "move"}, headers={"Accept": "application/json"})
        assert unsaid.json()["error"]["fields"] == {"category": ["Choose a category."]}
        page = " ".join(as_user(ada).get(question.get_absolute_url()).content.decode().split())
        assert "moved this → Meta" in page
        assert "about us" in page


@pytest.mark.parametrize("act", ["lock_thread", "lock_answer", "pin_thread"])
def test_what_cannot_be_recorded_is_not_done(question, ada, moderator, monkeypatch, act):
    services.accept_answer(answer=AnswerFactory(thread=question), by=ada)
    monkeypatch.setattr(events, "record_event", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        getattr(services, act)(thread=question, by=moderator)
    question.refresh_from_db()
    assert (question.locked_at, question.answer_locked_at, question.pinned_at) == (None, None, None)
