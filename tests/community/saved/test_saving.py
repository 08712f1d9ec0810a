"""Saved searches: saved once and only if they mean something, shown to their owner alone, and deleted."""

import pytest

from community.content.models import Tag
from community.saved import services
from community.saved.errors import NotASearch, TooManySearches
from community.saved.models import SavedSearch
from community.saved.notices import searches
from tests.at_once import at_once
from tests.community.saved.acts import publish, save, told, turn_off
from tests.html import html_of

pytestmark = pytest.mark.django_db
SAVED = "/search/saved/"


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
    turn_off(ada)
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


@pytest.mark.both
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
        ("kind:run nonsense", "No data set, layer, activation"),
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
