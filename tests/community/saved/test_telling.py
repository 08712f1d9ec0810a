"""What the owner of a saved search is told of new posts: those that they see, each once, and how."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bpsandbox.models import Run
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
from community.notifications.selectors import unread_count
from community.notifications.services import mark_all_read
from community.notifications.topics import Topic
from community.saved import watching
from community.saved.models import NewResult, SavedSearch
from tests.community.notifications.mailing import open_mailbox
from tests.community.saved.acts import publish, save, told, turn_off
from tests.factories import ModeratorFactory, PersonFactory
from tests.html import html_of
from tests.training import XOR, train

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


def test_new_people_tags_and_runs_are_told_to_those_who_watch_for_them(look, clock, ada, bob):
    """A search that asks for no kind is told of posts alone, so that a post, its tag and its run are one result."""
    publish("Seen before", tags=["saddles"])
    train_in_a_post()
    clock.now += MINUTE
    for query in ("kind:person saddle", "kind:tag saddle", "kind:run layer:linear", "kind:tag,discussion saddle"):
        save(ada, query)
    save(bob, "saddle")
    PersonFactory(handle="saddle", display_name="Saddle")
    publish("A saddle point", tags=["saddle-points", "saddles"])
    publish("Another", tags=["saddle-points"])  # found by its tag
    run = train_in_a_post("2.5")
    publish("The first run again", source=f"```bp\n{XOR}```\n")
    look()
    rows = Notification.objects.filter(recipient=ada).order_by("target_id")
    assert [int(row.note) for row in rows] == [1, 1, 1, 3] and told(bob) == [2]
    assert list(NewResult.objects.filter(kind="run").values_list("object_id", flat=True)) == [run.spec_id]
    assert look() == 0


def train_in_a_post(rate: str = "2.0") -> Run:
    """Publish a post with a run that ends at this moment."""
    publish("A run", source=f"```bp\n{XOR.replace('lr: 2.0', f'lr: {rate}')}```\n")
    run = Run.objects.get(spec__hash=train())
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now())
    return run


def test_a_run_is_new_once_it_has_ended_and_is_not_when_it_is_repeated(look, ada):
    save(ada, "kind:run")
    run = train_in_a_post()
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now() + timedelta(hours=3))
    assert look() == 0
    assert look() == 1
    run = Run.objects.get(pk=run.pk)
    run.pk, run.engine_version, run.finished_at = None, "later", timezone.now()
    run.save(force_insert=True)
    assert look() == 0 and told(ada) == [1]


def test_nobody_is_told_of_themselves_or_of_who_blocked_them(look, ada, bob):
    save(ada, "kind:person joined")
    for handle in ("seen", "hidden"):
        other = PersonFactory(handle=handle, display_name=f"Joined {handle}", date_joined=timezone.now())
    block(person=other, other=ada)
    User.objects.filter(pk=ada.pk).update(date_joined=timezone.now())
    look()
    assert told(ada) == [1]


def shown_to(client) -> str:
    return html_of(client.get("/notifications/"))


LATER = [hide, hide_from_a_moderator, delete, make_a_draft, mute_author, block_author, be_blocked]


@pytest.mark.parametrize("act", LATER)
def test_what_is_not_seen_any_more_is_not_counted_any_more(look, as_user, ada, act):
    save(ada, "saddle")
    posts = [publish("A saddle point"), publish("Another saddle")]
    look()
    assert "2 new results for" in shown_to(as_user(ada))
    act(posts[0], ada)
    assert "1 new result for" in shown_to(as_user(ada))
    act(posts[1], ada)
    page = shown_to(as_user(ada))
    assert "new result" not in page and unread_count(User.objects.get(pk=ada.pk)) == 0


def test_what_was_hidden_before_the_next_look_is_not_in_its_sum(look, as_user, ada):
    save(ada, "saddle")
    first = publish("A saddle point")
    look()
    hide(first, ada)
    publish("Another saddle")
    look()
    assert "1 new result for" in shown_to(as_user(ada))


def test_of_a_search_whose_owner_stays_away_only_the_newest_results_are_noted(look, ada, monkeypatch):
    monkeypatch.setattr(watching, "MOST_NOTED", 2)
    save(ada, "saddle")
    posts = []
    for _look in range(3):
        posts.append(publish("A saddle point"))
        look()
    assert told(ada) == [3] and set(NewResult.objects.values_list("object_id", flat=True)) == {p.pk for p in posts[1:]}


def test_what_an_earlier_release_told_is_counted_as_it_was(as_user, ada):
    row = save(ada, "saddle")
    key = {"recipient": ada, "verb": "search_results", "target_kind": "saved_search", "target_id": row.pk}
    Notification.objects.create(**key, key=f"search:{row.pk}", note="3")
    assert "3 new results for" in shown_to(as_user(ada))
