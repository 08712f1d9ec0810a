import pytest


class TestSmoke:
    def test_all(self, client_of_ada, client, article, draft, note, form):
        for url in (
            "/articles/", "/notes/", article.thread.get_absolute_url(), note.get_absolute_url(),
            "/feeds/site.atom", "/feeds/site.rss", "/feeds/@ada.atom", "/feeds/tags/xor.rss", "/feeds/c/meta.atom",
            draft.preview_url,
        ):
            assert client.get(url).status_code == 200, url
            assert client_of_ada.get(url).status_code == 200, url
        for url in (draft.thread.get_absolute_url(), "/articles/new/", "/notes/new/", f"/articles/{article.pk}/edit/"):
            assert client_of_ada.get(url).status_code == 200, url
