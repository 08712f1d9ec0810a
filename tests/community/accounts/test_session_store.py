"""A member's request reads the session and the person in one query, and every change of either counts at once."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from community.accounts import session_store
from community.accounts.access import end_access
from community.notifications.services import mark_all_read, notify
from tests.factories import PersonFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]
PAGE = "/about/"


@pytest.fixture
def browser(ada) -> Client:
    """Return a signed-in browser whose session this process has read before."""
    client = Client()
    client.force_login(ada)
    assert is_signed_in(client)
    return client


def is_signed_in(client: Client, handle: str = "ada") -> bool:
    return f"@{handle}<" in client.get(PAGE).content.decode()


def key(client: Client) -> str:
    return client.cookies["sessionid"].value


def tell(person) -> None:
    follower = PersonFactory()
    event = f"follow:{follower.pk}"
    notify(listeners={person.pk: "follow"}, actor=follower, target_kind="person", target_id=follower.pk, event=event)


def test_a_page_of_a_member_is_one_query_and_one_more_with_unread_notifications(
    ada, browser, django_assert_num_queries
):
    with django_assert_num_queries(1):
        assert is_signed_in(browser)
    tell(ada)
    with django_assert_num_queries(2):
        assert "data-count>1</span>" in browser.get(PAGE).content.decode()
    mark_all_read(reader=ada, up_to_id=ada.notifications.get().pk)
    with django_assert_num_queries(1):
        assert "data-count></span>" in browser.get(PAGE).content.decode()


def test_the_first_page_of_a_session_knows_as_much_as_the_next_ones(ada, django_assert_num_queries):
    client = Client()
    client.force_login(ada)
    with django_assert_num_queries(2):
        assert is_signed_in(client)
    client.force_login(ada)
    tell(ada)
    session_store._people.clear()
    with django_assert_num_queries(3):
        assert "data-count>1</span>" in client.get(PAGE).content.decode()


ENDS = {
    "signed out elsewhere": lambda ada: Session.objects.all().delete(),
    "expired": lambda ada: Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1)),
    "all access ended": end_access,
    "suspended": lambda ada: type(ada).objects.update(is_active=False),
    "another password": lambda ada: (ada.set_password("quite another one"), ada.save()),
    "a demo account": lambda ada: type(ada).objects.update(is_demo=True),
    "deleted": lambda ada: ada.delete(),
}


@pytest.mark.parametrize("what", ENDS)
def test_a_session_that_has_ended_is_not_signed_in_at_the_next_request(ada, browser, settings, what):
    settings.CHAINRULE_DEMO_SIGN_IN = False
    ENDS[what](ada)
    assert not is_signed_in(browser)


CHANGES = {
    "language": ({"language": "zh-hans"}, '<html lang="zh-Hans"'),
    "theme": ({"theme": "dark"}, 'data-theme="dark"'),
    "name": ({"display_name": "Countess"}, "<b>Countess</b>"),
    "handle": ({"handle": "lovelace"}, "@lovelace<"),
    "staff rights": ({"is_staff": True}, 'href="/moderation/"'),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_the_account_is_on_the_next_page(ada, browser, what):
    fields, shown = CHANGES[what]
    before = browser.get(PAGE).content.decode()
    type(ada).objects.filter(pk=ada.pk).update(**fields)
    after = browser.get(PAGE).content.decode()
    assert shown not in before and shown in after
    type(ada).objects.filter(pk=ada.pk).update(**{name: getattr(ada, name) for name in fields})
    assert browser.get(PAGE).content.decode() == before


def test_a_wrong_memory_shows_nobody_elses_page(ada, bob, browser):
    session_store._people[key(browser)] = bob.pk
    assert is_signed_in(browser)
    assert session_store._people[key(browser)] == ada.pk


def test_another_person_signs_in_with_the_same_browser(ada, bob, browser):
    browser.post("/accounts/logout/")
    assert not is_signed_in(browser)
    browser.force_login(bob)
    assert is_signed_in(browser, "bob") and not is_signed_in(browser)


def test_the_person_of_one_session_is_not_that_of_another_request(ada, browser):
    store = session_store.SessionStore(key(browser))
    store.load()
    assert store.person == ada
    assert session_store.person(ada.pk) is None
    with session_store.authenticating(store):
        assert session_store.person(ada.pk) is store.person
        assert session_store.person(ada.pk + 1) is None


def test_sessions_of_djangos_own_store_are_read_and_ours_by_it(ada, browser):
    assert session_store.db.SessionStore(key(browser)).load() == session_store.SessionStore(key(browser)).load()


def test_the_memory_of_a_process_is_bounded_and_forgets_the_oldest(ada, monkeypatch):
    monkeypatch.setattr(session_store, "_people", type(session_store._people)(3))
    clients = [Client() for _ in range(5)]
    for client in clients:
        client.force_login(ada)
        client.get(PAGE)
    assert list(session_store._people) == [key(client) for client in clients[2:]]
