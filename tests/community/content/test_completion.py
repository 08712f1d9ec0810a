"""What the editor offers while somebody types: whom and what it may name, in which order, at what cost."""

import json
import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from community.common.ratelimit.store import limiter
from community.content import completion, services
from community.content.models import Tag, Thread
from community.content.rates import COMPLETING
from community.mutes.services import block, mute
from community.rendering.emoji import TABLE, emoji
from community.search.tokens import fold
from tests.factories import ModeratorFactory, PersonFactory
from tests.factories.content import CommentFactory, QuestionFactory, ThreadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


@pytest.fixture
def asked(ada, as_user):
    """Ask as ada; return the values that are offered."""
    client = as_user(ada)

    def ask(**query):
        response = client.get("/write/complete/", query)
        assert response.status_code == 200
        return [choice["value"] for choice in json.loads(response.content)["choices"]]

    return ask


def test_people_are_found_by_the_beginning_of_their_handle_in_any_case(asked, bob):
    PersonFactory(handle="Bobby")
    assert asked(of="person", q="BO") == ["bob", "Bobby"]
    assert asked(of="person", q="ob") == []


@pytest.mark.parametrize("typed", ["小雷", "雷", "Leighton", "leigh", "小雷 lei"])
def test_people_are_found_by_their_name_in_any_script(asked, typed):
    PersonFactory(handle="demo-lei", display_name="小雷 Leighton")
    assert asked(of="person", q=typed) == ["demo-lei"]


def test_what_has_a_meaning_to_databases_is_a_letter(asked, bob):
    for typed in ("%", "_", "b%", "b_b", "\\", "'", '"', "*", "b" * 5_000, "(", "\ue000kind"):
        assert asked(of="person", q=typed) == []
        assert asked(of="tag", q=typed) == []
    PersonFactory(handle="b_b")
    assert asked(of="person", q="b_") == ["b_b"]


def test_those_who_wrote_in_the_thread_come_first_the_latest_before_the_others(asked, bob):
    thread = QuestionFactory(author=PersonFactory(handle="boris"))
    CommentFactory(thread=thread, author=PersonFactory(handle="zoe", display_name="Bo Zoe"))
    PersonFactory(handle="boa")
    assert asked(of="person", thread=thread.pk) == ["zoe", "boris"]
    assert asked(of="person", q="bo", thread=thread.pk) == ["zoe", "boris", "boa", "bob"]


def test_whoever_has_exactly_this_handle_is_before_those_of_the_thread(asked):
    thread = QuestionFactory(author=PersonFactory(handle="anna"))
    for n in range(completion.MOST):
        CommentFactory(thread=thread, author=PersonFactory(handle=f"ann{n}"))
    PersonFactory(handle="Ann")
    found = asked(of="person", q="ann", thread=thread.pk)
    assert found[:2] == ["Ann", "ann7"] and len(found) == completion.MOST
    assert asked(of="person", q="an", thread=thread.pk)[0] == "ann7"


def test_a_thread_that_the_writer_does_not_see_names_nobody(asked, bob):
    hidden = QuestionFactory(author=bob, hidden_at=timezone.now())
    draft, deleted = QuestionFactory(author=bob, draft=True), QuestionFactory(author=bob, deleted_at=timezone.now())
    thread = QuestionFactory(author=PersonFactory(handle="carol"))
    CommentFactory(thread=thread, author=bob, hidden_at=timezone.now())
    assert [asked(of="person", thread=each.pk) for each in (hidden, draft, deleted)] == [[], [], []]
    assert asked(of="person", thread=thread.pk) == ["carol"]
    assert [asked(of="person", thread=key) for key in ("0", "-1", "x", "9" * 30)] == [[]] * 4


def test_closed_accounts_the_site_and_oneself_are_not_offered(asked, ada, bob):
    PersonFactory(handle="bobsite", is_system=True)
    thread = QuestionFactory(author=ada)
    CommentFactory(thread=thread, author=bob)
    assert asked(of="person", q="bob", thread=thread.pk) == ["bob"]
    bob.is_active = False
    bob.save()
    assert asked(of="person", q="bob", thread=thread.pk) == []  # though the name was kept
    assert asked(of="person", q="ada") == []


@pytest.mark.parametrize(("act", "is_own"), [(mute, True), (block, True), (block, False)])
def test_people_apart_are_not_offered(asked, ada, bob, act, is_own):
    thread = QuestionFactory(author=bob)
    act(person=ada if is_own else bob, other=bob if is_own else ada)
    assert asked(of="person", q="bob", thread=thread.pk) == []


def test_tags_in_use_are_offered_the_most_used_first(asked, ada):
    Tag.objects.create(slug="xor", name="XOR", thread_count=2)
    Tag.objects.create(slug="xor-net", name="xor-net", thread_count=9)
    Tag.objects.create(slug="two-xor", name="two-xor", thread_count=30)
    Tag.objects.create(slug="xorless", name="xorless")  # of nothing that is public
    assert asked(of="tag", q="Xor") == ["XOR", "xor-net", "two-xor"]  # typed in full, begun, a word of it
    assert asked(of="tag")[:1] == ["two-xor"]


