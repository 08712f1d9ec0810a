"""Inviting people to answer: whom, how often, who is told, and who sees what."""

import pytest
from django.urls import reverse

from community.accounts.models import User
from community.common.errors import DomainError
from community.content.models import Post, Tag, Thread
from community.content.services import add_post, start_thread
from community.content.services.removal import hide_post
from community.forum import inviting, services
from community.forum.models import Invitation
from community.mutes.services import block, mute
from community.notifications.channels import Channel, Frequency
from community.notifications.preferences import choose
from community.notifications.topics import Topic
from community.social.levels import Level
from community.social.services import follow
from tests.factories import ModeratorFactory, NewcomerFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(ada):
    return start_thread(author=ada, kind="question", title="Why?", source="Because?", tags=["xor"])


@pytest.fixture
def cy(db):
    return PersonFactory(handle="cy")


def told(person) -> list[str]:
    return list(person.notifications.filter(verb="invite").values_list("actor__handle", flat=True))


def solved(tag: str, by) -> Thread:
    asker = PersonFactory()
    thread = start_thread(author=asker, kind="question", title="Solved", source="x", tags=[tag])
    answer = add_post(thread=thread, author=by, source="So.", role="answer")
    return services.accept_answer(answer=answer, by=asker)


def invited_page(reader, question, as_user) -> str:
    return as_user(reader).get(reverse("forum:invite", args=[question.pk])).content.decode()


class TestInviting:
    def test_the_invited_is_told_once_by_whom_whoever_asks_again(self, question, ada, bob, cy):
        for inviter in (bob, bob, ada):
            inviting.invite(thread=question, by=inviter, handle=" @CY ")
        assert told(cy) == ["bob"] and Invitation.objects.count() == 1

    def test_the_asker_sees_all_others_their_own(self, question, ada, bob, cy, as_user, moderator):
        inviting.invite(thread=question, by=bob, handle="cy")
        other = PersonFactory()
        pages = [invited_page(reader, question, as_user) for reader in (ada, moderator, bob, cy, other)]
        assert ['id="invited-title"' in page for page in pages] == [True, True, True, False, False]
        assert "by bob" in invited_page(ada, question, as_user)

    def test_its_page_asks_the_invited_until_they_decline_or_answer(self, question, bob, cy, as_user):
        reader, address = as_user(cy), question.get_absolute_url()

        def asks() -> bool:
            return "asks you to answer this question" in reader.get(address).content.decode()

        assert not asks()
        inviting.invite(thread=question, by=bob, handle="cy")
        assert asks() and "asks you" not in as_user(bob).get(address).content.decode()
        add_post(thread=question, author=cy, source="So.", role="answer")
        assert not asks()

    def test_no_thanks_is_quiet(self, question, ada, bob, cy, as_user):
        inviting.invite(thread=question, by=bob, handle="cy")
        key = Invitation.objects.get().pk
        assert as_user(bob).post(f"/invitations/{key}/decline/").status_code == 404
        answer = as_user(cy).post(f"/invitations/{key}/decline/")
        assert (answer.status_code, answer["Location"]) == (302, question.get_absolute_url())
        assert "asks you" not in as_user(cy).get(question.get_absolute_url()).content.decode()
        assert cy.notifications.get(verb="invite").read_at and not bob.notifications.exists()
        page = invited_page(ada, question, as_user)
        assert "@cy" in page and "declin" not in page.lower()
        inviting.invite(thread=question, by=ada, handle="cy")
        assert told(cy) == ["bob"]

    def test_who_turned_such_notifications_off_gets_none(self, question, bob, cy):
        off = {(Topic.INVITATIONS, channel): Frequency.NEVER for channel in (Channel.SITE, Channel.MAIL)}
        choose(person=cy, choices=off)
        inviting.invite(thread=question, by=bob, handle="cy")
        assert told(cy) == []

    def test_from_the_page_without_script(self, question, bob, cy, as_user):
        client, address = as_user(bob), f"/questions/{question.pk}/invite/"
        assert client.post(address, {"handle": "cy"})["Location"] == address
        assert client.post(address, {"handle": "cy"})["Location"] == address
        assert "Invited: cy." in client.get(address).content.decode() and told(cy) == ["bob"]
        answer = client.post(address, {"handle": "nobody-here"})
        page = answer.content.decode()
        assert answer.status_code == 422 and "Nobody here has this handle." in page and 'value="nobody-here"' in page

    def test_only_open_questions_offer_it_and_only_to_members(self, question, bob, moderator, as_user, client):
        address, way = question.get_absolute_url(), f"/questions/{question.pk}/invite/"
        assert way in as_user(bob).get(address).content.decode()
        assert way not in client.get(address).content.decode()
        services.lock_thread(thread=question, by=moderator)
        assert way not in as_user(bob).get(address).content.decode()
        assert as_user(bob).get(f"/questions/{question.pk}/invite/").status_code == 403


