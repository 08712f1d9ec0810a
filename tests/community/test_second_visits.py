"""A person comes back to what they left: what was begun is there again, and nobody else has seen it."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from community.content.models import Post, Thread
from community.notifications.models import Notification

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


def edit(client, post: Post, **fields):
    address = f"/articles/{post.thread_id}/edit/" if post.thread.kind == "article" else f"/posts/{post.pk}/edit/"
    return send(client, address, base_version=str(post.version), **{"category": "initialisation"} | fields)


def read_by(client, thread: Thread) -> str:
    """Everything a reader of a thread can open, as one text."""
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
    return "\n".join(page.content.decode() for page in pages)


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

    def test_it_says_when_it_was_published_and_not_edited(self, as_user, ada, client):
        author = as_user(ada)
        thread = begin_draft(author)
        long_ago = timezone.now() - timedelta(days=9)
        Thread.objects.update(created_at=long_ago)
        Post.objects.update(created_at=long_ago)
        edit(author, thread.posts.get(), title="About pay", source="It is private.", tags="xor")
        author.post(f"/threads/{thread.pk}/publish/")
        page = client.get(Thread.objects.get().get_absolute_url()).content.decode()
        assert ">edited" not in page
        assert "9 days" not in page
        told = client.get(f"/api/v1/threads/{thread.pk}").json()
        assert told["created_at"] == told["published_at"]

    def test_an_edit_after_publication_shows_only_what_was_public(self, as_user, ada, client):
        author = as_user(ada)
        thread = begin_draft(author)
        edit(author, thread.posts.get(), title="About pay", source="It is private.", tags="xor")
        author.post(f"/threads/{thread.pk}/publish/")
        edit(author, thread.posts.get(), title="About pay", source="It is quite private.", tags="xor")
        post = Thread.objects.get().posts.get()
        history = client.get(f"/posts/{post.pk}/history/").context["history"]
        assert [(each.number, each.source) for each in history.versions] == [
            (2, "It is quite private.\n"),
            (1, "It is private.\n"),
        ]
        assert post.edited_at > post.created_at
