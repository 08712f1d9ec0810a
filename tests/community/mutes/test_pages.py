"""The menus, the list of muted and blocked people, and what is said to whom."""

from __future__ import annotations

import pytest

from community.accounts.models import User
from community.common.ratelimit.store import limiter
from community.mutes import services
from community.mutes.models import Mute
from community.mutes.selectors import Standing, standing
from tests.factories import AnswerFactory, CommentFactory, ModeratorFactory, PersonFactory, QuestionFactory

from .world import unfolded

pytestmark = pytest.mark.django_db


@pytest.fixture
def adas(ada, signed_in):
    limiter.cache_clear()
    return signed_in(ada)


def act(adas, name: str, person: User, **form) -> str:
    """Press a button, and return what the page after it shows."""
    response = adas.post(f"/people/{person.pk}/{name}/", form, follow=True)
    assert response.status_code == 200
    return unfolded(response.content.decode())


def test_mute_block_and_undo(adas, ada, bob):
    assert "You muted bob." in act(adas, "mute", bob)
    assert standing(ada, bob) == Standing("mute")
    assert standing(bob, ada) == Standing()
    assert "You blocked bob." in act(adas, "block", bob)
    assert standing(ada, bob) == Standing("block", is_apart=True)
    assert standing(bob, ada) == Standing(is_apart=True)
    assert "bob is no longer muted or blocked." in act(adas, "undo", bob)
    assert standing(ada, bob) == standing(bob, ada) == Standing()


@pytest.mark.parametrize("name", ["mute", "block", "undo"])
def test_a_double_click_is_one(adas, bob, name):
    assert act(adas, name, bob) == act(adas, name, bob)
    assert Mute.objects.count() == (name != "undo")


def test_muting_who_is_blocked_leaves_the_block(adas, bob):
    act(adas, "block", bob)
    assert "You blocked bob, which mutes them too." in act(adas, "mute", bob)
    assert Mute.objects.get().is_block


@pytest.mark.parametrize("name", ["mute", "block"])
def test_not_oneself(adas, ada, name):
    response = adas.post(f"/people/{ada.pk}/{name}/")
    assert response.status_code == 422 and "You cannot mute or block yourself." in response.content.decode()
    assert not Mute.objects.exists()


@pytest.mark.parametrize("name", ["mute", "block", "undo"])
def test_an_account_that_is_gone(adas, name):
    response = adas.post(f"/people/{10**9}/{name}/")
    assert response.status_code == 400
    assert "This account no longer exists." in response.content.decode()


