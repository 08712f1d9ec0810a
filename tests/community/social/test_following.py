"""Lists of what a person follows, of their followers, and of people whom they follow."""

import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from community.blogs.models import SeriesFollow
from community.blogs.series.services import follow_series, put_article
from community.blogs.services import start_article
from community.content import listings
from community.content.models import Category, Tag
from community.mutes.errors import CannotFollow
from community.mutes.models import Mute
from community.mutes.services import block, mute
from community.saved.services import save_search
from community.social.levels import Level
from community.social.models import Follow
from community.social.services import follow, mute_replies
from tests.at_once import at_once
from tests.factories import AnswerFactory, PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
migration = import_module("community.blogs.migrations.0003_follows_across_blocks")


@pytest.fixture
def reader():
    return PersonFactory(handle="reader")


@pytest.fixture
def browser(client, reader):
    client.force_login(reader)
    return client


@pytest.fixture
def followed(reader):
    """Follow one thing of each kind, by its name."""
    found = {
        "person": PersonFactory(handle="ada"),
        "thread": QuestionFactory(title="Why is it NaN?"),
        "tag": Tag.objects.create(name="xor", slug="xor", thread_count=1),
        "category": Category.objects.create(slug="gradients", name="Gradients"),
    }
    for kind, target in found.items():
        follow(follower=reader, level=Level.TRACKING, **{kind: target})
    return found


WORDS = {"person": "@ada", "thread": "Why is it NaN?", "tag": "#xor", "category": "Gradients"}


@pytest.mark.parametrize("kind", ["", *WORDS])
def test_everything_one_follows_is_listed_by_kind(browser, followed, kind):
    page = html_of(browser.get("/following/", {"kind": kind}))
    main = page[page.index("<main") : page.index("</main")]
    assert [each for each, word in WORDS.items() if word in main] == ([kind] if kind else [*WORDS])
    assert main.count('class="follow"') == (1 if kind else 4)


@pytest.fixture
def series(reader):
    """A series that the reader follows."""
    ada = PersonFactory(handle="ben", display_name="Ben")
    article = start_article(author=ada, title="Chain rule", source="Words.", publish=True)
    found = put_article(article=article, by=ada, new_title="From zero")
    follow_series(series=found, follower=reader, on=True)
    return found


def test_series_and_saved_searches_are_among_what_one_follows(browser, reader, followed, series):
    save_search(owner=reader, text="vanishing gradient")
    for query, shown in {
        "": ("From zero", "vanishing gradient", "#xor"),
        "?kind=series": ("From zero",),
        "?kind=search": ("vanishing gradient",),
        "?kind=tag": ("#xor",),
    }.items():
        page = html_of(browser.get(f"/following/{query}"))
        main = page[page.index("<main") : page.index("</main")]
        assert [each for each in ("From zero", "vanishing gradient", "#xor") if each in main] == [*shown], query


def test_who_follows_nothing_but_a_series_is_not_told_of_nothing(browser, series):
    page = html_of(browser.get("/following/"))
    assert "From zero" in page and "Nothing yet" not in page


@pytest.mark.parametrize("kind", ["", "person"])
def test_the_page_has_the_queries_of_a_list_with_all_kinds_followed(
    browser, reader, followed, series, kind, django_assert_max_num_queries
):
    answer = AnswerFactory(thread=followed["thread"], author=PersonFactory())
    followed["thread"].tags.add(followed["tag"])
    type(followed["thread"]).objects.filter(pk=followed["thread"].pk).update(solved_post=answer)
    listings.relist(type(followed["thread"]).objects.filter(pk=followed["thread"].pk))
    follow(follower=followed["person"], person=PersonFactory(handle="grace"))
    mute_replies(post=AnswerFactory(thread=followed["thread"], author=reader), by=reader, on=True)
    save_search(owner=reader, text="vanishing gradient")
    mute(person=reader, other=PersonFactory())
    browser.get("/following/", {"kind": kind})
    with django_assert_max_num_queries(12):
        page = html_of(browser.get("/following/", {"kind": kind}))
    words = ("#xor", "From zero", "vanishing gradient", "Unmute replies") if not kind else ("@ada", "@grace")
    assert [word for word in words if word not in page] == []


def test_who_follows_nothing_is_told_whom_they_might_follow(browser, followed):
    Follow.objects.all().delete()
    assert browser.get("/following/").context["suggestions"] == []


def test_a_series_is_unfollowed_where_it_is_listed(browser, reader, series):
    page = html_of(browser.get("/following/?kind=series"))
    assert 'name="next" value="/following/?kind=series"' in page
    back = browser.post(f"/series/{series.pk}/follow/", {"on": "0", "next": "/following/?kind=series"})
    assert back["Location"] == "/following/?kind=series" and not SeriesFollow.objects.exists()


def test_long_kinds_have_pages_and_a_few_are_shown_among_all(browser, reader):
    for number in range(8):
        save_search(owner=reader, text=f"gradient {number}")
    everything = html_of(browser.get("/following/"))
    assert everything.count('id="search-') == 5 and 'href="?kind=search">Show all' in everything
    assert html_of(browser.get("/following/?kind=search")).count('id="search-') == 8


