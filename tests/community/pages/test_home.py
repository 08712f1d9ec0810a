import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.content.services import add_post, hide_post, start_thread
from community.mutes.services import mute
from community.social.models import Follow
from tests.factories import AnswerFactory, ModeratorFactory, PersonFactory, QuestionFactory, ThreadFactory
from tests.html import html_of
from tests.kept_pages import kept_pages

MOST_QUERIES = 12


def text_of(response) -> str:
    return html_of(response)


def titles(response) -> list[str]:
    rows = re.findall(r'<h2 class="row-title[^>]*>.*?</h2>', text_of(response), re.S)
    return [re.sub(r"<[^>]+>", "", row).strip() for row in rows]


def test_a_visitor_finds_a_network_to_change_and_run(db, visitor):
    page = text_of(visitor.get("/"))
    assert "Posts that train." in page
    assert re.search(r'<form class="playground-form" id="front-network" method="post" action="/playground/"', page)
    assert re.search(r"<textarea name=\"config\"[^>]*>[^<]*dataset:", page)
    assert '<button class="button primary large" form="front-network">' in page


def test_a_visitor_sees_the_newest_threads_first(db, visitor):
    ThreadFactory(title="Older")
    ThreadFactory(title="Newer")
    assert titles(visitor.get("/")) == ["Newer", "Older"]


def test_a_note_without_a_title_is_shown_by_its_first_words(db, visitor):
    ThreadFactory(kind="note", title="", title_html="", slug="", opening="Ten steps by hand match.")
    assert titles(visitor.get("/")) == ["Ten steps by hand match."]


def test_a_draft_is_on_no_front_page(db, visitor, member, signed_in):
    ThreadFactory(title="Hidden for now", draft=True)
    assert titles(visitor.get("/")) == []
    assert titles(signed_in(member).get("/?order=latest")) == []


def test_an_empty_site_gives_the_first_step(db, visitor):
    page = text_of(visitor.get("/"))
    assert "Nothing here yet" in page
    assert 'href="/write/"' in page


def test_the_front_page_shows_few_rows_and_leads_on(db, visitor):
    for _ in range(12):
        ThreadFactory()
    response = visitor.get("/?order=new")
    assert len(titles(response)) == 10
    assert 'href="/latest/?order=new"' in text_of(response)


@pytest.mark.parametrize("order", ["latest", "new", "top", "unanswered"])
def test_the_order_that_is_shown_is_marked(db, visitor, order):
    page = text_of(visitor.get(f"/?order={order}"))
    [current] = re.findall(r'<nav class="tabs".*?<a href="([^"]*)" aria-current="page"', page, re.S)
    assert current == ("/" if order == "latest" else f"/?order={order}#list")


def test_an_order_that_does_not_exist_is_the_usual_one(db, visitor):
    ThreadFactory(title="Seen")
    assert titles(visitor.get("/?order=random")) == ["Seen"]


def test_a_member_sees_what_followed_people_brought_and_no_config(db, member, signed_in):
    followed, stranger = PersonFactory(), PersonFactory()
    Follow.objects.create(follower=member, person=followed)
    asked = QuestionFactory(title="Asked by a stranger", author=stranger)
    AnswerFactory(thread=asked, author=followed, source="Because of the start.")
    ThreadFactory(title="Begun by a followed one", author=followed)
    ThreadFactory(title="Begun by a stranger", author=stranger)
    response = signed_in(member).get("/")
    assert titles(response) == ["Begun by a followed one", "Asked by a stranger"]
    assert "Because of the start." in text_of(response)
    assert "front-network" not in text_of(response)


def test_a_member_without_follows_is_told_how_the_feed_fills_and_sees_the_newest(db, member, signed_in):
    ThreadFactory(title="Somebody's")
    response = signed_in(member).get("/")
    assert "Posts from the people" in text_of(response)
    assert titles(response) == ["Somebody's"]