def test_the_tag_that_is_typed_in_full_is_before_all_others_however_little_it_is_used(asked):
    Tag.objects.create(slug="adam", name="Adam", thread_count=1)
    for n in range(completion.CANDIDATES):
        Tag.objects.create(slug=f"adam{n}", name=f"adam{n}", thread_count=50 + n)
    assert asked(of="tag", q="ADAM")[:2] == ["Adam", "adam23"]
    Tag.objects.filter(slug="adam").update(thread_count=0)
    assert asked(of="tag", q="adam")[0] == "adam23"  # of nothing that is public


def test_a_tag_is_gone_with_its_last_public_thread(asked, bob):
    thread = services.start_thread(author=bob, kind="note", title="", source="A note.", tags=["secret"])
    assert asked(of="tag", q="sec") == ["secret"]
    services.hide_post(post=thread.posts.get(), by=ModeratorFactory())
    assert asked(of="tag", q="sec") == []


def test_a_choice_says_who_or_how_many(ada, bob):
    bob.display_name = "Bob B."
    bob.save()
    Tag.objects.create(slug="xor", name="XOR", thread_count=1)
    assert completion.people(ada, "bob") == [completion.Choice("bob", "Bob B.", bob.avatar_url)]
    assert completion.tags("xor") == [completion.Choice("XOR", "1 thread", url="/tags/xor/")]


def test_it_costs_few_queries_and_fewer_again(ada, bob, django_assert_max_num_queries):
    thread = ThreadFactory(author=bob)
    for n in range(30):
        CommentFactory(thread=thread, author=PersonFactory(handle=f"bob{n}"))
    with django_assert_max_num_queries(7):
        assert len(completion.people(ada, "bob", thread.pk)) == completion.MOST
    with django_assert_max_num_queries(4):
        completion.people(ada, "bob", thread.pk)
    with django_assert_max_num_queries(1):
        completion.tags("")
        completion.tags("")


def test_visitors_are_offered_nothing_and_members_not_too_often(client, ada, as_user):
    assert client.get("/write/complete/", {"q": "a"}).status_code == 401
    member = as_user(ada)
    limiter.cache_clear()
    COMPLETING.hit_key(f"user:{ada.pk}", cost=239)
    answers = [member.get("/write/complete/", {"of": "tag"}).status_code for _ in range(2)]
    assert answers == [200, 429]


def test_a_browser_asks_anew_each_time(ada, as_user):
    response = as_user(ada).get("/write/complete/", {"of": "tag"})
    assert response["Cache-Control"] == "private, no-cache"


def test_forms_know_their_thread(ada, as_user):
    thread = QuestionFactory(author=ada)
    page = as_user(ada).get(thread.get_absolute_url()).content.decode()
    assert f'data-complete-url="/write/complete/" data-thread="{thread.pk}"' in page
    assert Thread.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("fi", "🔥"), ("FIRE", "🔥"), ("fire:", "🔥"), ("火", "🔥"), ("火箭", "🚀"), ("圖釘", "📌"), ("+1", "👍"),
        ("上升", "📈"), ("上升：", "📈"), ("book", "📖"), ("upwards", "📈"), ("nothing", None), ("", None), (":", None),
    ],
)  # fmt: skip
def test_emoji_are_found_by_their_names_in_both_languages(asked, typed, first):
    assert [*asked(of="emoji", q=typed), None][0] == first


def test_an_emoji_is_named_in_the_language_of_the_reader(as_user):
    for language, name in (("en", "rocket"), ("zh-hans", "火箭")):
        client = as_user(PersonFactory(language=language))
        found = json.loads(client.get("/write/complete/", {"of": "emoji", "q": "rock"}).content)["choices"]
        assert [(each["value"], each["note"]) for each in found] == [("🚀", name)], language


def test_names_of_emoji_are_such_that_the_editor_asks_for():
    """As `typed_word.js` has it: words of ASCII, or at most six Chinese characters. Below two letters it waits."""
    names = [name for line in TABLE.strip().splitlines() for part in line.split("|")[1:] for name in part.split()]
    asked = re.compile(r"[+-]1|[A-Za-z0-9_]{1,30}|[\u3400-\u4dbf\u4e00-\u9fff]{1,6}")
    assert len(names) > 200 and [name for name in names if not asked.fullmatch(name)] == []


def test_every_emoji_is_there_once_with_names_of_its_own_that_can_be_typed():
    listed = emoji()
    assert len({each.character for each in listed}) == len(listed) > 140
    for which in ("names", "chinese"):
        names = [name for each in listed for name in getattr(each, which)]
        assert sorted({name for name in names if names.count(name) > 1}) == []
    assert all(re.fullmatch(r"[a-z0-9_]{1,30}|[+-]1", name) for each in listed for name in each.names)
    assert all(fold(name) == name for each in listed for name in each.chinese)
