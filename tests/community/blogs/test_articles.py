"""Article and note pages."""

import re

import pytest
from django.utils import timezone

from community.blogs.services import publish_article, renew_preview_link, start_article
from community.content import services
from community.content.models import Kind, Post, Thread
from tests.factories import CommentFactory, PersonFactory, ThreadFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


def opening(thread):
    return Post.objects.select_related("thread", "author").get(thread=thread, number=1)


def stable(response) -> bytes:
    """Return a page without the requested URL."""
    return re.sub(rb'(next=|name="next" value=")[^"]*', b"", response.content)


class TestWhoSeesAnArticle:
    @pytest.mark.parametrize(
        ("state", "wanted"),
        [
            ("published", {"visitor": 200, "other": 200, "author": 200, "moderator": 200}),
            ("draft", {"visitor": 404, "other": 404, "author": 200, "moderator": 404}),
            ("hidden", {"visitor": 404, "other": 404, "author": 200, "moderator": 200}),
            ("deleted", {"visitor": 404, "other": 404, "author": 200, "moderator": 200}),
        ],
    )
    def test_by_state(self, client, as_user, ada, bob, moderator, state, wanted):
        kept = start_article(author=ada, title="A", source="Text.", publish=state != "draft")
        if state == "hidden":
            services.hide_post(post=opening(kept.thread), by=moderator)
        if state == "deleted":
            services.delete_post(post=opening(kept.thread), by=ada)
        url = kept.thread.get_absolute_url()
        readers = {"visitor": client, "other": as_user(bob), "author": as_user(ada), "moderator": as_user(moderator)}
        assert {name: reader.get(url).status_code for name, reader in readers.items()} == wanted

    def test_anothers_draft_looks_like_nothing(self, client, draft):
        there = client.get(draft.thread.get_absolute_url())
        nowhere = client.get("/articles/999999/nothing/")
        assert (there.status_code, stable(there)) == (404, stable(nowhere))


class TestArticlePage:
    def test_a_wrong_slug_leads_to_the_right_one_with_its_query(self, client, article):
        response = client.get(f"/articles/{article.pk}/old-title/?order=newest")
        assert (response.status_code, response.url) == (302, f"{article.thread.get_absolute_url()}?order=newest")

    def test_it_says_who_when_and_how_long(self, client, article):
        page = html_of(client.get(article.thread.get_absolute_url()))
        assert "1 min read" in page
        assert '<p class="article-lead" lang="en">Every number.</p>' in page
        assert '<link rel="alternate" type="application/atom+xml" title="ada" href="/feeds/@ada.atom">' in page

    def test_the_contents_lead_to_the_headings(self, client, article):
        page = html_of(client.get(article.thread.get_absolute_url()))
        beside = page[page.index('class="toc toc-beside"') : page.index("</nav>", page.index("toc-beside"))]
        ids = re.findall(r'href="#([^"]+)"', beside)
        assert len(ids) == 3
        assert all(f'id="{each}"' in page for each in ids)
        assert '<span class="toc-number">1</span> <span>Forward</span>' in beside

    def test_an_article_without_headings_has_no_contents(self, client, ada):
        kept = start_article(author=ada, title="Short", source="Two words.", publish=True)
        assert "toc-beside" not in html_of(client.get(kept.thread.get_absolute_url()))

    def test_a_thread_that_came_without_an_article_is_shown(self, client):
        thread = ThreadFactory(kind=Kind.ARTICLE)
        assert client.get(thread.get_absolute_url()).status_code == 200
        assert client.get("/articles/").status_code == 200

    def test_a_revision_is_told_and_leads_to_the_history(self, client, ada, article):
        from community.blogs.services import edit_article

        edit_article(article=article, editor=ada, source="Now better.", base_version=1, reason="better")
        page = html_of(client.get(article.thread.get_absolute_url()))
        assert f'href="/posts/{opening(article.thread).pk}/history/">revised' in page

    def test_a_draft_says_so_and_is_for_no_search_engine(self, client_of_ada, draft):
        response = client_of_ada.get(draft.thread.get_absolute_url())
        assert response["X-Robots-Tag"] == "noindex"
        page = html_of(response)
        assert f"http://testserver/articles/preview/{draft.preview_token}/" in page
        assert "can see this draft" in page
        assert 'id="replies"' not in page

    def test_a_title_is_never_markup(self, client, ada):
        kept = start_article(author=ada, title="<script>x</script>", source="x", summary="<b>&</b>", publish=True)
        for url in (kept.thread.get_absolute_url(), "/articles/"):
            page = html_of(client.get(url))
            assert "<script>x" not in page
            assert "<b>&</b>" not in page

    def test_a_question_is_no_article(self, client, ada):
        question = services.start_thread(author=ada, kind="question", title="Q", source="x")
        assert client.get(f"/articles/{question.pk}/q/").status_code == 404
        assert client.get(f"/notes/{question.pk}/").status_code == 404


