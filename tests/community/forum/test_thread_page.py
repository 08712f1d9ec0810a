import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from community.content import services
from community.content.models import Post, Role, Thread
from community.content.ranking import rank_of
from community.forum.services import accept_answer, lock_thread
from tests.factories import AnswerFactory, CommentFactory, PostFactory, QuestionFactory, ThreadFactory
from tests.html import html_of

PAGE_BUDGET = 16  # with a draft, mutes, and events: duplicates of the question may be among them


CONFIG = """It is stuck:

```bp
dataset: {name: xor}
model:
  layers:
    - {type: Linear, out_features: 2, activation: sigmoid}
    - {type: Linear, out_features: 1, activation: sigmoid}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 1.0}
training: {epochs: 10, batch_size: full}
```
"""


def numbers(response) -> list[int]:
    """Return the post numbers on the page, in order."""
    return [int(number) for number in re.findall(r'id="post-(\d+)"', html_of(response))]


def without_tokens(response) -> bytes:
    return re.sub(rb'(?:value|content)="\w{64}"|nonce="[^"]+"', b"", response.content)


def fill(thread: Thread, count: int, author, **columns) -> None:
    """Create many replies at once."""
    role = Role.ANSWER if thread.kind == "question" else Role.COMMENT
    start = thread.last_number
    began = timezone.now() - timedelta(days=9)
    Post.objects.bulk_create(
        [
            Post(
                thread=thread,
                author=author,
                number=start + n,
                role=role,
                source="Text.\n",
                html="<p>Text.</p>",
                created_at=began + timedelta(seconds=n),
                **columns,
            )
            for n in range(1, count + 1)
        ],
        batch_size=1000,
    )
    Thread.objects.filter(pk=thread.pk).update(
        last_number=start + count, post_count=count + 1, answer_count=count if role == Role.ANSWER else 0
    )
    thread.refresh_from_db()


@pytest.fixture
def question(ada):
    return QuestionFactory(author=ada, title="Why XOR?", slug="why-xor", title_html="Why XOR?")


class TestAddresses:
    def test_a_wrong_slug_leads_to_the_right_one_with_its_query(self, client, question):
        response = client.get(f"/t/{question.pk}/old-name/?order=oldest")
        assert response.status_code == 302
        assert response.url == f"/t/{question.pk}/why-xor/?order=oldest"

    @pytest.mark.parametrize("slug", ["交叉熵加-softmax", "josé-naïve", "a?b#c"])
    def test_an_address_of_any_script_is_its_own_page(self, client, ada, slug):
        thread = QuestionFactory(author=ada, slug=slug)
        assert client.get(thread.get_absolute_url()).status_code == 200
        assert client.get(thread.posts.get().get_absolute_url()).status_code == 200

    def test_invisible_and_not_there_are_the_same_bytes(self, ada, as_user, question):
        hidden = QuestionFactory(draft=True)
        client = as_user(ada)
        url = f"/t/{hidden.pk}/x/"
        invisible = client.get(url)
        hidden.posts.all().delete()
        hidden.delete()
        missing = client.get(url)
        assert (invisible.status_code, missing.status_code) == (404, 404)
        assert without_tokens(invisible) == without_tokens(missing)

    def test_a_note_has_its_own_page(self, client, ada):
        note = ThreadFactory(author=ada, kind="note", title="")
        response = client.get(f"/t/{note.pk}/-/")
        assert (response.status_code, response.url) == (302, note.get_absolute_url())

    @pytest.mark.parametrize("query", ["after=nonsense", "before=YQ:abc", "after=%00"])
    def test_a_tampered_cursor_is_refused_with_a_sentence(self, client, question, query):
        response = client.get(f"/t/{question.pk}/why-xor/?{query}")
        assert response.status_code == 400


