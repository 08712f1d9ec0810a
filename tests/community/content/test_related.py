"""Threads related to another: which they are, that nothing hidden is among them, and that its page costs no more."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from community.content import related, services
from community.content.models import Thread
from community.content.related import related_threads
from community.content.unread import find_unread
from community.mutes.services import block, mute
from community.search.services import rebuild
from tests.factories import ModeratorFactory, PersonFactory
from tests.factories.content import CommentFactory, QuestionFactory, ThreadFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]
VISITOR = AnonymousUser()
ASKING = {"X-Requested-With": "fetch"}


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


@pytest.fixture
def threads(bob):
    """Return a thread, and two that are about the same, the more alike first."""
    found = [
        QuestionFactory(title="Why is XOR stuck with sigmoid units"),
        ThreadFactory(title="XOR gets stuck with sigmoid", author=bob),
        ThreadFactory(title="Nets stuck on XOR for long", author=bob),
        ThreadFactory(title="What a softmax layer does", author=bob),
    ]
    rebuild()
    return found[:3]


def keys(thread, reader=VISITOR):
    return [each.pk for each in related_threads(thread, reader)]


def test_the_most_alike_come_first_and_never_itself(threads):
    thread, *others = threads
    assert keys(thread) == [each.pk for each in others]


def test_a_member_is_told_what_is_unread_in_them_in_one_query(threads, bob, as_user, django_assert_max_num_queries):
    thread, first, _second = threads
    browser = as_user(bob)
    services.mark_read(reader=bob, thread_id=first.pk, number=1)
    CommentFactory(thread=first)
    page = browser.get(f"/threads/{thread.pk}/related/").content.decode()
    assert "1 new" in page and page.count("pill backward") == 1
    assert "pill backward" not in Client().get(f"/threads/{thread.pk}/related/").content.decode()
    with django_assert_max_num_queries(1):
        find_unread([first, thread], bob)


def test_what_is_not_public_any_more_is_left_out_though_the_others_are_kept(threads):
    thread, first, second = threads
    assert len(keys(thread)) == 2
    services.hide_post(post=first.posts.get(), by=ModeratorFactory())
    assert [keys(thread, reader) for reader in (VISITOR, first.author, ModeratorFactory())] == [[second.pk]] * 3
    for state in ({"published_at": None}, {"deleted_at": timezone.now()}):
        Thread.objects.filter(pk=second.pk).update(**({"published_at": timezone.now(), "deleted_at": None} | state))
        assert keys(thread) == []


@pytest.mark.parametrize(("act", "is_own"), [(mute, True), (block, True), (block, False)])
def test_threads_of_people_apart_are_left_out(threads, ada, bob, act, is_own):
    act(person=ada if is_own else bob, other=bob if is_own else ada)
    assert (keys(threads[0], ada), len(keys(threads[0], PersonFactory()))) == ([], 2)


def test_a_note_without_a_title_is_related_by_its_first_words_and_called_by_them(threads, ada):
    note = services.start_thread(author=ada, kind="note", title="", source="XOR is stuck with sigmoid.", tags=[])
    assert set(keys(note)) == {each.pk for each in threads}
    thread = QuestionFactory(title="Gradients vanish in deep nets")
    services.start_thread(author=ada, kind="note", title="A note", source="Nothing.", tags=[])
    rebuild()
    assert keys(thread) == []


def test_they_are_searched_once_an_hour(threads, django_assert_max_num_queries, monkeypatch):
    keys(threads[0])
    with django_assert_max_num_queries(1):
        assert len(keys(threads[0])) == 2
    monkeypatch.setattr(related, "MOST", 1)
    assert len(keys(threads[0])) == 1
    threads[0].title = "The softmax layer"
    assert len(keys(threads[0])) == 1  # another title is searched anew


def test_the_page_has_a_link_and_asks_for_nothing(threads, client, as_user, ada, django_assert_max_num_queries):
    thread = threads[0]
    page = client.get(thread.get_absolute_url()).content.decode()
    assert f'href="/threads/{thread.pk}/related/"' in page and threads[1].title not in page
    shown = as_user(ada).get(f"/threads/{thread.pk}/related/").content.decode()
    assert threads[1].title in shown and "<h1>Related threads</h1>" in shown
    with django_assert_max_num_queries(3):
        fragment = client.get(f"/threads/{thread.pk}/related/", headers=ASKING)
    assert fragment.content.decode().strip().startswith('<ul class="related"')
    assert fragment["Cache-Control"] == "private, no-cache" and "X-Requested-With" in fragment["Vary"]


def test_a_draft_has_none(ada, as_user):
    draft = QuestionFactory(author=ada, draft=True)
    assert "data-related" not in as_user(ada).get(draft.get_absolute_url()).content.decode()


def test_without_any_the_page_says_so_and_the_fragment_is_empty(client):
    thread = QuestionFactory(title="Nothing like it")
    rebuild()
    assert "No related threads yet." in client.get(f"/threads/{thread.pk}/related/").content.decode()
    assert client.get(f"/threads/{thread.pk}/related/", headers=ASKING).content.decode().strip() == ""