def test_a_series_that_is_gone_is_not_named(browser, series):
    series.owner.is_active = False
    series.owner.save()
    page = html_of(browser.get("/following/?kind=series"))
    assert "From zero" not in page and "Something you can no longer see." in page


def test_follows_of_series_across_earlier_blocks_end(reader, series):
    other = PersonFactory()
    kept = SeriesFollow.objects.create(series=series, follower=other)
    for person, blocked in ((reader, series.owner), (series.owner, PersonFactory())):
        Mute.objects.create(person=person, other=blocked, is_block=True)
    Mute.objects.create(person=other, other=series.owner)
    migration.end(apps, SimpleNamespace(connection=connection))
    assert list(SeriesFollow.objects.all()) == [kept]


def test_a_tag_has_its_name_in_the_readers_language(browser, followed):
    Tag.objects.filter(pk=followed["tag"].pk).update(name_zh="异或")
    assert ">#异或</a>" in html_of(browser.get("/following/", headers={"Accept-Language": "zh-hans"}))


def test_the_newest_is_first_and_pages_show_each_once(browser, reader):
    people = [PersonFactory(handle=f"person{n:02}") for n in range(25)]
    for person in people:
        follow(follower=reader, person=person)
    first = browser.get("/following/")
    second = browser.get("/following/" + first.context["page"].next_query)
    shown = [row.target.handle for page in (first, second) for row in page.context["page"].items]
    assert shown == [person.handle for person in reversed(people)]


def test_muted_things_are_there_to_be_unmuted_and_what_is_gone_is_not_named(browser, reader, followed):
    follow(follower=reader, level=Level.MUTED, tag=followed["tag"])
    followed["thread"].posts.update(deleted_at="2026-01-01T00:00Z")
    type(followed["thread"]).objects.filter(pk=followed["thread"].pk).update(deleted_at="2026-01-01T00:00Z")
    page = html_of(browser.get("/following/"))
    assert "Why is it NaN?" not in page and "Something you can no longer see." in page
    assert "Muted" in page


def test_the_button_in_the_list_comes_back_to_the_list(browser, followed):
    page = html_of(browser.get("/following/?kind=tag"))
    assert 'name="next" value="/following/?kind=tag"' in page


def test_followers_and_followed_people_are_public_and_in_order(client, reader, followed):
    newest, muted = PersonFactory(handle="newest"), PersonFactory(handle="muted")
    follow(follower=muted, person=followed["person"], level=Level.NORMAL)
    follow(follower=newest, person=followed["person"])
    page = client.get("/@ada/followers/")
    assert [person.handle for person in page.context["people"]] == ["newest", "reader"]
    assert [person.handle for person in client.get("/@reader/following/").context["people"]] == ["ada"]
    profile = html_of(client.get("/@ada/"))
    assert 'href="/@ada/followers/"' in profile and 'href="/@ada/following/"' in profile


def test_lists_of_people_offer_to_follow_each(browser, reader, followed):
    stranger, star = PersonFactory(handle="stranger"), PersonFactory(handle="star")
    for follower in (reader, followed["person"], stranger):
        follow(follower=follower, person=star)
    page = html_of(browser.get("/@star/followers/"))
    assert re.findall(r'class="follow".*?name="id" value="(\d+)".*?aria-pressed="(\w+)"', page) == [
        (str(stranger.pk), "false"),
        (str(followed["person"].pk), "true"),
    ]
    back = browser.post("/follow/", {"kind": "person", "id": stranger.pk, "level": "3", "next": "/@star/followers/"})
    assert back["Location"] == "/@star/followers/"
    assert 'class="follow"' not in html_of(Client().get("/@star/followers/"))


def test_lists_of_people_leave_out_closed_accounts_and_people_one_muted(browser, reader):
    star, closed, muted = (PersonFactory(handle=name) for name in ("star", "closed", "muted"))
    for person in (closed, muted):
        follow(follower=person, person=star)
    closed.is_active = False
    closed.save()
    mute(person=reader, other=muted)
    assert browser.get("/@star/followers/").context["people"] == []


def test_who_is_kept_apart_finds_no_list(browser, reader):
    star = PersonFactory(handle="star")
    block(person=star, other=reader)
    assert {browser.get(f"/@star/{name}/").status_code for name in ("followers", "following")} == {404}


@pytest.mark.parametrize("handle", ["nobody", "x" * 300])
def test_nobodys_lists_are_nowhere(client, handle):
    assert client.get(f"/@{handle}/followers/").status_code == 404


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_follow_and_a_block_at_once_leave_no_follow():
    for _round in range(8):
        ada, ben = PersonFactory(), PersonFactory()

        def act(n: int, ada=ada, ben=ben):
            return block(person=ada, other=ben) if n else follow(follower=ben, person=ada)

        outcomes = at_once(2, act)
        assert [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, CannotFollow)] == []
        assert Mute.objects.filter(person=ada, is_block=True).exists()
        assert not Follow.objects.filter(follower=ben, person=ada).exists()
