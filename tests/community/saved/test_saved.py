"""Saved searches: saved once and only if they mean something, and each new post is told of once."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.accounts.models import User
from community.content.models import Post, Tag, Thread
from community.content.services import (
    add_post,
    delete_post,
    edit_post,
    hide_post,
    publish_thread,
    start_thread,
    unhide_post,
)
from community.mutes.services import block, mute
from community.notifications.channels import Channel, Frequency
from community.notifications.models import Notification
from community.notifications.preferences import choose
from community.notifications.push import composing
from community.notifications.services import mark_all_read
from community.notifications.topics import Topic
from community.saved import services, watching
from community.saved.errors import NotASearch, NothingToWatch, TooManySearches
from community.saved.models import SavedSearch
from community.saved.notices import searches
from community.search.backends import sqlite_fts
from community.search.selectors import documents_of, find, find_among
from tests.at_once import at_once
from tests.community.notifications.mailing import WEDNESDAY, Clock, open_mailbox
from tests.factories import ModeratorFactory, PersonFactory
from tests.html import html_of
from tests.training import XOR, train

pytestmark = pytest.mark.django_db
SAVED = "/search/saved/"
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


class Ticking(Clock):
    """A clock that never tells the same time twice."""

    def tell(self):
        self.now += timedelta(microseconds=1)
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return Ticking(monkeypatch, WEDNESDAY)


@pytest.fixture
def look(clock):
    """Let time pass, two hours if nothing else is said, and look at the saved searches that are due."""

    def looked(after: timedelta = 2 * HOUR) -> int:
        clock.now += after
        return watching.watch()

    return looked


def save(owner, query: str, name: str = "") -> SavedSearch:
    row, _is_new = services.save_search(owner=owner, text=query, name=name)
    return row


def publish(words: str, author=None, **more) -> Post:
    """Start a discussion a moment later, and return its opening post."""
    wish = {"author": author or PersonFactory(), "kind": "discussion", "title": words, "source": "Text."} | more
    return start_thread(**wish).posts.get(number=1)


def told(owner) -> list[int]:
    """Return the numbers of results in a person's notifications."""
    rows = Notification.objects.filter(recipient=owner, verb="search_results").order_by("pk")
    return [int(note) for note in rows.values_list("note", flat=True)]


# === Saving ===


def test_a_search_is_saved_from_its_results_and_tells_of_new_posts(look, as_user, ada):
    browser = as_user(ada)
    results = "/search/?q=saddle"
    assert 'name="query" value="saddle"' in html_of(browser.get(results))
    answer = browser.post(SAVED, {"query": "saddle", "name": "", "next": results}, follow=True)
    assert answer.redirect_chain[-1][0] == results and "You will be notified of new results." in html_of(answer)
    assert "saddle" in html_of(browser.get(SAVED))
    publish("A saddle point")
    publish("Another saddle")
    publish("A plateau")
    assert look() == 1
    page = html_of(browser.get("/notifications/"))
    assert "2 new results for <cite>saddle</cite>" in page and "/search/?q=saddle&amp;sort=newest" in page
    assert page.count("2 new results") == 1


def test_it_is_called_by_its_name_which_is_text(look, as_user, ada):
    save(ada, "saddle", "<b>Saddles</b> & {title}")
    publish("A saddle point")
    look()
    page = html_of(as_user(ada).get("/notifications/"))
    assert "1 new result for <cite>&lt;b&gt;Saddles&lt;/b&gt; &amp; {title}</cite>" in page
    page = html_of(as_user(ada).get(SAVED))
    assert "&lt;b&gt;Saddles&lt;/b&gt;" in page and "<code" in page and "last new results" in page


def test_who_is_not_notified_of_new_results_is_not_promised_them(as_user, ada):
    browser = as_user(ada)
    assert "You will be notified of new results." in html_of(browser.post(SAVED, {"query": "saddle"}, follow=True))
    turn_off(None, ada)
    page = html_of(browser.post(SAVED, {"query": "plateau"}, follow=True))
    assert "Search saved." in page and "Search saved. You will be notified" not in page


def test_a_visitor_is_offered_none_of_it(client):
    assert "search-save" not in html_of(client.get("/search/?q=saddle"))
    assert client.get(SAVED).status_code == 302


