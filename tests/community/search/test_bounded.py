"""Searches for words in more texts than can be ranked, on the database under test."""

import json
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.content.models import Post, Tag
from community.search import selectors
from community.search.backends import NAMED_KINDS, Wanted, backend
from community.search.facts import fact
from community.search.registry import sources
from community.search.selectors import Found, find
from community.search.services import rebuild
from tests.factories import ModeratorFactory, PersonFactory, PostFactory, ThreadFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]
RANKED = 20
# Rows read of two words, each in every second text: twice as many as are needed if they do not depend on each other.
SCANNED = 2 * RANKED * 2 * 2 + 1
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's index is read in order")


@pytest.fixture
def many(monkeypatch) -> list[Post]:
    """Four hundred texts, every second one of which has `common`, and one of which has `seldom`."""
    monkeypatch.setattr(selectors, "RANKED", RANKED)
    monkeypatch.setattr(selectors, "TITLED", RANKED)
    thread = ThreadFactory(title="common")
    sample = PostFactory(thread=thread)
    rows = [
        Post(
            thread=thread,
            number=number,
            role="comment",
            author=sample.author,
            source="x",
            text=f"{'common' if number % 2 else 'other'} text{number} {'seldom' if number == 100 else ''}",
        )
        for number in range(10, 410)
    ]
    posts = Post.objects.bulk_create(rows)
    rebuild()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # else it may be planned by what stood there before
            cursor.execute("ANALYZE search_document, search_vector")
    return posts


def objects(found: Found) -> list[int]:
    return [match.object_id for match in found.matches]


def test_the_newest_of_many_are_ranked_and_the_older_ones_with_the_word_in_their_title(many):
    found = find("common", AnonymousUser())
    newest = {post.pk for post in many if post.number % 2 and post.number >= 410 - 2 * RANKED}
    opening = many[0].thread.posts.get(number=1)
    assert not found.is_all
    assert objects(found)[0] == opening.pk
    assert set(objects(found)) == newest | {opening.pk}


@pytest.mark.parametrize(
    ("query", "number"), [("seldom", 100), ("other seldom", 100), ("text17", 17), ("common text399", 399)]
)
def test_what_is_rare_is_found_wherever_it_is(many, query, number):
    found = find(query, AnonymousUser())
    assert found.is_all
    assert many[number - 10].pk in objects(found)


def test_a_text_among_many_goes_at_once_when_it_is_hidden_and_comes_back(many):
    newest = many[-1]
    Post.objects.filter(pk=newest.pk).update(hidden_at=timezone.now())
    assert newest.pk not in objects(find("common", AnonymousUser()))
    assert newest.pk in objects(find("common", ModeratorFactory()))
    Post.objects.filter(pk=newest.pk).update(hidden_at=None)
    assert newest.pk in objects(find("common", AnonymousUser()))


def test_older_texts_are_found_when_all_the_newest_are_hidden(many):
    Post.objects.filter(number__gte=60).update(hidden_at=timezone.now())
    found = find("common", AnonymousUser())
    visible = [post.pk for post in many if post.number % 2 and post.number < 60]
    assert len(visible) > RANKED // 2
    assert set(objects(found)) - {many[0].thread.posts.get(number=1).pk} == set(visible)


def test_an_older_text_that_is_found_by_its_title_too_is_there_once(many):
    Post.objects.filter(number__gt=1).update(hidden_at=timezone.now())
    assert objects(find("common", AnonymousUser())) == [many[0].thread.posts.get(number=1).pk]


def test_pages_by_key_show_every_ranked_text_once(many, client):
    url, seen = reverse("search:results") + "?q=common", []
    while url:
        page = client.get(url)
        seen += re.findall(r'class="row-title"><a href="([^"]+)"', page.content.decode())
        following = page.context["page"].next_query
        url = following and reverse("search:results") + following
    assert len(seen) == len(set(seen)) == len(find("common", AnonymousUser()).matches) > 15


def test_the_page_tells_what_it_ranked(many, client):
    def told(query: str) -> str:
        return client.get(reverse("search:results"), {"q": query}).content.decode()

    assert "More than 20 texts match." in told("common")
    assert "1 result" in told("seldom") and "More than" not in told("seldom")


def test_queries_do_not_grow_with_the_texts(many, client):
    def queries() -> int:
        backend().settle()  # how common a word is is asked anew
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("search:results"), {"q": "common"})
        return len(captured)

    queries()
    before = queries()
    Post.objects.bulk_create(
        Post(thread=many[0].thread, number=1000 + n, role="comment", author=many[0].author, source="x", text="common")
        for n in range(200)
    )
    rebuild()
    assert queries() <= before


def plans(act) -> list[dict]:
    """Return the plan of every query on the words, as it was carried out."""
    with CaptureQueriesContext(connection) as captured:
        act()
    found = []
    with connection.cursor() as cursor:
        for query in captured:
            if "search_vector" in query["sql"] and not query["sql"].startswith("EXPLAIN"):
                cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"])
                found.append(json.loads(json.dumps(cursor.fetchone()[0]))[0]["Plan"])
    return found


