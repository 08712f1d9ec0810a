"""Private content leaves no trace: tags of drafts and hidden threads, titles of hidden threads."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from community.content import services
from community.content.models import Post, Tag, Thread
from community.social.models import Follow
from tests.factories import CommentFactory, PersonFactory, ThreadFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]
TOKENS = re.compile(r'data-request="[^"]*"')


def write(author, title="Zqx title", *, tag="zqxsecrettag", publish=True) -> Thread:
    return services.start_thread(
        author=author, kind="question", title=title, source="Zqx words.", tags=[tag], publish=publish
    )


def draft(author):
    write(author, publish=False)


def hidden(author):
    services.hide_post(post=write(author).posts.get(number=1), by=PersonFactory(is_staff=True))


def deleted(author):
    services.delete_post(post=write(author).posts.get(number=1), by=author)


def answer(browser, address: str) -> tuple:
    response = browser.get(address, HTTP_X_REQUEST_ID="")
    body = TOKENS.sub("", response.content.decode()).replace("zqxsecrettag", "zqxunknowntag")
    return response.status_code, body


@pytest.mark.parametrize("state", [draft, hidden, deleted])
@pytest.mark.parametrize(
    "address", ["/tags/{}/", "/feeds/tags/{}.atom", "/feeds/tags/{}.rss", "/api/v1/threads?tag={}", "/search/?q={}"]
)
def test_a_tag_of_no_public_thread_answers_as_an_unknown_one(client, ada, bob, as_user, state, address):
    """Moderators find what is hidden by its words, of which its tags are some."""
    state(ada)
    staff = [] if address.startswith("/search/") else [as_user(PersonFactory(is_staff=True))]
    for browser in (client, as_user(bob), *staff):
        assert answer(browser, address.format("zqxsecrettag")) == answer(browser, address.format("zqxunknowntag"))
    assert "zqxsecrettag" not in client.get("/tags/").content.decode()


def test_a_tag_has_a_page_while_a_public_thread_has_it(client, ada):
    thread = write(ada, publish=False)
    services.publish_thread(thread=thread, by=ada)
    assert (
        client.get("/tags/zqxsecrettag/").status_code == client.get("/feeds/tags/zqxsecrettag.atom").status_code == 200
    )
    services.delete_post(post=thread.posts.get(number=1), by=ada)
    assert client.get("/tags/zqxsecrettag/").status_code == 404


def test_a_tag_of_no_public_thread_can_be_unfollowed_but_not_followed(ada, bob, as_user):
    draft(ada)
    tag = Tag.objects.get(slug="zqxsecrettag")
    Follow.objects.create(follower=ada, tag=tag)
    for person in (ada, bob):
        as_user(person).post(reverse("social:follow"), {"kind": "tag", "id": tag.pk, "level": "3"})
    assert list(Follow.objects.values_list("follower", flat=True)) == [ada.pk]
    as_user(ada).post(reverse("social:follow"), {"kind": "tag", "id": tag.pk, "level": "1"})
    assert not Follow.objects.followed().exists()


def test_a_reply_in_a_hidden_thread_is_gone_for_who_wrote_it(ada, bob, as_user):
    thread = write(ada)
    reply = services.add_post(thread=thread, author=bob, source="Zqx reply.", role="answer")
    browser = as_user(bob)
    assert "Zqx title" in browser.get("/search/?q=reply").content.decode()
    services.hide_post(post=thread.posts.get(number=1), by=PersonFactory(is_staff=True))
    found = browser.get("/search/?q=reply").content.decode()
    assert "Zqx title" not in found and reply.get_absolute_url() not in found
    assert [browser.get(f"/posts/{reply.pk}/{page}/").status_code for page in ("edit", "history")] == [404, 404]
    assert browser.post(f"/posts/{reply.pk}/delete/").status_code == 404
    reply.refresh_from_db()
    assert reply.deleted_at is None


def test_the_author_of_a_hidden_thread_still_sees_it(ada, bob, as_user):
    thread = write(ada)
    opening = thread.posts.get(number=1)
    services.add_post(thread=thread, author=bob, source="Zqx reply.", role="answer")
    services.hide_post(post=opening, by=PersonFactory(is_staff=True))
    assert list(Post.objects.visible_to(ada)) == [opening]
    assert list(Post.objects.visible_to(bob)) == []
    assert Post.objects.visible_to(PersonFactory(is_staff=True)).count() == 2
    assert as_user(ada).get(thread.get_absolute_url()).status_code == 200


def test_ones_own_hidden_reply_in_a_public_thread_stays_visible_to_oneself(ada, bob):
    reply = services.add_post(thread=write(ada), author=bob, source="Zqx reply.", role="answer")
    Post.objects.filter(pk=reply.pk).update(hidden_at=timezone.now())
    assert reply in Post.objects.visible_to(bob) and reply not in Post.objects.visible_to(ada)


def test_the_posts_of_a_thread_one_sees_are_those_one_sees_anywhere(ada, bob):
    """`visible_in` is `visible_to` for every state of a thread and its posts, and every reader who sees the thread."""
    eve, staff = PersonFactory(), PersonFactory(is_staff=True)
    now = timezone.now()
    states = [{}, {"hidden_at": now}, {"deleted_at": now}, {"hidden_at": now, "deleted_at": now}]
    compared = 0
    for of_thread in [*states, {"published_at": None}]:
        thread = ThreadFactory(author=ada)
        for author in (ada, bob):
            for of_post in states:
                CommentFactory(thread=thread, author=author, **of_post)
        Thread.objects.filter(pk=thread.pk).update(**of_thread)
        for reader in (ada, bob, eve, staff, AnonymousUser()):
            seen = Thread.objects.visible_to(reader).filter(pk=thread.pk).first()
            if seen is None:
                continue
            anywhere = Post.objects.visible_to(reader).filter(thread=thread)
            assert set(Post.objects.visible_in(seen, reader)) == set(anywhere), (of_thread, reader)
            compared += 1
    assert compared == 5 + 4 * 2 - 1