def test_one_query_in_two_spellings_is_saved_once_and_takes_a_later_name(ada, bob):
    Tag.objects.create(slug="xor", name="xor", thread_count=1)
    first, is_new = services.save_search(owner=ada, text="saddle   标签:xor")
    again, is_new_again = services.save_search(owner=ada, text="saddle tag:xor", name="Saddles")
    assert (is_new, is_new_again) == (True, False) and first.pk == again.pk
    assert SavedSearch.objects.get().name == "Saddles"
    services.save_search(owner=ada, text="saddle tag:xor")
    services.save_search(owner=bob, text="saddle tag:xor")
    assert list(SavedSearch.objects.order_by("pk").values_list("name", flat=True)) == ["Saddles", ""]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_save_at_once_save_once(ada):
    found = at_once(4, lambda index: services.save_search(owner=ada, text="saddle"))
    assert [is_new for _row, is_new in found].count(True) == 1 and SavedSearch.objects.count() == 1


def test_twenty_are_the_most_and_one_that_is_deleted_makes_room(as_user, ada):
    for number in range(services.MOST_SEARCHES):
        services.save_search(owner=ada, text=f"saddle{number}")
    answer = as_user(ada).post(SAVED, {"query": "one more", "name": "Kept"})
    page = html_of(answer)
    assert answer.status_code == 422 and "You have 20 saved searches already. Delete one first." in page
    assert 'value="one more"' in page and 'value="Kept"' in page
    with pytest.raises(TooManySearches):
        services.save_search(owner=ada, text="one more")
    assert services.save_search(owner=ada, text="saddle3")[1] is False
    services.delete_search(owner=ada, pk=SavedSearch.objects.first().pk)
    assert services.save_search(owner=ada, text="one more")[1] is True


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "Enter what to search for."),
        ("   ", "Enter what to search for."),
        ("saddle after:7d", "“7d” is no date, so it was left out. Write a date as"),
        ("saddle after:", "“after:” has no value"),
        ("saddle tag:unheard", "There is no tag “unheard”"),
        ("saddle by:nobody", "Nobody here has the handle “nobody”"),
        ("saddle in:1", "There is no thread “1”"),
        ("-saddle", "This query only excludes."),
        ("the", "These words are in nearly every text."),
        ('saddle "point', "A quotation mark has no partner"),
        ("kind:person ada", "Only posts are watched"),
        ("kind:run xor", "Only posts are watched"),
        ("saddle " * 80, "at most 500 characters"),
    ],
)
def test_what_does_not_mean_all_that_it_says_is_refused_with_a_sentence(as_user, ada, query, sentence):
    answer = as_user(ada).post(SAVED, {"query": query, "name": "Kept"})
    page = html_of(answer)
    assert answer.status_code == 422 and sentence in page.replace("&quot;", '"') and 'value="Kept"' in page
    assert not SavedSearch.objects.exists()


def test_what_is_longer_as_it_is_saved_than_a_search_may_be_is_refused(ada):
    with pytest.raises(NotASearch, match="too long to be saved"):
        services.save_search(owner=ada, text="saddle " + "从:2026 " * 11 + "x" * (499 - 7 - 7 * 11))
    with pytest.raises(NothingToWatch):
        services.save_search(owner=ada, text="kind:tag xor")


def test_nobody_deletes_or_sees_the_search_of_somebody_else(as_user, ada, bob):
    row = save(ada, "saddle")
    assert "saddle" not in html_of(as_user(bob).get(SAVED))
    assert as_user(bob).post(f"{SAVED}{row.pk}/delete/").status_code == 302 and SavedSearch.objects.exists()
    assert not searches(bob).exists() and searches(ada).exists()


def test_a_deleted_search_takes_its_notification_with_it_and_a_second_press_does_nothing(look, as_user, ada):
    row = save(ada, "saddle")
    publish("A saddle point")
    look()
    assert told(ada) == [1]
    for _press in range(2):
        assert as_user(ada).post(f"{SAVED}{row.pk}/delete/", follow=True).status_code == 200
    assert told(ada) == [] and not SavedSearch.objects.exists()