class TestComments:
    def test_a_comment_leads_to_itself_marked(self, client_of_ada, article):
        response = client_of_ada.post(f"/threads/{article.pk}/reply/", {"source": "Good."})
        post = Post.objects.get(number=2)
        assert response.url == f"{article.thread.get_absolute_url()}?post=2#post-2"
        page = client_of_ada.get(response.url)
        assert page.context["discussion"].marked == 2
        assert 'class="post marked" id="post-2"' in html_of(page)
        assert post.role == "comment"

    def test_the_permalink_of_a_far_comment_opens_its_page_without_the_text(self, client, article):
        for _each in range(45):
            CommentFactory(thread=article.thread)
        page = html_of(client.get(f"{article.thread.get_absolute_url()}?post=44"))
        assert 'id="post-44"' in page
        assert 'id="post-1"' not in page
        assert "You are further down in the comments." in page

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("?post=abc", 200),
            ("?post=99", 404),
            ("?post=-1", 200),
            ("?post=9999999999999", 200),
            ("?post=٣", 200),
            ("?after=forged", 400),
            ("?before=forged", 400),
            ("?order=nonsense", 200),
        ],
    )
    def test_addresses_that_were_tampered_with(self, client, article, note, query, status):
        assert client.get(article.thread.get_absolute_url() + query).status_code == status
        assert client.get(note.get_absolute_url() + query).status_code == status

    @pytest.mark.parametrize("kind", ["article", "note"])
    def test_its_replies_can_be_followed(self, as_user, bob, article, note, kind):
        thread = article.thread if kind == "article" else note
        browser = as_user(bob)
        wish = {"kind": "thread", "id": thread.pk, "level": "3"}
        page = html_of(browser.get(thread.get_absolute_url())).partition('id="replies"')[2]
        assert f'name="kind" value="thread"><input type="hidden" name="id" value="{thread.pk}">' in page
        browser.post("/follow/", wish)
        page = html_of(browser.get(thread.get_absolute_url())).partition('id="replies"')[2]
        assert 'value="1" aria-pressed="true">Watching ' in page

    def test_a_draft_takes_no_comment(self, client_of_ada, draft):
        client_of_ada.post(f"/threads/{draft.pk}/reply/", {"source": "Good."})
        assert Post.objects.count() == 1


