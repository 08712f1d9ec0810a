"""Views of a thread: nested, flat and its best posts; and what a comment replies to."""

import re

import pytest
from django.utils import timezone

from community.content import discussion, services
from community.content.models import Kind, Post, ReadPosition, Thread
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

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(db) -> Thread:
    """Two answers, the second accepted and with a comment, a reply to that, and a comment on the question."""
    thread = QuestionFactory(author=PersonFactory(handle="ada"))
    AnswerFactory(thread=thread, score=5)
    accepted = AnswerFactory(thread=thread)
    comment = CommentFactory(
        thread=thread, parent=accepted, reply_to=accepted, author=PersonFactory(handle="ben"), excerpt="First <b>words"
    )
    CommentFactory(thread=thread, parent=accepted, reply_to=comment, author=PersonFactory(handle="eve"))
    CommentFactory(thread=thread, parent=thread.opening_post)
    Thread.objects.filter(pk=thread.pk).update(solved_post=accepted)
    return Thread.objects.get(pk=thread.pk)


def numbers(page) -> list[int]:
    """Return the numbers of the posts on a page, in order."""
    return [int(number) for number in re.findall(r'<article [^>]*id="post-(\d+)"', html_of(page))]


def opened(client, thread: Thread, query: str = "", number: int | None = None):
    place = "" if number is None else f"{number}/"
    response = client.get(f"{thread.get_absolute_url()}{place}{query}")
    assert response.status_code == 200
    return response


def part(page, number: int) -> str:
    """Return one post of a page, as far as its text."""
    return re.search(rf'<article [^>]*id="post-{number}".*?<div class="prose"', html_of(page))[0]


def tree(page, first: str) -> list:
    """Return the numbers of the comments in the list of the comment `first`, replies in lists of their own."""
    html = html_of(page)
    levels: list[list] = []
    for tag, number in re.findall(
        r'<(/?ol|article)(?: class="comment[^>]*id="post-(\d+)")?',
        html[html.rindex("<ol", 0, html.index(f'id="{first}"')) :],
    ):
        if tag == "ol":
            levels.append([])
        elif number:
            levels[-1].append(int(number))
        elif tag == "/ol":
            level = levels.pop()
            if not levels:
                return level
            levels[-1].append(level)
    raise AssertionError(f"The list of {first} has no end.")


def replied_to(page, number: int) -> tuple[str, str, str] | None:
    """Return address, name and first words of what a comment replies to."""
    found = re.search(
        r'<a class="plain" href="([^"]+)"><b><bdi>(.+?)</bdi></b> <span[^>]*>(.*?)</span>', part(page, number)
    )
    return found and found.groups()


