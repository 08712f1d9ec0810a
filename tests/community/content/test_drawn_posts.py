"""A post on a page is what is stored and what its reader may do: whatever changes, and whoever read it before."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Engine
from django.test import Client
from django.utils import timezone, translation

from community.common import drawn
from community.content.drawing import drawer
from community.content.models import Post, Thread
from community.review.models import SuggestedEdit
from community.social.models import Bookmark, Reaction
from tests.community.content.begun import Begun, beginning
from tests.factories import AnswerFactory, CommentFactory, ModeratorFactory, PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
ONCE = re.compile(r'nonce="[^"]+"|name="submission" value="[^"]+"')  # new for each request


class World:
    """A question with an answer, a comment on it and a reply to that, and clients of everyone who reads it."""

    def __init__(self) -> None:
        self.ada, self.ben, self.eve = (PersonFactory(handle=name) for name in ("ada", "ben", "eve"))
        self.thread = QuestionFactory(author=self.ada, title="Why?")
        self.answer = AnswerFactory(thread=self.thread, author=self.ben)
        self.comment = CommentFactory(thread=self.thread, author=self.eve, parent=self.answer)
        CommentFactory(thread=self.thread, author=self.ben, parent=self.answer, reply_to=self.comment)
        people = {"ada": self.ada, "ben": self.ben, "eve": self.eve, "staff": ModeratorFactory(), "visitor": None}
        self.people = people
        self.clients = {name: Client() for name in people}
        for name, client in self.clients.items():
            if people[name]:
                client.force_login(people[name])

    def page(self, name: str) -> str:
        """Return how a person sees the thread as a tree and in the order of time."""
        address = self.thread.get_absolute_url()
        responses = [self.clients[name].get(address + query) for query in ("", "?view=flat")]
        assert all(response.status_code == 200 for response in responses)
        return ONCE.sub("", "".join(map(html_of, responses)))

    def pages(self) -> dict[str, str]:
        return {name: self.page(name) for name in self.clients}

    def post(self, name: str, path: str, **fields) -> None:
        assert self.clients[name].post(path, fields).status_code in (200, 302)


@pytest.fixture(scope="module")
def begun(django_db_setup, django_db_blocker) -> Iterator[Begun[World]]:
    with django_db_blocker.unblock(), beginning(World) as begun:
        yield begun


@pytest.fixture
def world(begun, db) -> World:
    world = begun.world
    people = (world.ada, world.ben, world.eve, world.people["staff"])
    return begun.again(*people, world.thread, world.answer, world.comment)


def part(page: str, number: int) -> str:
    """Return the HTML of one post, without what follows it."""
    begin = page.index(f'id="post-{number}"')
    following = re.search(rf'id="post-(?!{number}")|id="write"', page[begin:])
    return page[begin : begin + following.start()] if following else page[begin:]


def set_post(post: Post, **columns) -> None:
    Post.objects.filter(pk=post.pk).update(**columns)


def set_thread(thread: Thread, **columns) -> None:
    Thread.objects.filter(pk=thread.pk).update(**columns)


CHANGES = {
    "an edit": lambda w: set_post(w.answer, html="<p>Better words.</p>", edited_at=timezone.now()),
    "another language": lambda w: set_post(w.answer, language="zh-hans"),
    "a score": lambda w: set_post(w.answer, score=41),
    "hidden": lambda w: set_post(w.answer, hidden_at=timezone.now()),
    "deleted": lambda w: set_post(w.answer, deleted_at=timezone.now(), deleted_by=w.ben),
    "an opening deleted by staff": lambda w: set_post(w.thread.opening_post, deleted_at=timezone.now()),
    "accepted": lambda w: set_thread(w.thread, solved_post=w.answer),
    "closed": lambda w: set_thread(w.thread, locked_at=timezone.now()),
    "on hold": lambda w: set_thread(w.thread, held_at=timezone.now()),
    "a suggestion": lambda w: SuggestedEdit.objects.create(
        post=w.answer, thread=w.thread, author=w.eve, receiver=w.ben, source="x", reason="x", base_version=1
    ),
    "another address": lambda w: set_thread(w.thread, slug="another-one"),
    "another name": lambda w: w.people["ben"].__class__.objects.filter(pk=w.ben.pk).update(display_name="Benjamin"),
    "a comment gone": lambda w: set_post(w.comment, deleted_at=timezone.now()),
    "other first words of a comment that has a reply": lambda w: set_post(w.comment, excerpt="Other words"),
    "a comment that has a reply in another language": lambda w: set_post(w.comment, language="zh-hans"),
    "another name of who has a reply": lambda w: type(w.eve).objects.filter(pk=w.eve.pk).update(display_name="E"),
    "a comment more": lambda w: CommentFactory(thread=w.thread, author=w.ada, parent=w.answer),
    "an answer more": lambda w: AnswerFactory(thread=w.thread, author=w.ada),
    "a vote": lambda w: Reaction.objects.create(user=w.eve, post=w.answer, value=1),
    "a bookmark": lambda w: Bookmark.objects.create(user=w.eve, post=w.answer),
    "staff": lambda w: w.eve.__class__.objects.filter(pk=w.eve.pk).update(is_staff=True),
    "staff no more": lambda w: w.eve.__class__.objects.filter(is_staff=True).update(is_staff=False),
    "a time zone": lambda w: w.eve.__class__.objects.filter(pk=w.eve.pk).update(time_zone="Asia/Shanghai"),
    "a language": lambda w: w.eve.__class__.objects.filter(pk=w.eve.pk).update(language="zh-hans"),
    "a notice": lambda w: set_post(w.answer, render_notice="Too long to format."),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_reader_sees_a_change_at_once(world, begun, change):
    """With fragments of everyone's page kept from before, each page is what it is without any."""
    change(world)
    world.thread.refresh_from_db()
    kept = world.pages()
    for name in world.clients:
        drawn.fragments.clear()
        assert world.page(name) == kept[name], name
    assert kept != begun.pages