class TestOrder:
    def test_the_accepted_answer_stands_first_then_by_score(self, client, question, ada):
        for score in (1, 5, 3, 5):
            AnswerFactory(thread=question, score=score)
        accept_answer(answer=question.posts.get(number=2), by=ada)
        assert numbers(client.get(question.get_absolute_url())) == [1, 2, 3, 5, 4]

    def test_by_age_on_wish(self, client, question):
        for score in (1, 5, 3):
            AnswerFactory(thread=question, score=score)
        url = question.get_absolute_url()
        assert numbers(client.get(f"{url}?order=oldest")) == [1, 2, 3, 4]
        assert numbers(client.get(f"{url}?order=newest")) == [1, 4, 3, 2]
        assert numbers(client.get(f"{url}?order=bogus")) == [1, 3, 4, 2]

    def test_comments_stand_under_their_post_the_first_five_of_them(self, client, question):
        answer = AnswerFactory(thread=question)
        for _ in range(8):
            CommentFactory(thread=question, parent=answer)
        response = client.get(question.get_absolute_url())
        assert numbers(response) == [1, 2, 3, 4, 5, 6, 7]
        assert "All 8 comments" in html_of(response)
        every = client.get(f"/t/{question.pk}/why-xor/2/comments/")
        assert numbers(every) == [3, 4, 5, 6, 7, 8, 9, 10]

    def test_hidden_and_deleted_posts_are_seen_by_their_author_only(self, client, as_user, question, bob):
        AnswerFactory(thread=question, author=bob, hidden_at=timezone.now())
        AnswerFactory(thread=question, author=bob, deleted_at=timezone.now(), deleted_by=bob)
        assert numbers(client.get(question.get_absolute_url())) == [1]
        assert numbers(as_user(bob).get(question.get_absolute_url())) == [1, 2, 3]

    def test_what_others_wrote_under_a_post_that_was_taken_away_stays(self, client, as_user, question, bob):
        answer = AnswerFactory(thread=question, author=bob, html="<p>Taken back.</p>")
        comment = CommentFactory(thread=question, parent=answer, html="<p>Still true.</p>")
        alone = AnswerFactory(thread=question)
        for post in (answer, alone):
            services.delete_post(post=post, by=post.author)
        page = client.get(comment.get_absolute_url())
        assert numbers(page) == [1, answer.number, comment.number]
        text = html_of(page)
        assert "Still true." in text and "Taken back." not in text and bob.get_absolute_url() not in text
        assert "Taken back." in html_of(as_user(bob).get(comment.get_absolute_url()))
        services.delete_post(post=comment, by=comment.author)
        assert numbers(client.get(question.get_absolute_url())) == [1]


class TestPaging:
    def test_pages_hold_every_post_once(self, client, ada):
        thread = ThreadFactory(author=ada)
        fill(thread, 53, ada)
        url, seen = thread.get_absolute_url(), []
        while url:
            response = client.get(url)
            seen += numbers(response)
            query = response.context["discussion"].next_query
            url = thread.get_absolute_url() + query if query else ""
        assert seen == list(range(1, 55))

    def test_new_posts_neither_double_nor_lose_any(self, client, ada):
        thread = ThreadFactory(author=ada)
        fill(thread, 30, ada)
        first = client.get(thread.get_absolute_url())
        PostFactory(thread=thread, author=ada)
        second = client.get(thread.get_absolute_url() + first.context["discussion"].next_query)
        assert numbers(first) + numbers(second) == list(range(1, 33))

    def test_back_from_the_second_page_is_the_first(self, client, ada):
        thread = ThreadFactory(author=ada)
        fill(thread, 30, ada)
        first = client.get(thread.get_absolute_url())
        second = client.get(thread.get_absolute_url() + first.context["discussion"].next_query)
        back = client.get(thread.get_absolute_url() + second.context["discussion"].previous_query)
        assert numbers(back) == numbers(first)