def test_a_feed_goes_on_by_key(db, member, signed_in):
    followed = PersonFactory()
    Follow.objects.create(follower=member, person=followed)
    for number in range(23):
        ThreadFactory(title=f"Thread {number}", author=followed)
    browser = signed_in(member)
    first = browser.get("/")
    [older] = re.findall(r'rel="next" href="(\?after=[^"]+)"', text_of(first))
    second = browser.get("/" + older)
    assert len(titles(first)) == 20
    assert titles(second) == ["Thread 2", "Thread 1", "Thread 0"]


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_the_front_page_asks_the_database_as_often_for_thirty_threads_as_for_two(db, who, visitor, member, signed_in):
    browser = visitor if who == "visitor" else signed_in(member)
    author = PersonFactory()
    Follow.objects.create(follower=member, person=author)
    for _ in range(2):
        ThreadFactory(author=author)
    browser.get("/")
    few = _queries(browser)
    for _ in range(28):
        ThreadFactory(author=PersonFactory())
        AnswerFactory(thread=QuestionFactory(author=author), author=author)
    assert _queries(browser) == few
    assert few <= MOST_QUERIES


def _queries(browser) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert browser.get("/").status_code == 200
    return len(asked)


def test_about_says_what_this_is(db, visitor):
    assert "A post is the experiment" in text_of(visitor.get("/about/"))


def test_the_front_page_opens_its_own_network_whatever_the_address_says(db, visitor):
    """`?run=` and `?fork=` belong to the playground."""
    usual = re.search(r"<textarea.*?</textarea>", text_of(visitor.get("/")), re.S)[0]
    for query in ("run=abc", f"fork={'0' * 32}", "preset=circle"):
        page = visitor.get(f"/?{query}")
        assert page.status_code == 200
        assert re.search(r"<textarea.*?</textarea>", text_of(page), re.S)[0] == usual


def test_the_feed_shows_formulas_of_a_post_as_formulas(db, member, signed_in):
    author = PersonFactory()
    Follow.objects.create(follower=member, person=author)
    start_thread(author=author, kind="question", title="Why?", source=r"It is $\frac{a}{b}$." "\n\n```bp\nx: 1\n```\n")

    excerpt = re.search(r'<p class="row-excerpt"[^>]*>(.*?)</p>', text_of(signed_in(member).get("/")), re.S)[1]

    assert excerpt.startswith('It is <span class="held"><math>') and "frac{" not in excerpt and "cannot run" not in excerpt


def waiting(response) -> list[str]:
    """Return the titles of the unanswered questions beside the list."""
    beside = text_of(response).partition('id="waiting-title"')[2].partition("</nav>")[0]
    return [re.sub(r"<[^>]+>", "", item).strip() for item in re.findall(r"<li>(.*?)</li>", beside, re.S)]


def test_unanswered_questions_are_beside_every_other_list(db, visitor, member, signed_in):
    AnswerFactory(thread=QuestionFactory(title="Answered"))
    for number in range(6):
        QuestionFactory(title=f"Open {number}")
    QuestionFactory(title="Own", author=member)
    newest = [f"Open {number}" for number in (5, 4, 3, 2, 1)]
    own = signed_in(member)
    for path in ("/", "/?order=latest", "/?order=top", "/?order=unread", "/?order=for-you"):
        assert waiting(own.get(path)) == newest, path
    assert waiting(visitor.get("/")) == ["Own", *newest[:4]]
    for path in ("/?order=unanswered", "/?order=your-tags"):
        assert waiting(own.get(path)) == [], path


def test_those_of_people_whom_one_does_not_meet_are_not_among_them(db, visitor, member, signed_in):
    question = QuestionFactory(title="Theirs")
    QuestionFactory(title="Open")
    mute(person=member, other=question.author)
    assert waiting(signed_in(member).get("/")) == ["Open"]
    assert waiting(visitor.get("/")) == ["Open", "Theirs"]


def test_one_that_is_answered_now_or_hidden_is_gone_from_a_kept_page(db, visitor):
    first, second = QuestionFactory(title="One"), QuestionFactory(title="Two")
    with kept_pages():
        assert waiting(visitor.get("/?order=top")) == ["Two", "One"]
        add_post(thread=first, author=PersonFactory(), source="Because.", role="answer")
        assert waiting(visitor.get("/?order=top")) == ["Two"]
        hide_post(post=second.opening_post, by=ModeratorFactory())
        assert waiting(visitor.get("/?order=top")) == []