def test_a_closed_account_can_be_muted_and_is_deleted_with_its_rows(adas, ada, bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    act(adas, "mute", bob)
    assert "closed account" in unfolded(adas.get("/settings/people/").content.decode())
    User.objects.filter(pk=bob.pk).delete()
    assert not Mute.objects.exists()


def test_a_moderator_can_be_muted_and_not_blocked(adas, ada):
    moderator = ModeratorFactory()
    question = QuestionFactory()
    answer, by_other = AnswerFactory(thread=question, author=moderator), AnswerFactory(thread=question)
    CommentFactory(thread=question, parent=by_other, author=moderator)
    pages = [moderator.get_absolute_url(), QuestionFactory(author=moderator).get_absolute_url()]
    for path in (*pages, question.get_absolute_url(), f"{question.get_absolute_url()}?view=flat"):
        page = adas.get(path).content.decode()
        assert f"/people/{moderator.pk}/mute/" in page and f"/people/{moderator.pk}/block/" not in page
    assert answer.author == moderator and f"/people/{by_other.author_id}/block/" in page
    response = adas.post(f"/people/{moderator.pk}/block/")
    assert response.status_code == 403 and "Moderators cannot be blocked" in response.content.decode()
    act(adas, "mute", moderator)
    assert standing(ada, moderator) == Standing("mute")


def test_a_moderator_mutes_and_does_not_block(signed_in, bob):
    moderator = ModeratorFactory()
    response = signed_in(moderator).post(f"/people/{bob.pk}/block/")
    assert response.status_code == 403 and "Moderators cannot block anyone" in response.content.decode()
    for path in (QuestionFactory(author=bob).get_absolute_url(), "/@bob/"):
        page = signed_in(moderator).get(path).content.decode()
        assert f"/people/{bob.pk}/mute/" in page and f"/people/{bob.pk}/block/" not in page
    services.mute(person=moderator, other=bob)
    assert standing(moderator, bob) == Standing("mute")


@pytest.mark.parametrize("who", ["ada", "bob"])
def test_a_block_with_somebody_who_became_a_moderator_is_a_mute(ada, bob, who):
    services.block(person=ada, other=bob)
    User.objects.filter(handle=who).update(is_staff=True)
    ada, bob = (User.objects.get(handle=name) for name in ("ada", "bob"))
    assert standing(ada, bob) == Standing("block")
    assert standing(bob, ada) == Standing()


@pytest.mark.parametrize("name", ["mute", "block", "undo"])
def test_a_visitor_signs_in_first(visitor, bob, name):
    response = visitor.post(f"/people/{bob.pk}/{name}/")
    assert response.status_code == 302 and response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", ["mute", "block", "undo"])
def test_a_foreign_address_is_not_gone_to(adas, bob, name):
    response = adas.post(f"/people/{bob.pk}/{name}/", {"next": "https://evil.example/"})
    assert response["Location"] == "/@bob/"


def test_the_list_is_ones_own_and_paged(adas, ada, bob):
    for _ in range(51):
        services.mute(person=ada, other=PersonFactory())
    services.block(person=bob, other=ada)
    page = adas.get("/settings/people/")
    assert page.content.decode().count(">Unmute</button>") + page.content.decode().count("Unmute\n") >= 50
    assert len(page.context["page"].items) == 50 and page.context["page"].next_query
    rest = adas.get(f"/settings/people/{page.context['page'].next_query}")
    assert len(rest.context["page"].items) == 1
    assert "bob" not in unfolded(page.content.decode())


def test_the_list_says_what_it_is_when_empty(adas):
    assert "Nobody is muted or blocked" in adas.get("/settings/people/").content.decode()
    assert "/settings/people/" in adas.get("/settings/").content.decode()


def test_menus_offer_what_is_left_to_do(adas, ada, bob):
    thread = QuestionFactory(author=bob)
    own = QuestionFactory(author=ada)

    def offered(path: str) -> list[str]:
        page = adas.get(path).content.decode()
        return [name for name in ("mute", "block", "undo") if f"/people/{bob.pk}/{name}/" in page]

    for path in (thread.get_absolute_url(), "/@bob/"):
        assert offered(path) == ["mute", "block"]
    services.mute(person=ada, other=bob)
    for path in (thread.get_absolute_url(), "/@bob/"):
        assert offered(path) == ["block", "undo"]
    services.block(person=ada, other=bob)
    for path in (thread.get_absolute_url(), "/@bob/"):
        assert offered(path) == ["undo"]
    for path in (own.get_absolute_url(), "/@ada/"):
        assert offered(path) == [] and f"/people/{ada.pk}/mute/" not in adas.get(path).content.decode()


def test_a_folded_post_says_why_and_keeps_what_others_wrote_under_it(adas, ada, bob):
    thread = QuestionFactory()
    answer = AnswerFactory(thread=thread, author=bob, html="<p>Unwanted.</p>")
    CommentFactory(thread=thread, parent=answer, html="<p>Wanted.</p>")
    CommentFactory(thread=thread, parent=answer, author=bob, html="<p>Unwanted too.</p>")
    for state, words in (
        (lambda: services.mute(person=ada, other=bob), "A post by somebody you muted."),
        (lambda: services.block(person=ada, other=bob), "A post by somebody you blocked."),
    ):
        state()
        html = adas.get(thread.get_absolute_url()).content.decode()
        page = unfolded(html)
        assert page.count(words) == 2 and page.count("Show it") == 2
        assert "Wanted." in page and "Unwanted" not in page and "bob" not in page
        assert "Unwanted." in html and "Unwanted too." in html  # a click away, without script
    services.undo(person=ada, other=bob)
    services.block(person=bob, other=ada)
    page = unfolded(adas.get(thread.get_absolute_url()).content.decode())
    assert page.count("A post by somebody you cannot reply to.") == 2 and "you blocked" not in page.lower()


def test_who_is_blocked_has_no_buttons_that_would_be_refused(adas, ada, bob):
    thread = QuestionFactory()
    answer = AnswerFactory(thread=thread, author=bob)
    services.block(person=bob, other=ada)
    page = adas.get(thread.get_absolute_url()).content.decode()
    assert f"/posts/{answer.pk}/reply/" not in page and f"/posts/{answer.pk}/quote/" not in page
    part = page[page.index('id="post-2"') :]
    assert part.count("disabled") >= 2
    assert f"/posts/{answer.pk}/report/" in page  # moderators hear of everybody
    assert "form" in page[page.index('id="write"') :]


def test_a_thread_of_theirs_has_no_form(adas, ada, bob):
    thread = QuestionFactory(author=bob)
    services.block(person=ada, other=bob)
    page = adas.get(thread.get_absolute_url()).content.decode()
    assert "You blocked this person. Unblock them first." in page and 'action="/threads/' not in page
