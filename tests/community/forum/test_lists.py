from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from community.content import category_tree
from community.content.models import Category, Tag
from community.forum.services import pin_everywhere, pin_thread
from tests.factories import AnswerFactory, QuestionFactory, ThreadFactory
from tests.html import html_of

pytestmark = pytest.mark.both


def titles(response) -> list[str]:
    return [thread.title for thread in response.context["list"].rows]


@pytest.fixture
def category(db):
    return Category.objects.get(slug="initialisation")


def questions(count: int, **fields) -> list:
    start = timezone.now() - timedelta(days=1)
    return [
        QuestionFactory(title=f"Q{n:03}", published_at=start + timedelta(minutes=n), score=-n, **fields)
        for n in range(count)
    ]


class TestLists:
    def test_newest_activity_first(self, client, db):
        one, _two = questions(2)
        AnswerFactory(thread=one, created_at=timezone.now())
        assert titles(client.get("/latest/")) == ["Q000", "Q001"]
        assert titles(client.get("/latest/?order=new")) == ["Q001", "Q000"]
        assert titles(client.get("/latest/?order=top")) == ["Q000", "Q001"]
        assert titles(client.get("/latest/?order=unanswered")) == ["Q001"]

    def test_where_every_question_has_an_answer_one_may_ask_another(self, client, db):
        page = html_of(client.get("/questions/?order=unanswered"))
        assert "Every question has an answer" in page
        assert "Ask a question" in page and "Write the first one" not in page
        assert "Write the first one" in html_of(client.get("/questions/"))

    def test_each_kind_has_its_list(self, client, db):
        QuestionFactory(title="Q")
        ThreadFactory(title="D")
        assert titles(client.get("/questions/")) == ["Q"]
        assert titles(client.get("/discussions/")) == ["D"]
        assert titles(client.get("/latest/?kind=discussion")) == ["D"]
        assert sorted(titles(client.get("/latest/?kind=bogus"))) == ["D", "Q"]

    def test_drafts_hidden_and_deleted_threads_are_in_no_list_not_even_their_authors(self, ada, as_user):
        now = timezone.now()
        for hidden in ({"draft": True}, {"hidden_at": now}, {"deleted_at": now}):
            QuestionFactory(author=ada, **hidden)
        assert titles(as_user(ada).get("/latest/")) == []

    def test_a_category_holds_what_lies_in_its_inner_ones(self, client, category):
        QuestionFactory(title="Inner", category=category)
        QuestionFactory(title="Other", category=Category.objects.get(slug="meta"))
        response = client.get("/c/training-troubles/")
        assert titles(response) == ["Inner"]
        assert titles(client.get("/c/initialisation/")) == ["Inner"]
        crumbs = client.get("/c/initialisation/").context["crumbs"]
        assert [label for label, _address in crumbs] == ["Latest", "Training troubles", "Initialisation"]

    def test_a_category_speaks_the_readers_language(self, client, category):
        page = client.get("/c/initialisation/", headers={"accept-language": "zh-Hans"}).content.decode()
        assert "初始化" in page

    def test_a_tag_is_found_in_any_spelling(self, client, db):
        tag = Tag.objects.create(slug="交叉熵", name="交叉熵")
        cpp = Tag.objects.create(slug="c++#", name="C++#")
        QuestionFactory(title="Q").tags.add(tag, cpp)
        Tag.objects.update(thread_count=1)
        assert titles(client.get(tag.get_absolute_url())) == ["Q"]
        assert titles(client.get(cpp.get_absolute_url())) == ["Q"]
        assert titles(client.get(f"/tags/{quote('Ｃ++#')}/")) == ["Q"]

    @pytest.mark.parametrize("url", ["/c/nowhere/", "/tags/nothing/"])
    def test_what_is_not_there_is_404(self, client, db, url):
        assert client.get(url).status_code == 404

    def test_pinned_threads_stand_first_on_the_first_page_only(self, client, moderator):
        old = questions(30)[0]
        pin_everywhere(thread=old, by=moderator)
        first = client.get("/questions/")
        second = client.get(f"/questions/{first.context['page'].next_query}")
        assert titles(first)[0] == "Q000"
        assert "Q000" not in titles(second)

    def test_one_that_is_pinned_in_its_category_leads_no_other_list(self, client, moderator):
        [old, *_others] = questions(3, category=Category.objects.get(slug="meta"))
        lists = {"/latest/": "Q002", "/questions/": "Q002", old.category.get_absolute_url(): "Q000"}
        for pin, wanted in ((pin_thread, lists), (pin_everywhere, dict.fromkeys(lists, "Q000")), (pin_thread, lists)):
            pin(thread=old, by=moderator)
            assert {url: titles(client.get(url))[0] for url in lists} == wanted

    def test_pages_lose_and_double_nothing_while_threads_arrive(self, client, db):
        questions(60)
        url, seen = "/questions/?order=new", []
        while url:
            response = client.get(url)
            seen += titles(response)
            QuestionFactory(title="later")
            query = response.context["page"].next_query
            url = f"/questions/{query}" if query else ""
        assert seen == [f"Q{n:03}" for n in range(59, -1, -1)]

    @pytest.mark.parametrize("query", ["after=x", "before=%00", "after=" + "a" * 2000])
    def test_a_tampered_cursor_is_refused(self, client, db, query):
        assert client.get(f"/questions/?{query}").status_code == 400

    def test_a_cursor_of_another_order_is_refused(self, client, db):
        questions(30)
        cursor = client.get("/questions/").context["page"].next_cursor
        assert client.get(f"/questions/?order=top&after={cursor}").status_code == 400

    def test_counts_of_inner_categories_are_in_the_outer(self, category):
        QuestionFactory(category=category)
        QuestionFactory(category=category.parent)
        way = category_tree.path_to(category_tree.category_roots(), "initialisation")
        assert [node.count for node in way] == [2, 1]