def test_readers_in_turn_see_their_own(world):
    alone = {}
    for name in world.clients:
        drawn.fragments.clear()
        alone[name] = world.page(name)
    for _ in range(2):
        assert world.pages() == alone
    assert len(set(alone.values())) == len(alone)


def test_a_vote_is_shown_to_its_voter_only(world):
    world.pages()
    world.post("eve", f"/posts/{world.answer.pk}/vote/", value="1")
    pages = world.pages()
    assert 'value="0" aria-pressed="true"' in part(pages["eve"], 2)
    for name in ("ada", "ben", "staff", "visitor"):
        assert 'aria-pressed="true"' not in part(pages[name], 2).split("</header>")[0], name
        assert '<b class="score" aria-live="polite">1' in part(pages[name], 2), name


def test_a_bookmark_is_shown_to_its_owner_only(world):
    world.pages()
    world.post("eve", f"/posts/{world.answer.pk}/bookmark/", on="1")
    pages = world.pages()
    assert "Bookmarked" in part(pages["eve"], 2)
    assert all("Bookmarked" not in pages[name] for name in ("ada", "ben", "staff", "visitor"))


def test_buttons_follow_the_rights_of_each_reader(world):
    pages = world.pages()
    edit, accept = f"/posts/{world.answer.pk}/edit/", f"/posts/{world.answer.pk}/accept/"
    assert [name for name, page in pages.items() if edit in page] == ["ben", "staff"]
    assert [name for name, page in pages.items() if accept in page] == ["ada", "staff"]
    assert [name for name, page in pages.items() if f"/posts/{world.answer.pk}/report/" in page] == [
        "ada",
        "eve",
        "staff",
    ]


def test_a_hidden_post_is_seen_by_its_author_and_staff_alone(world):
    world.pages()
    set_post(world.comment, hidden_at=timezone.now())
    assert [name for name, page in world.pages().items() if 'id="post-3"' in page] == ["eve", "staff"]


def test_an_authors_notice_is_no_one_elses(world):
    set_post(world.answer, render_notice="Too long to format.")
    assert [name for name, page in world.pages().items() if "Too long to format." in page] == ["ben"]


def test_a_new_picture_is_shown_at_once(world):
    before = world.page("visitor")
    world.ben.__class__.objects.filter(pk=world.ben.pk).update(display_name="Zoe")
    after = world.page("visitor")
    address = re.compile(rf"/avatar/{world.ben.pk}\.svg\?v=\w+")
    assert address.search(before)[0] != address.search(after)[0]
    assert "Zoe" in after


def test_time_passes(world, monkeypatch):
    later = timezone.now() + timezone.timedelta(hours=3, minutes=30)
    assert "3 h ago" not in world.page("visitor")
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert part(world.page("visitor"), 2).count("3 h ago") == 1


NAMES = ["Ada", "a\"b'<i>&amp;", "艾达", "5%(name)s %% {{ x }}", "\N{RIGHT-TO-LEFT OVERRIDE}ada", "1234567"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", ["visitor", "ben", "staff"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_outline_with_its_holes_filled_is_the_post(world, name, who, language):
    """Names, numbers and times go into a fragment that was drawn without them."""
    world.ben.__class__.objects.filter(pk=world.ben.pk).update(display_name=name)
    set_post(world.answer, edited_at=timezone.now())
    set_post(world.comment, excerpt=f"{name} <b> 5%(name)s")
    type(world.eve).objects.filter(pk=world.eve.pk).update(display_name=name)
    related = ("author", "thread__category", "reply_to__author")
    posts = list(Post.objects.select_related(*related).filter(thread=world.thread))
    for post in posts:
        post.shown_html = f"<p>{post.number}</p>"
    reader = world.people[who] or AnonymousUser()
    drawing = drawer(reader, posts, marked=2)
    with translation.override(language):
        for post in posts:
            for template in ("content/branch.html", "content/comment.html"):
                whole = drawn.draw(template, drawing.inputs(post), body=post.shown_html, mentions="", comments="")
                assert drawing._draw(template, post, comments="") == whole


def test_posts_that_differ_in_names_and_numbers_are_one_fragment(world, monkeypatch):
    world.page("visitor")
    engine, read = Engine.get_default(), []
    monkeypatch.setattr(engine, "get_template", lambda name: read.append(name) or Engine.get_template(engine, name))
    for _ in range(3):
        AnswerFactory(thread=world.thread, author=PersonFactory(), html="<p>Another.</p>")
    assert "Another." in world.page("visitor")
    assert "content/branch.html" not in read
