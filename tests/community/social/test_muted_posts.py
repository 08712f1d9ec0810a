"""One answer or comment of one's own is muted alone: no replies to it and no marks, by any channel."""

from __future__ import annotations

from datetime import timedelta

import pytest

from community.content.models import Post, Thread
from community.forum.services import accept_answer
from community.notifications.channels import Channel, Frequency
from community.notifications.mail.moments import next_morning, zone_of
from community.notifications.models import Notification
from community.notifications.preferences import choose
from community.notifications.push import sending
from community.notifications.selectors import unread_count
from community.notifications.topics import Topic
from community.social import marking, services
from community.social.errors import NotMutable
from community.social.models import PostMute
from tests.community.notifications.mailing import WEDNESDAY, Clock, answer, open_mailbox
from tests.community.notifications.push_service import Browser, push_service
from tests.community.notifications.pushing import Shown, device_of
from tests.factories import PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch, WEDNESDAY)


@pytest.fixture
def author():
    return PersonFactory(handle="author")


@pytest.fixture
def question(clock):
    return QuestionFactory(title="Why is it NaN?")


@pytest.fixture
def own(author, question):
    return answer(question, "Because of the step size.", author=author, role="answer")


def reply(to: Post, words: str = "Why?", **changes) -> Post:
    return answer(to.thread, words, parent=to, **changes)


def muted(own: Post) -> None:
    services.mute_replies(post=fresh(own), by=own.author, on=True)


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread", "author").get(pk=post.pk)


def told(author) -> set[str]:
    return set(Notification.objects.of(author).values_list("verb", flat=True))


def test_replies_to_it_do_not_notify_and_all_else_does(author, question, own):
    muted(own)
    comment = reply(own)
    reply(own, "And @author?")
    reply(comment, "Quite so, @author.")
    marking.set_mark(user=PersonFactory(), post=fresh(own), kind="outdated", reason="Not since 2.0.", version=1)
    assert told(author) == set() and unread_count(author) == 0
    elsewhere = answer(question, "Elsewhere: @author.", role="answer")
    assert told(author) == {"mention"}
    reply(elsewhere, "And here, @author.")
    assert unread_count(author) == 1 and Notification.objects.of(author).count() == 2
    accept_answer(answer=fresh(own), by=question.author)
    assert told(author) == {"mention", "accept"}


def test_watching_the_thread_does_not_bring_them_back(author, question, own):
    services.follow(follower=author, thread=question)
    muted(own)
    reply(own)
    assert told(author) == set()
    answer(question, "Another.", role="answer")
    assert told(author) == {"new_post"}


def test_others_hear_of_the_replies(author, question, own):
    muted(own)
    comment = reply(own, author=PersonFactory(handle="third"))
    watching = PersonFactory()
    services.follow(follower=watching, thread=question)
    reply(comment, "So it is.")
    assert told(comment.author) == {"reply_to_comment"} and told(watching) == {"new_post"}


def test_a_comment_is_muted_alone(author, question, own):
    comment = reply(answer(question, "Other.", role="answer"), "Mine.", author=author)
    muted(comment)
    reply(comment, "To the comment.")
    assert told(author) == set()
    reply(own, "To the answer.")
    assert told(author) == {"reply"}


def test_what_was_notified_counts_as_read_and_is_hidden_until_it_is_undone(author, own):
    reply(own)
    assert unread_count(author) == 1
    muted(own)
    assert unread_count(author) == 0 and told(author) == set()
    assert not Notification.objects.filter(recipient=author, read_at=None).exists()
    services.mute_replies(post=fresh(own), by=author, on=False)
    assert told(author) == {"reply"} and unread_count(author) == 0
    reply(own)
    assert unread_count(author) == 1


def test_a_job_that_was_faster_than_the_mute_is_not_shown(author, own):
    """It had read that nothing was muted, and writes its notification after the mute."""
    PostMute.objects.create(person=author, post=own)
    made = reply(own)
    fields = {"verb": "reply", "actor": made.author, "subject": own.thread_id, "key": f"post:{made.pk}"}
    Notification.objects.create(recipient=author, target_kind="post", target_id=made.pk, **fields)
    assert told(author) == set() and unread_count(author) == 0


@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize("way", [Frequency.IMMEDIATELY, Frequency.DAILY, "push"])
def test_no_letter_no_digest_and_no_push(monkeypatch, tmp_path, clock, author, own, way, is_before):
    open_mailbox(author, daily_at=WEDNESDAY, weekly_at=WEDNESDAY)
    by_mail = Frequency.NEVER if way == "push" else Frequency(way)
    choose(person=author, choices={(Topic.ANSWERS, Channel.MAIL): by_mail})
    phone = Browser()
    device_of(author, phone)
    with push_service(tmp_path) as (service, network):
        monkeypatch.setattr(sending, "network", network)
        shown = Shown(clock, service, phone)
        if is_before:
            muted(own)
        reply(own)
        if not is_before:
            muted(own)
        morning = next_morning(clock.now, zone_of(author)) + timedelta(minutes=1)
        pushed = shown()
        sent = [*clock.pass_(timedelta(minutes=3)), *clock.until(morning)]
        assert pushed == [] and [each for each in sent if each.to == [author.email]] == []


def test_it_is_in_the_menu_of_the_post_and_on_the_page_of_levels(client, author, question, own):
    client.force_login(author)
    page = html_of(client.get(question.get_absolute_url()))
    assert page.count("Mute replies") == 1
    answered = client.post(f"/posts/{own.pk}/mute/", {"on": "1", "next": own.get_absolute_url()}, follow=True)
    assert answered.redirect_chain[-1][0] == own.get_absolute_url()
    page = html_of(answered)
    assert "Replies to this post are muted." in page and "Unmute replies" in page
    listed = html_of(client.get("/following/?kind=post"))
    assert "Why is it NaN?" in listed and 'name="next" value="/following/?kind=post"' in listed
    back = client.post(f"/posts/{own.pk}/mute/", {"on": "0", "next": "/following/?kind=post"})
    assert back["Location"] == "/following/?kind=post" and not PostMute.objects.exists()


def test_only_ones_own_answers_and_comments_are_muted(client, author, question, own):
    for post, by in ((own, question.author), (question.opening_post, question.author)):
        with pytest.raises(NotMutable):
            services.mute_replies(post=fresh(post), by=by, on=True)
        client.force_login(by)
        assert client.post(f"/posts/{post.pk}/mute/", {"on": "1"}).status_code == 403
    assert "Mute replies" not in html_of(client.get(question.get_absolute_url()))
    assert not PostMute.objects.exists()


def test_both_ways_can_be_repeated(author, own):
    for on in (True, True, False, False):
        services.mute_replies(post=fresh(own), by=author, on=on)
    assert not PostMute.objects.exists()


def test_a_hidden_post_is_not_named_on_the_page_of_levels(client, author, question, own):
    muted(own)
    Thread.objects.filter(pk=question.pk).update(hidden_at=WEDNESDAY)
    client.force_login(author)
    listed = html_of(client.get("/following/?kind=post"))
    assert "Why is it NaN?" not in listed and "Something you can no longer see." in listed
