import json
import re
import uuid
from datetime import timedelta

import pytest
from django.db.models import F

from community.common import lines
from community.common.ratelimit import Limit
from community.content import rates, services
from community.content.models import Draft, Post, Revision, Thread
from community.forum.services import lock_thread
from community.rendering.fallback import as_written
from tests.factories import AnswerFactory, CommentFactory, PersonFactory, QuestionFactory
from tests.html import html_of

ADVICE = "There is no text yet. Write something first."


def form(**fields) -> dict[str, str]:
    filled = {"title": "Why XOR?", "source": "Because.", "tags": "xor, 初始化", "category": "initialisation"}
    return filled | {"submission": str(uuid.uuid4()), "draft_key": "new:question"} | fields


def errors(response) -> dict[str, list[str]]:
    return {name: list(said) for name, said in response.context["form"].errors.items()}


@pytest.fixture
def client_of_ada(ada, as_user):
    return as_user(ada)


class TestWriting:
    def test_the_choice_comes_first(self, client_of_ada):
        page = html_of(client_of_ada.get("/write/"))
        places = ("/write/?kind=question", "/write/?kind=discussion", "/articles/new/", "/notes/new/")
        assert all(f'href="{place}"' in page for place in places)

    def test_a_question_is_asked(self, client_of_ada, ada):
        response = client_of_ada.post("/write/?kind=question", form(kind="question"))
        thread = Thread.objects.get()
        assert response.url == thread.get_absolute_url()
        assert (thread.author, thread.title, thread.category.slug) == (ada, "Why XOR?", "initialisation")
        assert sorted(thread.tags.values_list("name", flat=True)) == ["xor", "初始化"]

    @pytest.mark.parametrize("button", ["preview", "template"])
    def test_to_look_without_script_is_not_to_post(self, client_of_ada, monkeypatch, button):
        monkeypatch.setattr(rates.POSTING, "items", Limit("post-once", "1/hour").items)
        for _ in range(3):
            assert (
                client_of_ada.post("/write/?kind=question", form(kind="question", **{button: "1"})).status_code == 200
            )
        assert not Thread.objects.exists()
        assert client_of_ada.post("/write/?kind=question", form(kind="question")).status_code == 302
        assert client_of_ada.post("/write/?kind=question", form(kind="question")).status_code == 429

    @pytest.mark.parametrize("path", ["/write/?kind=discussion", "/articles/new/", "/notes/new/"])
    @pytest.mark.parametrize("button", ["preview", "template"])
    def test_no_form_posts_with_a_button_that_only_looks(self, client_of_ada, path, button):
        kind = path.rpartition("=")[2] if "=" in path else ""
        assert client_of_ada.post(path, form(kind=kind, **{button: "1"})).status_code == 200
        assert not Thread.objects.exists()

    def test_the_old_address_for_asking_leads_to_the_page_of_today(self, client_of_ada):
        assert client_of_ada.get("/ask/?title=Why&kind=note").url == "/write/?title=Why&kind=question"

    def test_a_picture_can_be_added_without_script(self, client_of_ada):
        assert '<noscript><a href="/media/upload/"' in html_of(client_of_ada.get("/write/?kind=question"))

    def test_it_can_be_kept_as_a_draft_and_published_later(self, client_of_ada, as_user, bob):
        response = client_of_ada.post("/write/?kind=question", form(kind="question", keep="1"))
        thread = Thread.objects.get()
        assert thread.is_draft
        assert as_user(bob).get(response.url).status_code == 404
        assert thread.title in html_of(client_of_ada.get("/drafts/"))
        client_of_ada.post(f"/threads/{thread.pk}/publish/")
        assert as_user(bob).get(response.url).status_code == 200

    def test_a_double_click_is_one_thread_and_one_answer(self, client_of_ada):
        sent = form(kind="question")
        first = client_of_ada.post("/write/?kind=question", sent)
        second = client_of_ada.post("/write/?kind=question", sent)
        assert (first.status_code, first.url) == (second.status_code, second.url)
        assert Thread.objects.count() == 1

    def test_a_draft_that_another_tab_has_posted_is_posted_twice_only_if_wished(self, client_of_ada):
        first = client_of_ada.post("/write/?kind=question", form(kind="question"))
        response = client_of_ada.post("/write/?kind=question", form(kind="question", source="And more."))
        assert response.status_code == 422
        assert f'You posted <a href="{first.url}">Why XOR?</a> within the last hour.' in html_of(response)
        assert Thread.objects.count() == 1 and response.context["form"]["source"].value() == "And more."
        again = form(kind="question", source="And more.", again=response.context["form"]["again"].value())
        assert client_of_ada.post("/write/?kind=question", again).status_code == 302
        assert Thread.objects.count() == 2

    def test_a_title_of_somebody_else_or_of_long_ago_is_no_second_one(self, client_of_ada, as_user, bob):
        client_of_ada.post("/write/?kind=question", form(kind="question"))
        assert as_user(bob).post("/write/?kind=question", form(kind="question")).status_code == 302
        Thread.objects.update(published_at=F("published_at") - timedelta(hours=2))
        assert client_of_ada.post("/write/?kind=question", form(kind="question")).status_code == 302

    def test_a_form_sent_again_with_another_text_says_so_and_can_be_sent(self, client_of_ada):
        sent = form(kind="question")
        client_of_ada.post("/write/?kind=question", sent)
        response = client_of_ada.post("/write/?kind=question", sent | {"source": "Another."})
        assert response.status_code == 422
        assert errors(response)["__all__"] == [
            "This form was already sent with a different text. Send it again to post this text too."
        ]
        shown = response.context["form"]
        again = sent | {name: shown[name].value() for name in ("source", "submission", "again")}
        assert client_of_ada.post("/write/?kind=question", again).status_code == 302
        assert Thread.objects.count() == 2

    @pytest.mark.parametrize(
        ("wrong", "field", "sentence"),
        [
            ({"title": ""}, "title", "Please add a title."),
            (
                {"title": "a\u202eb"},
                "title",
                "This contains an invisible mark that changes the writing direction. Please retype it.",
            ),
            ({"source": ""}, "source", ADVICE),
            (
                {"source": "a\x00b"},
                "source",
                "Line 1 contains an invisible control character (U+0000). Please remove it.",
            ),
            ({"source": "a" * 1_000_000}, "source", "This has 1,000,000 characters; the limit is 50,000 characters."),
            ({"tags": "a b c d e f"}, "tags", "Use at most 5 tags."),
            (
                {"category": "nowhere"},
                "category",
                "Select a valid choice. nowhere is not one of the available choices.",
            ),
        ],
    )
    def test_a_refused_text_is_in_its_form_again_with_a_sentence_beside_it(self, client_of_ada, wrong, field, sentence):
        response = client_of_ada.post("/write/?kind=question", form(kind="question", **wrong))
        assert response.status_code == 422
        assert errors(response)[field] == [sentence]
        assert response.context["form"]["source"].value() == ({"source": "Because."} | wrong)["source"]
        assert not Thread.objects.exists()

    def test_an_unconfirmed_address_keeps_the_text(self, as_user, db):
        response = as_user(PersonFactory(email="")).post("/write/?kind=question", form(kind="question"))
        assert response.status_code == 422
        assert "confirm your email address" in errors(response)["__all__"][0]
        assert not Thread.objects.exists()

    def test_a_forged_form_is_refused(self, ada):
        from django.test import Client

        client = Client(enforce_csrf_checks=True)
        client.force_login(ada)
        assert client.post("/write/?kind=question", form(kind="question")).status_code == 403
        assert not Thread.objects.exists()

    @pytest.mark.parametrize("url", ["/write/preview/", "/drafts/save/", "/drafts/discard/", "/posts/1/delete/"])
    def test_reading_changes_nothing(self, client_of_ada, url):
        assert client_of_ada.get(url).status_code == 405

    def test_too_many_posts_are_slowed_down_with_a_time(self, client_of_ada):
        answers = [client_of_ada.post("/write/?kind=question", form(kind="question", source="")) for _ in range(31)]
        assert answers[-1].status_code == 429
        assert int(answers[-1]["Retry-After"]) > 0