class TestPreviewLink:
    def test_whoever_has_it_reads_the_draft(self, client, draft):
        response = client.get(draft.preview_url)
        page = html_of(response)
        assert "The gradient is" in page
        assert "A draft by ada, shown to you through its link." in page
        assert response["X-Robots-Tag"] == "noindex"
        assert "no-store" in response["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in page

    def test_its_forms_are_sent_with_their_origin(self, client, draft):
        response = client.get(draft.preview_url)
        assert response["Referrer-Policy"] == "same-origin"  # no other site learns the address of the draft
        assert 'name="referrer"' not in html_of(response)  # "no-referrer" makes browsers send "Origin: null"

    def test_it_offers_nothing_that_changes_the_draft(self, client, draft):
        page = html_of(client.get(draft.preview_url))
        assert "/edit/" not in page
        assert "/publish/" not in page
        assert draft.thread.get_absolute_url() not in page

    @pytest.mark.parametrize("token", ["x", "A" * 32, "A" * 300, "李雷", "' or 1=1 --"])
    def test_a_wrong_token_looks_like_nothing(self, client, draft, token):
        wrong = client.get(f"/articles/preview/{token}/")
        nowhere = client.get("/articles/999999/nothing/")
        assert wrong.status_code == 404
        assert stable(wrong) == stable(nowhere)

    def test_after_publication_it_leads_to_the_article(self, client, draft, ada):
        publish_article(article=draft, by=ada)
        assert client.get(draft.preview_url).url == draft.thread.get_absolute_url()

    def test_a_new_link_closes_the_old_one(self, client, client_of_ada, draft):
        old = draft.preview_url
        response = client_of_ada.post(f"/articles/{draft.pk}/preview-link/")
        assert response.url == draft.thread.get_absolute_url()
        draft.refresh_from_db()
        assert client.get(old).status_code == 404
        assert client.get(draft.preview_url).status_code == 200

    def test_a_deleted_or_hidden_draft_is_shown_to_nobody(self, client, draft, ada):
        services.delete_post(post=opening(draft.thread), by=ada)
        assert client.get(draft.preview_url).status_code == 404
        Thread.objects.update(deleted_at=None, hidden_at=timezone.now())
        assert client.get(draft.preview_url).status_code == 404

    def test_it_is_not_told_to_others(self, as_user, bob, draft):
        assert as_user(bob).post(f"/articles/{draft.pk}/preview-link/").status_code == 404
        assert renew_preview_link(article=draft, by=draft.thread.author)


class TestLists:
    def test_newest_first_and_by_score(self, client, ada):
        kept = [start_article(author=ada, title=f"Number {n}", source="x", publish=True).thread for n in range(3)]
        Thread.objects.filter(pk=kept[0].pk).update(score=5)
        assert [thread.title for thread in client.get("/articles/").context["page"]] == [
            "Number 2",
            "Number 1",
            "Number 0",
        ]
        top = [thread.title for thread in client.get("/articles/?order=top").context["page"]]
        assert top == ["Number 0", "Number 2", "Number 1"]

    @pytest.mark.parametrize(("path", "kind"), [("/articles/", "article"), ("/notes/", "note")])
    def test_by_the_newest_post(self, client, bob, path, kind):
        first, second = (ThreadFactory(kind=kind) for _each in range(2))
        CommentFactory(thread=first, author=bob)
        page = client.get(f"{path}?order=latest")
        assert list(page.context["page"]) == [first, second]
        assert ("Latest", "?order=latest", True) in page.context["tabs"]
        row = html_of(page).partition("<main")[2].partition("</article>")[0]
        assert kind == "note" or "/@bob/" in row

    def test_a_row_has_two_facts(self, client, ada):
        start_article(author=ada, title="By hand", source="x", publish=True)
        line = html_of(client.get("/articles/")).partition('class="row-line">')[2].partition("</p>")[0]
        assert len(re.findall("<span", line)) == 2 and "1 min read" in line

    def test_what_to_read_next_is_before_the_comments(self, client, ada):
        article = start_article(author=ada, title="By hand", source="x", publish=True)
        page = html_of(client.get(article.thread.get_absolute_url()))
        assert page.index("Read next") < page.index('id="replies"')

    def test_no_draft_hidden_or_deleted_one_not_even_their_authors(self, client_of_ada, ada, moderator, draft):
        hidden, deleted = (start_article(author=ada, title=name, source="x", publish=True) for name in ("H", "D"))
        services.hide_post(post=opening(hidden.thread), by=moderator)
        services.delete_post(post=opening(deleted.thread), by=ada)
        assert list(client_of_ada.get("/articles/").context["page"]) == []

    @pytest.mark.parametrize(("path", "kind"), [("/articles/", "article"), ("/notes/", "note")])
    def test_every_row_once_while_new_ones_arrive(self, client, path, kind):
        made = [ThreadFactory(kind=kind).pk for _each in range(34)]
        seen, query = [], ""
        while True:
            page = client.get(path + query).context["page"]
            seen += [thread.pk for thread in page]
            ThreadFactory(kind=kind)
            query = page.next_query
            if not query:
                break
        assert seen == sorted(made, reverse=True)

    def test_an_empty_list_gives_the_first_step(self, client):
        assert "/articles/new/" in html_of(client.get("/articles/"))
        assert "No notes yet" in html_of(client.get("/notes/"))

    def test_a_note_is_read_in_the_list(self, client, note):
        page = html_of(client.get("/notes/"))
        assert "<math>" in page
        assert f'href="{note.get_absolute_url()}"' in page

    def test_both_languages(self, client, article, note):
        client.cookies["language"] = "zh-hans"
        for url in ("/articles/", "/notes/", article.thread.get_absolute_url(), note.get_absolute_url()):
            assert '<html lang="zh-Hans"' in html_of(client.get(url))


def test_the_bytes_of_an_article_are_few(client, ada):
    import gzip

    source = "## Part\n\n" + "The gradient is $\\frac{\\partial L}{\\partial W} = \\delta a^T$.\n\n" * 200
    kept = start_article(author=ada, title="Long", source=source, publish=True)
    assert len(gzip.compress(client.get(kept.thread.get_absolute_url()).content)) < 20_000


def test_everyone_is_told_that_there_is_a_person_behind_a_script_name(client, db):
    author = PersonFactory(handle="李雷")
    kept = start_article(author=author, title="反向传播", source="一", publish=True)
    assert kept.thread.get_absolute_url() == f"/articles/{kept.pk}/%E5%8F%8D%E5%90%91%E4%BC%A0%E6%92%AD/"
    page = html_of(client.get(kept.thread.get_absolute_url()))
    assert '<h1 lang="zh-Hans">反向传播</h1>' in page
