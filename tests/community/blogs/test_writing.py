"""Writing articles and notes."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from community.blogs.models import Article
from community.blogs.services import edit_article
from community.content.models import Draft, Post, Thread
from community.media.models import Asset
from community.media.services import add_picture
from tests.factories import PersonFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


def png(size=(40, 20), colour="red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def picture(content=None, name="curve.png"):
    return SimpleUploadedFile(name, png() if content is None else content, content_type="image/png")


def errors(response) -> dict[str, list[str]]:
    return {name: list(said) for name, said in response.context["form"].errors.items()}


class TestWritingAnArticle:
    @pytest.mark.parametrize(("kind", "url"), [("article", "/articles/new/"), ("note", "/notes/new/")])
    def test_the_choice_leads_here(self, client_of_ada, kind, url):
        assert client_of_ada.get(f"/write/?kind={kind}").url == f"{url}?kind={kind}"

    def test_it_is_kept_as_a_draft_unless_published(self, client_of_ada, form):
        response = client_of_ada.post("/articles/new/", form())
        article = Article.objects.get()
        assert response.url == article.thread.get_absolute_url()
        assert article.thread.is_draft
        assert "Backward by hand" in html_of(client_of_ada.get("/drafts/"))

    def test_it_can_be_published_at_once_or_later(self, client_of_ada, form):
        client_of_ada.post("/articles/new/", form(publish="1"))
        assert not Thread.objects.get().is_draft
        client_of_ada.post("/articles/new/", form(title="Later"))
        later = Thread.objects.get(title="Later")
        assert client_of_ada.post(f"/articles/{later.pk}/publish/").url == later.get_absolute_url()
        later.refresh_from_db()
        assert not later.is_draft

    def test_a_double_click_is_one_article(self, client_of_ada, form):
        sent = form()
        first, second = (client_of_ada.post("/articles/new/", sent) for _each in range(2))
        assert (first.status_code, first.url) == (second.status_code, second.url)
        assert Article.objects.count() == 1

    @pytest.mark.parametrize(
        ("wrong", "field", "sentence"),
        [
            ({"title": ""}, "title", "Please add a title."),
            ({"source": ""}, "source", "There is no text yet. Write something first."),
            (
                {"source": "a\x00"},
                "source",
                "Line 1 contains an invisible control character (U+0000). Please remove it.",
            ),
            (
                {"source": "a" * 1_000_000},
                "source",
                "This has 1,000,000 characters; the limit is 100,000 characters.",
            ),
            ({"summary": "a" * 500}, "summary", "This has 500 characters; the limit is 400 characters."),
            ({"tags": "a b c d e f"}, "tags", "Use at most 5 tags."),
        ],
    )
    def test_a_refused_one_is_in_its_form_again(self, client_of_ada, form, wrong, field, sentence):
        response = client_of_ada.post("/articles/new/", form(**wrong))
        assert response.status_code == 422
        assert errors(response)[field] == [sentence]
        for name, value in (form() | wrong).items():
            if name != "submission":
                assert response.context["form"][name].value() == value
        assert not Thread.objects.exists()

    def test_the_preview_button_shows_the_page_and_keeps_the_text(self, client_of_ada, form):
        response = client_of_ada.post("/articles/new/", form(preview="1", kind="article"))
        assert "<math>" in html_of(response)
        assert response.context["form"]["summary"].value() == "Every number."
        assert not Thread.objects.exists()

    def test_an_unconfirmed_address_keeps_the_text(self, as_user, form, db):
        response = as_user(PersonFactory(email="")).post("/articles/new/", form())
        assert response.status_code == 422
        assert "confirm your email address" in errors(response)["__all__"][0]
        assert not Thread.objects.exists()

    def test_an_expired_session_keeps_the_text(self, client, ada, form):
        response = client.post("/articles/new/", form(source="Long thoughts."))
        assert response.url == "/accounts/login/?next=/articles/new/"
        client.force_login(ada)
        shown = client.get("/articles/new/").context["form"]
        assert (shown["source"].value(), shown["summary"].value()) == ("Long thoughts.", "Every number.")
        assert not Thread.objects.exists()

    def test_what_was_typed_is_there_again_and_goes_when_it_is_saved(self, client_of_ada, form):
        client_of_ada.post(
            "/drafts/save/",
            {"key": "new:article", "title": "T", "source": "S", "fields": {"summary": "Half", "tags": "x"}},
            content_type="application/json",
        )
        shown = client_of_ada.get("/articles/new/").context["form"]
        assert [shown[name].value() for name in ("title", "source", "summary", "tags")] == ["T", "S", "Half", "x"]
        client_of_ada.post("/articles/new/", form())
        assert not Draft.objects.exists()

    def test_a_forged_form_is_refused(self, ada, form):
        client = Client(enforce_csrf_checks=True)
        client.force_login(ada)
        assert client.post("/articles/new/", form()).status_code == 403
        assert not Thread.objects.exists()

    def test_reading_changes_nothing(self, client_of_ada, draft):
        for act in ("publish", "preview-link"):
            assert client_of_ada.get(f"/articles/{draft.pk}/{act}/").status_code in (404, 302, 405)
        draft.refresh_from_db()
        assert Thread.objects.get().is_draft

    def test_who_may_do_what(self, client, as_user, bob, moderator, draft, article):
        """Another author's draft is a 404; a published article is visible but cannot be changed."""
        for act in ("edit", "publish", "preview-link"):
            visitor = client.post(f"/articles/{article.pk}/{act}/", {})
            assert visitor.url.startswith("/accounts/login/")
            assert as_user(bob).post(f"/articles/{draft.pk}/{act}/", {}).status_code == 404
            assert as_user(moderator).post(f"/articles/{draft.pk}/{act}/", {}).status_code == 404
            assert as_user(bob).post(f"/articles/{article.pk}/{act}/", {}).status_code == 403
        assert as_user(moderator).get(f"/articles/{article.pk}/edit/").status_code == 200