class TestExpiredSession:
    def test_the_text_is_there_again_after_signing_in(self, client, ada):
        response = client.post("/write/?kind=question", form(kind="question", source="Long thoughts."))
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/?next=/write/")
        client.force_login(ada)
        page = client.get("/write/?kind=question")
        assert page.context["form"]["source"].value() == "Long thoughts."
        assert page.context["form"]["title"].value() == "Why XOR?"
        assert client.get("/write/?kind=question").context["form"]["source"].value() in ("", None)
        assert not Thread.objects.exists()

    def test_an_answer_too(self, client, ada):
        question = QuestionFactory()
        sent = {"source": "It is the start.", "draft_key": f"reply:{question.pk}"}
        assert client.post(f"/threads/{question.pk}/reply/", sent).status_code == 302
        client.force_login(ada)
        back = client.get(f"/threads/{question.pk}/reply/")
        assert back.url == f"{question.get_absolute_url()}#write"
        page = client.get(question.get_absolute_url())
        assert page.context["form"]["source"].value() == "It is the start."


class TestReplying:
    def test_an_answer_leads_to_itself(self, client_of_ada):
        question = QuestionFactory()
        response = client_of_ada.post(f"/threads/{question.pk}/reply/", form(source="It is the start."))
        post = Post.objects.get(number=2)
        assert response.url == post.get_absolute_url()
        assert client_of_ada.get(response.url).status_code == 200

    def test_a_comment_names_the_post_it_stands_under(self, client_of_ada):
        question = QuestionFactory()
        answer = AnswerFactory(thread=question)
        assert f'value="{answer.pk}"' in html_of(client_of_ada.get(f"/posts/{answer.pk}/reply/"))
        client_of_ada.post(f"/threads/{question.pk}/reply/", form(source="Why?", parent=str(answer.pk)))
        assert Post.objects.get(number=3).parent == answer

    def test_a_comment_is_a_line_that_grows_and_an_answer_is_not(self, client_of_ada):
        question = QuestionFactory()
        answer = AnswerFactory(thread=question)
        comment = html_of(client_of_ada.get(f"/posts/{answer.pk}/reply/"))
        assert "comment-form" in comment and 'rows="2"' in comment and 'placeholder="Write a comment…"' in comment
        assert "comment-form" not in html_of(client_of_ada.get(question.get_absolute_url()))

    def test_a_comment_is_replied_to_where_it_is(self, client_of_ada, bob):
        question = QuestionFactory()
        answer = AnswerFactory(thread=question)
        comment = CommentFactory(thread=question, parent=answer, author=bob)
        page = html_of(client_of_ada.get(question.get_absolute_url()))
        box = f"comment-on-{comment.number}"
        assert re.search(rf'href="/posts/{comment.pk}/reply/"\s+data-swap="#{box}"', page)
        assert page.count(f'id="{box}"') == 1

    @pytest.mark.parametrize("name", ["reply", "quote"])
    def test_on_a_page_of_its_own_the_text_has_the_focus(self, client_of_ada, name):
        page = html_of(client_of_ada.get(f"/posts/{AnswerFactory(thread=QuestionFactory()).pk}/{name}/"))
        assert page.count("autofocus") == 1 and "autofocus" in page.partition("<textarea")[2].partition(">")[0]

    def test_an_empty_answer_comes_back(self, client_of_ada):
        question = QuestionFactory()
        response = client_of_ada.post(f"/threads/{question.pk}/reply/", form(source=" \n"))
        assert (response.status_code, errors(response)["source"]) == (422, [ADVICE])
        assert question.posts.count() == 1

    def test_a_thread_closed_meanwhile_keeps_the_text(self, client_of_ada, moderator):
        question = QuestionFactory()
        lock_thread(thread=question, by=moderator)
        response = client_of_ada.post(f"/threads/{question.pk}/reply/", form(source="But listen."))
        assert response.status_code == 422
        assert errors(response)["__all__"] == ["This thread is closed to new answers and comments."]
        assert response.context["form"]["source"].value() == "But listen."

    def test_a_hidden_thread_is_404(self, client_of_ada):
        question = QuestionFactory(draft=True)
        assert client_of_ada.post(f"/threads/{question.pk}/reply/", form()).status_code == 404

    def test_a_quote_carries_author_link_and_source(self, client_of_ada, bob):
        question = QuestionFactory()
        answer = AnswerFactory(thread=question, author=bob, source="The loss is\n\n$$L = (y - \\hat y)^2$$\n")
        source = client_of_ada.get(f"/posts/{answer.pk}/quote/").context["form"]["source"].value()
        link = f"http://testserver{answer.get_absolute_url()}"
        assert source == (f"> @bob wrote in [#2]({link}):\n>\n> The loss is\n>\n> $$L = (y - \\hat y)^2$$\n\n")

    def test_a_quote_leads_to_the_equations_whose_labels_stay_behind(self, client_of_ada, bob):
        words = "By \\eqref{g} and $\\ref{g}$, not `\\eqref{g}` nor $a \\eqref{g}$ nor \\eqref{none}."
        question = QuestionFactory()
        answer = services.add_post(thread=question, author=bob, source=f"{words}\n\n$$x\\label{{g}}$$", role="answer")
        source = client_of_ada.get(f"/posts/{answer.pk}/quote/").context["form"]["source"].value()
        place = f"(http://testserver{answer.get_absolute_url().partition('#')[0]}#p{answer.number}-eq:g)"
        said = f"> By [(1)]{place} and [1]{place}, not `\\eqref{{g}}` nor $a \\eqref{{g}}$ nor \\eqref{{none}}.\n"
        assert said in source

    def test_a_preview_without_script_keeps_everything(self, client_of_ada):
        question = QuestionFactory()
        sent = form(source="It is **the start**.", preview="1", thread=str(question.pk))
        response = client_of_ada.post(f"/threads/{question.pk}/reply/", sent)
        assert response.status_code == 200
        assert "the start" in response.context["page_html"]
        assert response.context["form"]["source"].value() == "It is **the start**."
        assert question.posts.count() == 1


