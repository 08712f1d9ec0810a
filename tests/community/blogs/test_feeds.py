"""Feeds, parsed as by a feed reader."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from django.utils.http import http_date

from community.blogs.services import edit_article, start_article
from community.common.page_cache import parts
from community.content import services
from community.content.models import Category, Kind, Post, Thread
from tests.factories import PersonFactory, ThreadFactory
from tests.html import html_of
from tests.kept_pages import kept_pages
from tests.statements import statements

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
EVERYWHERE = ["/feeds/site", "/feeds/@ada", "/feeds/tags/xor", "/feeds/c/training-troubles"]


def atom(response) -> ElementTree.Element:
    assert response.status_code == 200, response.content[:200]
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content)


def rss(response) -> ElementTree.Element:
    assert response["Content-Type"].startswith("application/rss+xml")
    return ElementTree.fromstring(response.content).find("channel")


def titles(client, path) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in atom(client.get(path)).findall(f"{ATOM}entry")]


def ask(author, title="Why XOR?", **values):
    category = Category.objects.get(slug="initialisation")
    return services.start_thread(
        author=author, kind="question", title=title, source="Since $w = 0$.", tags=["xor"], category=category, **values
    )


class TestWhatIsInWhich:
    def test_a_post_is_in_every_feed_it_belongs_to(self, client, ada):
        ask(ada)
        for path in EVERYWHERE:
            assert titles(client, f"{path}.atom") == ["Why XOR?"]

    def test_a_category_holds_what_lies_in_its_inner_ones_and_no_others(self, client, ada):
        ask(ada)
        assert titles(client, "/feeds/c/initialisation.atom") == ["Why XOR?"]
        assert titles(client, "/feeds/c/meta.atom") == []

    @pytest.mark.parametrize("path", ["/feeds/site", "/feeds/@ada", "/feeds/c/training-troubles"])
    @pytest.mark.parametrize("state", ["draft", "hidden", "deleted"])
    def test_what_is_not_public_is_in_none_not_even_its_authors(
        self, client, client_of_ada, ada, moderator, path, state
    ):
        thread = ask(ada, publish=state != "draft")
        post = Post.objects.get(thread=thread)
        if state == "hidden":
            services.hide_post(post=post, by=moderator)
        if state == "deleted":
            services.delete_post(post=post, by=ada)
        assert titles(client, f"{path}.atom") == titles(client_of_ada, f"{path}.atom") == []

    def test_answers_and_comments_are_in_none(self, client, ada, bob):
        services.add_post(thread=ask(ada), author=bob, source="Because.")
        assert titles(client, "/feeds/@bob.atom") == []

    @pytest.mark.parametrize(
        "path",
        ["/feeds/@nobody.atom", "/feeds/tags/none.atom", "/feeds/c/none.rss", "/feeds/site.json", "/feeds/@a/b.atom"],
    )
    def test_what_is_not_there(self, client, path):
        assert client.get(path).status_code == 404

    def test_a_handle_of_any_script_in_any_spelling(self, client, db):
        start_article(author=PersonFactory(handle="李雷"), title="反向传播", source="一", publish=True)
        assert titles(client, "/feeds/@李雷.atom") == ["反向传播"]
        assert titles(client, "/feeds/@%E6%9D%8E%E9%9B%B7.atom") == ["反向传播"]

    def test_only_reading(self, client):
        assert client.post("/feeds/site.atom").status_code == 405


class TestAtom:
    def test_it_is_valid(self, client, article):
        feed = atom(client.get("/feeds/@ada.atom"))
        entry = feed.find(f"{ATOM}entry")
        assert feed.findtext(f"{ATOM}id") == "http://testserver/feeds/@ada.atom"
        assert feed.findtext(f"{ATOM}title") == "ada · Chainrule"
        links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
        assert links == {"alternate": "http://testserver/@ada/", "self": "http://testserver/feeds/@ada.atom"}
        moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
        for place in (feed, entry):
            assert re.fullmatch(moment, place.findtext(f"{ATOM}updated"))
        assert re.fullmatch(moment, entry.findtext(f"{ATOM}published"))
        assert entry.find(f"{ATOM}link").get("href") == f"http://testserver{article.thread.get_absolute_url()}"
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "ada"
        assert entry.findtext(f"{ATOM}author/{ATOM}uri") == "http://testserver/@ada/"
        assert [each.get("term") for each in entry.findall(f"{ATOM}category")] == ["xor"]

    def test_the_id_stays_when_the_title_changes_and_updated_moves(self, client, ada, article):
        before = atom(client.get("/feeds/site.atom")).find(f"{ATOM}entry")
        edit_article(article=article, editor=ada, title="Renamed", source="Other.", base_version=1, reason="better")
        after = atom(client.get("/feeds/site.atom")).find(f"{ATOM}entry")
        assert before.findtext(f"{ATOM}id") == after.findtext(f"{ATOM}id")
        assert before.findtext(f"{ATOM}id").startswith("tag:testserver,")
        assert before.findtext(f"{ATOM}updated") < after.findtext(f"{ATOM}updated")

    def test_ids_are_unique(self, client):
        for _each in range(5):
            ThreadFactory()
        ids = [entry.findtext(f"{ATOM}id") for entry in atom(client.get("/feeds/site.atom")).findall(f"{ATOM}entry")]
        assert len(set(ids)) == 5

    def test_the_text_is_whole_and_says_its_language(self, client, ada):
        start_article(author=ada, title="长文", source="反向传播。\n\n" * 40 + "完。", publish=True)
        content = atom(client.get("/feeds/site.atom")).find(f"{ATOM}entry/{ATOM}content")
        assert (content.get("type"), content.text.count("反向传播。")) == ("html", 40)
        assert content.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-Hans"
        assert "完。" in content.text


class TestRss:
    def test_the_summary_of_an_article_stands_above_its_text(self, client, ada):
        start_article(author=ada, title="A", source="Text.", summary="<b> & so on", publish=True)
        html = rss(client.get("/feeds/site.rss")).findtext("item/description")
        assert html.startswith("<p><em>&lt;b&gt; &amp; so on</em></p>")
        assert "Text." in html

    def test_it_is_valid(self, client, article):
        channel = rss(client.get("/feeds/site.rss"))
        item = channel.find("item")
        assert channel.findtext("link") == "http://testserver/"
        assert item.findtext("link") == f"http://testserver{article.thread.get_absolute_url()}"
        assert item.find("guid").get("isPermaLink") == "false"
        assert item.findtext(f"{DC}creator") == "ada"
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", item.findtext("pubDate"))
        assert "The gradient is" in item.findtext("description")


class TestFormulas:
    """Formulas stay readable without MathML support and with all tags stripped."""

    @pytest.mark.parametrize("path", ["/feeds/site.atom", "/feeds/site.rss"])
    def test_the_latex_of_each_stands_in_the_text(self, client, article, path):
        feed = ElementTree.fromstring(client.get(path).content)
        html = feed.findtext(f".//{ATOM}content") or feed.findtext(".//item/description")
        words = re.sub(r"<[^>]+>", "", html)
        assert "$$z = W x + b.$$" in words
        assert "$\\frac{\\partial L}{\\partial W}$" in words

    def test_a_title_has_its_formulas_in_characters(self, client, ada):
        start_article(author=ada, title="Why $\\sigma' \\le \\frac14$", source="x", publish=True)
        assert titles(client, "/feeds/site.atom") == ["Why σ' ≤ 1/4"]

    def test_a_note_without_a_title_begins_with_its_words(self, client, note):
        assert titles(client, "/feeds/site.atom") == ["A note on σ'."]


class TestAddresses:
    def test_every_one_is_absolute(self, client, ada, bob):
        start_article(
            author=ada,
            title="Links",
            source="[here](/latest/), @bob, ![p](/media/assets/x.png)\n\n[^1]\n\n[^1]: Foot.",
            publish=True,
        )
        html = atom(client.get("/feeds/site.atom")).findtext(f".//{ATOM}content")
        found = re.findall(r'(?:href|src)="([^"]*)"', html)
        assert "http://testserver/@bob/" in found
        assert all(re.match("https?://", address) for address in found)

    def test_the_address_of_a_run_is_absolute_and_its_numbers_are_words(self, client, ada):
        config = (
            "```bp\ndataset: {name: xor}\nmodel: {layers: [{type: Linear, out_features: 1, activation: sigmoid}]}\n"
            "loss: {type: MSELoss}\noptimizer: {type: SGD, lr: 1}\ntraining: {epochs: 10}\n```"
        )
        thread = start_article(author=ada, title="A run", source=config, publish=True).thread
        html = atom(client.get("/feeds/site.atom")).findtext(f".//{ATOM}content")
        assert f"http://testserver/runs/{thread.lead_embed}/" in html
        assert "run-embed" not in html
        assert "<script" not in html


class TestHostileInput:
    def test_nothing_breaks_the_xml(self, client, db):
        author = PersonFactory(handle="eve", display_name="E\x08v]]>e & <b>")
        thread = ThreadFactory(author=author, title="a\x00\x0b\ufffe]]>&<x>".replace("\x00", "\x01"))
        Post.objects.filter(thread=thread).update(html="<p>\x0c\x1b ]]&gt; \uffff ok</p>")
        for path in ("/feeds/site.atom", "/feeds/site.rss", "/feeds/@eve.atom", "/feeds/@eve.rss"):
            assert client.get(path).status_code == 200
            assert "ok" in "".join(ElementTree.fromstring(client.get(path).content).itertext())

    def test_an_unknown_host_is_refused(self, client, article):
        assert client.get("/feeds/site.atom", headers={"host": "evil.example"}).status_code == 400

    def test_no_script_of_a_post_gets_into_a_feed(self, client, ada):
        start_article(
            author=ada, title="x", source="<script>alert(1)</script> <img src=x onerror=alert(1)>", publish=True
        )
        html = atom(client.get("/feeds/site.atom")).findtext(f".//{ATOM}content")
        assert "<script" not in html
        assert not re.search(r"<[^>]+onerror", html)


class TestAskingAgain:
    def test_what_is_known_is_not_sent_again(self, client, article):
        first = client.get("/feeds/site.atom")
        again = client.get("/feeds/site.atom", headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_no_date_stands_for_all_its_posts(self, client, ada, bob, moderator):
        thread = ask(ada)
        older, newer = (services.add_post(thread=thread, author=bob, source=text) for text in ("Spam", "Because"))
        path = f"/feeds/t/{thread.pk}.atom"
        first = client.get(path)
        assert "Last-Modified" not in first
        assert first["Cache-Control"] == "private, no-cache"
        services.hide_post(post=older, by=moderator)
        dated = {"if-modified-since": http_date((newer.created_at + timedelta(days=1)).timestamp())}
        again = client.get(path, headers=dated | {"if-none-match": first["ETag"]})
        assert again.status_code == 200 and "Spam" not in html_of(again)
        assert client.get(path, headers=dated).status_code == 200

    def test_an_edit_is_sent(self, client, ada, article):
        first = client.get("/feeds/site.atom")
        edit_article(article=article, editor=ada, source="New.", base_version=1)
        assert client.get("/feeds/site.atom", headers={"if-none-match": first["ETag"]}).status_code == 200

    def test_a_member_is_sent_what_everybody_is_as_long_as_it_is_right(self, client, client_of_ada, ada):
        path, thread = "/feeds/site.atom", ask(ada)
        with kept_pages():
            everybodys = client.get(path).content
            with statements() as sent:
                assert client_of_ada.get(path).content == everybodys
            assert not [each for each in sent if "content_post" in each]
            assert "Why XOR?" in titles(client_of_ada, path)
            Thread.objects.filter(pk=thread.pk).update(hidden_at=timezone.now())
            assert "Why XOR?" not in titles(client_of_ada, path)

    def test_what_few_read_is_not_kept_for_members(self, client_of_ada, ada):
        ask(ada)
        with kept_pages():
            for path, is_kept in (("/feeds/site.atom", True), ("/feeds/@ada.atom", False)):
                assert titles(client_of_ada, path)
                kept = parts.STORE.get(("feed", f"http://testserver{path}", "en"))
                assert (kept is not None) == is_kept

    def test_it_varies_by_language(self, client):
        assert "Accept-Language" in client.get("/feeds/site.atom")["Vary"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_the_queries_do_not_grow(client, ada, path, django_assert_max_num_queries):
    ask(ada)
    counts = []
    for size in (5, 40):
        while Thread.objects.count() < size:
            thread = ThreadFactory(author=ada, kind=Kind.QUESTION, category=Category.objects.get(slug="initialisation"))
            thread.tags.set(Thread.objects.earliest("pk").tags.all())
        with django_assert_max_num_queries(8) as queries:
            assert len(atom(client.get(f"{path}.atom")).findall(f"{ATOM}entry")) == min(size, 30)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("/", "/feeds/site.atom"),
        ("/latest/", "/feeds/site.atom"),
        ("/articles/", "/feeds/articles.atom"),
        ("/notes/", "/feeds/notes.atom"),
        ("/c/initialisation/", "/feeds/c/initialisation.atom"),
        ("/tags/xor/", "/feeds/tags/xor.atom"),
        ("/@ada/", "/feeds/@ada.atom"),
    ],
)
@pytest.mark.parametrize("format", ["atom", "rss"])
def test_a_page_names_its_feed_in_both_formats(client, ada, path, feed, format):
    ask(ada)
    head = html_of(client.get(path)).partition("</head>")[0]
    address = re.escape(feed.replace(".atom", f".{format}"))
    assert re.search(rf'<link rel="alternate" type="application/{format}\+xml" title="[^"]+" href="{address}">', head)


class TestFeedsOfKinds:
    def test_each_kind_has_its_own(self, client, ada, article):
        ask(ada)
        category = Category.objects.get(slug="meta")
        services.start_thread(author=ada, kind="discussion", title="Why at all?", source="x", category=category)
        services.start_thread(author=ada, kind="note", title="A note", source="x")
        for kind, title in {
            "questions": "Why XOR?",
            "discussions": "Why at all?",
            "articles": article.thread.title,
            "notes": "A note",
        }.items():
            assert titles(client, f"/feeds/{kind}.atom") == [title]
            assert rss(client.get(f"/feeds/{kind}.rss")).findtext("item/title") == title
            assert rss(client.get(f"/feeds/{kind}.rss")).findtext("link") == f"http://testserver/{kind}/"

    @pytest.mark.parametrize("kind", ["questions", "discussions", "articles", "notes"])
    def test_each_list_leads_to_its_own_and_to_no_other(self, client, db, kind):
        page = html_of(client.get(f"/{kind}/"))
        ours = page.partition("<footer")[0]
        assert set(re.findall(r'"(/feeds/[^"]+)"', ours)) == {f"/feeds/{kind}.atom", f"/feeds/{kind}.rss"}
        assert page.count(f'href="/feeds/{kind}.atom"') == 2

    def test_a_reader_that_has_it_is_told_so(self, client, article):
        for path in ("/feeds/articles.atom", f"/feeds/t/{article.pk}.rss"):
            etag = client.get(path)["ETag"]
            assert client.get(path, headers={"if-none-match": etag}).status_code == 304


class TestFeedOfAThread:
    def test_it_has_each_post_that_all_may_see(self, client, ada, bob, moderator):
        thread = ask(ada)
        answer = services.add_post(thread=thread, author=bob, source="Because.", role="answer")
        hidden = services.add_post(thread=thread, author=bob, source="Spam.", role="answer")
        services.hide_post(post=hidden, by=moderator)
        feed = atom(client.get(f"/feeds/t/{thread.pk}.atom"))
        entries = feed.findall(f"{ATOM}entry")
        assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Why XOR? #2", "Why XOR?"]
        assert entries[0].find(f"{ATOM}link").get("href") == f"http://testserver{answer.get_absolute_url()}"
        assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2
        assert "Spam" not in html_of(client.get(f"/feeds/t/{thread.pk}.rss"))

    def test_the_picture_and_summary_are_in_the_opening_alone(self, client, ada, bob):
        thread = start_article(author=ada, title="A", source="x", summary="In short.", publish=True).thread
        services.add_post(thread=thread, author=bob, source="Fine.")
        reply, opening = atom(client.get(f"/feeds/t/{thread.pk}.atom")).findall(f"{ATOM}entry")
        assert "In short." in opening.findtext(f"{ATOM}content")
        assert "In short." not in reply.findtext(f"{ATOM}content")

    def test_its_page_names_it_once_it_is_public(self, client, client_of_ada, ada):
        for kind in Kind.values:
            values = {"category": Category.objects.get(slug="meta")} if kind in ("question", "discussion") else {}
            thread = services.start_thread(author=ada, kind=kind, title="T", source="x", **values)
            address = f'href="/feeds/t/{thread.pk}.atom"'
            assert address in html_of(client.get(thread.get_absolute_url()))
            Thread.objects.filter(pk=thread.pk).update(published_at=None)
            assert address not in html_of(client_of_ada.get(thread.get_absolute_url()))