class TestFlat:
    def test_all_posts_are_in_the_order_in_which_they_were_written(self, question, visitor):
        assert numbers(opened(visitor, question)) == [1, 6, 3, 4, 5, 2]
        assert numbers(opened(visitor, question, "?view=flat")) == [1, 2, 3, 4, 5, 6]
        assert numbers(opened(visitor, question, "?view=flat&order=newest")) == [1, 6, 5, 4, 3, 2]
        assert numbers(opened(visitor, question, "?view=flat&order=best")) == [1, 2, 3, 4, 5, 6]

    def test_each_comment_says_what_it_replies_to(self, question, visitor):
        page = opened(visitor, question, "?view=flat")
        url = question.get_absolute_url()
        assert replied_to(page, 4)[0] == f"{url}3/?view=flat#post-3"
        assert replied_to(page, 5) == (f"{url}4/?view=flat#post-4", "ben", "First &lt;b&gt;words")
        assert replied_to(page, 6)[:2] == (f"{url}?view=flat", "ada")
        assert replied_to(page, 3) is None

    def test_pages_and_permalinks_stay_in_it(self, question, visitor, monkeypatch):
        monkeypatch.setattr(discussion, "BRANCHES_A_PAGE", 2)
        monkeypatch.setattr(discussion, "LEAD_IN", 1)
        found, query = [], "?view=flat"
        while query:
            page = opened(visitor, question, query)
            found.append(numbers(page)[1:] if page.context["discussion"].is_first else numbers(page))
            query = page.context["discussion"].next_query
        assert found == [[2, 3], [4, 5], [6]]
        page = opened(visitor, question, "?view=flat", number=5)
        assert numbers(page) == [4, 5]
        assert page.context["discussion"].marked == 5
        assert "?view=flat&amp;after=" in html_of(page)

    def test_articles_have_it_too(self, visitor, monkeypatch):
        monkeypatch.setattr(discussion, "BRANCHES_A_PAGE", 2)
        monkeypatch.setattr(discussion, "LEAD_IN", 1)
        article = ThreadFactory(kind=Kind.ARTICLE)
        first = CommentFactory(thread=article)
        for parent in (None, first, None):
            CommentFactory(thread=article, parent=parent)
        page = opened(visitor, article, "?view=flat&post=4")
        assert 4 in numbers(page)
        assert replied_to(page, 4)[0] == f"{article.get_absolute_url()}?post=2&amp;view=flat#post-2"

    def test_the_choice_is_in_the_address_and_robots_read_the_other(self, question, visitor):
        page = html_of(opened(visitor, question, "?view=flat"))
        url = question.get_absolute_url()
        assert f'<a href="{url}?view=flat#replies" aria-current="true">Flat</a>' in page
        assert f'<a href="{url}#replies">Nested</a>' in page
        assert f'<a href="{url}?view=flat&amp;order=newest#replies">Newest first</a>' in page
        assert "Best posts" not in page
        assert '<meta name="robots" content="noindex, follow">' in page
        assert "平铺" in html_of(visitor.get(url, headers={"Accept-Language": "zh-CN"}))

    def test_a_thread_with_one_reply_offers_none(self, visitor):
        thread = ThreadFactory()
        CommentFactory(thread=thread)
        assert "view=flat" not in html_of(opened(visitor, thread))

    def test_an_unknown_view_is_the_nested_one(self, question, visitor):
        assert numbers(opened(visitor, question, "?view=tree")) == [1, 6, 3, 4, 5, 2]

    def test_removed_posts_are_left_out_but_not_for_their_authors(self, question, visitor, as_user):
        reply = Post.objects.get(thread=question, number=5)
        services.delete_post(post=reply, by=reply.author)
        assert numbers(opened(visitor, question, "?view=flat")) == [1, 2, 3, 4, 6]
        assert numbers(opened(as_user(reply.author), question, "?view=flat")) == [1, 2, 3, 4, 5, 6]


class TestParents:
    """A reply to a comment stands below it, and names it where it does not."""

    def test_a_comment_stands_below_what_it_replies_to(self, question, visitor):
        first, other = Post.objects.get(thread=question, number=4), Post.objects.get(thread=question, number=3)
        CommentFactory(thread=question, parent=other, reply_to=other)
        CommentFactory(thread=question, parent=other, reply_to=first)
        wanted = [4, [5, 8], 7]
        for page in (opened(visitor, question), visitor.get(f"/t/{question.pk}/-/3/comments/")):
            assert tree(page, "post-4") == wanted
            assert all(replied_to(page, number) is None for number in (4, 5, 7, 8))
        assert "2 replies" in html_of(opened(visitor, question))

    def test_where_that_is_left_out_it_says_whose_and_leads_there(self, question, visitor):
        first = Post.objects.get(thread=question, number=4)
        for _each in range(discussion.COMMENTS_A_BRANCH):
            CommentFactory(thread=question, parent=first.parent, reply_to=first.parent)
        far = CommentFactory(thread=question, parent=first.parent, reply_to=first)
        page = opened(visitor, question, number=far.number)
        assert first.number not in numbers(page)
        assert replied_to(page, far.number) == (
            f"{question.get_absolute_url()}4/#post-4",
            "ben",
            "First &lt;b&gt;words",
        )

    def test_in_the_order_of_time_it_says_whose(self, question, visitor):
        page = opened(visitor, question, "?view=flat")
        assert replied_to(page, 5) == (
            f"{question.get_absolute_url()}4/?view=flat#post-4",
            "ben",
            "First &lt;b&gt;words",
        )

    def test_first_words_are_few(self, question, visitor):
        Post.objects.filter(thread=question, number=4).update(excerpt="word " * 80)
        words = replied_to(opened(visitor, question, "?view=flat"), 5)[2]
        assert len(words) <= 80 and words.endswith("…")

    @pytest.mark.parametrize("column", ["deleted_at", "hidden_at"])
    @pytest.mark.parametrize("query", ["", "?view=flat"])
    def test_of_one_that_was_removed_nothing_is_told(self, question, visitor, as_user, column, query):
        comment = Post.objects.get(thread=question, number=4)
        Post.objects.filter(pk=comment.pk).update(**{column: timezone.now()})
        shown = part(opened(visitor, question, query), 5)
        assert "In reply to a post that was removed" in shown
        assert "ben" not in shown and "First" not in shown
        for who in (comment.author, ModeratorFactory()):
            page = opened(as_user(who), question, query)
            assert replied_to(page, 5)[1] == "ben" if query else tree(page, "post-4") == [4, [5]]