class TestEditing:
    @pytest.fixture
    def post(self, ada):
        return QuestionFactory(author=ada, title="Why XOR?").posts.get()

    def send(self, client, post, **fields):
        return client.post(f"/posts/{post.pk}/edit/", form(base_version=str(post.version), **fields))

    def test_an_edit_is_saved_with_its_reason(self, client_of_ada, post):
        response = self.send(client_of_ada, post, source="Symmetry.", title="Why?", reason="clearer")
        post.refresh_from_db()
        assert (post.source, post.thread.title, post.version) == ("Symmetry.\n", "Why?", 2)
        assert response.url == post.get_absolute_url()
        assert Revision.objects.get().reason == "clearer"
        assert "Saved." in html_of(client_of_ada.get(response.url))

    def test_the_form_begins_with_what_is_there(self, client_of_ada, post):
        fields = client_of_ada.get(f"/posts/{post.pk}/edit/").context["form"]
        assert (fields["source"].value(), fields["title"].value(), fields["base_version"].value()) == (
            "What is this?\n",
            "Why XOR?",
            1,
        )

    def test_who_is_second_keeps_their_text_and_sees_the_difference(self, client_of_ada, post, moderator, as_user):
        self.send(as_user(moderator), post, source="What is this?\n\nTheirs.", title="Why XOR?")
        response = self.send(client_of_ada, post, source="What is this?\n\nMine.", title="Why XOR?")
        assert response.status_code == 409
        assert response.context["form"]["source"].value() == "What is this?\n\nMine."
        signs = [(row.sign, row.text) for row in response.context["rows"] if row.sign != "same"]
        assert signs == [("gone", "Theirs."), ("new", "Mine.")]
        assert response.context["form"]["base_version"].value() == "2"
        client_of_ada.post(f"/posts/{post.pk}/edit/", form(source="Both.", base_version="2"))
        post.refresh_from_db()
        assert (post.source, post.version) == ("Both.\n", 3)

    def test_somebody_elses_post_is_403_with_a_sentence(self, as_user, bob, post):
        response = as_user(bob).get(f"/posts/{post.pk}/edit/")
        assert response.status_code == 403
        assert "You cannot edit this post." in html_of(response)
        assert self.send(as_user(bob), post, source="Mine").status_code == 403

    def test_the_history_shows_text_and_page(self, client, client_of_ada, post):
        self.send(client_of_ada, post, source="What was this?", title="Why XOR?", reason="past")
        page = html_of(client.get(f"/posts/{post.pk}/history/"))
        assert "<del>is</del>" in page
        assert "<ins>was</ins>" in page
        assert "past" in page
        shown = client.get(f"/posts/{post.pk}/history/?version=2&as=page")
        assert "What is this?" in shown.context["page_before"]
        assert "What was this?" in shown.context["page_after"]
        assert client.get(f"/posts/{post.pk}/history/?version=9999999999").status_code == 200

    def test_a_first_version_is_shown_as_text_and_not_as_a_change(self, client, client_of_ada, post):
        self.send(client_of_ada, post, source="What was this?", title="Why XOR?", reason="past")
        page = client.get(f"/posts/{post.pk}/history/?version=1").content.decode()
        shown = re.search(r'<pre class="source"[^>]*>(.*?)</pre>', page, re.DOTALL)
        assert shown and [line for line in shown[1].splitlines() if line] == [post.thread.title, "What is this?"]
        assert "diff-row" not in page and "The text did not change" not in page

    def test_deleting_and_bringing_back(self, client_of_ada, as_user, bob, post):
        client_of_ada.post(f"/posts/{post.pk}/delete/")
        assert as_user(bob).get(post.get_absolute_url()).status_code == 404
        page = html_of(client_of_ada.get(post.get_absolute_url()))
        assert f'action="/posts/{post.pk}/restore/"' in page
        client_of_ada.post(f"/posts/{post.pk}/restore/")
        assert as_user(bob).get(post.get_absolute_url()).status_code == 200


