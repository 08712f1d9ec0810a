"""How the workers look at saved searches: each post once, whatever fails, and few queries."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from community.accounts.models import User
from community.content.models import Post
from community.saved import services, watching
from community.saved.models import SavedSearch
from community.search.backends import sqlite_fts
from community.search.selectors import documents_of, find, find_among
from tests.at_once import at_once
from tests.community.saved.acts import publish, save, told
from tests.factories import PersonFactory
from tests.training import XOR, train

pytestmark = [pytest.mark.both, pytest.mark.django_db]
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
OWN_ERROR = {  # of a statement, which the connection survives
    "sqlite": "SELECT nothing FROM nowhere",
    "postgresql": "SET LOCAL statement_timeout = 1; SELECT pg_sleep(10)",
}


def test_a_closed_account_is_not_told_and_the_time_is_not_made_up_for(look, ada):
    save(ada, "saddle")
    publish("A saddle point")
    User.objects.filter(pk=ada.pk).update(is_active=False)
    look()
    User.objects.filter(pk=ada.pk).update(is_active=True)
    assert look() == 0 and told(ada) == []


def test_what_is_older_than_a_week_is_not_told_after_the_workers_were_away(look, ada):
    save(ada, "saddle")
    publish("A saddle point")
    assert look(timedelta(days=8)) == 0


def test_a_search_that_is_deleted_during_the_look_is_not_told(monkeypatch, look, ada, bob):
    gone, kept = save(ada, "saddle"), save(bob, "saddle")
    publish("A saddle point")

    def found_while_it_is_deleted(*asked):
        services.delete_search(owner=ada, pk=gone.pk)
        return find_among(*asked)

    monkeypatch.setattr(watching, "find_among", found_while_it_is_deleted)
    assert look() == 1 and told(ada) == [] and told(bob) == [1] and SavedSearch.objects.get() == kept


def test_a_worker_that_was_overtaken_tells_nothing(monkeypatch, look, ada):
    save(ada, "saddle")
    publish("A saddle point")
    looks = []

    def found_while_another_looks(*asked):
        if not looks:
            looks.append(1)
            looks.append(look())
        return find_among(*asked)

    monkeypatch.setattr(watching, "find_among", found_while_another_looks)
    assert look() == 0 and looks == [1, 1] and told(ada) == [1]


@pytest.mark.django_db(transaction=True)
def test_workers_that_look_at_once_tell_once(clock, ada, bob):
    for owner in (ada, bob):
        save(owner, "saddle")
    publish("A saddle point")
    clock.now += HOUR
    outcomes = at_once(3, lambda index: watching.watch())
    assert sum(outcomes) == 2 and told(ada) == told(bob) == [1]


def test_many_posts_are_looked_at_bit_by_bit_and_those_of_one_moment_together(monkeypatch, clock, look, ada):
    monkeypatch.setattr(watching, "MOST_NEW", 2)
    save(ada, "saddle")
    for count in (1, 2, 1, 2):
        posts = [publish("A saddle point").pk for _post in range(count)]
        Post.objects.filter(pk__in=posts).update(created_at=clock.tell())
    seen = [told(ada) for _time in range(4) if look()]
    assert seen == [[1], [3], [4], [6]]


def test_a_backlog_is_told_look_by_look_and_not_hour_by_hour(monkeypatch, clock, look, ada):
    monkeypatch.setattr(watching, "MOST_NEW", 2)
    save(ada, "saddle")
    for _post in range(5):
        publish("A saddle point")
    assert look() == 1 and told(ada) == [2]
    assert [look(SECOND), look(SECOND), look(SECOND)] == [1, 1, 0] and told(ada) == [5]
    publish("A saddle point")
    assert look(30 * MINUTE) == 0, "there is one an hour again"


def test_more_posts_of_one_moment_than_a_look_takes_are_told_together_up_to_a_bound(monkeypatch, clock, look, ada):
    monkeypatch.setattr(watching, "MOST_NEW", 2)
    monkeypatch.setattr(watching, "MOST_AT_ONCE", 5)
    save(ada, "saddle")
    for count in (4, 7):
        posts = [publish("A saddle point").pk for _post in range(count)]
        Post.objects.filter(pk__in=posts).update(created_at=clock.tell())
    assert look() == 1 and told(ada) == [4]
    assert look(SECOND) == 1 and told(ada) == [9]
    assert look(2 * HOUR) == 0


@pytest.fixture
def failing(monkeypatch):
    """Let the search for these words alone fail with an error of the database, until the fixture is called again."""

    def fail(*texts: str) -> None:
        def found(text, *asked):
            if text in texts:
                with connection.cursor() as cursor:
                    cursor.execute(OWN_ERROR[connection.vendor])
            return find_among(text, *asked)

        monkeypatch.setattr(watching, "find_among", found)

    return fail


def test_a_search_that_fails_is_set_aside_while_the_others_are_told(failing, look, ada, bob):
    with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OWN_ERROR[connection.vendor])
    save(ada, "saddle")
    save(bob, "saddle point")
    failing("saddle")
    publish("A saddle point")
    assert look() == 1 and told(ada) == [] and told(bob) == [1]
    publish("Another saddle point")
    assert look(59 * MINUTE) == 0 and look(2 * MINUTE) == 1 and told(ada) == [] and told(bob) == [2]
    failing()
    assert look(30 * MINUTE) == 0, "it is set aside for an hour"
    assert look(HOUR) == 1 and told(ada) == [2], "what it missed is told"


def test_searches_that_fail_each_time_keep_no_batch_from_being_told(failing, monkeypatch, look, ada, bob):
    monkeypatch.setattr(watching, "BATCH", 2)
    for words in ("saddle", "plateau", "valley"):
        save(ada, words)
    save(bob, "saddle point")
    failing("saddle", "plateau", "valley")
    publish("A saddle point of a plateau in a valley")
    assert [look(2 * MINUTE), look(SECOND)] == [0, 1] and told(bob) == [1]


def test_a_look_ends_when_the_database_is_away_and_loses_nothing(monkeypatch, look, ada):
    save(ada, "saddle")
    publish("A saddle point")

    def away(*asked):
        raise OperationalError

    monkeypatch.setattr(watching, "find_among", away)
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    with pytest.raises(OperationalError):
        look()
    assert told(ada) == []
    monkeypatch.setattr(watching, "find_among", find_among)
    assert look() == 1 and told(ada) == [1]


def test_what_there_is_no_time_for_is_looked_at_next(monkeypatch, look, ada, bob):
    monkeypatch.setattr(watching, "MOST_SECONDS", 0)
    for owner in (ada, bob):
        save(owner, "saddle")
    publish("A saddle point")
    assert look() == 1 and told(ada) == [1] and told(bob) == []
    assert look(SECOND) == 1 and told(ada) == told(bob) == [1]
    assert look(SECOND) == 0


def test_a_look_asks_nothing_of_the_index_without_new_posts_and_little_with_them(look):
    people = [PersonFactory() for _number in range(10)]
    for person in people:
        for words in ("saddle", "plateau"):
            save(person, words)
    with CaptureQueriesContext(connection) as quiet:
        look()
    publish("A saddle point")
    with CaptureQueriesContext(connection) as busy:
        look()
    assert all(told(person) == [1] for person in people)
    asked = [query["sql"] for query in busy if "SAVEPOINT" not in query["sql"]]
    assert len(quiet) <= 12 and len(asked) <= len(quiet) + 20 * 3 + 12


QUERIES = [
    "saddle", "sadd", "saddle -point", '"saddle point"', "kind:question", "kind:discussion saddle", "lang:zh", "鞍点",
    "is:unsolved", "after:2020", r"$\frac{a}{b}$", "has:run", "layer:linear", "optimizer:sgd saddle",
    "layer:linear optimizer:sgd", "out_features", "by:ada saddle", "-tag:xor saddle",
]  # fmt: skip


@pytest.mark.parametrize("gap", [100, 0])
def test_a_few_posts_are_found_as_all_are(monkeypatch, ada, gap):
    monkeypatch.setattr(sqlite_fts, "GAP", gap)
    wishes = [
        {"title": "A saddle point"},
        {"title": "Saddles", "kind": "question", "tags": ["xor"]},
        {"title": "鞍点", "source": "为什么停在鞍点？"},
        {"title": "Fractions", "source": r"$\frac{a}{b}$"},
        {"title": "A run", "source": f"```bp\n{XOR}```\n"},
        {"title": "Mine is a saddle", "author": ada},
    ]
    posts = [publish(**({"words": ""} | wish)) for wish in wishes]
    train()
    few = [post.pk for post in posts[::2]] + [posts[5].pk]
    documents = documents_of("post", few).values()
    for query in QUERIES:
        every = {match.object_id for match in find(query, ada).matches if match.kind == "post"}
        found = {pk for _kind, pk in find_among(query, ada, documents)}
        assert found == every & set(few), query
    for query in ("layer:linear", "layer:linear optimizer:sgd", "run -saddle lang:en optimizer:sgd"):
        assert {pk for _kind, pk in find_among(query, ada, documents)} == {posts[4].pk}, query
    assert any(find(query, ada).matches for query in QUERIES)
    assert find_among("saddle", ada, []) == set() and find_among("kind:run", ada, documents) == set()
