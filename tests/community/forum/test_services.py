import pytest

from community.common.errors import NotAllowed
from community.content.models import Category, Event, Thread
from community.content.services import delete_post, hide_post, restore_post, unhide_post
from community.forum import services
from community.notifications.models import Notification
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
        services.move_thread(thread=question, by=moderator, category=meta)
        services.unlock_thread(thread=question, by=moderator)
        services.unpin_thread(thread=question, by=moderator)
        question.refresh_from_db()
        assert (question.is_locked, question.pinned_at, question.category) == (False, None, meta)
        acts = list(Event.objects.values_list("action", "reason", "category__slug"))
        assert acts == [
            ("lock", "Enough", None),
            ("pin", "", None),
            ("move", "", "meta"),
            ("unlock", "", None),
            ("unpin", "", None),
        ]

    def test_doing_it_again_changes_nothing(self, question, moderator):
        locked = services.lock_thread(thread=question, by=moderator).locked_at
        assert services.lock_thread(thread=question, by=moderator).locked_at == locked
        assert Event.objects.count() == 1

    @pytest.mark.parametrize(
        "act", [services.lock_thread, services.unlock_thread, services.pin_thread, services.unpin_thread]
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
