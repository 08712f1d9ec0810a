"""What the box for a search offers while somebody types, on the database under test: what, to whom, at what cost."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone

from bpsandbox import api
from community.common.ratelimit.store import limiter
from community.content.models import Thread
from community.content.services import hide_post, start_thread
from community.mutes.services import block, mute
from community.search import suggesting
from community.search.rates import SUGGESTING
from community.search.services import rebuild
from community.search.suggesting import suggested
from tests.factories import ModeratorFactory, PersonFactory
from tests.training import XOR, train

pytestmark = [pytest.mark.both, pytest.mark.django_db]
VISITOR = AnonymousUser()


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def names(typed: str, user=VISITOR) -> list[str]:
    return [hit.plain_title for hit in suggested(typed, user)]


def run_by(author) -> None:
    """Post a discussion with a run, whose title has none of the words that are typed here."""
    start_thread(author=author, kind="discussion", title="Look", source=f"Here:\n\n```bp\n{XOR}```\n")
    train()


def ask(author, title: str, **values) -> Thread:
    return start_thread(author=author, kind="question", title=title, source="Words of the text.", **values)


def test_threads_tags_people_and_runs_are_offered_in_this_order(ada, bob):
    PersonFactory(handle="xor-fan", display_name="XOR fan")
    ask(ada, "XOR stays at one half", tags=["xor"])
    run_by(ada)
    found = suggested("xor", VISITOR)
    assert [hit.kind for hit in found] == ["question", "tag", "person", "run"]
    assert [hit.plain_title for hit in found][:3] == ["XOR stays at one half", "xor", "XOR fan"]


@pytest.mark.parametrize("typed", ["vanish", "Vanishing gr", "梯度", "梯", "梯度消", "tidu", "$\\eta$ vani"])
def test_a_title_is_found_by_its_words_the_last_of_which_is_begun(ada, typed):
    ask(ada, "Vanishing gradients 梯度消失 at $\\eta = 2$")
    assert names(typed) == ["Vanishing gradients 梯度消失 at $\\eta = 2$"]


def test_what_only_the_text_has_is_not_offered(ada):
    ask(ada, "A title")
    PersonFactory(handle="zed", display_name="Zed", bio="Words of a bio")
    rebuild()
    assert (names("words"), names("title"), names("bio"), names("zed")) == ([], ["A title"], [], ["Zed"])


@pytest.mark.parametrize("typed", ["gradient 异或", "学习率", "plateau xor"])
def test_a_word_that_is_whole_is_not_left_out(ada, typed):
    ask(ada, "gradient of a plateau 深度学习")
    assert names(typed) == []


def test_a_word_that_is_barely_begun_is_left_out_if_no_title_has_it(ada):
    ask(ada, "gradient")
    assert names("gradient de") == ["gradient"]


@pytest.mark.parametrize("typed", ["xor 辞职", "xor re"])
def test_what_is_offered_does_not_tell_what_drafts_have(ada, typed):
    ask(ada, "xor")
    before = names(typed)
    cache.clear()
    ask(ada, "xor 辞职 re", publish=False)
    assert names(typed) == before


def test_what_is_hidden_takes_nobodys_place(ada):
    ask(ada, "a title with adam in it")
    for _n in range(suggesting.CANDIDATES + 1):
        ask(ada, "adam adam adam", publish=False)
    assert names("adam") == ["a title with adam in it"]


@pytest.mark.parametrize(
    "typed", ["", "  ", "?!", "tag:xor", "xor by:ada", "xor -lstm", '"xor net"', "by:", "\0", "\ud800"]
)
def test_nothing_is_offered_for_nothing_and_for_what_narrows_a_search(ada, typed):
    ask(ada, "xor net lstm", tags=["xor"])
    assert names(typed) == []


def test_what_has_a_meaning_to_databases_is_a_letter(ada):
    ask(ada, "xor net")
    for typed in ("xor' OR 1=1 --", "xor OR net", "NEAR(xor net)", "xor*", "xor AND", '"xor', "x" * 5_000, "xor & !"):
        assert names(typed) in ([], ["xor net"])


def test_nobody_is_told_of_drafts_and_of_what_is_hidden_or_deleted_not_even_its_author_or_staff(ada):
    moderator = ModeratorFactory()
    ask(ada, "secret draft", tags=["secret-tag"], publish=False)
    hidden, deleted = ask(ada, "secret hidden"), ask(ada, "secret deleted")
    hide_post(post=hidden.posts.get(), by=moderator)
    Thread.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    for reader in (VISITOR, ada, moderator):
        assert names("secret", reader) == []
    ask(ada, "secret open")
    assert names("secret") == []  # for a minute, the keys are kept
    cache.clear()
    assert names("secret") == ["secret open"]


def test_what_is_kept_is_not_named_once_it_is_hidden(ada):
    thread = ask(ada, "plateau")
    assert names("plateau") == ["plateau"]
    hide_post(post=thread.posts.get(), by=ModeratorFactory())
    assert names("plateau") == []


def test_closed_accounts_are_not_offered_though_they_are_kept(bob):
    assert names("bob") == ["bob"]
    bob.is_active = False
    bob.save()
    assert names("bob") == []


@pytest.mark.parametrize(("act", "is_own"), [(mute, True), (block, True), (block, False)])
def test_people_apart_and_what_they_wrote_are_not_offered(ada, bob, act, is_own):
    ask(bob, "bob asks")
    run_by(bob)
    assert set(names("bob", ada)) == {"bob", "bob asks"}
    assert len(names("xor", ada)) == 1
    act(person=ada if is_own else bob, other=bob if is_own else ada)
    assert (names("bob", ada), names("xor", ada)) == ([], [])
    assert set(names("bob")) == {"bob", "bob asks"}


def test_runs_that_people_apart_put_on_lists_by_themselves_are_not_offered(ada, bob):
    api.submit(config_text=f"title: Bob says hi\n{XOR}", requester=bob, visibility="public")
    train()
    assert names("xor", ada) == ["Bob says hi"]
    block(person=ada, other=bob)
    assert (names("xor", ada), names("xor")) == ([], ["Bob says hi"])


def test_those_of_others_take_the_place_of_what_muted_people_wrote(ada, bob):
    for n in range(suggesting.TEXTS):
        ask(PersonFactory(), f"plateau {n}")
        ask(bob, f"plateau of bob {n}")
    mute(person=ada, other=bob)
    assert sorted(names("plateau", ada)) == [f"plateau {n}" for n in range(suggesting.TEXTS)]


def test_few_of_a_kind_are_offered_at_a_cost_that_does_not_grow(ada, django_assert_max_num_queries):
    def grow(names):
        for n in names:
            ask(ada, f"plateau {n}", tags=[f"plateau-{n}"])
            PersonFactory(handle=f"plateau{n}", display_name="Plateau person")

    grow(range(3))
    suggested("plateau", VISITOR)
    cache.clear()
    with django_assert_max_num_queries(14):
        suggested("plateau", VISITOR)
    grow(range(3, 11))
    cache.clear()
    with django_assert_max_num_queries(14):
        found = suggested("plateau", VISITOR)
    assert [hit.kind for hit in found] == ["question"] * suggesting.TEXTS + ["tag"] * 2 + ["person"] * 2
    with django_assert_max_num_queries(8):  # two for each kind, one for tags and one for runs
        suggested("plateau", VISITOR)


def test_the_answer_is_drawn_says_its_kind_and_is_asked_for_anew(client, ada, as_user):
    thread = ask(ada, "Why $\\eta<2$?", tags=["eta"])
    response = client.get("/search/suggest/", {"q": "why eta"})
    choice, *_others = response.json()["choices"]
    assert choice["url"] == thread.get_absolute_url() and choice["note"] == "Question" and choice["picture"] == ""
    assert choice["language"] == thread.posts.get().language != ""
    assert "<math" in choice["title"] and "\\eta" not in choice["title"].partition("<annotation")[0]
    assert response["Cache-Control"] == "private, no-cache"
    [person] = as_user(ada).get("/search/suggest/", {"q": "ada"}).json()["choices"]
    assert (person["note"], person["picture"]) == ("@ada", ada.avatar_url)


def test_names_are_text_in_the_answer(client):
    PersonFactory(handle="script", display_name="<script>alert(1)</script>")
    [choice] = client.get("/search/suggest/", {"q": "script"}).json()["choices"]
    assert choice["title"] == "&lt;script&gt;alert(1)&lt;/script&gt;"


def test_nobody_asks_too_often(client):
    limiter.cache_clear()
    SUGGESTING.hit_key("net:127.0.0.1", cost=239)
    answers = [client.get("/search/suggest/", {"q": "a"}).status_code for _ in range(2)]
    assert answers == [200, 429]


def test_every_page_has_a_box_that_knows_where_to_ask(client):
    for address in ("/", "/search/"):
        page = client.get(address).content.decode()
        assert page.count('data-complete-url="/search/suggest/"') == 1