class TestDrafts:
    def save(self, client, **fields):
        wish = {"key": "new:question", "title": "", "source": "I th", "version": 0} | fields
        return client.post("/drafts/save/", json.dumps(wish), content_type="application/json")

    def test_what_is_typed_is_there_again(self, client_of_ada):
        answer = self.save(client_of_ada, fields={"tags": "xor"}).json()
        assert (answer["key"], answer["version"]) == ("new:question", 1)
        fields = client_of_ada.get("/write/?kind=question").context["form"]
        assert (fields["source"].value(), fields["tags"].value(), fields["draft_version"].value()) == ("I th", "xor", 1)

    def test_two_tabs_do_not_overwrite_each_other(self, client_of_ada):
        self.save(client_of_ada)
        answer = client_of_ada.post(
            "/drafts/save/",
            json.dumps({"key": "new:question", "source": "Other", "version": 0}),
            content_type="application/json",
            headers={"accept": "application/json"},
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "draft_conflict")
        assert Draft.objects.get().source == "I th"

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ("not json", 400),
            ("[]", 400),
            ('{"key": 1, "source": "x"}', 400),
            ('{"key": "a", "source": "\\ud800"}', 422),
            ('{"key": "a", "source": "\\u0000x"}', 422),
            ('{"key": "", "source": "x"}', 422),
            ('{"key": "a", "source": "x", "version": "one"}', 422),
            ('{"key": "a", "source": "x", "fields": []}', 200),
            ('{"key": "a", "source": "x", "fields": "no"}', 400),
        ],
    )
    def test_what_is_no_draft_is_refused(self, client_of_ada, body, status):
        response = client_of_ada.post("/drafts/save/", body, content_type="application/json")
        assert response.status_code == status
        assert Draft.objects.exists() == (status == 200)

    def test_a_draft_is_thrown_away(self, client_of_ada):
        self.save(client_of_ada)
        client_of_ada.post("/drafts/discard/", {"key": "new:question"})
        assert not Draft.objects.exists()

    def test_starting_afresh_leads_back_to_the_form_and_never_elsewhere(self, client_of_ada):
        self.save(client_of_ada)
        assert "Start over" in html_of(client_of_ada.get("/write/?kind=question"))
        sent = {"key": "new:question", "next": "/write/?kind=question"}
        assert client_of_ada.post("/drafts/discard/", sent).url == "/write/?kind=question"
        assert client_of_ada.post("/drafts/discard/", sent | {"next": "https://evil.example/"}).url == "/drafts/"

    def test_drafts_are_ones_own(self, client_of_ada, as_user, bob):
        self.save(client_of_ada, source="My secret")
        assert "My secret" not in html_of(as_user(bob).get("/drafts/"))
        assert "My secret" in html_of(client_of_ada.get("/drafts/"))

    @pytest.mark.parametrize(
        ("title", "source"),
        [
            (r"Why is $\eta < 2$ & not 1?", "Text."),
            ("", r"Why is $\eta < 2$ & not 1? " + "Words. " * 40),
            ("", "$$\\eta < 2$$\n\n& not 1"),
            ("", "Words. " * 8 + r"Then $\frac{\partial L}{\partial \eta} = 0$ & not 1, " + "and so on. " * 9),
        ],
    )
    def test_the_list_shows_formulas_and_never_their_source(self, client_of_ada, title, source):
        self.save(client_of_ada, title=title, source=source)
        [words] = re.findall(r'row-title">(.*?)</h2>', html_of(client_of_ada.get("/drafts/")), re.DOTALL)
        words = re.sub("<annotation.*?</annotation>", "", words)
        assert "<math" in words and "<mi>η</mi>" in words and "&amp; not 1" in words
        assert "$" not in words and r"\eta" not in words

    def test_drafts_that_look_alike_say_where_they_part(self, client_of_ada):
        begin = "The same beginning. " * 8
        for kind, source in (
            ("note", begin + "An end of mine."),
            ("discussion", begin + "Another end."),
            ("article", ""),
        ):
            self.save(client_of_ada, key=f"new:{kind}", title="Why?", source=source or begin)
        self.save(client_of_ada, key="new:question", title="How?", source=begin + "An end.")
        rows = html_of(client_of_ada.get("/drafts/")).split('<li class="row')[1:]
        told = [re.findall(r"Differs from here: “(.*?)”", row) for row in rows]
        assert told == [[], [], ["Another end."], ["An end of mine."]]  # the article ends where the others go on
        assert ["characters" in row for row in rows] == [False, True, True, True]

    def test_what_could_not_be_rendered_is_tried_again(self, client_of_ada, monkeypatch):
        self.save(client_of_ada, title=r"Why is $\eta<2$ not 1?", source="Text.")
        with monkeypatch.context() as patch:
            patch.setattr(lines.pool, "render", lambda *_: as_written("", "The renderer is away.", version=0))
            patch.setattr(lines, "_away_until", 0.0)
            assert r"Why is $\eta&lt;2$ not 1?" in html_of(client_of_ada.get("/drafts/"))
        assert "<mi>η</mi>" in html_of(client_of_ada.get("/drafts/"))

    def test_a_renderer_that_is_away_is_not_waited_for_draft_by_draft(self, client_of_ada, monkeypatch):
        self.save(client_of_ada, key="new:note", title=r"Why $\eta=2$?", source="Text.")
        assert "<mi>η</mi>" in html_of(client_of_ada.get("/drafts/"))
        for kind in ("question", "discussion", "article"):
            self.save(client_of_ada, key=f"new:{kind}", title=rf"Why ${kind}<2$?", source="Text.")
        asked = []
        monkeypatch.setattr(lines, "_away_until", 0.0)
        monkeypatch.setattr(lines.pool, "render", lambda *_: asked.append(1) or as_written("", "Away.", version=0))
        page = html_of(client_of_ada.get("/drafts/"))
        assert len(asked) == 1
        assert page.count("&lt;2$?") == 3
        assert "<mi>η</mi>" in page  # nobody is asked for what was drawn before

    def test_money_and_code_in_the_list_are_as_they_were_typed(self, client_of_ada):
        self.save(client_of_ada, title="It costs $5 & `\\n` <b>", source="Text.")
        rows = html_of(client_of_ada.get("/drafts/"))
        assert "It costs $5 &amp; <code>\\n</code> &lt;b&gt;" in rows