class TestRefusals:
    @pytest.mark.parametrize("handle", ["", "ada", "bob", "closed", "nobody", "x" * 5_000, "\x00", "@", "done"])
    def test_nobody_is_invited_who_cannot_answer(self, question, bob, handle):
        PersonFactory(handle="closed", is_active=False)
        add_post(thread=question, author=PersonFactory(handle="done"), source="So.", role="answer")
        with pytest.raises(DomainError):
            inviting.invite(thread=question, by=bob, handle=handle)
        assert not Invitation.objects.exists()

    @pytest.mark.parametrize("way", ["inviter", "invited", "asker", "of asker"])
    def test_a_block_is_a_refusal_that_does_not_tell_of_it(self, question, ada, bob, cy, way):
        person, other = {"inviter": (bob, cy), "invited": (cy, bob), "asker": (ada, cy), "of asker": (cy, ada)}[way]
        block(person=person, other=other)
        with pytest.raises(DomainError) as caught:
            inviting.invite(thread=question, by=bob, handle="cy")
        assert "cannot be invited" in str(caught.value) or way == "inviter"
        assert not Invitation.objects.exists()

    @pytest.mark.parametrize("muted", ["inviter", "asker", "thread", "tag"])
    def test_a_mute_keeps_the_notification_away_and_nobody_is_told(self, question, ada, bob, cy, muted):
        if muted in ("inviter", "asker"):
            mute(person=cy, other=bob if muted == "inviter" else ada)
        else:
            target = {"thread": question} if muted == "thread" else {"tag": Tag.objects.get()}
            follow(follower=cy, level=Level.MUTED, **target)
        assert inviting.invite(thread=question, by=bob, handle="cy") == cy
        assert told(cy) == []

    def test_there_is_a_limit_by_day_and_by_question(self, question, ada, bob):
        for _ in range(inviting.MOST_BY_ONE):
            inviting.invite(thread=question, by=bob, handle=PersonFactory().handle)
        with pytest.raises(DomainError, match=r"correct") as caught:
            inviting.invite(thread=question, by=bob, handle=PersonFactory().handle)
        assert "Enough people" in caught.value.fields["handle"][0]
        for n in range(2):
            other = start_thread(author=ada, kind="question", title=f"Other {n}", source="x")
            for _ in range(5 - n):
                if Invitation.objects.filter(inviter=bob).count() < inviting.MOST_A_DAY:
                    inviting.invite(thread=other, by=bob, handle=PersonFactory().handle)
        with pytest.raises(DomainError) as caught:
            inviting.invite(thread=other, by=bob, handle=PersonFactory().handle)
        assert "in a day" in caught.value.fields["handle"][0]

    def test_newcomers_confirm_their_address_first(self, question, cy, as_user):
        answer = as_user(NewcomerFactory()).post(f"/questions/{question.pk}/invite/", {"handle": "cy"})
        assert answer.status_code == 403 and not Invitation.objects.exists()

    def test_a_hidden_question_tells_nobody(self, question, bob, cy, moderator):
        inviting.invite(thread=question, by=bob, handle="cy")
        hide_post(post=question.posts.get(), by=moderator)
        assert list(cy.notifications.model.objects.of(cy)) == []


class TestSuggestions:
    def test_who_solved_questions_in_its_tags_with_the_reason(self, question, bob, cy, as_user):
        solved("xor", cy)
        solved("lstm", PersonFactory(handle="elsewhere"))
        [found] = inviting.suggested(question, bob)
        assert (found.person, found.tag.slug) == (cy, "xor")
        page = invited_page(bob, question, as_user)
        assert "Solved a question in #xor" in page and 'name="handle" value="cy"' in page

    @pytest.mark.parametrize("why", ["asker", "reader", "closed", "answered", "invited", "muted", "blocks", "of asker"])
    def test_nobody_who_cannot_or_should_not_be_invited(self, question, ada, bob, cy, why):
        solved("xor", {"asker": ada, "reader": bob}.get(why, cy))
        if why == "closed":
            User.objects.filter(pk=cy.pk).update(is_active=False)
        elif why == "answered":
            add_post(thread=question, author=cy, source="So.", role="answer")
        elif why == "invited":
            inviting.invite(thread=question, by=ada, handle="cy")
        elif why == "muted":
            mute(person=bob, other=cy)
        elif why == "blocks":
            block(person=cy, other=bob)
        elif why == "of asker":
            block(person=ada, other=cy)
        assert inviting.suggested(question, bob) == []

    def test_what_a_moderator_hid_is_no_reason(self, question, bob, cy, moderator):
        thread = solved("xor", cy)
        hide_post(post=Post.objects.get(thread=thread, role="opening"), by=ModeratorFactory())
        assert inviting.suggested(question, bob) == []