def test_an_account_that_is_deleted_takes_its_searches_with_it(ada):
    save(ada, "saddle")
    ada.delete()
    assert not SavedSearch.objects.exists()


# === What is told ===


def test_own_posts_and_those_from_before_are_not_new(look, ada):
    publish("An old saddle")
    save(ada, "saddle")
    publish("My saddle", ada)
    assert look() == 0 and told(ada) == []


def hide(post, ada):
    hide_post(post=post, by=ModeratorFactory())


def hide_from_a_moderator(post, ada):
    hide(post, ada)
    User.objects.filter(pk=ada.pk).update(is_staff=True)


def delete(post, ada):
    delete_post(post=post, by=post.author)


def make_a_draft(post, ada):
    Thread.objects.filter(pk=post.thread_id).update(published_at=None)


def mute_author(post, ada):
    mute(person=ada, other=post.author)


def block_author(post, ada):
    block(person=ada, other=post.author)


def be_blocked(post, ada):
    block(person=post.author, other=ada)


def turn_off(post, ada):
    never = {(Topic.SEARCHES, channel): Frequency.NEVER for channel in Channel}
    choose(person=ada, choices=never)


UNSEEN = [hide, hide_from_a_moderator, delete, make_a_draft, mute_author, block_author, be_blocked, turn_off]


@pytest.mark.parametrize("act", UNSEEN)
def test_what_its_owner_does_not_see_or_want_is_not_told(look, ada, act):
    save(ada, "saddle")
    act(publish("A saddle point"), ada)
    look()
    assert told(ada) == []


def test_answers_are_found_as_on_the_page_of_results(look, ada):
    save(ada, "saddle kind:answer")
    thread = publish("A saddle point", kind="question").thread
    add_post(thread=thread, author=PersonFactory(), source="It is a saddle.", role="answer")
    look()
    assert told(ada) == [1]


def test_a_draft_that_is_published_late_is_new_then(look, ada):
    author = PersonFactory()
    draft = start_thread(author=author, kind="article", title="A saddle by hand", source="Text.", publish=False)
    save(ada, "saddle by hand")
    publish("A saddle")  # a document with a later key
    look()
    assert told(ada) == []
    publish_thread(thread=draft, by=author)
    look()
    assert told(ada) == [1]


def test_the_last_minute_is_left_to_the_next_look(look, ada):
    save(ada, "saddle")
    look()
    publish("A saddle point")
    assert look(59 * SECOND) == 0
    SavedSearch.objects.update(look_at=timezone.now())
    assert look(2 * SECOND) == 1 and told(ada) == [1]


def test_an_edit_before_the_look_counts_and_one_after_it_does_not(look, ada):
    save(ada, "saddle")
    early, late = publish("One"), publish("Two")
    edit_post(post=early, editor=early.author, source="It is a saddle.", base_version=early.version)
    look()
    edit_post(post=late, editor=late.author, source="It is a saddle.", base_version=late.version)
    edit_post(post=early, editor=early.author, source="It is a flat saddle.", base_version=early.version + 1)
    assert look() == 0 and told(ada) == [1]


def test_a_post_that_was_hidden_at_the_look_is_not_told_when_it_is_restored_nor_any_twice(look, ada):
    save(ada, "saddle")
    shown, hidden = publish("A saddle point"), publish("Another saddle")
    moderator = ModeratorFactory()
    hide_post(post=hidden, by=moderator)
    look()
    hide_post(post=Post.objects.get(pk=shown.pk), by=moderator)
    for post in (shown, hidden):
        unhide_post(post=Post.objects.get(pk=post.pk), by=moderator)
    assert look() == 0 and told(ada) == [1]


def test_words_that_no_text_has_find_nothing_near_them(look, ada):
    save(ada, "sadle point descent")
    publish("A saddle point of descent")
    assert look() == 0


def test_an_operator_that_means_nothing_any_more_does_not_widen_the_search(look, ada):
    publish("Saddles", tags=["saddles"])
    save(ada, "gradient tag:saddles")
    publish("A gradient", tags=["saddles"])
    assert look() == 1
    Tag.objects.update(slug="gone", name="gone")
    publish("A gradient")
    assert look() == 0


