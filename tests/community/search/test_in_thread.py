"""The search of one thread: its box, its address, and that nothing else is found."""

import pytest
from django.urls import reverse
from django.utils import timezone

from community.content.models import Thread
from community.search.services import rebuild
from tests.factories import AnswerFactory, PostFactory, QuestionFactory, ThreadFactory
from tests.html import html_of

pytestmark = [pytest.mark.both, pytest.mark.django_db]
URL = reverse("search:results")


@pytest.fixture
def thread() -> Thread:
    thread = ThreadFactory(title="A long one", opening="needle\n")
    for number in range(20):
        PostFactory(thread=thread, source=f"needle {number}\n")
    other = ThreadFactory(title="needle")
    PostFactory(thread=other, source="needle\n")
    rebuild()
    return thread


def test_the_box_leads_to_an_address_that_can_be_shared(client, thread):
    answer = client.get(URL, {"q": "needle in:77", "in": thread.pk})
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}?q=needle+in%3A{thread.pk}")
    page = client.get(answer["Location"])
    text = page.content.decode()
    assert f'Only posts in <a href="{thread.get_absolute_url()}">A long one</a>' in " ".join(text.split())
    assert len(page.context["found"].matches) == 21
    urls = [each.hit.url for each in page.context["results"]]
    assert all(thread.get_absolute_url() in url or f"/{thread.pk}/" in url for url in urls)
    assert f">#{page.context['results'][0].hit.number}</a>" in text
    following = client.get(URL + page.context["page"].next_query)
    assert len(urls) + len(following.context["results"]) == 21
    assert not {each.hit.url for each in following.context["results"]} & {*urls}


def test_a_thread_that_is_not_seen_is_no_place(client, thread):
    Thread.objects.filter(pk=thread.pk).update(deleted_at=timezone.now())
    page = client.get(URL, {"q": f"needle in:{thread.pk}"})
    assert page.context["place"] is None and "A long one" not in page.content.decode()


def test_a_place_that_is_no_number_is_told(client, thread):
    page = client.get(URL, {"q": "needle", "in": '"x y'}, follow=True)
    assert page.status_code == 200 and page.context["place"] is None and page.context["problems"]


def box_of(client, shown: Thread) -> str:
    """Return where a thread's page has the box: `page`, `menu` or nowhere."""
    page = client.get(Thread.objects.get(pk=shown.pk).get_absolute_url()).content.decode()
    before, box, _after = page.partition(f'name="in" value="{shown.pk}"')
    return "" if not box else "menu" if before.rpartition("<details")[2].count("</details>") == 0 else "page"


def test_the_menu_is_in_the_line_of_the_views_before_that_of_the_orders(client, db):
    question = QuestionFactory()
    for _ in range(6):
        AnswerFactory(thread=question)
    page = html_of(client.get(question.get_absolute_url()))
    views, menu, orders = (page.index(words) for words in (">Flat<", "Search this thread", ">Newest first<"))
    assert views < menu < orders


def test_more_than_a_handful_of_replies_have_the_box_in_a_menu_and_a_long_thread_beside_its_head(client, thread):
    short = Thread.objects.exclude(pk=thread.pk).get()
    assert box_of(client, thread) == "menu" and box_of(client, short) == ""
    for _ in range(40):
        PostFactory(thread=thread)
    assert box_of(client, thread) == "page"
    for _ in range(4):
        PostFactory(thread=short)
    assert box_of(client, short) == ""
    PostFactory(thread=short)
    assert box_of(client, short) == "menu"
