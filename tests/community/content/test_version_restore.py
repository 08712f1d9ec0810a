"""An earlier version becomes the newest again: who can do it, what is kept, and what a change in between does."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from community.blogs.services import start_article
from community.content import services
from community.content.models import Post, Revision, Thread
from tests.factories import ModeratorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(ada) -> Post:
    """A question whose title and text were changed twice."""
    thread = services.start_thread(author=ada, kind="question", title="First title", source="First $x$.", tags=["xor"])
    found = thread.posts.get()
    _make_older()
    for n, word in ((1, "Second"), (2, "Third")):
        found = services.edit_post(
            post=found, editor=ada, title=f"{word} title", source=f"{word} text.", base_version=n
        )
        _make_older()
    return found


def _make_older() -> None:
    """What is edited within minutes is only corrected."""
    a_day_ago = timezone.now() - timedelta(days=1)
    Post.objects.update(created_at=a_day_ago, edited_at=a_day_ago)


def restore(client, post, number=1, base=3):
    return client.post(f"/posts/{post.pk}/history/{number}/restore/", {"base_version": base})


def text_of(post):
    again = Post.objects.select_related("thread").get(pk=post.pk)
    return again.version, again.thread.title, again.source


def test_its_author_restores_title_and_text_as_a_new_version(ada, as_user, post):
    response = restore(as_user(ada), post)
    again = Post.objects.get(pk=post.pk)
    assert (response.status_code, response.url) == (302, Thread.objects.get().get_absolute_url())
    assert text_of(post) == (4, "First title", "First $x$.\n")
    assert "<math" in again.html and again.edited_at is not None
    kept = Revision.objects.filter(post=post).order_by("number").values_list("number", "title", "source", "reason")
    assert list(kept) == [
        (1, "First title", "First $x$.\n", ""),
        (2, "Second title", "Second text.\n", ""),
        (3, "Third title", "Third text.\n", "restored:1"),
    ]
    page = as_user(ada).get(f"/posts/{post.pk}/history/").content.decode()
    assert "“Restored version 1”" in page and list(Thread.objects.get().tags.values_list("slug", flat=True)) == ["xor"]


@pytest.mark.parametrize("typed", ["restored:1", "suggested:bob"])
def test_a_reason_that_a_person_typed_is_never_said_as_one_of_the_site(ada, post, client, typed):
    services.edit_post(post=post, editor=ada, source="Fourth.", base_version=3, reason=typed)
    page = client.get(f"/posts/{post.pk}/history/").content.decode()
    assert typed[1:] in page and "Restored version" not in page and "After a suggestion" not in page


def test_the_reason_is_said_in_the_language_of_each_reader(ada, as_user, post, client):
    restore(as_user(ada), post)
    services.edit_post(post=post, editor=ada, source="Fifth.", base_version=4, reason="restored: my words")
    page = client.get(f"/posts/{post.pk}/history/", {"version": 4}, headers={"Accept-Language": "zh-hans"})
    words = page.content.decode()
    assert "“恢复了第 1 版”" in words and "restored:1" not in words
    assert "restored: my words" in words


def test_the_button_is_on_earlier_versions_for_the_author_alone(ada, bob, as_user, post, client):
    address, button = f"/posts/{post.pk}/history/", "Restore this version"

    def has_button(reader, version):
        return button in reader.get(address, {"version": version}).content.decode()

    assert [has_button(as_user(ada), version) for version in (1, 2, 3)] == [True, True, False]
    assert [has_button(reader, 1) for reader in (as_user(bob), as_user(ModeratorFactory()), client)] == [False] * 3


def test_a_change_in_between_is_told_and_nothing_is_saved(ada, as_user, post):
    services.edit_post(post=post, editor=ada, source="Fourth text.", base_version=3)
    page = restore(as_user(ada), post, number=1, base=3)
    words = page.content.decode()
    assert page.status_code == 409 and "This post was changed in the meantime." in words
    assert text_of(post) == (4, "Third title", "Fourth text.\n")
    assert 'name="base_version" value="4"' in words and "First $x$" in words  # the next press knows of the change
    assert restore(as_user(ada), post, number=1, base=4).status_code == 302
    assert text_of(post) == (5, "First title", "First $x$.\n")


def test_the_links_of_that_page_lead_to_the_history(ada, as_user, post):
    reader = as_user(ada)
    services.edit_post(post=post, editor=ada, source="Fourth text.", base_version=3)
    words = restore(reader, post, number=1, base=3).content.decode()
    links = [unescape(link) for link in re.findall(r'href="([^"]*\?version=[^"]*)"', words)]
    assert links == [f"/posts/{post.pk}/history/?version={query}" for query in ("1", "1&as=page", "4", "3", "2", "1")]
    assert {reader.get(link).status_code for link in links} == {200}


def test_who_has_to_sign_in_first_comes_back_to_the_history(client, post):
    address = f"/posts/{post.pk}/history/"
    response = restore(client, post)
    assert response.status_code == 302 and parse_qs(urlsplit(response.url).query) == {"next": [address]}
    assert client.get(address).status_code == 200


def test_a_version_equal_to_the_newest_changes_nothing(ada, as_user, post):
    assert restore(as_user(ada), post, number=3).status_code == 302
    assert text_of(post) == (3, "Third title", "Third text.\n")


@pytest.mark.parametrize(
    ("number", "base", "status"), [(9, 3, 404), (0, 3, 404), (1, "", 422), (1, "x", 422), (1, -1, 422)]
)
def test_what_is_no_version_restores_nothing(ada, as_user, post, number, base, status):
    assert restore(as_user(ada), post, number, base).status_code == status
    assert text_of(post) == (3, "Third title", "Third text.\n")


@pytest.mark.parametrize("state", [{"hidden_at": timezone.now()}, {"deleted_at": timezone.now()}])
def test_what_cannot_be_edited_cannot_be_restored(ada, bob, as_user, post, state):
    assert restore(as_user(bob), post).status_code == 403
    Post.objects.filter(pk=post.pk).update(**state)
    assert restore(as_user(ada), post).status_code == 403
    assert text_of(post) == (3, "Third title", "Third text.\n")


def test_nor_in_a_closed_thread(ada, as_user, post):
    Thread.objects.update(locked_at=timezone.now())
    assert restore(as_user(ada), post).status_code == 403


def test_an_answer_is_restored_without_the_title_of_its_thread(ada, bob, as_user, post):
    answer = services.add_post(thread=post.thread, author=bob, source="One.", role="answer")
    answer = services.edit_post(post=answer, editor=bob, source="Two.", base_version=1, reason="Clearer")
    response = restore(as_user(bob), answer, number=1, base=2)
    assert response.url == answer.get_absolute_url()
    assert text_of(answer) == (3, "Third title", "One.\n")


def test_a_restored_article_has_a_revision_date(ada, as_user):
    article = start_article(author=ada, title="A", source="One.", publish=True)
    post = article.thread.posts.get()
    services.edit_post(post=post, editor=ada, source="Two.", base_version=1, reason="Clearer")
    assert restore(as_user(ada), post, number=1, base=2).status_code == 302
    article.refresh_from_db()
    assert text_of(post) == (3, "A", "One.\n") and article.revised_at is not None
