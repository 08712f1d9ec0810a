"""Follow buttons name their target, are near the top, and are omitted where they would change nothing."""

import re

import pytest

from community.blogs.services import start_article
from community.social.services import follow
from tests.factories import PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    return PersonFactory(handle="ada", display_name="Ada")


def buttons(page: str) -> list[str]:
    """Return the labels of the page's follow buttons, from the top."""
    return re.findall(r'<form class="follow".*?<button[^>]*>\s*(.*?)\s*</button>', page, re.DOTALL)


def test_two_buttons_of_an_article_say_what_they_follow(client, author):
    article = start_article(author=author, title="By hand", source="Some words.", publish=True)
    client.force_login(PersonFactory())
    page = html_of(client.get(article.thread.get_absolute_url()))
    assert buttons(page) == ["Follow Ada", "Follow thread"]


def test_an_author_watches_their_own_thread(client, author):
    article = start_article(author=author, title="By hand", source="Some words.", publish=True)
    client.force_login(author)
    for thread in (article.thread, QuestionFactory(author=author)):
        page = html_of(client.get(thread.get_absolute_url()))
        assert buttons(page) == ["Watching thread"]


def test_the_button_of_a_question_is_above_its_text(client):
    question = QuestionFactory()
    follow(follower=(reader := PersonFactory()), thread=question)
    client.force_login(reader)
    page = html_of(client.get(question.get_absolute_url()))
    assert buttons(page) == ["Watching thread"]
    assert page.index('class="follow"') < page.index('class="post-body"')


@pytest.mark.parametrize(("level", "words"), [(0, "免打扰"), (1, "关注"), (2, "已跟踪"), (3, "已密切关注")])
def test_chinese_tells_what_is_from_what_one_can_do(client, level, words):
    question = QuestionFactory()
    client.force_login(PersonFactory())
    wish = {"kind": "thread", "id": question.pk, "level": level}
    answer = client.post("/follow/", wish, headers={"X-Requested-With": "fetch", "Accept-Language": "zh-hans"})
    assert buttons(html_of(answer)) == ["主题已设为免打扰" if level == 0 else f"{words}主题"]


def test_the_button_that_comes_back_says_it_too(client, author):
    client.force_login(PersonFactory())
    wish = {"kind": "person", "id": author.pk, "level": "3"}
    page = html_of(client.post("/follow/", wish, headers={"X-Requested-With": "fetch"}))
    assert buttons(page) == ["Watching Ada"]


def test_profile_tag_and_category_say_it(client, author):
    thread = QuestionFactory(author=author)
    tag = thread.tags.create(slug="xor", name="xor", thread_count=1)
    client.force_login(PersonFactory())
    for path, words in ((author.get_absolute_url(), "Follow Ada"), (tag.get_absolute_url(), "Follow tag")):
        assert buttons(html_of(client.get(path))) == [words]
    assert buttons(html_of(client.get("/c/meta/"))) == ["Follow category"]