def test_days_are_those_of_the_owners_zone(look):
    """It is Wednesday noon, and already Thursday on Kiritimati."""
    early, late = PersonFactory(time_zone="Pacific/Kiritimati"), PersonFactory(time_zone="UTC")
    for person in (early, late):
        save(person, "saddle after:2026-12-03")
    publish("A saddle point")
    look()
    assert told(early) == [1] and told(late) == []


# === How it is told ===


def test_what_was_not_read_adds_up_and_what_was_read_does_not(look, ada):
    save(ada, "saddle")
    for expected in (1, 2):
        publish("A saddle point")
        look()
        assert told(ada) == [expected]
    mark_all_read(reader=ada, up_to_id=Notification.objects.latest("pk").pk)
    publish("Another saddle")
    look()
    assert told(ada) == [1] and Notification.objects.unread().count() == 1


def test_there_is_one_notification_an_hour(look, ada):
    save(ada, "saddle")
    publish("A saddle point")
    assert look(2 * MINUTE) == 1
    publish("Another saddle")
    assert look(59 * MINUTE) == 0 and told(ada) == [1]
    assert look(MINUTE) == 1 and told(ada) == [2]


def test_more_than_ninety_nine_are_said_to_be_more(look, as_user, ada):
    row = save(ada, "kind:discussion")
    key = {"recipient": ada, "verb": "search_results", "target_kind": "saved_search", "target_id": row.pk}
    Notification.objects.create(**key, key=f"search:{row.pk}", note="99")
    publish("A saddle point")
    look()
    assert told(ada) == [100] and "99+ new results for" in html_of(as_user(ada).get("/notifications/"))


def test_the_digest_has_a_line_and_a_device_no_words(clock, look, ada):
    open_mailbox(ada)
    clock.now += MINUTE
    save(ada, "saddle")
    publish("A saddle point")
    look()
    shown = composing.message(ada, Notification.objects.get(recipient=ada).pk) or b""
    assert b"A new notification" in shown and b"saddle" not in shown
    [digest] = clock.pass_(timedelta(days=1))
    assert "1 new result for saddle" in digest.body
    assert "http://testserver/search/?q=saddle&sort=newest" in digest.body


def test_who_hears_of_it_by_email_alone_is_told_each_result_once(look, ada):
    choose(person=ada, choices={(Topic.SEARCHES, Channel.SITE): Frequency.NEVER})
    save(ada, "saddle")
    publish("A saddle point")
    look()
    Notification.objects.update(mailed_at=timezone.now())
    publish("Another saddle")
    look()
    assert told(ada) == [1] and Notification.objects.get(recipient=ada).is_mail_only


# === The look ===


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


def test_a_search_that_fails_is_alone(monkeypatch, look, ada, bob):
    save(ada, "saddle")
    save(bob, "saddle point")
    publish("A saddle point")

    def found_but_one(text, *asked):
        if text == "saddle":
            User.objects.raw("SELECT nothing FROM nowhere")[0]
        return find_among(text, *asked)

    monkeypatch.setattr(watching, "find_among", found_but_one)
    monkeypatch.setattr(watching, "OperationalError", ConnectionError)  # what SQLite calls a wrong statement
    assert look() == 1 and told(ada) == [] and told(bob) == [1]
    monkeypatch.setattr(watching, "find_among", find_among)
    assert look() == 0, "it has gone on"


def test_a_look_ends_when_the_database_is_away_and_loses_nothing(monkeypatch, look, ada):
    save(ada, "saddle")
    publish("A saddle point")

    def away(*asked):
        raise OperationalError

    monkeypatch.setattr(watching, "find_among", away)
    with pytest.raises(OperationalError):
        look()
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


# === The index ===

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
        found = {match.object_id for match in find_among(query, ada, documents)}
        assert found == every & set(few), query
    for query in ("layer:linear", "layer:linear optimizer:sgd", "run -saddle lang:en optimizer:sgd"):
        assert {match.object_id for match in find_among(query, ada, documents)} == {posts[4].pk}, query
    assert any(find(query, ada).matches for query in QUERIES)
    assert find_among("saddle", ada, []) == set() and find_among("kind:run", ada, documents) == set()
