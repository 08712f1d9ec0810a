"""What the owner of a saved search is told of new posts: those that they see, each once, and how."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.accounts.models import User
from community.content.models import Post, Tag, Thread
from community.content.services import (
    add_post,
    delete_post,
    edit_post,
    hide_post,
    publish_thread,
    start_thread,
    unhide_post,
)
from community.mutes.services import block, mute
from community.notifications.channels import Channel, Frequency
from community.notifications.models import Notification
from community.notifications.preferences import choose
from community.notifications.push import composing
from community.notifications.services import mark_all_read
from community.notifications.topics import Topic
from community.saved.models import SavedSearch
from tests.community.notifications.mailing import open_mailbox
from tests.community.saved.acts import publish, save, told, turn_off
from tests.factories import ModeratorFactory, PersonFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def test_own_posts_and_those_from_before_are_not_new(look, ada):
    publish("An old saddle")
    save(ada, "saddle")
    publish("My saddle", ada)
    assert look() == 0 and told(ada) == []


def hide(post, ada):
    hide_post(post=post, by=ModeratorFactory())


def hide_from_a_moderator(post, ada):
    hide(post, ada)
    User.objects.filter(pk=ada.pk).update(is_staff=True)


def delete(post, ada):
    delete_post(post=post, by=post.author)


def make_a_draft(post, ada):
    Thread.objects.filter(pk=post.thread_id).update(published_at=None)


def mute_author(post, ada):
    mute(person=ada, other=post.author)


def block_author(post, ada):
    block(person=ada, other=post.author)


def be_blocked(post, ada):
    block(person=post.author, other=ada)


def not_want_to_know(post, ada):
    turn_off(ada)


UNSEEN = [hide, hide_from_a_moderator, delete, make_a_draft, mute_author, block_author, be_blocked, not_want_to_know]


@pytest.mark.parametrize("act", UNSEEN)
def test_what_its_owner_does_not_see_or_want_is_not_told(look, ada, act):
    save(ada, "saddle")
    act(publish("A saddle point"), ada)
    look()
    assert told(ada) == []


def test_answers_are_found_as_on_the_page_of_results(look, ada):
    save(ada, "saddle kind:answer")
    thread = publish("A saddle point", kind="question").thread
    add_post(thread=thread, author=PersonFactory(), source="It is a saddle.", role="answer")
    look()
    assert told(ada) == [1]


def test_a_draft_that_is_published_late_is_new_then(look, ada):
    author = PersonFactory()
    draft = start_thread(author=author, kind="article", title="A saddle by hand", source="Text.", publish=False)
    save(ada, "saddle by hand")
    publish("A saddle")  # a document with a later key
    look()
    assert told(ada) == []
    publish_thread(thread=draft, by=author)
    look()
    assert told(ada) == [1]


def test_the_last_minute_is_left_to_the_next_look(look, ada):
    save(ada, "saddle")
    look()
    publish("A saddle point")
    assert look(59 * SECOND) == 0
    SavedSearch.objects.update(look_at=timezone.now())
    assert look(2 * SECOND) == 1 and told(ada) == [1]


def test_an_edit_before_the_look_counts_and_one_after_it_does_not(look, ada):
    save(ada, "saddle")
    early, late = publish("One"), publish("Two")
    edit_post(post=early, editor=early.author, source="It is a saddle.", base_version=early.version)
    look()
    edit_post(post=late, editor=late.author, source="It is a saddle.", base_version=late.version)
    edit_post(post=early, editor=early.author, source="It is a flat saddle.", base_version=early.version + 1)
    assert look() == 0 and told(ada) == [1]


def test_a_post_that_was_hidden_at_the_look_is_not_told_when_it_is_restored_nor_any_twice(look, ada):
    save(ada, "saddle")
    shown, hidden = publish("A saddle point"), publish("Another saddle")
    moderator = ModeratorFactory()
    hide_post(post=hidden, by=moderator)
    look()
    hide_post(post=Post.objects.get(pk=shown.pk), by=moderator)
    for post in (shown, hidden):
        unhide_post(post=Post.objects.get(pk=post.pk), by=moderator)
    assert look() == 0 and told(ada) == [1]


def test_words_that_no_text_has_find_nothing_near_them(look, ada):
    save(ada, "sadle point descent")
    publish("A saddle point of descent")
    assert look() == 0


def test_an_operator_that_means_nothing_any_more_does_not_widen_the_search(look, ada):
    publish("Saddles", tags=["saddles"])
    save(ada, "gradient tag:saddles")
    publish("A gradient", tags=["saddles"])
    assert look() == 1
    Tag.objects.update(slug="gone", name="gone")
    publish("A gradient")
    assert look() == 0


def test_days_are_those_of_the_owners_zone(look):
    """It is Wednesday noon, and already Thursday on Kiritimati."""
    early, late = PersonFactory(time_zone="Pacific/Kiritimati"), PersonFactory(time_zone="UTC")
    for person in (early, late):
        save(person, "saddle after:2026-12-03")
    publish("A saddle point")
    look()
    assert told(early) == [1] and told(late) == []


def test_what_was_not_read_adds_up_and_what_was_read_does_not(look, ada):
    save(ada, "saddle")
    for expected in (1, 2):
        publish("A saddle point")
        look()
        assert told(ada) == [expected]
    mark_all_read(reader=ada, up_to_id=Notification.objects.latest("pk").pk)
    publish("Another saddle")
    look()
    assert told(ada) == [1] and Notification.objects.unread().count() == 1


def test_there_is_one_notification_an_hour(look, ada):
    save(ada, "saddle")
    publish("A saddle point")
    assert look(2 * MINUTE) == 1
    publish("Another saddle")
    assert look(59 * MINUTE) == 0 and told(ada) == [1]
    assert look(MINUTE) == 1 and told(ada) == [2]


def test_more_than_ninety_nine_are_said_to_be_more(look, as_user, ada):
    row = save(ada, "kind:discussion")
    key = {"recipient": ada, "verb": "search_results", "target_kind": "saved_search", "target_id": row.pk}
    Notification.objects.create(**key, key=f"search:{row.pk}", note="99")
    publish("A saddle point")
    look()
    assert told(ada) == [100] and "99+ new results for" in html_of(as_user(ada).get("/notifications/"))


def test_the_digest_has_a_line_and_a_device_no_words(clock, look, ada):
    open_mailbox(ada)
    clock.now += MINUTE
    save(ada, "saddle")
    publish("A saddle point")
    look()
    shown = composing.message(ada, Notification.objects.get(recipient=ada).pk) or b""
    assert b"A new notification" in shown and b"saddle" not in shown
    [digest] = clock.pass_(timedelta(days=1))
    assert "1 new result for saddle" in digest.body
    assert "http://testserver/search/?q=saddle&sort=newest" in digest.body


def test_who_hears_of_it_by_email_alone_is_told_each_result_once(look, ada):
    choose(person=ada, choices={(Topic.SEARCHES, Channel.SITE): Frequency.NEVER})
    save(ada, "saddle")
    publish("A saddle point")
    look()
    Notification.objects.update(mailed_at=timezone.now())
    publish("Another saddle")
    look()
    assert told(ada) == [1] and Notification.objects.get(recipient=ada).is_mail_only
