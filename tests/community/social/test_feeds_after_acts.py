"""After any act, a feed has each thread once: at the newest public post that its reader's follows bring."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.accounts.models import User
from community.content import delivery, tasks
from community.content.models import Category, Kind, Post, Role, Tag, Thread
from community.content.services import delete_post, edit_post, hide_post, publish_thread, restore_post, unhide_post
from community.forum.services import accept_answer, move_thread, unaccept_answer
from community.mutes.services import mute
from community.social import audience, feeds, services
from community.social.feeds import home_feed
from community.social.levels import Level
from community.social.models import FeedEntry, Follow
from tests.factories import AnswerFactory, CommentFactory, PersonFactory, QuestionFactory, ThreadFactory
from tests.html import html_of

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def reader():
    return PersonFactory()


@pytest.fixture
def question():
    return QuestionFactory()


def announced(post: Post) -> Post:
    delivery.announce(post.pk)
    return post


def answer_of(thread: Thread, author: User | None = None) -> Post:
    return announced(AnswerFactory(thread=thread, **({"author": author} if author else {})))


def fresh(post: Post) -> Post:
    return Post.objects.select_related("thread", "author").get(pk=post.pk)


def tag(name: str) -> Tag:
    return Tag.objects.get_or_create(slug=name, defaults={"name": name, "thread_count": 100})[0]


class TestTheNewestPostOfAThreadIsRemoved:
    @pytest.fixture
    def answers(self, reader, question):
        services.follow(follower=reader, thread=question)
        return [answer_of(question) for _ in range(3)]

    def test_the_one_before_it_is_shown_and_it_comes_back(self, reader, answers, moderator):
        first, second, third = answers
        hide_post(post=third, by=moderator)
        assert list(home_feed(reader)) == [second]
        delete_post(post=second, by=second.author)
        assert list(home_feed(reader)) == [first]
        unhide_post(post=fresh(third), by=moderator)
        assert list(home_feed(reader)) == [third]
        restore_post(post=fresh(second), by=second.author)
        assert list(home_feed(reader)) == [third]

    def test_when_all_are_gone_it_is_there_by_the_question(self, reader, question, answers, moderator):
        for each in answers:
            hide_post(post=fresh(each), by=moderator)
        assert list(home_feed(reader)) == [question.opening_post]

    def test_each_reader_has_the_newest_that_their_own_follows_bring(self, reader, question, answers, moderator):
        of_person, of_tag = PersonFactory(), PersonFactory()
        question.tags.add(tag("xor"))
        services.follow(follower=of_person, person=answers[0].author)
        services.follow(follower=of_person, person=answers[2].author)
        services.follow(follower=of_tag, tag=tag("xor"))
        assert list(home_feed(of_person)) == [answers[2]]
        hide_post(post=answers[2], by=moderator)
        assert list(home_feed(reader)) == [answers[1]]
        assert list(home_feed(of_person)) == [answers[0]]
        assert list(home_feed(of_tag)) == [question.opening_post]
        assert list(home_feed(answers[2].author)) == [answers[1]]  # who has answered tracks the question

    def test_nobody_is_notified_again(self, reader, answers, moderator):
        before = reader.notifications.count()
        hide_post(post=answers[2], by=moderator)
        unhide_post(post=fresh(answers[2]), by=moderator)
        assert reader.notifications.count() == before

    def test_a_comment_on_an_answer_changes_nothing(self, reader, question, answers, moderator):
        comment = announced(CommentFactory(thread=question, parent=answers[0]))
        hide_post(post=comment, by=moderator)
        assert list(home_feed(reader)) == [answers[2]]


def test_a_thread_that_is_deleted_and_restored_is_as_its_posts_are_by_then(reader, question, moderator):
    services.follow(follower=reader, thread=question)
    older, newer = answer_of(question), answer_of(question)
    delete_post(post=fresh(question.opening_post), by=moderator)
    assert list(home_feed(reader)) == []
    hide_post(post=fresh(newer), by=moderator)
    assert FeedEntry.objects.get(reader=reader).post == newer
    restore_post(post=fresh(question.opening_post), by=moderator)
    assert list(home_feed(reader)) == [older]


def test_a_thread_that_was_hidden_before_anybody_had_it_comes_when_it_is_shown(reader, question, moderator):
    services.follow(follower=reader, person=question.author)
    FeedEntry.objects.all().delete()
    hide_post(post=question.opening_post, by=moderator)
    announced(question.opening_post)
    assert list(home_feed(reader)) == []
    unhide_post(post=fresh(question.opening_post), by=moderator)
    assert list(home_feed(reader)) == [question.opening_post]


def test_a_moved_thread_leaves_one_categorys_followers_for_the_others(question, moderator):
    outer = Category.objects.create(slug="bench", name="Bench")
    old = Category.objects.create(slug="vice", name="Vice")
    new = Category.objects.create(slug="lathe", name="Lathe", parent=outer)
    move_thread(thread=question, by=moderator, category=old)
    of_old, of_new, of_outer, of_thread = (PersonFactory() for _ in range(4))
    services.follow(follower=of_old, category=old)
    services.follow(follower=of_new, category=new)
    services.follow(follower=of_outer, category=outer)
    services.follow(follower=of_thread, thread=question)
    assert list(home_feed(of_old)) == list(home_feed(of_thread)) == [question.opening_post]
    move_thread(thread=Thread.objects.get(), by=moderator, category=new)
    assert [list(home_feed(each)) for each in (of_old, of_new, of_outer, of_thread)] == [
        [],
        [question.opening_post],
        [question.opening_post],
        [question.opening_post],
    ]


def test_new_tags_bring_a_thread_to_their_followers_and_take_it_from_the_others(question):
    of_xor, of_relu, of_author = (PersonFactory() for _ in range(3))
    question.tags.add(tag("xor"))
    services.follow(follower=of_xor, tag=tag("xor"))
    services.follow(follower=of_relu, tag=tag("relu"))
    services.follow(follower=of_author, person=question.author)
    post = fresh(question.opening_post)
    edit_post(post=post, editor=question.author, source="Other.", base_version=1, title="Why?", tags=["relu"])
    assert list(home_feed(of_xor)) == []
    assert list(home_feed(of_relu)) == list(home_feed(of_author)) == [post]


def test_a_draft_that_is_published_late_is_new(reader, django_capture_on_commit_callbacks):
    author = PersonFactory()
    services.follow(follower=reader, person=author)
    draft = ThreadFactory(author=author, published_at=None)
    newer = announced(ThreadFactory(author=author).opening_post)
    draft.tags.add(tag("xor"))
    tasks.redeliver_thread.enqueue(thread_id=draft.pk)
    assert list(home_feed(reader)) == [newer]
    with django_capture_on_commit_callbacks(execute=True):
        publish_thread(thread=draft, by=author)
    assert list(home_feed(reader)) == [draft.opening_post, newer]


def test_what_a_closed_account_wrote_stays_and_its_own_feed_goes_on(reader):
    author = PersonFactory()
    services.follow(follower=reader, person=author)
    post = announced(ThreadFactory(author=author).opening_post)
    User.objects.filter(pk__in=(author.pk, reader.pk)).update(is_active=False)
    other = PersonFactory()
    services.follow(follower=reader, person=other)
    newer = announced(ThreadFactory(author=other).opening_post)
    assert list(home_feed(reader)) == [newer, post]
    assert not reader.notifications.filter(target_id=newer.pk).exists()


def test_unfollowing_leaves_a_thread_at_what_something_else_brings(reader, question):
    answer = answer_of(question)
    question.tags.add(tag("xor"))
    for target in ({"tag": tag("xor")}, {"person": answer.author}):
        services.follow(follower=reader, **target)
    assert list(home_feed(reader)) == [answer]
    services.follow(follower=reader, level=Level.NORMAL, person=answer.author)
    assert list(home_feed(reader)) == [question.opening_post]
    services.follow(follower=reader, level=Level.MUTED, tag=tag("xor"))
    assert list(home_feed(reader)) == []


def test_a_post_that_is_hidden_while_it_is_being_delivered_stays_in_no_feed(reader, question, moderator, monkeypatch):
    services.follow(follower=reader, thread=question)
    older, newer = answer_of(question), AnswerFactory(thread=question)
    put = feeds.put

    def put_too_late(post, readers):
        if fresh(post).hidden_at is None:
            hide_post(post=fresh(post), by=moderator)
        put(post, readers)

    monkeypatch.setattr(feeds, "put", put_too_late)
    announced(newer)
    assert list(home_feed(reader)) == [older]


# === Any acts, in any order ===


def by_hand(reader: User) -> list[Post]:
    """Return a feed as its definition says, post by post."""
    follows = list(Follow.objects.filter(follower=reader, level__gte=Level.TRACKING))
    muted = Follow.objects.muted().filter(follower=reader, thread__isnull=False).values("thread")
    newest: dict[int, Post] = {}
    posts = Post.objects.public().exclude(thread__in=muted).select_related("thread__category", "parent")
    for post in posts.order_by("created_at", "pk"):
        if _is_shown(post) and (post.author_id == reader.pk or any(_brings(follow, post) for follow in follows)):
            newest[post.thread_id] = post
    return sorted(newest.values(), key=lambda post: (post.created_at, post.pk), reverse=True)


def _is_shown(post: Post) -> bool:
    return post.role != Role.COMMENT or (post.parent is None and post.thread.kind != Kind.QUESTION)


def _brings(follow: Follow, post: Post) -> bool:
    if follow.person_id == post.author_id or follow.thread_id == post.thread_id:
        return True
    if post.role != Role.OPENING:
        return False
    return post.thread.tags.filter(pk=follow.tag_id).exists() or follow.category_id in _path(post.thread.category)


def _path(category: Category | None) -> list[int]:
    return [] if category is None else [category.pk, *_path(category.parent)]


class Site:
    """A small site and what can happen in it, at random."""

    def __init__(self, seed: int, moderator: User) -> None:
        self.chance, self.moderator = random.Random(seed), moderator
        self.people = [PersonFactory() for _ in range(4)]
        outer = Category.objects.create(slug="bench", name="Bench")
        inner = Category.objects.create(slug="vice", name="Vice", parent=outer)
        self.categories = [outer, inner, Category.objects.create(slug="lathe", name="Lathe")]
        self.tags = [tag("xor"), tag("relu")]
        self.begin(), self.begin()

    def begin(self) -> None:
        kind = self.chance.choice((QuestionFactory, ThreadFactory))
        thread = kind(author=self.chance.choice(self.people), category=self.chance.choice(self.categories))
        thread.tags.set(self.chance.sample(self.tags, self.chance.randint(0, 2)))
        announced(thread.opening_post)

    def write(self) -> None:
        thread, author = self.chance.choice(Thread.objects.order_by("pk")), self.chance.choice(self.people)
        kind = AnswerFactory if thread.kind == Kind.QUESTION else CommentFactory
        above = thread.posts.filter(role=Role.COMMENT, parent=None).order_by("pk").first()
        under = {"parent": above} if kind is CommentFactory and self.chance.random() < 0.3 else {}
        announced(kind(thread=thread, author=author, **under))

    def hide(self) -> None:
        hide_post(post=self.post(), by=self.moderator)

    def show(self) -> None:
        post = self.post(hidden_at__isnull=False)
        if post is not None:
            unhide_post(post=post, by=self.moderator)

    def delete(self) -> None:
        post = self.post(deleted_at=None)
        if post is not None:
            delete_post(post=post, by=self.moderator)

    def restore(self) -> None:
        post = self.post(deleted_at__isnull=False)
        if post is not None:
            restore_post(post=post, by=self.moderator)

    def move(self) -> None:
        thread = self.chance.choice(Thread.objects.order_by("pk"))
        move_thread(thread=thread, by=self.moderator, category=self.chance.choice(self.categories))

    def retag(self) -> None:
        post = self.chance.choice(Post.objects.filter(role=Role.OPENING).select_related("thread").order_by("pk"))
        names = [each.slug for each in self.chance.sample(self.tags, self.chance.randint(0, 2))]
        about = {"title": post.thread.title, "source": post.source, "base_version": post.version}
        edit_post(post=post, editor=self.moderator, tags=names, **about)

    def follow(self) -> None:
        services.follow(follower=self.reader, **self.target())

    def choose_another_level(self) -> None:
        follows = Follow.objects.filter(follower=self.reader).order_by("pk")
        if follows:
            row = self.chance.choice(follows)
            level = self.chance.choice(list(Level))
            services.follow(follower=self.reader, level=level, **{row.target_kind: getattr(row, row.target_kind)})

    def target(self) -> dict[str, object]:
        others = [each for each in self.people if each != self.reader]
        kinds = {
            "person": others,
            "tag": self.tags,
            "category": self.categories,
            "thread": Thread.objects.order_by("pk"),
        }
        kind = self.chance.choice(list(kinds))
        return {kind: self.chance.choice(kinds[kind])}

    def post(self, **state: object) -> Post | None:
        posts = list(Post.objects.filter(**state).order_by("pk"))
        return fresh(self.chance.choice(posts)) if posts else None

    def act(self) -> str:
        self.reader = self.chance.choice(self.people)
        acts = (self.begin, self.write, self.write, self.write, self.hide, self.show, self.delete, self.restore)
        act = self.chance.choice((*acts, self.move, self.retag, self.follow, self.follow, self.choose_another_level))
        act()
        return act.__name__


@pytest.mark.parametrize("seed", range(3))
def test_after_any_acts_every_feed_is_what_its_definition_says(moderator, seed):
    site, done = Site(seed, moderator), []
    for _ in range(30):
        done.append(site.act())
        for reader in site.people:
            assert list(home_feed(reader)) == by_hand(reader), done


# === Many readers ===


def follow_by_many(count: int, thread: Thread) -> tuple[Post, Post]:
    """Return two answers in a feed each: half of so many people follow the thread, half who wrote the first."""
    names = [f"fan{n}" for n in range(count)]
    fans = User.objects.bulk_create(
        User(handle=n, handle_key=n, handle_skeleton=n, email=f"{n}@example.org") for n in names
    )
    first, second = AnswerFactory(thread=thread), AnswerFactory(thread=thread)
    Follow.objects.bulk_create(Follow(follower=fan, thread=thread) for fan in fans[::2])
    Follow.objects.bulk_create(Follow(follower=fan, person=first.author) for fan in fans[1::2])
    announced(first)
    announced(second)
    return first, second


def readers_at(post: Post) -> int:
    return FeedEntry.objects.filter(post=post).count()


def test_ten_thousand_readers_have_the_post_before_and_the_newest_again_when_it_is_restored(question, moderator):
    first, second = follow_by_many(10_000, question)
    assert readers_at(second) == 5_002  # with both authors, who track it
    with CaptureQueriesContext(connection) as queries:
        hide_post(post=second, by=moderator)
    assert len(queries) < 40 + 14 * 11
    assert (readers_at(second), readers_at(first)) == (0, 10_002)
    unhide_post(post=fresh(second), by=moderator)
    assert (readers_at(second), readers_at(first)) == (5_002, 5_000)


def test_a_job_that_was_killed_between_batches_begins_anew(question, moderator, monkeypatch):
    monkeypatch.setattr(audience, "BATCH", 10)
    first, second = follow_by_many(60, question)
    Post.objects.filter(pk=second.pk).update(hidden_at=timezone.now())
    refresh, done = feeds.refresh, []

    def killed_in_the_third_batch(thread_id, readers):
        done.append(list(readers))
        if len(done) == 3:
            raise KeyboardInterrupt
        refresh(thread_id, readers)

    monkeypatch.setattr(feeds, "refresh", killed_in_the_third_batch)
    with pytest.raises(KeyboardInterrupt):
        audience.redeliver(question.pk)
    assert all(before[-1] < after[0] for before, after in pairwise(done))
    assert 0 < readers_at(second) < 31
    monkeypatch.setattr(feeds, "refresh", refresh)
    for _ in range(2):
        audience.redeliver(question.pk)
        assert readers_at(first) == 62


class TestAQuestionIsSolved:
    """It is the latest event of its card: the accepted answer, at the time when it was accepted."""

    @pytest.fixture
    def answers(self, reader, question):
        services.follow(follower=reader, thread=question)
        return [answer_of(question) for _ in range(3)]

    @pytest.fixture
    def other(self, reader, answers):
        """A question that is newer than all answers."""
        later = QuestionFactory()
        announced(later.opening_post)
        services.follow(follower=reader, thread=later)
        return later.opening_post

    def test_it_comes_back_to_the_top_at_the_accepted_answer(self, reader, question, answers, other):
        assert list(home_feed(reader)) == [other, answers[2]]
        accept_answer(answer=answers[0], by=question.author)
        assert list(home_feed(reader)) == [answers[0], other]
        assert home_feed(reader)[0].at == Thread.objects.get(pk=question.pk).solved_at

    def test_what_is_written_after_it_is_the_latest_event(self, reader, question, answers):
        accept_answer(answer=answers[0], by=question.author)
        later = answer_of(question)
        assert list(home_feed(reader)) == [later]

    def test_another_accepted_answer_takes_its_place_and_none_ends_it(self, reader, question, answers, other):
        accept_answer(answer=answers[0], by=question.author)
        accept_answer(answer=answers[1], by=question.author)
        assert list(home_feed(reader)) == [answers[1], other]
        unaccept_answer(thread=question, by=question.author)
        assert list(home_feed(reader)) == [other, answers[2]]

    def test_the_newest_answer_itself_comes_to_the_top(self, reader, question, answers, other):
        accept_answer(answer=answers[2], by=question.author)
        assert list(home_feed(reader)) == [answers[2], other]

    def test_it_comes_to_followers_of_who_solved_it_and_to_the_asker(self, question, answers, other):
        fan, by_tag = PersonFactory(), PersonFactory()
        announced(question.opening_post)  # its author watches it
        services.follow(follower=fan, person=answers[0].author)
        question.tags.add(tag("xor"))
        services.follow(follower=by_tag, tag=tag("xor"))
        accept_answer(answer=answers[0], by=question.author)
        assert home_feed(fan)[0] == home_feed(question.author)[0] == answers[0]
        assert home_feed(fan)[0].at == Thread.objects.get(pk=question.pk).solved_at
        assert question.opening_post in home_feed(by_tag) and answers[0] not in home_feed(by_tag)

    def test_who_follows_it_later_finds_it_solved(self, question, answers, other):
        accept_answer(answer=answers[0], by=question.author)
        late = PersonFactory()
        services.follow(follower=late, thread=Thread.objects.get(pk=question.pk))
        assert list(home_feed(late)) == [answers[0]]
        services.follow(follower=late, thread=other.thread)
        assert list(home_feed(late)) == [answers[0], other]

    def test_a_removed_answer_ends_it_and_its_return_is_no_news(self, reader, question, answers, other, moderator):
        accept_answer(answer=answers[0], by=question.author)
        hide_post(post=fresh(answers[0]), by=moderator, reason="spam")
        assert list(home_feed(reader)) == [other, answers[2]]
        unhide_post(post=fresh(answers[0]), by=moderator)
        assert home_feed(reader)[0] == answers[0]
        assert home_feed(reader)[0].at == Thread.objects.get(pk=question.pk).solved_at

    def test_an_old_delivery_does_not_move_it_back(self, reader, question, answers, other):
        accept_answer(answer=answers[0], by=question.author)
        for answer in answers:
            feeds.put(fresh(answer), [reader.pk])
        assert list(home_feed(reader)) == [answers[0], other]

    def test_whom_the_reader_muted_solves_nothing_for_them(self, reader, question, answers, other):
        mute(person=reader, other=answers[0].author)
        accept_answer(answer=answers[0], by=question.author)
        assert list(home_feed(reader)) == [other, answers[2]]

    def test_pages_show_each_card_once_and_the_card_says_solved(self, client, reader, question, answers):
        later = [announced(QuestionFactory().opening_post) for _ in range(25)]
        for each in later:
            services.follow(follower=reader, thread=each.thread)
        old = later[3].thread
        found = answer_of(old)
        for _ in range(22):
            answer_of(later[10].thread)
        accept_answer(answer=found, by=old.author)
        accept_answer(answer=answers[1], by=question.author)
        client.force_login(reader)
        shown, query = [], ""
        while True:
            page = client.get(f"/{query}").context["home"].feed
            shown += [post.thread_id for post in page]
            query = page.next_query
            if not query:
                break
        assert shown[:2] == [question.pk, old.pk] and len(shown) == len(set(shown)) == 26
        first = html_of(client.get("/"))
        assert "solved" in first[first.index("feed-row") :][:900]
