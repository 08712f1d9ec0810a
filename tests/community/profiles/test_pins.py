"""Things pinned to a profile: one's own, seen by everybody, three at most, in the order of the owner."""

import pytest

from bpsandbox import api
from community.content import services as writing
from community.content.models import Post
from community.profiles import services
from community.profiles.errors import CannotPin, TooManyPins
from community.profiles.models import Pin
from community.profiles.selectors import pins_of
from tests.factories import (
    AnswerFactory,
    CommentFactory,
    ModeratorFactory,
    PersonFactory,
    QuestionFactory,
    ThreadFactory,
)
from tests.html import html_of
from tests.training import XOR, train

pytestmark = pytest.mark.django_db


def thread(author, title="Mine"):
    return ThreadFactory(author=author, title=title).opening_post


def pinned(owner) -> list[str]:
    return [pin.post.thread.title if pin.post else pin.spec_hash for pin in pins_of(owner)]


def test_own_threads_and_answers_are_shown_first_on_the_profile(client, ada, as_user):
    question = QuestionFactory(author=ada, title="Why is it NaN?")
    answer = AnswerFactory(thread=QuestionFactory(title="Stuck at a quarter"), author=ada)
    browser = as_user(ada)
    assert browser.post(f"/posts/{question.opening_post.pk}/pin/").url == question.get_absolute_url()
    assert browser.post(f"/posts/{answer.pk}/pin/").status_code == 302
    for reader in (client, browser, as_user(PersonFactory())):
        page = html_of(reader.get(ada.get_absolute_url()))
        part = page.split('id="pinned"')[1].split("</section>")[0]
        assert part.index("Why is it NaN?") < part.index("Stuck at a quarter")
        assert ("Move up" in part) == (reader is browser)


@pytest.mark.parametrize("what", ["of somebody else", "a comment", "a draft", "hidden"])
def test_nothing_else_can_be_pinned(ada, what):
    post = {
        "of somebody else": lambda: thread(PersonFactory()),
        "a comment": lambda: CommentFactory(thread=ThreadFactory(), author=ada),
        "a draft": lambda: ThreadFactory(author=ada, draft=True).opening_post,
        "hidden": lambda: hidden(thread(ada)),
    }[what]()
    with pytest.raises(CannotPin):
        services.pin_post(owner=ada, post=post)
    assert not Pin.objects.exists()


def hidden(post):
    found = Post.objects.select_related("thread").get(pk=post.pk)
    writing.hide_post(post=found, by=ModeratorFactory())
    return found


def test_what_one_cannot_see_is_not_there(as_user, ada):
    draft = ThreadFactory(draft=True).opening_post
    assert as_user(ada).post(f"/posts/{draft.pk}/pin/").status_code == 404


def test_a_fourth_is_refused_with_what_to_do(as_user, ada):
    for number in range(3):
        services.pin_post(owner=ada, post=thread(ada, f"Thread {number}"))
    fourth = thread(ada)
    with pytest.raises(TooManyPins):
        services.pin_post(owner=ada, post=fourth)
    answer = as_user(ada).post(f"/posts/{fourth.pk}/pin/")
    assert answer.status_code == 409 and "Unpin one of them on your profile first." in html_of(answer)
    assert Pin.objects.count() == 3


def test_what_is_hidden_now_leaves_its_place_to_another(ada):
    posts = [thread(ada, f"Thread {number}") for number in range(3)]
    for post in posts:
        services.pin_post(owner=ada, post=post)
    hidden(posts[1])
    services.pin_post(owner=ada, post=thread(ada, "New"))
    assert pinned(ada) == ["Thread 0", "Thread 2", "New"]


def test_pinning_twice_pins_once(ada):
    post = thread(ada)
    assert services.pin_post(owner=ada, post=post) == services.pin_post(owner=ada, post=post)
    assert Pin.objects.count() == 1