class TestCover:
    def test_a_picture_stands_at_the_top(self, client_of_ada, client, form, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        client_of_ada.post("/articles/new/", form(cover=picture(), publish="1"))
        article = Article.objects.get()
        assert (article.cover.width, article.cover.height, article.cover.name) == (40, 20, "curve")
        page = html_of(client.get(article.thread.get_absolute_url()))
        assert f'<img src="{article.cover.get_absolute_url()}" width="40" height="20"' in page
        small = f'<img class="row-cover" src="{article.cover.get_absolute_url()}" width="144" height="96" alt=""'
        assert small in html_of(client.get("/articles/"))

    def test_it_outlives_a_refused_form(self, client_of_ada, form, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        response = client_of_ada.post("/articles/new/", form(cover=picture(), title=""))
        kept = response.context["form"]["cover_kept"].value()
        assert kept == Asset.objects.get().sha256
        client_of_ada.post("/articles/new/", form(cover_kept=kept))
        assert Article.objects.get().cover.sha256 == kept

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"<svg onload=alert(1)>", "This picture could not be read. Use a JPEG, PNG, GIF or WebP file."),
            (
                b"\x89PNG\r\n\x1a\n" + b"0" * (5 * 1024 * 1024),
                "This picture is larger than 5 MB. Make it smaller and try again.",
            ),
        ],
    )
    def test_what_is_no_picture_is_said_beside_it(self, client_of_ada, form, content, sentence):
        response = client_of_ada.post("/articles/new/", form(cover=picture(content)))
        assert (response.status_code, errors(response)["cover"]) == (422, [sentence])
        assert not Article.objects.exists()

    def test_another_persons_picture_cannot_be_named(self, client_of_ada, form, bob, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        theirs = add_picture(owner=bob, content=png(colour="blue"))
        client_of_ada.post("/articles/new/", form(cover_kept=theirs.sha256))
        assert Article.objects.get().cover is None

    def test_it_stays_in_an_edit_and_can_be_left_out(self, client_of_ada, as_user, moderator, form, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        client_of_ada.post("/articles/new/", form(cover=picture(), publish="1"))
        article = Article.objects.get()
        url = f"/articles/{article.pk}/edit/"
        kept = article.cover.sha256
        as_user(moderator).post(url, form(base_version="1", source="Mended.", cover_kept=kept))
        assert Article.objects.get().cover.sha256 == kept
        client_of_ada.post(url, form(base_version="2", cover_kept=kept, no_cover="on"))
        assert Article.objects.get().cover is None


class TestEditing:
    def test_the_form_begins_with_what_is_there(self, client_of_ada, article):
        shown = client_of_ada.get(f"/articles/{article.pk}/edit/").context["form"]
        assert [shown[name].value() for name in ("title", "summary", "tags", "base_version")] == [
            "Backward by hand",
            "Every number.",
            "xor",
            1,
        ]

    def test_the_forums_way_leads_here(self, client_of_ada, article):
        post = Post.objects.get()
        assert client_of_ada.get(f"/posts/{post.pk}/edit/").url == f"/articles/{article.pk}/edit/"

    def test_it_is_saved(self, client_of_ada, article, form):
        sent = form(base_version="1", source="Better.", summary="Less.", tags="mse", reason="A slip")
        response = client_of_ada.post(f"/articles/{article.pk}/edit/", sent)
        article.refresh_from_db()
        assert response.url == article.thread.get_absolute_url()
        assert (article.summary, [tag.name for tag in article.thread.tags.all()]) == ("Less.", ["mse"])
        assert Post.objects.get().revisions.get().reason == "A slip"

    def test_a_draft_is_thrown_away_and_brought_back(self, client_of_ada, draft):
        post = draft.thread.posts.get()
        address = f"/posts/{post.pk}/delete/"
        assert f'action="{address}"' in html_of(client_of_ada.get(draft.thread.get_absolute_url()))
        page = html_of(client_of_ada.post(address, follow=True))
        assert f'action="/posts/{post.pk}/restore/"' in page and f'action="{address}"' not in page
        assert "/publish/" not in page
        assert list(client_of_ada.get("/drafts/").context["threads"]) == []

    def test_a_draft_is_saved_and_published_with_one_button(self, client_of_ada, draft, form):
        client_of_ada.post(f"/articles/{draft.pk}/edit/", form(base_version="1", source="Done.", publish="1"))
        assert (Thread.objects.get().is_draft, Post.objects.get().source) == (False, "Done.\n")

    def test_the_second_of_two_editors_keeps_their_text_and_sees_the_difference(
        self, client_of_ada, ada, article, form
    ):
        edit_article(article=article, editor=ada, source="The first text.", base_version=1)
        url = f"/articles/{article.pk}/edit/"
        response = client_of_ada.post(url, form(base_version="1", source="The second text.", summary="Mine."))
        page = html_of(response)
        assert response.status_code == 409
        assert "<del>first</del>" in page
        assert "<ins>second</ins>" in page
        shown = response.context["form"]
        assert (shown["source"].value(), shown["summary"].value()) == ("The second text.", "Mine.")
        assert Post.objects.get().source == "The first text.\n"
        again = form(base_version=shown["base_version"].value(), source="The second text.", summary="Mine.")
        assert client_of_ada.post(url, again).status_code == 302
        assert Post.objects.get().source == "The second text.\n"

    def test_a_summary_of_another_tab_is_replaced_only_by_who_has_seen_it(self, client_of_ada, article, form):
        url, base = f"/articles/{article.pk}/edit/", {"base_version": "1", "base_summary": "Every number."}
        client_of_ada.post(url, form(**base, summary="Every number of a small network."))
        client_of_ada.post(url, form(**base, source="Longer."))
        assert Article.objects.get().summary == "Every number of a small network."
        refused = client_of_ada.post(url, form(**base | {"base_version": "2"}, source="Longer.", summary="Mine."))
        assert (refused.status_code, errors(refused)["summary"]) == (
            422,
            ["The summary was changed in the meantime to “Every number of a small network.”. "
             "Save again to replace it with yours."],
        )  # fmt: skip
        again = {name: refused.context["form"][name].value() for name in ("base_version", "base_summary", "summary")}
        assert client_of_ada.post(url, form(**again, source="Longer.")).status_code == 302
        assert Article.objects.get().summary == "Mine."

    def test_a_cover_of_another_tab_stays(self, client_of_ada, article, form, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        url, begun = f"/articles/{article.pk}/edit/", client_of_ada.get(f"/articles/{article.pk}/edit/").context["form"]
        base = {name: begun[name].value() for name in ("base_version", "base_summary", "base_cover", "cover_kept")}
        client_of_ada.post(url, form(**base, cover=picture()))
        client_of_ada.post(url, form(**base, source="Longer."))
        assert Article.objects.get().cover is not None
        assert Post.objects.get().source == "Longer.\n"

    def test_a_refused_edit_changes_nothing(self, client_of_ada, article, form):
        response = client_of_ada.post(f"/articles/{article.pk}/edit/", form(base_version="1", source="", summary="X"))
        assert (response.status_code, list(errors(response))) == (422, ["source"])
        assert Article.objects.get().summary == "Every number."

    @pytest.mark.parametrize("version", ["", "0", "-3", "x", "9" * 30])
    def test_a_version_that_was_tampered_with_is_refused(self, client_of_ada, article, form, version):
        response = client_of_ada.post(f"/articles/{article.pk}/edit/", form(base_version=version, source="No."))
        assert response.status_code == 422
        assert Post.objects.get().version == 1


class TestWritingANote:
    @staticmethod
    def note(**fields):
        return {
            "source": "$\\sigma' \\le 1/4$",
            "tags": "",
            "submission": str(uuid.uuid4()),
            "draft_key": "new:note",
        } | fields

    def test_it_needs_no_title(self, client_of_ada):
        response = client_of_ada.post("/notes/new/", self.note())
        thread = Thread.objects.get()
        assert response.url == f"/notes/{thread.pk}/"
        assert (thread.kind, thread.title, thread.is_draft) == ("note", "", False)

    def test_it_may_have_one(self, client_of_ada):
        client_of_ada.post("/notes/new/", self.note(title="A bound"))
        assert Thread.objects.get().title == "A bound"

    def test_it_may_be_kept(self, client_of_ada, client):
        response = client_of_ada.post("/notes/new/", self.note(keep="1"))
        assert Thread.objects.get().is_draft
        assert client.get(response.url).status_code == 404
        assert "Only you can see this draft." in html_of(client_of_ada.get(response.url))

    def test_a_double_click_is_one_note(self, client_of_ada):
        sent = self.note()
        assert client_of_ada.post("/notes/new/", sent).url == client_of_ada.post("/notes/new/", sent).url
        assert Thread.objects.count() == 1

    def test_a_long_one_is_refused_with_its_length(self, client_of_ada):
        response = client_of_ada.post("/notes/new/", self.note(source="a" * 5_001))
        assert errors(response) == {"source": ["This has 5,001 characters; the limit is 5,000 characters."]}
        assert not Thread.objects.exists()

    def test_an_expired_session_keeps_the_text(self, client, ada):
        client.post("/notes/new/", self.note(source="Half a thought"))
        client.force_login(ada)
        assert client.get("/notes/new/").context["form"]["source"].value() == "Half a thought"

    def test_its_title_can_be_given_and_taken_later(self, client_of_ada, note):
        post = Post.objects.get()
        edit = {"base_version": "1", "source": "Now $x$.", "tags": "", "title": "Named", "draft_key": f"edit:{post.pk}"}
        assert client_of_ada.post(f"/posts/{post.pk}/edit/", edit).url == note.get_absolute_url()
        assert Thread.objects.get().title == "Named"
        client_of_ada.post(f"/posts/{post.pk}/edit/", edit | {"base_version": "2", "title": ""})
        assert Thread.objects.get().title == ""