class TestPermalinks:
    def test_a_post_is_marked_on_the_page_that_holds_it(self, client, ada):
        thread = ThreadFactory(author=ada)
        fill(thread, 100, ada)
        response = client.get(f"/t/{thread.pk}/{thread.slug}/60/")
        assert numbers(response) == list(range(57, 77))
        assert re.findall(r'class="post marked[^"]*" id="post-(\d+)"', html_of(response)) == ["60"]

    def test_an_early_post_is_on_the_first_page(self, client, ada):
        thread = ThreadFactory(author=ada)
        fill(thread, 100, ada)
        assert numbers(client.get(f"/t/{thread.pk}/{thread.slug}/12/")) == list(range(1, 22))

    def test_a_comment_deep_under_a_post_is_shown_among_its_neighbours(self, client, question):
        answer = AnswerFactory(thread=question)
        for _ in range(40):
            CommentFactory(thread=question, parent=answer)
        response = client.get(f"/t/{question.pk}/why-xor/30/")
        assert numbers(response) == [1, 2, 28, 29, 30, 31, 32]
        assert 'class="comment marked" id="post-30"' in html_of(response)
        assert "25 earlier comments" in html_of(response)

    def test_an_answer_is_found_in_the_order_of_scores(self, client, question, ada):
        fill(question, 60, ada)
        Post.objects.filter(thread=question, number=7).update(score=-5, down_count=5, rank=rank_of(0, 5))
        response = client.get(f"/t/{question.pk}/why-xor/7/")
        assert numbers(response)[-1] == 7
        assert 1 not in numbers(response)

    @pytest.mark.parametrize("number", [0, 99, 10**17])
    def test_a_number_that_is_not_there_is_404(self, client, question, number):
        assert client.get(f"/t/{question.pk}/why-xor/{number}/").status_code == 404

    def test_a_hidden_post_is_404_for_others(self, client, question):
        AnswerFactory(thread=question, hidden_at=timezone.now())
        assert client.get(f"/t/{question.pk}/why-xor/2/").status_code == 404

    def test_a_permalink_of_an_article_or_note_leads_to_its_page(self, client, ada):
        note = ThreadFactory(author=ada, kind="note", title="")
        CommentFactory(thread=note)
        response = client.get(f"/t/{note.pk}/-/2/")
        assert response.url == f"{note.get_absolute_url()}?post=2#post-2"


class TestBudget:
    @pytest.fixture
    def queries(self, django_assert_max_num_queries):
        def count(client: Client, url: str) -> int:
            with django_assert_max_num_queries(PAGE_BUDGET) as found:
                assert client.get(url).status_code == 200
            return len(found)

        return count

    def test_twenty_posts_with_comments_cost_what_one_does(self, ada, as_user, queries):
        client = as_user(ada)
        small, large = QuestionFactory(), QuestionFactory()
        CommentFactory(thread=small, parent=AnswerFactory(thread=small))
        for _ in range(20):
            answer = AnswerFactory(thread=large)
            CommentFactory(thread=large, parent=answer)
        services.save_draft(owner=ada, key=f"reply:{large.pk}", source="I think")
        client.get("/about/")  # the first request of a session reads more of it
        assert queries(client, small.get_absolute_url()) <= queries(client, large.get_absolute_url())

    def test_everything_at_once_stays_within(self, ada, moderator, as_user, queries):
        thread = QuestionFactory(author=ada)
        answer = AnswerFactory(thread=thread)
        CommentFactory(thread=thread, parent=answer)
        accept_answer(answer=answer, by=ada)
        lock_thread(thread=thread, by=moderator, reason="Done")
        services.save_draft(owner=moderator, key=f"reply:{thread.pk}", source="I think")
        queries(as_user(moderator), thread.get_absolute_url())
        queries(as_user(ada), f"{thread.get_absolute_url()}3/")


class TestWhatIsSaid:
    def test_a_closed_thread_says_so_and_offers_no_form(self, client, question, moderator, as_user, ada):
        lock_thread(thread=question, by=moderator, reason="Solved long ago")
        page = html_of(as_user(ada).get(question.get_absolute_url()))
        assert "This thread is closed to new answers and comments." in page
        assert "Solved long ago" in page
        assert "<textarea" not in page

    def test_a_draft_is_not_for_robots(self, ada, as_user):
        draft = QuestionFactory(author=ada, draft=True)
        response = as_user(ada).get(draft.get_absolute_url())
        assert response["X-Robots-Tag"] == "noindex"
        assert "Only you can see this draft." in html_of(response)

    def test_a_config_in_a_post_leads_its_thread_and_is_shown_as_a_card(self, client, ada):
        thread = services.start_thread(author=ada, kind="question", title="XOR", source=CONFIG)
        assert len(thread.lead_embed) == 32
        page = html_of(client.get(thread.get_absolute_url()))
        assert f'data-run="{thread.lead_embed}"' in page
        post = thread.posts.get()
        services.edit_post(post=post, editor=ada, source="No config any more.", base_version=1)
        thread.refresh_from_db()
        assert thread.lead_embed == ""

    def test_a_title_is_never_markup(self, client, ada):
        thread = services.start_thread(author=ada, kind="question", title="<b>&</b>", source="x")
        page = html_of(client.get(thread.get_absolute_url()))
        assert "<title>&lt;b&gt;&amp;&lt;/b&gt;" in page
        assert "<b>&</b>" not in page