class TestBest:
    @pytest.fixture(autouse=True)
    def _few_are_long(self, monkeypatch):
        monkeypatch.setattr(discussion, "LONG", 4)
        monkeypatch.setattr(discussion, "BEST_POSTS", 3)

    @pytest.fixture
    def long(self) -> Thread:
        thread = ThreadFactory()
        scores = [0, 3, -2, 9, 4, 1, 2]
        posts = [PostFactory(thread=thread, score=score) for score in scores]
        PostFactory(thread=thread, score=7, hidden_at=timezone.now())
        CommentFactory(thread=thread, parent=posts[0], reply_to=posts[0], score=5)
        return thread

    def test_they_are_few_by_votes_in_order_of_time(self, long, visitor):
        assert numbers(opened(visitor, long, "?view=best")) == [1, 5, 6, 10]

    def test_each_leads_to_its_place_and_one_link_to_all(self, long, visitor):
        page = html_of(opened(visitor, long, "?view=best"))
        url = long.get_absolute_url()
        for number in (5, 6, 10):
            assert f'<a class="post-act" href="{url}{number}/#post-{number}">Show in the thread</a>' in page
        assert "The 3 best posts by votes" in page
        assert page.count(f'<a class="all-posts" href="{url}#replies">Show all 9 posts</a>') == 2
        assert numbers(opened(visitor, long, number=10)) == [1, 2, 10, 3, 4, 5, 6, 7, 8]

    def test_the_accepted_answer_is_among_them(self, visitor):
        question = QuestionFactory()
        answers = [AnswerFactory(thread=question, score=score) for score in (0, 1, 2, 3, 4)]
        Thread.objects.filter(pk=question.pk).update(solved_post=answers[0])
        page = opened(visitor, question, "?view=best")
        assert numbers(page) == [1, 2, 4, 5, 6]
        assert f"{question.get_absolute_url()}2/?order=oldest#post-2" in html_of(page)

    def test_a_post_is_marked_in_its_place_and_not_among_them(self, long, visitor):
        page = opened(visitor, long, "?view=best", number=2)
        assert (page.context["discussion"].view, page.context["discussion"].marked) == ("", 2)

    def test_a_thread_without_votes_says_so(self, long, visitor):
        Post.objects.filter(thread=long).update(score=0)
        page = opened(visitor, long, "?view=best")
        assert numbers(page) == [1]
        assert "Nobody has voted in this thread yet" in html_of(page)

    def test_a_short_thread_has_none(self, visitor):
        thread = ThreadFactory()
        for _ in range(4):
            PostFactory(thread=thread, score=1)
        assert numbers(opened(visitor, thread, "?view=best")) == [1, 2, 3, 4, 5]
        assert "view=best" not in html_of(opened(visitor, thread))

    def test_to_read_them_is_not_to_read_what_is_between(self, long, as_user):
        browser = as_user(PersonFactory())
        page = html_of(opened(browser, long, "?view=best"))
        [address] = re.findall(r'<noscript><img src="([^"]+)"', page)
        browser.get(address, headers={"Sec-Fetch-Site": "same-origin"})
        assert ReadPosition.objects.get().number == 1