def nodes(plan: dict) -> list[dict]:
    return [plan, *(below for each in plan.get("Plans", []) for below in nodes(each))]


def uses_the_index_of_words(plan: dict) -> bool:
    return any(node.get("Index Name") == "search_vector_words" for node in nodes(plan))


def read(node: dict) -> int:
    """Return how many rows a scan looked at."""
    return node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))


@on_postgresql
@pytest.mark.parametrize("query", ["common", "seldom", "absent", "common other", "common seldom"])
def test_no_search_reads_more_than_a_bounded_number_of_rows(many, query, monkeypatch):
    monkeypatch.setattr("community.search.backends.postgres.SAMPLE", 16)
    backend().settle()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # of a table this small it is the cheapest
    carried_out = plans(lambda: find(query, AnonymousUser()))
    scans = [node for plan in carried_out for node in nodes(plan) if "Scan" in node["Node Type"]]
    assert carried_out and not [node for node in scans if node["Node Type"] == "Seq Scan"]
    assert max(map(read, scans)) <= SCANNED


@on_postgresql
def test_a_word_that_is_more_common_in_the_newest_texts_is_still_read_in_order(many, monkeypatch):
    monkeypatch.setattr("community.search.backends.postgres.SAMPLE", 4)
    fresh = [post.pk for post in many if post.number % 4 == 0 or post.number >= 406]
    Post.objects.filter(pk__in=fresh).update(text="fresh")
    rebuild()
    carried_out = plans(lambda: backend().newest(Wanted(((("fresh",),),)), RANKED))
    assert len(carried_out) == 4  # a sample, too few of the newest, a sample of the older ones, enough of them
    assert not any(map(uses_the_index_of_words, carried_out))


@on_postgresql
@pytest.mark.parametrize("unlike", [10, 130])
def test_a_word_of_all_but_the_newest_texts_is_read_in_order_too(many, monkeypatch, unlike):
    """Statistics know that it is common; the newest, a sample or all that are read at first, have something else."""
    monkeypatch.setattr("community.search.backends.postgres.SAMPLE", 4)
    Post.objects.filter(pk__in=[post.pk for post in many[-unlike:]]).update(text="fresh")
    rebuild()
    backend().settle()
    carried_out = plans(lambda: backend().newest(Wanted(((("common",),),)), RANKED))
    assert not any(map(uses_the_index_of_words, carried_out))
    assert len(backend().newest(Wanted(((("common",),),)), RANKED)) == RANKED


@on_postgresql
def test_people_and_tags_have_an_index_of_their_own(many):
    """Named `common`, they are found among many newer texts, and no other text is looked at for them."""
    person, tag = PersonFactory(display_name="common"), Tag.objects.create(name="common", slug="common")
    rebuild()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    wanted = Wanted(((("common",),),))
    named = backend().newest_named(wanted, RANKED)
    assert {(match.kind, match.object_id) for match in named} == {("person", person.pk), ("tag", tag.pk)}
    used = {
        node.get("Index Name") for plan in plans(lambda: backend().newest_named(wanted, RANKED)) for node in nodes(plan)
    }
    assert "search_vector_named" in used and "search_vector_words" not in used


def test_the_kinds_with_an_index_of_their_own_are_kinds_of_search():
    assert set(NAMED_KINDS) <= sources().keys()


def in_titles(**wanted) -> list[int]:
    return [match.object_id for match in backend().newest(Wanted(**wanted), 50, in_titles=True)]


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL has indexes of titles in its table of words")
def test_titles_people_and_tags_are_looked_for_without_the_words_of_all_texts(many):
    wanted = Wanted(((("common",),),))
    with CaptureQueriesContext(connection) as captured:
        backend().newest(wanted, 50, in_titles=True)
        backend().newest_named(wanted, 50)
    assert len(captured) == 2
    assert not [query["sql"] for query in captured if "search_fulltext" in query["sql"]]


def test_a_title_is_found_as_long_as_it_is_there_and_its_text_has_no_word_that_is_excluded():
    thread = ThreadFactory(title="common", opening="needle\n")
    post = thread.posts.get(number=1)
    rebuild()
    common, needle = ((("common",),),), ((("needle",),),)
    assert in_titles(words=common) == [post.pk] and in_titles(words=needle) == []
    assert in_titles(words=common, without=needle) == []
    assert in_titles(words=common, without=((("hay",),),)) == [post.pk]
    assert in_titles(words=common, facts=((fact("kind", "discussion"),),)) == [post.pk]
    assert in_titles(words=common, without_facts=(fact("kind", "discussion"),)) == []
    type(thread).objects.filter(pk=thread.pk).update(title="")
    rebuild()
    assert in_titles(words=common) == []


def test_people_are_found_by_what_they_say_of_themselves_and_are_gone_at_once():
    person = PersonFactory(handle="ada", bio="loops", bio_html="<p>loops</p>")
    rebuild()
    loops = Wanted(((("loops",),),))
    assert [match.object_id for match in backend().newest_named(loops, 50)] == [person.pk]
    assert in_titles(words=loops.words) == []
    person.delete()
    assert backend().newest_named(loops, 50) == []
