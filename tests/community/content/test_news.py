"""What comes to a thread while its page is open, and while somebody writes a reply."""

import asyncio
import json
import threading
import uuid
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.common import shared_look
from community.content import news, services
from community.content.models import Post, Thread
from community.content.news import News, OpenPage, news_of
from tests.factories import (
    AnswerFactory,
    CommentFactory,
    ModeratorFactory,
    PersonFactory,
    PostFactory,
    QuestionFactory,
    ThreadFactory,
)
from tests.html import html_of
from tests.kept_pages import kept_pages

pytestmark = pytest.mark.django_db


@pytest.mark.both
class TestNews:
    def test_each_page_hears_of_what_it_does_not_have(self):
        one, other = ThreadFactory(), ThreadFactory()
        for _ in range(3):
            CommentFactory(thread=one)
        CommentFactory(thread=other, hidden_at=timezone.now())
        pages = [OpenPage(one.pk, 1), OpenPage(one.pk, 3), OpenPage(one.pk, 4), OpenPage(other.pk, 1)]
        with CaptureQueriesContext(connection) as queries:
            found = news_of(pages)
        assert found == dict(zip(pages, [News(3, 2, 4), News(1, 4, 4), News(), News()], strict=True))
        assert len(queries) == 1

    def test_a_page_that_is_far_behind_hears_of_the_newest_hundred(self):
        thread = ThreadFactory()
        for _ in range(101):
            CommentFactory(thread=thread)
        assert news_of([OpenPage(thread.pk, 1)]) == {OpenPage(thread.pk, 1): News(100, 3, 102)}

    def test_a_page_without_stream_asks(self, as_user, bob):
        question = QuestionFactory()
        address = f"/threads/{question.pk}/news/1/"
        assert as_user(bob).get(address).json() == {"count": 0, "last": 0, "url": ""}
        AnswerFactory(thread=question)
        url = f"{question.get_absolute_url()}2/?order=oldest#post-2"
        assert as_user(bob).get(address).json() == {"count": 1, "last": 2, "url": url}

    def test_visitors_share_one_answer_until_the_thread_changes(self, visitor):
        thread, other = ThreadFactory(), ThreadFactory()
        address = f"/threads/{thread.pk}/news/1/"
        with kept_pages():
            first = visitor.get(address)
            CommentFactory(thread=other)
            with CaptureQueriesContext(connection) as queries:
                again = Client().get(address, headers={"If-None-Match": first["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
            assert ["common_change" in query["sql"] for query in queries] == [
                True
            ]  # what was logged since the last answer
            CommentFactory(thread=thread)
            url = thread.address_of_post(2)
            assert visitor.get(address).json() == {"count": 1, "last": 2, "url": url}
            Thread.objects.filter(pk=thread.pk).update(hidden_at=timezone.now())
            assert visitor.get(address).status_code == 404

    def test_members_pages_have_a_stream_and_visitors_ask(self, as_user, bob, visitor):
        thread = ThreadFactory()
        place, stream = f'data-news="/threads/{thread.pk}/news/1/"', "data-news-events"
        page = html_of(as_user(bob).get(thread.get_absolute_url()))
        assert place in page and f'{stream}="/threads/{thread.pk}/news/1/events/"' in page
        page = html_of(visitor.get(thread.get_absolute_url()))
        assert place in page and stream not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_open_streams")
class TestStream:
    @pytest.fixture(autouse=True)
    def _never_by_itself(self, monkeypatch):
        monkeypatch.setattr(shared_look, "POLL_SECONDS", 600)
        monkeypatch.setattr(shared_look, "LOOK_SECONDS", 600)

    @pytest.fixture
    def cookies(self):
        browser = Client()
        browser.force_login(PersonFactory())
        return browser.cookies

    @asynccontextmanager
    async def opened(self, cookies, thread):
        browser = AsyncClient()
        browser.cookies = cookies
        answer = await browser.get(f"/threads/{thread.pk}/news/1/events/")
        yield answer.streaming_content
        await sync_to_async(answer.close)()  # as a server does: it may look at the connection

    @pytest.fixture
    def has_begun(self, monkeypatch):
        """Wait until a page has read what there was, and hears of what comes."""
        read, read_what_there_was = news.news_of, threading.Event()

        def reading(pages):
            try:
                return read(pages)
            finally:
                read_what_there_was.set()

        async def wait() -> None:
            async with asyncio.timeout(60):
                while not (read_what_there_was.is_set() and shared_look.people().is_heard):
                    await asyncio.sleep(0.02)

        monkeypatch.setattr(news, "news_of", reading)
        return wait

    async def _told(self, parts) -> dict:
        async with asyncio.timeout(10):
            text = (await anext(parts)).decode()
        return json.loads(text.partition("data: ")[2])

    def test_an_answer_is_told_at_once_and_that_it_is_gone_too(self, cookies, has_begun):
        thread, author, moderator = ThreadFactory(), PersonFactory(), ModeratorFactory()

        async def scenario():
            async with self.opened(cookies, thread) as parts:
                waiting = asyncio.ensure_future(self._told(parts))
                await has_begun()
                post = await asyncio.to_thread(services.add_post, thread=thread, author=author, source="Look.")
                first = await waiting
                await asyncio.to_thread(services.hide_post, post=post, by=moderator)
                return first, await self._told(parts)

        first, second = asyncio.run(scenario())
        assert first == {"count": 1, "last": 2, "url": f"{thread.get_absolute_url()}2/#post-2"}
        assert second == {"count": 0, "last": 0, "url": ""}

    def test_what_came_before_the_stream_began_is_told(self, cookies):
        thread = ThreadFactory()
        CommentFactory(thread=thread)

        async def scenario():
            async with self.opened(cookies, thread) as parts:
                return await self._told(parts)

        assert asyncio.run(scenario())["count"] == 1

    def test_posts_elsewhere_cost_no_look(self, cookies, monkeypatch, has_begun):
        thread, other, author = ThreadFactory(), ThreadFactory(), PersonFactory()
        looks, look = [], news._open_pages.look
        monkeypatch.setattr(news._open_pages, "look", lambda pages: looks.append(list(pages)) or look(pages))

        async def scenario():
            async with self.opened(cookies, thread) as parts:
                waiting = asyncio.ensure_future(self._told(parts))
                await has_begun()
                await asyncio.to_thread(services.add_post, thread=other, author=author, source="Elsewhere.")
                await asyncio.to_thread(services.add_post, thread=thread, author=author, source="Here.")
                await waiting

        asyncio.run(scenario())
        assert looks == [[OpenPage(thread.pk, 1)]]


class TestReplying:
    @pytest.fixture
    def thread(self):
        return ThreadFactory(title="Why?")

    def send(self, client, thread, **fields):
        return client.post(f"/threads/{thread.pk}/reply/", {"source": "My words.", "seen": "1"} | fields)

    def test_who_did_not_see_a_reply_is_shown_it_before_theirs_is_posted(self, thread, bob, as_user):
        theirs, client = CommentFactory(thread=thread, html="<p>I know it.</p>"), as_user(bob)
        answer = self.send(client, thread, draft_key=f"reply:{thread.pk}", draft_version="0", submission=uuid.uuid4())
        assert answer.status_code == 409
        page = html_of(answer)
        assert "Somebody replied while you were writing" in page
        assert "I know it." in page
        assert f'href="{theirs.get_absolute_url()}" target="_blank"' in page
        assert "My words.</textarea>" in page
        assert 'name="seen" value="2"' in page
        assert not Post.objects.filter(author=bob).exists()
        assert self.send(client, thread, seen="2").status_code == 302
        assert Post.objects.get(author=bob).number == 3

    def test_the_page_of_a_thread_says_what_it_has(self, thread, bob, as_user):
        CommentFactory(thread=thread)
        assert 'name="seen" value="2"' in html_of(as_user(bob).get(thread.get_absolute_url()))

    @pytest.mark.parametrize("seen", ["", "2", "99"])
    def test_a_reply_to_all_that_is_there_is_posted(self, thread, bob, as_user, seen):
        CommentFactory(thread=thread)
        assert self.send(as_user(bob), thread, seen=seen).status_code == 302

    def test_only_public_posts_of_others_are_shown(self, thread, bob, as_user):
        CommentFactory(thread=thread, author=bob)
        CommentFactory(thread=thread, hidden_at=timezone.now())
        assert self.send(as_user(bob), thread).status_code == 302

    def test_a_comment_on_a_post_is_not_about_the_others(self, bob, as_user):
        question = QuestionFactory()
        answers = [AnswerFactory(thread=question) for _ in range(2)]
        assert self.send(as_user(bob), question, parent=answers[0].pk).status_code == 302

    def test_a_reply_that_is_sent_twice_leads_to_the_one_that_was_posted(self, thread, bob, as_user):
        client, submission = as_user(bob), uuid.uuid4()
        first = self.send(client, thread, submission=submission)
        CommentFactory(thread=type(thread).objects.get(pk=thread.pk))
        again = self.send(client, thread, submission=submission)
        assert (again.status_code, again["Location"]) == (302, first["Location"])
        assert Post.objects.filter(author=bob).count() == 1

    def test_of_many_the_newest_are_shown(self, thread, bob, as_user):
        for number in range(5):
            PostFactory(thread=thread, html=f"<p>Words {number}.</p>")
        page = html_of(self.send(as_user(bob), thread))
        assert [number for number in range(5) if f"Words {number}." in page] == [2, 3, 4]
        assert 'name="seen" value="6"' in page