def test_the_owner_changes_the_order_and_unpins(as_user, ada):
    first, _second, third = (services.pin_post(owner=ada, post=thread(ada, name)) for name in "ABC")
    browser = as_user(ada)
    browser.post(f"/pins/{third.pk}/move/", {"by": "-1"})
    assert pinned(ada) == ["A", "C", "B"]
    browser.post(f"/pins/{first.pk}/move/", {"by": "-1"})  # the first already, in another tab for one
    assert pinned(ada) == ["A", "C", "B"]
    browser.post(f"/pins/{first.pk}/move/", {"by": "1"})
    assert pinned(ada) == ["C", "A", "B"]
    assert browser.post(f"/pins/{first.pk}/remove/").url == f"{ada.get_absolute_url()}#pinned"
    browser.post(f"/pins/{first.pk}/remove/")
    assert pinned(ada) == ["C", "B"]


def test_nobody_else_moves_or_unpins(as_user, ada, bob):
    pin = services.pin_post(owner=ada, post=thread(ada))
    as_user(bob).post(f"/pins/{pin.pk}/remove/")
    as_user(bob).post(f"/pins/{pin.pk}/move/", {"by": "1"})
    assert pinned(ada) == ["Mine"]
    assert as_user(bob).post(f"/pins/{pin.pk}/move/", {"by": "7"}).status_code == 400


def test_the_menu_of_own_threads_and_answers_has_it(as_user, ada, bob):
    question = QuestionFactory(author=ada)
    answer = AnswerFactory(thread=question, author=bob)
    comment = CommentFactory(thread=question, author=ada, parent=answer)
    page = html_of(as_user(ada).get(question.get_absolute_url()))
    assert f"/posts/{question.opening_post.pk}/pin/" in page
    assert f"/posts/{answer.pk}/pin/" not in page and f"/posts/{comment.pk}/pin/" not in page


def test_a_run_is_pinned_from_its_page(client, as_user, ada, bob):
    shown = writing.start_thread(
        author=ada, kind="question", title="Why?", source=f"Look:\n\n```bp\n{XOR}```\n", publish=True
    ).lead_embed
    train()
    browser = as_user(ada)
    assert f"/runs/{shown}/pin/" in html_of(browser.get(f"/runs/{shown}/"))
    assert f"/runs/{shown}/pin/" not in html_of(as_user(bob).get(f"/runs/{shown}/"))
    assert as_user(bob).post(f"/runs/{shown}/pin/").status_code == 403
    assert browser.post(f"/runs/{shown}/pin/").url == f"/runs/{shown}/"
    page = html_of(client.get(ada.get_absolute_url()))
    assert f'href="/runs/{shown}/"' in page.split('id="pinned"')[1].split("</section>")[0]
    writing.hide_post(
        post=Post.objects.select_related("thread").get(thread__author=ada, number=1), by=ModeratorFactory()
    )
    assert 'id="pinned"' not in html_of(client.get(ada.get_absolute_url()))


def test_a_run_that_is_gone_takes_no_place_and_is_not_moved_past(as_user, ada):
    Pin.objects.create(owner=ada, spec_hash="0" * 32, position=1)
    Pin.objects.create(owner=ada, spec_hash="1" * 32, position=2)
    services.pin_post(owner=ada, post=thread(ada, "A"))
    last = services.pin_post(owner=ada, post=thread(ada, "B"))
    assert pinned(ada) == ["A", "B"] and services.move_pin(owner=ada, pk=last.pk, by=-1)
    assert pinned(ada) == ["B", "A"]
    services.pin_post(owner=ada, post=thread(ada, "C"))
    with pytest.raises(TooManyPins):
        services.pin_post(owner=ada, post=thread(ada, "D"))


def test_a_run_that_only_its_address_shows_any_more_is_not_on_the_profile(client, ada, bob):
    text = f"Look:\n\n```bp\n{XOR}```\n"
    question = writing.start_thread(author=ada, kind="question", title="Why?", source=text, publish=True)
    train()
    services.pin_run(owner=ada, spec_hash=question.lead_embed)
    assert 'id="pinned"' in html_of(client.get(ada.get_absolute_url()))
    api.submit(config_text=XOR, requester=bob, visibility="unlisted")
    writing.hide_post(post=Post.objects.select_related("thread").get(thread=question), by=ModeratorFactory())
    assert client.get(f"/runs/{question.lead_embed}/").status_code == 200
    assert 'id="pinned"' not in html_of(client.get(ada.get_absolute_url()))
