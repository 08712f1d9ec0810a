import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.content.models import Category, Tag, Thread
from community.content.services import add_post, hide_post, start_thread
from community.forum.services import accept_answer
from community.mutes.services import mute
from community.social.feeds import fill_anew
from community.social.models import Follow
from tests.factories import AnswerFactory, ModeratorFactory, PersonFactory, QuestionFactory, ThreadFactory
from tests.html import html_of
from tests.kept_pages import kept_pages
from tests.statements import statements

MOST_QUERIES, MOST_QUERIES_OF_NEWCOMERS = 12, 20


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
    assert current == ("/" if order in ("latest", "new") else f"/?order={order}#list")


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
    assert titles(text_of(response).partition('class="feed-start"')[0]) == [
        "Begun by a followed one",
        "Asked by a stranger",
    ]
    assert "Because of the start." in text_of(response)
    assert "front-network" not in text_of(response)


def test_follows_that_bring_nothing_cost_a_visit_no_transaction(db, member, signed_in):
    own = signed_in(member)
    hidden = tagged("Hidden", "quiet")
    hide_post(post=hidden.posts.get(), by=ModeratorFactory())
    category = Category.objects.create(slug="empty", name="Empty")
    for target in ({"person": PersonFactory()}, {"tag": hidden.tags.get()}, {"category": category}):
        Follow.objects.create(follower=member, **target)
    own.get("/")
    with statements() as few:
        own.get("/")
    assert not [each for each in few if each.startswith(("SAVEPOINT", "INSERT"))]
    for _ in range(5):
        Follow.objects.create(follower=member, person=PersonFactory())
    with statements() as many:
        own.get("/")
    assert len(many) <= len(few)


def offered(response) -> list[tuple[str, str]]:
    """Return the tags and people that a page offers to follow, with the reason for each."""
    section = text_of(response).partition('class="feed-start"')[2].partition("</section>")[0]
    rows = re.findall(r'<li class="result.*?</li>', section, re.DOTALL)
    texts = [re.findall(r"<(?:a|b|span)[^>]*>([^<>]+)</", row.partition("<form")[0]) for row in rows]
    return [(words[0], words[-1]) for words in texts]


def test_suggestions_can_be_closed_and_come_back_when_they_are_asked_for(db, visitor, member):
    start_thread(author=PersonFactory(), kind="question", title="Why?", source="x", tags=["loss"])
    visitor.force_login(member)
    assert 'class="feed-start"' in text_of(visitor.get("/"))
    closed = visitor.post("/following/suggestions/", {"on": "0"}, follow=True)
    assert 'class="feed-start"' not in text_of(closed) and "Suggestions are closed" in text_of(closed)
    assert 'class="feed-start"' not in text_of(visitor.get("/"))
    assert "Show them again" in text_of(visitor.get("/following/"))
    visitor.post("/following/suggestions/", {"on": "1"})
    assert 'class="feed-start"' in text_of(visitor.get("/"))
    assert "Show them again" not in text_of(visitor.get("/following/"))


def tagged(title: str, *tags: str, author=None):
    return start_thread(author=author or PersonFactory(), kind="question", title=title, source="x", tags=list(tags))


def test_a_newcomer_sees_below_their_post_whom_and_what_to_follow_and_the_newest(db, member, signed_in):
    for number in range(2):
        tagged(f"Nets {number}", "nets")
    solved, solver = tagged("Solved", "xor"), PersonFactory(display_name="Solver")
    accept_answer(answer=AnswerFactory(thread=solved, author=solver), by=solved.author)
    tagged("Mine", "xor", author=member)
    page = signed_in(member).get("/")
    assert titles(page) == ["Mine", "Solved", "Nets 1", "Nets 0"]
    assert offered(page) == [
        ("#xor", "You used this tag"),
        ("#nets", "One of the most used tags: 2 threads"),
        ("Solver", "Solved a question in #xor"),
    ]
    assert "New on the site" in text_of(page)


def test_what_newcomers_are_offered_gives_way_as_they_follow(db, member, signed_in):
    tagged("Nets", "nets", "xor", "relu", "lstm")
    own = signed_in(member)
    for followed in (Tag.objects.get(slug="lstm"), Tag.objects.get(slug="nets")):
        Follow.objects.create(follower=member, tag=followed)
        names = [name for name, _why in offered(own.get("/"))]
        assert names and f"#{followed.label}" not in names
    Follow.objects.create(follower=member, thread=Thread.objects.get())  # as by writing in it
    assert offered(own.get("/"))
    Follow.objects.create(follower=member, tag=Tag.objects.get(slug="relu"))
    fill_anew(member)
    page = own.get("/")
    assert titles(page) == ["Nets"]
    assert offered(page) == [] and "New on the site" not in text_of(page)


def test_a_newcomer_on_an_empty_site_is_told_how_the_feed_fills_and_to_write(db, member, signed_in):
    page = signed_in(member).get("/")
    assert "Your feed shows your posts" in text_of(page) and "Nothing here yet" in text_of(page)
    assert offered(page) == []


def test_the_page_of_a_newcomer_asks_the_database_as_often_for_many_tags(db, member, signed_in):
    own = signed_in(member)
    tagged("Mine", "own", author=member)
    for number in range(3):
        tagged(f"One {number}", f"tag-{number}")
    own.get("/")
    few = _queries(own)
    for number in range(20):
        tagged(f"Many {number}", f"tag-{number}", f"more-{number}")
        tagged(f"Mine {number}", f"mine-{number}", author=member) if number < 10 else None
    assert _queries(own) <= few <= MOST_QUERIES_OF_NEWCOMERS


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
    for person in (author, PersonFactory(), PersonFactory()):
        Follow.objects.create(follower=member, person=person)
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

    assert (
        excerpt.startswith('It is <span class="held"><math>') and "frac{" not in excerpt and "cannot run" not in excerpt
    )


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
