"""Returning visits: unfinished work is there again, and nobody else has seen it."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.blogs.services import start_article
from community.common import housekeeping
from community.content.last_posters import find_last_posters
from community.content.models import Category, DiscardedDraft, Draft, Post, Thread
from community.content.services import add_post, hide_post, start_thread
from community.content.services import drafts as draft_services
from community.notifications.models import Notification
from community.social.models import Follow
from tests.factories import AnswerFactory, CommentFactory, QuestionFactory, ThreadFactory
from tests.html import html_of

SECRET = "My salary is 12345"

pytestmark = pytest.mark.django_db


def send(client, url, **fields):
    return client.post(url, {"submission": str(uuid.uuid4()), "draft_key": ""} | fields)


def begin_draft(client, kind="question", **fields) -> Thread:
    text = {
        "kind": kind,
        "title": f"{SECRET}, or not",
        "source": f"{SECRET}. @bob",
        "tags": "xor",
        "keep": "1",
        "category": "initialisation",
    }
    address = {"note": "/notes/new/", "article": "/articles/new/"}.get(kind, f"/write/?kind={kind}")
    response = send(client, address, **text | fields)
    assert response.status_code == 302, response.context["form"].errors
    return Thread.objects.get()


def save(client, key: str, source: str, **fields):
    """Do what the editor does while typing."""
    wish = {"key": key, "source": source, "version": 0} | fields
    return client.post("/drafts/save/", json.dumps(wish), "application/json", headers={"accept": "application/json"})


def edit(client, post: Post, **fields):
    address = f"/articles/{post.thread_id}/edit/" if post.thread.kind == "article" else f"/posts/{post.pk}/edit/"
    return send(client, address, base_version=str(post.version), **{"category": "initialisation"} | fields)


def read_by(client, thread: Thread) -> str:
    """Return everything a reader of a thread can open, as one text."""
    post = thread.posts.get(number=1)
    addresses = [
        thread.get_absolute_url(),
        f"/posts/{post.pk}/history/",
        f"/posts/{post.pk}/history/?version=1&as=page",
        f"/api/v1/threads/{thread.pk}",
        f"/api/v1/threads/{thread.pk}/posts",
        "/feeds/site.atom",
        "/search/?q=12345",
        "/latest/",
        "/",
    ]
    pages = [client.get(address, follow=True) for address in addresses]
    assert [page.status_code for page in pages] == [200] * len(pages)
    return "\n".join(html_of(page) for page in pages)


class TestPublishingAnEditedDraft:
    @pytest.mark.parametrize("kind", ["question", "discussion", "note", "article"])
    def test_nobody_reads_what_it_said_before(
        self, as_user, ada, bob, client, kind, django_capture_on_commit_callbacks
    ):
        author = as_user(ada)
        thread = begin_draft(author, kind)
        edit(author, thread.posts.get(), title="About pay", source="It is private.", tags="xor", reason="no salary")
        with django_capture_on_commit_callbacks(execute=True):
            route = "articles" if kind == "article" else "threads"
            author.post(f"/{route}/{thread.pk}/publish/")
        thread = Thread.objects.get()
        for reader in (client, as_user(bob), author):
            assert "salary" not in read_by(reader, thread)
            assert "About pay" in read_by(reader, thread)
        assert not Notification.objects.filter(recipient=bob).exists()

    @pytest.mark.parametrize("kind", ["question", "note", "article"])
    def test_a_page_from_before_an_edit_does_not_publish_what_it_does_not_show(self, as_user, ada, kind):
        author = as_user(ada)
        thread = begin_draft(author, kind)
        page = html_of(author.get(thread.get_absolute_url()))
        [(address, version)] = re.findall(
            r'action="(/[a-z]+/\d+/publish/)"[^>]*>\s*<input [^>]*"version" value="(\d+)"', page
        )
        edit(author, thread.posts.get(), title="About pay", source="Private notes.", tags="xor")
        refused = author.post(address, {"version": version})
        assert refused.status_code == 409 and "changed after this page was opened" in html_of(refused)
        assert Thread.objects.get().is_draft
        assert author.post(address, {"version": "x"}).status_code == 422
        assert author.post(address, {"version": Post.objects.get().version}).status_code == 302
        assert not Thread.objects.get().is_draft

    def test_it_says_when_it_was_published_and_not_edited(self, as_user, ada, client):
        author = as_user(ada)
        thread = begin_draft(author)
        long_ago = timezone.now() - timedelta(days=9)
        Thread.objects.update(created_at=long_ago)
        Post.objects.update(created_at=long_ago)
        edit(author, thread.posts.get(), title="About pay", source="It is private.", tags="xor")
        author.post(f"/threads/{thread.pk}/publish/")
        page = html_of(client.get(Thread.objects.get().get_absolute_url()))
        assert ">edited" not in page
        assert "9 days" not in page
        told = client.get(f"/api/v1/threads/{thread.pk}").json()
        assert told["created_at"] == told["published_at"]

    def test_an_edit_after_publication_shows_only_what_was_public(self, as_user, ada, client):
        author = as_user(ada)
        thread = begin_draft(author)
        edit(author, thread.posts.get(), title="About pay", source="It is private.", tags="xor")
        author.post(f"/threads/{thread.pk}/publish/")
        edit(author, thread.posts.get(), title="About pay", source="It is quite private.", tags="xor", reason="quite")
        post = Thread.objects.get().posts.get()
        history = client.get(f"/posts/{post.pk}/history/").context["history"]
        assert [(each.number, each.source) for each in history.versions] == [
            ("2", "It is quite private.\n"),
            ("1", "It is private.\n"),
        ]
        assert post.edited_at > post.created_at


class TestBegunAndLeft:
    @pytest.fixture
    def answer(self, bob):
        return AnswerFactory(thread=QuestionFactory(title="Why XOR?", author=bob), author=bob)

    def test_a_half_written_comment_is_in_its_box_again_and_goes_on(self, as_user, ada, answer):
        client = as_user(ada)
        save(client, f"comment:{answer.pk}", "But what if")
        (row,) = client.get("/drafts/").context["drafts"]
        form = client.get(row.url, follow=True).context["form"]
        assert (form["source"].value(), form["parent"].value()) == ("But what if", answer.pk)
        saved = save(client, row.draft.key, "But what if not", version=form["draft_version"].value())
        assert (saved.status_code, saved.json()["version"]) == (200, 2)

    def test_it_is_in_the_box_that_opens_in_the_thread_too(self, as_user, ada, answer):
        client = as_user(ada)
        save(client, f"comment:{answer.pk}", "But what if")
        box = html_of(client.get(f"/posts/{answer.pk}/reply/", headers={"X-Requested-With": "fetch"}))
        assert "But what if</textarea>" in box

    def test_each_draft_says_what_it_is_and_where_it_belongs(self, as_user, ada, answer):
        client = as_user(ada)
        question = answer.thread
        own = AnswerFactory(thread=question, author=ada)
        for key in (f"reply:{question.pk}", f"comment:{answer.pk}", f"edit:{own.pk}", "new:note"):
            save(client, key, f"Words in {key}")
        rows = client.get("/drafts/").context["drafts"]
        assert [(row.label, row.thread, row.number) for row in rows] == [
            ("Note", None, None),
            ("Edit", question, own.number),
            ("Comment", question, answer.number),
            ("Answer", question, None),
        ]
        page = html_of(client.get("/drafts/"))
        assert page.count("Why XOR?") == 3
        for row in rows:
            assert client.get(row.url, follow=True).context["form"]["source"].value() == row.draft.source

    def test_more_drafts_are_not_more_queries(self, as_user, ada, bob, django_assert_num_queries):
        client = as_user(ada)
        save(client, f"comment:{AnswerFactory(thread=QuestionFactory(author=bob)).pk}", "One")
        save(client, f"reply:{QuestionFactory(author=bob).pk}", "Two")
        with CaptureQueriesContext(connection) as few:
            client.get("/drafts/")
        count = len(few)
        for _ in range(3):
            answer = AnswerFactory(thread=QuestionFactory(author=bob), author=ada)
            for box in (f"comment:{answer.pk}", f"edit:{answer.pk}", f"reply:{answer.thread_id}"):
                save(client, box, "More")
        with django_assert_num_queries(count):
            assert len(client.get("/drafts/").context["drafts"]) == 11

    def test_a_draft_whose_place_is_gone_is_still_opened(self, as_user, ada, answer, moderator):
        client = as_user(ada)
        save(client, f"comment:{answer.pk}", "My words")
        hide_post(post=Post.objects.get(pk=answer.pk), by=moderator)
        (row,) = client.get("/drafts/").context["drafts"]
        assert row.place is None
        assert client.get(row.url).context["form"]["source"].value() == "My words"

    def test_a_quote_comes_below_an_answer_that_was_begun(self, as_user, ada, answer):
        client = as_user(ada)
        save(client, f"reply:{answer.thread_id}", "I think")
        form = client.get(f"/posts/{answer.pk}/quote/").context["form"]
        assert form["source"].value().startswith("I think\n\n> @bob wrote")
        save(client, f"reply:{answer.thread_id}", form["source"].value(), version=form["draft_version"].value())
        assert client.get(f"/posts/{answer.pk}/quote/").context["form"]["source"].value() == form["source"].value()

    def test_a_discarded_draft_can_be_restored(self, as_user, ada):
        client = as_user(ada)
        save(client, "new:note", "My words", fields={"tags": "xor"})
        client.post("/drafts/discard/", {"key": "new:note"})
        assert not Draft.objects.exists()
        save(client, "new:note", "Other words")
        assert "You discarded a draft." in html_of(client.get("/drafts/"))
        client.post("/drafts/restore/")
        assert sorted(Draft.objects.values_list("source", flat=True)) == ["My words", "Other words"]
        assert Draft.objects.get(source="My words").fields == {"tags": "xor"}
        assert "You discarded a draft." not in html_of(client.get("/drafts/"))

    def test_a_discarded_draft_weighs_nothing_on_other_requests_and_is_forgotten_after_a_month(self, as_user, ada):
        client = as_user(ada)
        for text in ("First", "x" * 50_000):
            save(client, "new:note", text)
            client.post("/drafts/discard/", {"key": "new:note"})
        assert len(str(dict(client.session))) < 1_000
        [kept] = DiscardedDraft.objects.all()
        assert (kept.owner, len(kept.source)) == (ada, 50_000)
        housekeeping.run_all()
        assert DiscardedDraft.objects.exists()
        DiscardedDraft.objects.update(discarded_at=timezone.now() - timedelta(days=31))
        housekeeping.run_all()
        assert not DiscardedDraft.objects.exists()
        client.post("/drafts/restore/")
        assert not Draft.objects.exists()

    def test_the_drafts_of_one_person_are_limited_in_bytes(self, as_user, ada, bob, monkeypatch):
        monkeypatch.setattr(draft_services, "BYTES_A_PERSON", 1_000)
        client = as_user(ada)
        assert save(client, "new:note", "字" * 300).status_code == 200
        refused = save(client, "new:question", "字" * 40)
        assert refused.status_code == 422 and "discard" in refused.json()["error"]["message"]
        assert save(client, "new:question", "字" * 30).status_code == 200
        assert save(client, "new:note", "字" * 301, version=1).status_code == 200  # within its own place
        assert save(client, "new:note", "字" * 310, version=2).status_code == 422
        assert save(client, "new:note", "字" * 200, version=2).status_code == 200
        assert save(as_user(bob), "new:note", "字" * 300).status_code == 200


class TestTwoVersionsOfADraft:
    def test_a_conflict_brings_the_other_text_along(self, as_user, ada):
        here, there = as_user(ada), as_user(ada)
        save(there, "new:note", "There", title="T", fields={"tags": "xor"})
        refusal = save(here, "new:note", "Here")
        told = refusal.json()["draft"]
        assert (refusal.status_code, told.pop("at") != "") == (409, True)
        assert told == {
            "key": "new:note",
            "version": 1,
            "title": "T",
            "source": "There",
            "fields": {"tags": "xor"},
            "base_version": 0,
        }
        assert Draft.objects.get().source == "There"

    def test_each_is_listed_and_opened_by_itself(self, as_user, ada, bob):
        client = as_user(ada)
        answer = AnswerFactory(thread=QuestionFactory(author=bob), author=ada)
        boxes = ("new:question", "new:note", f"reply:{answer.thread_id}", f"comment:{answer.pk}", f"edit:{answer.pk}")
        for box in boxes:
            save(client, box, f"One in {box}")
            save(client, f"{box}~k3x", f"Other in {box}")
        rows = client.get("/drafts/").context["drafts"]
        assert len(rows) == 2 * len(boxes)
        for row in rows:
            form = client.get(row.url, follow=True).context["form"]
            assert (form["source"].value(), form["draft_key"].value()) == (row.draft.source, row.draft.key)

    def test_posting_one_leaves_the_other(self, as_user, ada, bob):
        client = as_user(ada)
        question = QuestionFactory(author=bob)
        box = f"reply:{question.pk}"
        save(client, box, "Theirs")
        save(client, f"{box}~k3x", "Mine")
        send(client, f"/threads/{question.pk}/reply/", source="Mine", draft_key=f"{box}~k3x")
        assert Draft.objects.get().source == "Theirs"

    @pytest.mark.parametrize(
        ("box", "address"),
        [("reply:{question}", "/threads/{question}/reply/"), ("edit:{own}", "/posts/{own}/edit/"),
         ("suggest:{theirs}", "/posts/{theirs}/suggest/"), ("new:note", "/notes/new/")],
    )  # fmt: skip
    def test_posting_an_older_one_leaves_what_another_tab_saved_since(self, as_user, ada, box, address):
        client, question = as_user(ada), QuestionFactory()
        theirs, own = AnswerFactory(thread=question), AnswerFactory(thread=question, author=ada)
        keys = {"question": question.pk, "own": own.pk, "theirs": theirs.pk}
        box, address = box.format(**keys), address.format(**keys)
        for version, text in enumerate(["Begun", "Written on a train, and never posted"]):
            save(client, box, text, version=version)
        sent = {"base_version": "1", "seen": "0" if "suggest" in box else "9", "reason": "Clearer"}
        sent |= {"source": "Begun and ended", "draft_key": box}
        assert send(client, address, draft_version="1", **sent).status_code == 302
        assert Draft.objects.get().source == "Written on a train, and never posted"

    def test_what_a_session_kept_does_not_replace_what_was_saved_since(self, client, ada):
        question = QuestionFactory()
        box, address = f"reply:{question.pk}", question.get_absolute_url()
        client.force_login(ada)
        save(client, box, "Begun")
        client.logout()
        send(client, f"/threads/{question.pk}/reply/", source="Mine", draft_key=box, draft_version="1")
        client.force_login(ada)
        save(client, box, "Theirs", version=1)
        form = client.get(address).context["form"]
        refusal = save(client, box, form["source"].value(), version=int(form["draft_version"].value()))
        assert (form["source"].value(), refusal.status_code, Draft.objects.get().source) == ("Mine", 409, "Theirs")

    def test_a_session_that_ended_brings_it_back_to_its_box(self, client, ada):
        question = QuestionFactory()
        send(client, f"/threads/{question.pk}/reply/", source="Mine", draft_key=f"reply:{question.pk}~k3x")
        client.force_login(ada)
        assert client.get(question.get_absolute_url()).context["form"]["source"].value() == "Mine"


class TestAReloadedEditor:
    def test_it_learns_what_is_saved_and_what_was_posted(self, as_user, ada, bob):
        client, submission, other = as_user(ada), str(uuid.uuid4()), str(uuid.uuid4())
        save(client, "new:note", "Begun")
        send(client, "/notes/new/", source="A note.", submission=submission)
        asked = f"/drafts/saved/?key=new:note&submission={submission}&submission={other}&submission=none"
        told = client.get(asked).json()
        assert (told["draft"]["source"], told["draft"]["version"], told["posted"]) == ("Begun", 1, [submission])
        assert as_user(bob).get(asked).json() == {"draft": None, "posted": []}

    @pytest.mark.parametrize("key", ["", "%01", "nothing", "9" * 400])
    def test_a_box_without_a_draft_has_none(self, as_user, ada, key):
        assert as_user(ada).get(f"/drafts/saved/?key={key}").json() == {"draft": None, "posted": []}


class TestComingBackToLists:
    def test_every_pinned_thread_is_reachable(self, as_user, client, moderator):
        moderating = as_user(moderator)
        category = Category.objects.get(slug="meta")
        threads = [QuestionFactory(title=f"Q{number}", category=category) for number in range(5)]
        for thread in threads:
            moderating.post(f"/threads/{thread.pk}/moderate/", {"action": "pin_everywhere"})
        for address in ("/latest/", "/questions/", category.get_absolute_url()):
            shown = client.get(address).context["list"].rows
            assert [thread.title for thread in shown[:3]] == ["Q4", "Q3", "Q2"]
            assert sorted(thread.title for thread in shown) == ["Q0", "Q1", "Q2", "Q3", "Q4"]

    def test_a_short_link_leads_to_its_thread(self, client, ada):
        question = QuestionFactory(title="Why XOR?")
        article = start_thread(author=ada, kind="article", title="By hand", source="x")
        right = question.get_absolute_url()
        for short, wanted in {
            f"/t/{question.pk}/": right,
            f"/t/{question.pk}": right,
            f"/t/{question.pk}/?order=oldest": f"{right}?order=oldest",
            f"/t/{question.pk}?order=oldest": f"{right}?order=oldest",
            f"/t/{article.pk}/": article.get_absolute_url(),
            f"/articles/{article.pk}/": article.get_absolute_url(),
            f"/articles/{article.pk}?post=1": f"{article.get_absolute_url()}?post=1",
        }.items():
            assert client.get(short, follow=True).redirect_chain[-1][0] == wanted

    def test_a_comment_is_written_below_the_formulas_of_its_answer(self, as_user, ada, bob):
        question = start_thread(
            author=ada, kind="question", title="Why?", source="x", category=Category.objects.get(slug="meta")
        )
        answer = add_post(thread=question, author=bob, role="answer", source=r"Because $W^{[2]}a^{[1]}$.")
        page = html_of(as_user(ada).get(f"/posts/{answer.pk}/reply/"))
        quoted = page.partition('class="reply-to"')[2].partition("</blockquote>")[0]
        assert "<math" in quoted and "W^[2]" not in quoted

    def test_how_long_an_article_takes_is_said_alike(self, client, ada):
        article = start_article(author=ada, title="By hand", source="x", publish=True).thread
        for address in ("/articles/", article.get_absolute_url()):
            page = html_of(client.get(address))
            assert "1 min read" in page and "to read" not in page

    def test_a_list_counts_what_the_page_counts(self, client, bob):
        question = QuestionFactory(title="Why XOR?")
        answers = [AnswerFactory(thread=question, author=bob) for _ in range(2)]
        CommentFactory(thread=question, parent=answers[0])
        box = html_of(client.get("/questions/")).partition('class="row-replies')[2].partition("</div>")[0]
        assert "<b>2</b> answers" in box
        Thread.objects.update(solved_post=answers[0])
        box = html_of(client.get("/questions/")).partition('class="row-replies')[2].partition("</div>")[0]
        assert box.startswith(" solved") and "2</b> answers" in box
        assert ">2 answers</h2>" in html_of(client.get(question.get_absolute_url()))

    def test_a_row_without_answers_or_votes_has_a_quiet_zero(self, client, bob):
        question = QuestionFactory(title="Why XOR?")
        assert '<div class="row-replies none">' in html_of(client.get("/questions/"))
        AnswerFactory(thread=question, author=bob)
        assert "row-replies none" not in html_of(client.get("/questions/"))
        assert '<div class="row-replies none">' in html_of(client.get(f"{bob.get_absolute_url()}?show=answer"))

    def test_name_and_time_of_a_row_are_of_the_same_event(self, client, ada, bob, django_assert_num_queries):
        then = timezone.now() - timedelta(days=9)
        question = QuestionFactory(title="Why XOR?", author=ada, published_at=then)
        AnswerFactory(thread=question, author=bob)
        hidden = AnswerFactory(thread=question, author=ada, created_at=then)
        Post.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
        quiet = ThreadFactory(title="Quiet", author=ada)
        row = {thread.pk: thread for thread in client.get("/latest/").context["list"].rows}
        assert (row[question.pk].last_poster, row[quiet.pk].last_poster) == (bob, ada)
        with django_assert_num_queries(1):
            find_last_posters([row[question.pk], row[quiet.pk]])
        newest = html_of(client.get("/latest/?order=new")).partition("Why XOR?")[2].partition("</article>")[0]
        assert "@ada" in newest or "/ada/" in newest
        assert "bob" not in newest

    def test_a_bookmark_says_when_the_post_was_written_and_when_it_was_bookmarked(self, as_user, ada, bob):
        then = timezone.now() - timedelta(days=9)
        answer = AnswerFactory(thread=QuestionFactory(published_at=then), author=bob, created_at=then)
        client = as_user(ada)
        client.post(f"/posts/{answer.pk}/bookmark/", {"on": "1"})
        row = html_of(client.get("/bookmarks/")).partition('class="row-line"')[2].partition("</p>")[0]
        written, bookmarked = row.split("bookmarked")
        assert f'datetime="{then:%Y-%m-%d}' in written
        assert f'datetime="{timezone.now():%Y-%m-%d}' in bookmarked


class TestComingBackToTheFeed:
    def test_a_thread_is_there_once_with_what_happened_last(self, as_user, ada, bob):
        question = QuestionFactory(title="Why XOR?", author=bob)
        first, second = AnswerFactory(thread=question, author=bob), AnswerFactory(thread=question)
        Follow.objects.create(follower=ada, thread=question)
        client = as_user(ada)
        assert [post.pk for post in client.get("/").context["home"].feed] == [second.pk]
        Post.objects.filter(pk=second.pk).update(hidden_at=timezone.now())
        assert [post.pk for post in client.get("/").context["home"].feed] == [first.pk]

    def test_what_is_not_followed_hides_nothing(self, as_user, ada, bob):
        question = QuestionFactory(title="Why XOR?", author=bob)
        AnswerFactory(thread=question)
        Follow.objects.create(follower=ada, person=bob)
        assert [post.thread for post in as_user(ada).get("/").context["home"].feed] == [question]

    def test_it_counts_nothing_where_nothing_is(self, as_user, ada):
        QuestionFactory(title="Why XOR?", author=ada)
        client = as_user(ada)
        row = html_of(client.get("/")).partition('class="row feed-row"')[2].partition("</article>")[0]
        assert "0 " not in re.sub("<[^>]*>", "", row)


def test_pages_of_one_column_have_one_width(as_user, ada, bob):
    reader = as_user(ada)
    answer = AnswerFactory(thread=QuestionFactory(author=bob), author=bob)
    for address in (
        "/notifications/",
        "/search/?q=xor",
        "/bookmarks/",
        "/drafts/",
        "/tags/",
        "/articles/",
        "/notes/",
        "/settings/",
        "/settings/tokens/",
        f"/posts/{answer.pk}/report/",
        f"/posts/{answer.pk}/reply/",
    ):
        assert 'class="column' in html_of(reader.get(address)), address


class TestComingBackToWhatChanged:
    @pytest.fixture
    def asked(self, as_user, ada):
        """A published question, as its author posted it by the form."""
        fields = {"kind": "question", "title": "Why XOR?", "source": "I wonder.", "tags": "xor"}
        send(as_user(ada), "/write/?kind=question", **fields, category="initialisation")
        return Thread.objects.get()

    def found(self, client, address: str) -> list[str]:
        return [thread.title for thread in client.get(address).context["list"].rows]

    def test_a_moved_thread_is_in_its_new_category_and_keeps_its_address(self, as_user, client, asked, moderator):
        address = asked.get_absolute_url()
        as_user(moderator).post(f"/threads/{asked.pk}/moderate/", {"action": "move", "category": "meta"})
        assert self.found(client, "/c/meta/") == ["Why XOR?"]
        assert self.found(client, "/c/initialisation/") == []
        assert client.get(address).status_code == 200
        assert "/feeds/c/meta.atom" in html_of(client.get("/c/meta/"))
        assert "Why XOR?" in html_of(client.get("/feeds/c/meta.atom"))

    def test_a_question_tagged_anew_is_under_its_new_tag_alone(self, as_user, ada, client, asked):
        edit(as_user(ada), asked.posts.get(), title="Why XOR?", source="I wonder.", tags="relu")
        assert self.found(client, "/tags/relu/") == ["Why XOR?"]
        assert client.get("/tags/xor/").status_code == 404
        assert client.get("/feeds/tags/xor.atom").status_code == 404
        page = html_of(client.get(f"/posts/{asked.posts.get().pk}/history/"))
        assert "relu" in page and "xor" in page

    def test_a_question_rewritten_in_chinese_is_chinese_wherever_it_is_listed(self, as_user, ada, client, asked):
        source = "梯度在第十层之后就消失了，为什么？"
        edit(as_user(ada), asked.posts.get(), title="为什么梯度会消失？", source=source, tags="xor")
        page = html_of(client.get("/questions/"))
        assert '<h2 class="row-title" lang="zh-Hans">' in page
        feed = html_of(client.get("/feeds/questions.atom"))
        assert 'xml:lang="zh-Hans"' in feed and source[:8] in feed

    def test_a_renamed_thread_is_reached_by_its_old_address(self, as_user, ada, client, asked):
        old = asked.get_absolute_url()
        edit(as_user(ada), asked.posts.get(), title="Why not XOR?", source="I wonder.", tags="xor")
        new = Thread.objects.get().get_absolute_url()
        assert new != old
        assert client.get(f"{old}?order=oldest")["Location"] == f"{new}?order=oldest"

    def test_bookmarks_show_what_is_still_there_and_are_taken_off_there(self, as_user, ada, bob, moderator):
        reader = as_user(ada)
        question = QuestionFactory(title="Why XOR?", author=bob)
        answers = [AnswerFactory(thread=question, author=bob) for _ in range(3)]
        for answer in answers:
            reader.post(f"/posts/{answer.pk}/bookmark/", {"on": "1"})
        hide_post(post=answers[0], by=moderator)
        reader.post(f"/posts/{answers[1].pk}/bookmark/", {"on": "0", "next": "/bookmarks/"})
        shown = [bookmark.post for bookmark in reader.get("/bookmarks/").context["page"]]
        assert shown == [answers[2]]

    def test_a_question_whose_answers_were_hidden_waits_for_one_again(self, client, moderator, bob):
        question = QuestionFactory(title="Why XOR?")
        answer = add_post(thread=question, author=bob, role="answer", source="Because.")
        assert self.found(client, "/questions/?order=unanswered") == []
        hide_post(post=answer, by=moderator)
        assert self.found(client, "/questions/?order=unanswered") == ["Why XOR?"]
        (row,) = client.get("/questions/").context["list"].rows
        assert (row.last_poster, row.answers_or_replies) == (question.author, 0)
