"""Series: a person's articles in order, each leading to the next, with how far a reader has come."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from community.accounts.models import User
from community.audit.models import AuditEntry
from community.blogs.models import Article, Part, Series, SeriesFollow
from community.blogs.series import services, telling
from community.blogs.series.errors import (
    ChangedMeanwhile,
    NotYourArticle,
    NotYourSeries,
    SeriesFull,
    SeriesGone,
    TitleTaken,
    TooManySeries,
)
from community.blogs.series.selectors import place_of
from community.blogs.services import opening_post, publish_article, start_article
from community.common.changes.log import CHANGES
from community.common.page_cache import answers
from community.content.models import Thread
from community.content.services import hide_post, read_posts
from community.mutes import services as mutes
from community.mutes.errors import CannotFollow
from community.notifications.models import Notification
from tests.at_once import at_once
from tests.factories import PersonFactory
from tests.html import html_of
from tests.kept_pages import kept_pages

pytestmark = pytest.mark.django_db
TITLE = "Backpropagation from nothing"


def written(author, title, **more):
    return start_article(author=author, title=title, source="Some words.", **{"publish": True, **more})


@pytest.fixture
def parts(ada):
    articles = [written(ada, title) for title in ("Chain rule", "One layer", "Many layers")]
    for article in articles:
        services.put_article(article=article, by=ada, new_title=TITLE)
    return articles


@pytest.fixture
def series(parts):
    return Series.objects.get(title=TITLE)


def titles(browser, series) -> list[str]:
    page = html_of(browser.get(series.get_absolute_url()))
    return re.findall(r'<h2 class="row-title"[^>]*><a href="/articles/[^>]*>(.*?)</a>', page)


def test_an_author_puts_an_article_into_a_series_from_its_page(as_user, ada, article):
    browser, address = as_user(ada), f"/articles/{article.pk}/series/"
    assert f'href="{address}"' in html_of(browser.get(article.thread.get_absolute_url()))
    answer = browser.post(address, {"into": "none", "new_title": f"  {TITLE}\n"})
    series = Series.objects.get()
    assert answer.url == series.get_absolute_url() and titles(browser, series) == ["Backward by hand"]
    other = written(ada, "Another")
    browser.post(f"/articles/{other.pk}/series/", {"into": str(series.pk), "new_title": ""})
    assert titles(browser, series) == ["Backward by hand", "Another"]
    browser.post(address, {"into": "none", "new_title": ""})
    assert titles(browser, series) == ["Another"]


def test_a_title_that_is_not_new_is_that_series(ada, series):
    services.put_article(article=written(ada, "A fourth"), by=ada, new_title=TITLE)
    assert Series.objects.count() == 1 and series.parts.count() == 4


def test_only_the_author_files_an_article(as_user, ada, bob, moderator, article):
    for other in (bob, moderator):
        assert as_user(other).post(f"/articles/{article.pk}/series/", {"new_title": "Mine"}).status_code == 404
        with pytest.raises(NotYourArticle):
            services.put_article(article=article, by=other, new_title="Mine")
    assert not Series.objects.exists()


def test_a_part_leads_to_those_beside_it(client, parts, series):
    middle = html_of(client.get(parts[1].thread.get_absolute_url()))
    assert f'Part 2 of 3 in <a href="{series.get_absolute_url()}"><bdi>{TITLE}</bdi></a>' in middle
    assert f'rel="prev" href="{parts[0].thread.get_absolute_url()}"' in middle
    assert f'rel="next" href="{parts[2].thread.get_absolute_url()}"' in middle
    first, last = (html_of(client.get(part.thread.get_absolute_url())) for part in (parts[0], parts[2]))
    assert 'rel="prev"' not in first and 'rel="next"' not in last


def test_an_article_in_no_series_asks_nothing_of_series(client, article):
    with CaptureQueriesContext(connection) as queries:
        page = html_of(client.get(article.thread.get_absolute_url()))
    assert "series-place" not in page
    assert not [query for query in queries if 'FROM "blogs_part"' in query["sql"]]


def test_a_visitors_page_that_was_kept_follows_its_series(client, ada, parts, series):
    address = parts[1].thread.get_absolute_url()
    assert "Part 2 of 3" in html_of(client.get(address))
    services.move_part(owner=ada, article_id=parts[1].pk, to="up")
    assert "Part 1 of 3" in html_of(client.get(address))
    services.change_series(series=series, title="By hand", about="", base=(TITLE, ""))
    assert "<bdi>By hand</bdi>" in html_of(client.get(address))
    draft = written(ada, "A fourth", publish=False)
    services.put_article(article=draft, by=ada, into=series)
    assert "Part 1 of 3" in html_of(client.get(address))
    publish_article(article=draft, by=ada)
    assert "Part 1 of 4" in html_of(client.get(address))
    services.delete_series(series=series, by=ada)
    assert "series-place" not in html_of(client.get(address))


def test_drafts_and_hidden_parts_are_shown_to_who_may_see_them(client, as_user, ada, moderator, parts, series):
    services.put_article(article=written(ada, "A draft", publish=False), by=ada, into=series)
    hide_post(post=opening_post(parts[0].thread), by=moderator)
    assert titles(client, series) == ["One layer", "Many layers"]
    assert titles(as_user(ada), series) == ["Chain rule", "One layer", "Many layers", "A draft"]
    assert "Part 1 of 2" in html_of(client.get(parts[1].thread.get_absolute_url()))


def test_a_series_of_drafts_alone_is_not_there_for_others(client, as_user, ada, bob):
    series = services.put_article(article=written(ada, "A draft", publish=False), by=ada, new_title=TITLE)
    assert series is not None
    for browser in (client, as_user(bob)):
        assert browser.get(series.get_absolute_url()).status_code == 404
        assert browser.get(f"/feeds/series/{series.pk}.atom").status_code == 404
        assert TITLE not in html_of(browser.get("/@ada/series/"))
    assert as_user(ada).get(series.get_absolute_url()).status_code == 200
    assert TITLE in html_of(as_user(ada).get("/@ada/series/"))


def test_a_reader_sees_how_far_they_have_come_and_continues(as_user, client, bob, parts, series):
    browser = as_user(bob)
    page = html_of(browser.get(series.get_absolute_url()))
    assert "0 of 3 read" in page and "Continue reading" not in page
    read_posts(reader=bob, thread=parts[0].thread, numbers=[1])
    page = html_of(browser.get(series.get_absolute_url()))
    assert "1 of 3 read" in page
    assert f'href="{parts[1].thread.get_absolute_url()}">Continue reading' in page
    for part in parts[1:]:
        read_posts(reader=bob, thread=part.thread, numbers=[1])
    page = html_of(browser.get(series.get_absolute_url()))
    assert "3 of 3 read" in page and "Continue reading" not in page
    assert "of 3 read" not in html_of(client.get(series.get_absolute_url()))


def test_parts_are_moved_and_taken_out_without_script(as_user, ada, parts, series):
    browser = as_user(ada)
    browser.post(f"/articles/{parts[2].pk}/series/move/", {"to": "up"})
    assert titles(browser, series) == ["Chain rule", "Many layers", "One layer"]
    browser.post(f"/articles/{parts[0].pk}/series/move/", {"to": "up"})
    assert titles(browser, series) == ["Chain rule", "Many layers", "One layer"]
    browser.post(f"/articles/{parts[0].pk}/series/remove/")
    assert titles(browser, series) == ["Many layers", "One layer"]
    assert browser.get(parts[0].thread.get_absolute_url()).status_code == 200


def test_others_move_and_change_nothing(as_user, bob, parts, series):
    browser = as_user(bob)
    browser.post(f"/articles/{parts[2].pk}/series/move/", {"to": "up"})
    assert browser.post(f"/articles/{parts[2].pk}/series/remove/").status_code == 403
    assert browser.post(f"/series/{series.pk}/edit/", {"title": "Mine"}).status_code == 404
    assert browser.post(f"/series/{series.pk}/delete/").status_code == 404
    assert titles(browser, series) == ["Chain rule", "One layer", "Many layers"]


def test_two_tabs_that_change_a_series_lose_nothing(as_user, ada, series):
    browser, address = as_user(ada), f"/series/{series.pk}/edit/"
    begun = {"base_title": TITLE, "base_about": ""}
    assert browser.post(address, {"title": "One", "about": "First tab.", **begun}).status_code == 302
    refused = browser.post(address, {"title": "Two", "about": "Second tab.", **begun})
    assert refused.status_code == 422 and str(ChangedMeanwhile.default) in html_of(refused)
    assert 'value="Two"' in html_of(refused) and Series.objects.get().title == "One"
    form = refused.context["form"]
    again = {"base_title": form["base_title"].value(), "base_about": form["base_about"].value()}
    assert browser.post(address, {"title": "Two", "about": "Second tab.", **again}).status_code == 302
    assert Series.objects.get().about == "Second tab."


def test_a_title_that_is_taken_or_empty_is_told_and_kept(as_user, ada, article, series):
    services.put_article(article=article, by=ada, new_title="Other")
    browser, address = as_user(ada), f"/series/{series.pk}/edit/"
    taken = browser.post(address, {"title": "Other", "base_title": TITLE, "base_about": ""})
    assert taken.status_code == 422 and str(TitleTaken.default) in html_of(taken) and 'value="Other"' in html_of(taken)
    assert browser.post(address, {"title": " ", "about": "Kept words."}).status_code == 422
    assert browser.post(address, {"title": "x" * 121}).status_code == 422
    assert Series.objects.filter(title=TITLE).exists()


@pytest.mark.parametrize("title", ["\u3164", "\u200b", "\u2800", "\u0301", "\u200d", "By\u200bhand"])
def test_a_title_that_others_cannot_see_is_refused_and_kept(as_user, ada, article, series, title):
    browser = as_user(ada)
    changed = browser.post(f"/series/{series.pk}/edit/", {"title": title, "base_title": TITLE, "base_about": ""})
    begun = browser.post(f"/articles/{article.pk}/series/", {"new_title": title})
    for answer, name in ((changed, "title"), (begun, "new_title")):
        [said] = answer.context["form"].errors[name]
        assert answer.status_code == 422 and ("no visible characters" in said or "invisible character (U+" in said)
        assert answer.context["form"][name].value() == title
    assert [each.title for each in Series.objects.all()] == [TITLE]


def test_an_emoji_of_several_is_a_title(as_user, ada, article):
    as_user(ada).post(f"/articles/{article.pk}/series/", {"new_title": "👩\u200d🔬\ufe0f at work"})
    assert Series.objects.get().title == "👩\u200d🔬\ufe0f at work"


def test_a_series_that_was_deleted_while_two_tabs_changed_it_is_told(as_user, ada, series, monkeypatch):
    def changed_then_deleted(**sent):
        Series.objects.all().delete()
        raise ChangedMeanwhile

    monkeypatch.setattr(services, "change_series", changed_then_deleted)
    begun = {"base_title": "Before", "base_about": ""}
    answer = as_user(ada).post(f"/series/{series.pk}/edit/", {"title": "Two", "about": "Kept words.", **begun})
    assert answer.status_code == 422 and str(SeriesGone.default) in html_of(answer)
    assert 'value="Two"' in html_of(answer) and "Kept words." in html_of(answer)


def test_a_series_is_deleted_after_a_question_and_its_articles_stay(as_user, ada, parts, series):
    browser, address = as_user(ada), f"/series/{series.pk}/delete/"
    assert f'href="{address}"' in html_of(browser.get(f"/series/{series.pk}/edit/"))
    assert "Delete this series?" in html_of(browser.get(address))
    assert Series.objects.exists()
    browser.post(address)
    assert not AuditEntry.objects.exists()
    assert not Series.objects.exists() and not Part.objects.exists()
    assert browser.get(parts[0].thread.get_absolute_url()).status_code == 200


def test_a_moderator_deletes_a_series_and_it_is_recorded(as_user, ada, bob, moderator, parts, series):
    browser, address = as_user(moderator), f"/series/{series.pk}/delete/"
    Series.objects.filter(pk=series.pk).update(about="Rude words.")
    assert f'href="{address}"' not in html_of(as_user(bob).get(series.get_absolute_url()))
    assert f'href="{address}"' in html_of(browser.get(series.get_absolute_url()))
    assert as_user(bob).get(address).status_code == 404
    with pytest.raises(NotYourSeries):
        services.delete_series(series=series, by=bob)
    assert browser.post(address).url == "/@ada/series/"
    assert not Series.objects.exists() and browser.get(parts[0].thread.get_absolute_url()).status_code == 200
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_kind, entry.target_id) == ("remove_series", "user", ada.pk)
    assert entry.changes == {"title": [TITLE, ""], "description": ["Rude words.", ""]}
    assert TITLE in html_of(browser.get("/moderation/audit-log/"))


def test_a_series_of_who_left_is_not_shown(client, ada, parts, series):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert client.get(series.get_absolute_url()).status_code == 404
    assert client.get(f"/feeds/series/{series.pk}.atom").status_code == 404


def test_articles_of_who_left_do_not_lead_to_their_series(client, ada, parts, series):
    address = parts[1].thread.get_absolute_url()
    assert "Part 2 of 3" in html_of(client.get(address))
    assert client.get(f"/feeds/series/{series.pk}.atom").status_code == 200
    User.objects.filter(pk=ada.pk).update(is_active=False)
    page = html_of(client.get(address))
    assert "One layer" in page and "series-place" not in page and TITLE not in page


def test_the_button_says_whether_one_follows(as_user, bob, series):
    browser = as_user(bob)
    browser.post(f"/series/{series.pk}/follow/", {"on": "1"})
    page = html_of(browser.get(series.get_absolute_url()))
    assert 'aria-pressed="true" title="Stop following this series">Following series</button>' in page
    browser.post(f"/series/{series.pk}/follow/", {"on": "0"})
    assert 'aria-pressed="false"' in html_of(browser.get(series.get_absolute_url()))


def test_a_place_in_a_long_series_reads_two_articles(ada, bob, series):
    for number in range(8):
        services.put_article(article=written(ada, f"More {number}"), by=ada, into=series)
    article = Article.objects.select_related("part").get(part__position=6)
    with CaptureQueriesContext(connection) as queries:
        place = place_of(article, bob)
    assert (place.number, place.total, place.before.title, place.after.title) == (6, 11, "More 1", "More 3")
    _series, keys, _beside = (query["sql"] for query in queries)
    assert '"title"' not in keys and "author" not in keys.split("FROM")[0]


def test_there_are_limits_with_a_sentence(ada, parts, series, monkeypatch):
    monkeypatch.setattr(services, "MOST_PARTS", 3)
    with pytest.raises(SeriesFull, match="already has 3 articles"):
        services.put_article(article=written(ada, "A fourth"), by=ada, into=series)
    monkeypatch.setattr(services, "MOST_SERIES", 1)
    with pytest.raises(TooManySeries, match="already have 1 series"):
        services.put_article(article=written(ada, "A fifth"), by=ada, new_title="Another")
    assert series.parts.count() == 3 and Series.objects.count() == 1


def test_followers_are_notified_once_of_each_new_part(as_user, ada, bob, series):
    browser = as_user(bob)
    browser.post(f"/series/{series.pk}/follow/", {"on": "1"})
    browser.post(f"/series/{series.pk}/follow/", {"on": "1"})
    assert SeriesFollow.objects.count() == 1
    draft = written(ada, "A fourth", publish=False)
    services.put_article(article=draft, by=ada, into=series)
    assert not Notification.objects.filter(recipient=bob).exists()
    publish_article(article=draft, by=ada)
    late = written(ada, "A fifth")
    services.put_article(article=late, by=ada, into=series)
    services.put_article(article=late, by=ada, into=series)
    told = Notification.objects.filter(recipient=bob).order_by("pk").values_list("subject", "verb")
    assert list(told) == [(draft.pk, "new_thread"), (late.pk, "new_thread")]
    browser.post(f"/series/{series.pk}/follow/", {"on": "0"})
    services.put_article(article=written(ada, "A sixth"), by=ada, into=series)
    assert Notification.objects.filter(recipient=bob).count() == 2


def test_followers_are_told_in_batches(ada, series, monkeypatch):
    people = sorted(PersonFactory.create_batch(5), key=lambda person: person.pk)
    for person in people:
        services.follow_series(series=series, follower=person, on=True)
    sent = []
    monkeypatch.setattr(telling, "BATCH", 2)
    monkeypatch.setattr(telling, "notify", lambda **event: sent.append(list(event["listeners"])))
    services.put_article(article=written(ada, "A fourth"), by=ada, into=series)
    keys = [person.pk for person in people]
    assert sent == [keys[:2], keys[2:4], keys[4:]]


def test_an_article_of_long_ago_is_filed_in_silence(ada, bob, series):
    services.follow_series(series=series, follower=bob, on=True)
    for title, days in (("Old", 8), ("Lately", 6)):
        article = written(ada, title)
        Thread.objects.filter(pk=article.pk).update(published_at=timezone.now() - timedelta(days=days))
        services.put_article(article=article, by=ada, into=series)
    [told] = Notification.objects.filter(recipient=bob)
    assert told.subject == article.pk


def test_a_new_series_locks_its_owner_before_it_counts(ada, article):
    with CaptureQueriesContext(connection) as queries:
        services.put_article(article=article, by=ada, new_title=TITLE)
    asked = [query["sql"] for query in queries if 'FROM "accounts_user"' in query["sql"] or "COUNT" in query["sql"]]
    assert 'FROM "accounts_user"' in asked[0] and "COUNT" in "".join(asked[1:])
    assert connection.vendor != "postgresql" or asked[0].endswith("FOR NO KEY UPDATE")


def test_a_block_is_in_the_way_of_a_series(as_user, ada, bob, parts, series):
    services.follow_series(series=series, follower=bob, on=True)
    mutes.block(person=ada, other=bob)
    assert as_user(bob).get(series.get_absolute_url()).status_code == 404
    assert as_user(bob).get("/@ada/series/").status_code == 404
    services.put_article(article=written(ada, "A fourth"), by=ada, into=series)
    assert not Notification.objects.filter(recipient=bob).exists()


@pytest.mark.parametrize("blocks", ["ada", "bob"])
def test_a_block_ends_the_follows_of_each_others_series(ada, bob, parts, series, blocks):
    theirs = services.put_article(article=written(bob, "Mine"), by=bob, new_title="Another")
    other = PersonFactory()
    for follower, followed in ((bob, series), (ada, theirs), (other, series), (other, theirs)):
        services.follow_series(series=followed, follower=follower, on=True)
    person, blocked = (ada, bob) if blocks == "ada" else (bob, ada)
    mutes.mute(person=person, other=blocked)
    assert SeriesFollow.objects.count() == 4
    mutes.block(person=person, other=blocked)
    assert set(SeriesFollow.objects.values_list("follower", flat=True)) == {other.pk}
    mutes.undo(person=person, other=blocked)
    assert SeriesFollow.objects.count() == 2


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_follow_and_a_block_at_once_leave_no_follow(ada, bob, series):
    for _round in range(8):
        outcomes = at_once(2, lambda n: mutes.block(person=ada, other=bob) if n else follow(series, bob))
        assert [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, CannotFollow)] == []
        assert not SeriesFollow.objects.filter(follower=bob).exists()
        mutes.undo(person=ada, other=bob)


def follow(series, person):
    services.follow_series(series=series, follower=person, on=True)


def test_the_feed_of_a_series_has_its_public_articles(client, ada, parts, series):
    services.put_article(article=written(ada, "Not yet", publish=False), by=ada, into=series)
    written(ada, "In no series")
    feed = client.get(f"/feeds/series/{series.pk}.atom").content.decode()
    assert set(re.findall(r"<entry><title>(.*?)</title>", feed)) == {"Chain rule", "One layer", "Many layers"}
    assert client.get(f"/feeds/series/{series.pk}.rss").status_code == 200


def test_a_profile_leads_to_the_series_of_a_person(client, ada, series):
    assert 'href="/@ada/series/"' in html_of(client.get("/@ada/"))
    assert TITLE in html_of(client.get("/@ada/series/"))
    services.delete_series(series=series, by=ada)
    assert 'href="/@ada/series/"' not in html_of(client.get("/@ada/"))


def test_the_pages_are_in_chinese(client, as_user, ada, parts, series):
    with translation.override("zh-hans"):
        page = html_of(client.get(parts[1].thread.get_absolute_url(), headers={"accept-language": "zh-hans"}))
        assert "第 2 篇，共 3 篇" in page
        listed = html_of(as_user(ada).get(series.get_absolute_url(), headers={"accept-language": "zh-hans"}))
        assert "编辑系列" in listed and "Edit series" not in listed


def test_an_article_ends_with_its_own_series_alone(client, ada, series, parts):
    other = PersonFactory(handle="bert")
    alone = written(other, "Alone")
    within, of_others = parts[0].thread.get_absolute_url(), alone.thread.get_absolute_url()
    with kept_pages():
        for path in (within, of_others):
            client.get(path)
        assert len(answers.STORE) == 2
        Series.objects.filter(pk=series.pk).update(title="Renamed")
        CHANGES.catch_up()
        assert sum(answers._is_current(kept) for kept in [*answers.STORE._probation.values()]) == 1
        assert "Renamed" in client.get(within).content.decode()