class TestCancelling:
    """Without script a button closes the form of a comment: its text is a draft."""

    @pytest.fixture
    def sent(self, ada) -> dict[str, str]:
        question = QuestionFactory()
        self.post, self.address = question.posts.get(), f"/threads/{question.pk}/reply/"
        return form(source="Half a", parent=str(self.post.pk), draft_key=f"comment:{self.post.pk}", cancel="1")

    def test_the_text_is_kept_and_comes_back(self, client_of_ada, sent):
        back = client_of_ada.post(self.address, sent)
        assert (back.status_code, back.url) == (302, self.post.get_absolute_url())
        assert not Post.objects.filter(parent=self.post).exists()
        page = html_of(client_of_ada.get(f"/posts/{self.post.pk}/reply/"))
        assert "Half a" in page and 'name="cancel"' in page

    def test_an_empty_form_leaves_nothing(self, client_of_ada, sent):
        assert client_of_ada.post(self.address, sent | {"source": ""}).status_code == 302
        assert not Draft.objects.exists()

    def test_what_another_tab_saved_stays_too(self, client_of_ada, ada, sent):
        services.save_draft(owner=ada, key=sent["draft_key"], source="Theirs.")
        assert client_of_ada.post(self.address, sent | {"draft_version": "0"}).status_code == 302
        assert {each.source.strip() for each in Draft.objects.all()} == {"Theirs.", "Half a"}

    def test_what_cannot_be_kept_stays_in_the_form(self, client_of_ada, sent):
        page = client_of_ada.post(self.address, sent | {"source": "x" * 200_001})
        assert page.status_code == 422 and "x" * 200_001 in page.content.decode()

    def test_an_answer_has_no_such_button(self, client_of_ada, sent):
        assert 'name="cancel"' not in html_of(client_of_ada.get(self.post.thread.get_absolute_url()))


