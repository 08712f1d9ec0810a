"""The writing page and the edit page for every kind."""

import uuid

import pytest

from community.blogs.services import edit_article, start_article
from community.content.models import Kind, Post, Thread
from community.content.services import after_save
from community.content.views.writing import write_page
from tests.html import html_of

PLACES = {
    "question": "/write/?kind=question",
    "discussion": "/write/?kind=discussion",
    "article": "/articles/new/",
    "note": "/notes/new/",
}
kinds = pytest.mark.parametrize("kind", PLACES)


@pytest.fixture
def client_of_ada(ada, as_user):
    return as_user(ada)


def fields(kind: str, **more) -> dict[str, str]:
    sent = {"title": "Why XOR?", "source": "Because $x$.", "tags": "xor", "submission": str(uuid.uuid4())}
    return sent | ({"category": "initialisation"} if kind in ("question", "discussion") else {}) | more


def templates(response) -> list[str]:
    return [template.name for template in response.templates if template.name]


@kinds
def test_every_kind_is_written_on_the_one_page(client_of_ada, kind):
    page = client_of_ada.get(PLACES[kind])
    assert "content/write.html" in templates(page)
    assert f'action="{PLACES[kind]}"' in page.content.decode()
    assert page.context["words"] == Thread(kind=kind).words


@kinds
def test_nothing_is_between_a_field_and_the_editor_which_keep_their_distance(client_of_ada, kind):
    """Their distance is a rule for neighbours."""
    before = html_of(client_of_ada.get(PLACES[kind])).split('<div class="editor">')[0].rstrip()
    assert before.endswith("</p>" if kind == "question" else "</div>")  # the button of a question's template


def test_no_kind_is_forgotten():
    assert set(PLACES) == set(Kind.values)
    assert callable(write_page)


@kinds
def test_a_form_sent_twice_without_script_is_one_thread(client_of_ada, kind):
    sent = fields(kind)
    first, second = client_of_ada.post(PLACES[kind], sent), client_of_ada.post(PLACES[kind], sent)
    assert (first.status_code, first.url) == (302, second.url)
    assert Thread.objects.count() == 1


@kinds
def test_a_form_sent_again_with_another_title_keeps_the_title_and_says_so(client_of_ada, kind):
    sent = fields(kind)
    client_of_ada.post(PLACES[kind], sent)
    page = client_of_ada.post(PLACES[kind], sent | {"title": "Why not XOR?"})
    assert (page.status_code, page.context["form"]["title"].value()) == (422, "Why not XOR?")
    assert Thread.objects.get().title == "Why XOR?"


@kinds
def test_a_form_kept_as_a_draft_and_sent_again_to_publish_is_published(client_of_ada, kind):
    kept, published = ({}, {"publish": "1"}) if kind == "article" else ({"keep": "1"}, {})
    sent = fields(kind)
    client_of_ada.post(PLACES[kind], sent | kept)
    assert Thread.objects.get().is_draft
    client_of_ada.post(PLACES[kind], sent | published)
    assert not Thread.objects.get().is_draft


@kinds
def test_a_preview_keeps_every_box_and_writes_nothing(client_of_ada, kind):
    page = client_of_ada.post(PLACES[kind], fields(kind, preview="1"))
    assert page.status_code == 200
    assert "<math>" in page.context["page_html"]
    assert [page.context["form"][name].value() for name in ("title", "tags")] == ["Why XOR?", "xor"]
    assert not Thread.objects.exists()


@kinds
def test_a_preview_of_a_text_that_is_too_long_says_so_beside_it(client_of_ada, kind):
    long = "x" * 200_001
    page = client_of_ada.post(PLACES[kind], fields(kind, preview="1", source=long))
    assert (page.status_code, page.context["page_html"]) == (200, "")
    assert page.context["form"]["source"].value() == long
    assert "the limit is" in page.context["form"].errors["source"][0]


@kinds
def test_a_draft_of_any_kind_is_saved_and_published_with_one_button(client_of_ada, kind):
    client_of_ada.post(PLACES[kind], fields(kind) | ({} if kind == "article" else {"keep": "1"}))
    post = Post.objects.get()
    address = f"/articles/{post.thread_id}/edit/" if kind == "article" else f"/posts/{post.pk}/edit/"
    page = client_of_ada.get(address)
    assert "content/edit.html" in templates(page)
    assert "Save and publish" in page.content.decode()
    client_of_ada.post(address, fields(kind, source="Better.", base_version="1", publish="1"))
    post = Post.objects.select_related("thread").get()
    assert (post.source, post.thread.is_draft) == ("Better.\n", False)


def test_an_edit_is_not_saved_when_it_cannot_be_published(ada, monkeypatch):
    article = start_article(author=ada, title="By hand", source="First.")

    def fail(_post):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(after_save, "announce", fail)
    with pytest.raises(RuntimeError):
        edit_article(article=article, editor=ada, source="Second.", base_version=1, publish=True)
    post = Post.objects.select_related("thread").get()
    assert (post.source, post.version, post.thread.is_draft) == ("First.\n", 1, True)


def test_an_edit_of_a_reply_never_publishes_its_thread(client_of_ada, ada):
    thread = start_article(author=ada, title="By hand", source="First.").thread
    reply = Post.objects.create(thread=thread, author=ada, number=2, role="comment", source="A reply.")
    page = client_of_ada.get(f"/posts/{reply.pk}/edit/").content.decode()
    assert "Save and publish" not in page
    client_of_ada.post(f"/posts/{reply.pk}/edit/", {"source": "Another.", "base_version": "1", "publish": "1"})
    assert Post.objects.get(pk=reply.pk).source == "Another.\n"
    assert Thread.objects.get().is_draft


class TestCategory:
    @pytest.mark.parametrize("kind", ["question", "discussion"])
    def test_nobody_chooses_it_for_the_writer(self, client_of_ada, kind):
        select = client_of_ada.get(PLACES[kind]).context["form"]["category"]
        assert (select.value(), select.field.choices[0]) == (None, ("", "Choose a category"))

    @pytest.mark.parametrize("kind", ["question", "discussion"])
    def test_without_one_nothing_is_posted_and_a_sentence_says_so(self, client_of_ada, kind):
        page = client_of_ada.post(PLACES[kind], fields(kind, category=""))
        assert page.status_code == 422
        assert page.context["form"].errors == {"category": ["Choose a category."]}
        assert not Thread.objects.exists()

    @pytest.mark.parametrize("kind", ["article", "note"])
    def test_articles_and_notes_have_none(self, client_of_ada, kind):
        assert "category" not in client_of_ada.get(PLACES[kind]).context["form"].fields


@kinds
def test_a_preview_asks_for_no_category(client_of_ada, kind):
    assert b'name="preview" value="1" formnovalidate' in client_of_ada.get(PLACES[kind]).content
    page = client_of_ada.post(PLACES[kind], fields(kind, category="", preview="1"))
    assert page.status_code == 200 and b"<math" in page.content