class TestPreview:
    def test_it_is_what_the_page_will_hold(self, client_of_ada):
        source = "# 前向\n\nThe loss is $L$.\n\n- one\n- two\n"
        shown = client_of_ada.post("/write/preview/", {"source": source, "kind": "question"}).json()["html"]
        client_of_ada.post("/write/?kind=question", form(kind="question", source=source))
        assert shown == Post.objects.get().html
        assert shown in client_of_ada.get(Thread.objects.get().get_absolute_url()).content.decode()

    @pytest.mark.parametrize(("source", "language"), [("为什么停在四分之一？", "zh-Hans"), ("Why a quarter?", "en")])
    def test_it_is_in_the_language_of_its_text(self, client_of_ada, source, language):
        sent = {"source": source, "kind": "question", "preview": "1"}
        assert client_of_ada.post("/write/preview/", sent).json()["language"] == language
        page = html_of(client_of_ada.post("/write/?kind=question", form(**sent)))
        assert f'data-editor-page lang="{language}"' in page

    def test_of_an_answer_too(self, client_of_ada):
        question = QuestionFactory()
        source = "## Because\n\n$$x$$\n"
        sent = {"source": source, "kind": "reply", "thread": str(question.pk)}
        shown = client_of_ada.post("/write/preview/", sent).json()["html"]
        client_of_ada.post(f"/threads/{question.pk}/reply/", form(source=source))
        assert shown == Post.objects.get(number=2).html

    def test_an_opening_has_its_title_with_formulas_and_an_answer_has_none(self, client_of_ada):
        sent = {"title": "Why $x^2$ <b>?", "source": "Words.", "kind": "question"}
        heading, words = client_of_ada.post("/write/preview/", sent).json()["html"].split("</p>", 1)
        assert heading.startswith('<p class="preview-title">Why <') and heading.endswith("&lt;b&gt;?")
        assert heading.count("<math") == 1 and words == "<p>Words.</p>"
        sent["thread"] = str(QuestionFactory().pk)
        assert client_of_ada.post("/write/preview/", sent).json()["html"] == "<p>Words.</p>"

    @pytest.mark.parametrize(
        "source", ["", "\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "[" * 5000]
    )
    def test_it_never_fails(self, client_of_ada, source):
        assert client_of_ada.post("/write/preview/", {"source": source}).status_code == 200

    def test_the_problems_of_a_config_stand_at_their_lines_of_the_text(self, client_of_ada):
        source = "Look:\n\n```bp\ndataset: {name: xor}\nmodle: {}\n```\n"
        answer = client_of_ada.post("/write/preview/", {"source": source}).json()
        (misspelt,) = [problem for problem in answer["problems"] if problem.get("path") == "modle"]
        assert misspelt["line"] == 5
        assert misspelt["column"] == 1
        assert client_of_ada.post("/write/preview/", {"source": "No config."}).json()["problems"] == []

    @pytest.mark.parametrize("pk", ["0", "999999", "x", "9" * 40, "-1"])
    def test_a_thread_that_is_not_there_is_404(self, client_of_ada, pk):
        assert client_of_ada.post("/write/preview/", {"source": "x", "thread": pk}).status_code == 404

    def test_a_visitor_sees_the_text_set_and_nothing_is_kept(self, client, db):
        answer = client.post("/write/preview/", {"source": "$x$", "kind": "question"})
        assert "<math" in answer.json()["html"]
        assert "sessionid" not in answer.cookies
        for hidden in ({"post": QuestionFactory(draft=True).opening_post.pk}, {"thread": 99}):
            assert client.post("/write/preview/", {"source": "x", **hidden}).status_code == 404
