"""The command `check_invariants`: silent on a valid site, and it names every violation."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bpsandbox.models import Attachment, Run
from community.common import invariants
from community.content import reindexing
from community.content.models import Category, Post, ReadPosition, Revision, Tag, Thread
from community.content.ranking import rank_of
from community.media.models import Asset
from community.review.models import Proposal
from community.search.backends import backend
from community.search.models import Document
from community.social.models import Agreement, Reaction
from tests.architecture import world as worlds
from tests.architecture.world import World
from tests.factories import PersonFactory
from tests.taken_back import taken_back

pytestmark = pytest.mark.django_db


def _answer() -> Post:
    return Post.objects.get(role="answer", hidden_at=None, deleted_at=None)


def _accept_foreign() -> None:
    other = Post.objects.filter(role="opening").exclude(thread=_answer().thread).first()
    Thread.objects.filter(pk=_answer().thread_id).update(solved_post=other)
    reindexing.thread_changed(_answer().thread_id)


def _show_draft() -> None:
    post = Post.objects.filter(role="opening", thread__published_at__isnull=False).first()
    earlier = post.thread.published_at - timedelta(hours=1)
    Revision.objects.create(post=post, number=1, source="My salary.", editor=post.author, created_at=earlier)


def _own_vote() -> None:
    post = _answer()
    Reaction.objects.create(user=post.author, post=post, value=1)
    Post.objects.filter(pk=post.pk).update(score=1, up_count=1, rank=rank_of(1, 0))


def _lengthen_chain() -> None:
    original = Proposal.objects.in_force().get().original
    other = Thread.objects.get(title="Asked a")
    Proposal.objects.create(thread=original, matter="duplicate", original=other, outcome="carried", author=other.author)
    Thread.objects.filter(pk=original.pk).update(held_at=timezone.now())


def _forget_words() -> None:
    backend().delete([Document.objects.order_by("pk").first().pk])


def _long_run() -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Run.objects.filter(pk=Run.objects.first().pk).update(
        state="running", started_at=long_ago, finished_at=None, lease_until=timezone.now() + timedelta(hours=1)
    )


def _lose_picture() -> None:
    """Let a row name a file that is not there; the file of the world is kept for its other tests."""
    Asset.objects.update(sha256="0" * 64)


def _detach_from_post() -> None:
    Attachment.objects.create(
        spec=Run.objects.first().spec, target_kind="post", target_id=987_654_321, visibility="public"
    )


BREAKS: dict[str, tuple[str, Callable[[], object]]] = {
    "a thread counts wrong": (
        "counters equal a recount",
        lambda: Thread.objects.filter(pk=_answer().thread_id).update(post_count=7),
    ),
    "a tag counts wrong": ("counters equal a recount", lambda: Tag.objects.update(thread_count=99)),
    "a category counts wrong": ("counters equal a recount", lambda: Category.objects.update(thread_count=99)),
    "a score without votes": (
        "counters equal a recount",
        lambda: Post.objects.filter(pk=_answer().pk).update(score=3),
    ),
    "a rank that is not that of the votes": (
        "counters equal a recount",
        lambda: Post.objects.filter(pk=_answer().pk).update(rank=1),
    ),
    "an agreement that is not counted": (
        "counters equal a recount",
        lambda: Agreement.objects.create(post=_answer(), user=PersonFactory()),
    ),
    "another question's answer is accepted": ("one accepted answer a question", _accept_foreign),
    "a thread without its opening": (
        "every thread has its opening post",
        lambda: Thread.objects.create(kind="discussion", title="Empty", author=_answer().author),
    ),
    "a post under itself": (
        "comments stand in the thread of their post",
        lambda: Post.objects.filter(pk=_answer().pk).update(parent=_answer()),
    ),
    "a version from before publication": ("no history before publication", _show_draft),
    "a reader beyond a thread": (
        "nobody has read beyond the newest post",
        lambda: ReadPosition.objects.update(number=99),
    ),
    "on hold for no reason": (
        "a question is on hold for a reason",
        lambda: Thread.objects.filter(pk=_answer().thread_id).update(held_at=timezone.now()),
    ),
    "a question that is a community answer": (
        "only answers are community answers",
        lambda: Post.objects.filter(thread=_answer().thread_id, role="opening").update(community_at=timezone.now()),
    ),
    "a duplicate of a duplicate": ("duplicates lead to a question in one step", _lengthen_chain),
    "a vote for oneself": ("one vote a person, none for oneself", _own_vote),
    "a text that changed beside the index": (
        "search agrees with the database",
        lambda: Post.objects.filter(pk=_answer().pk).update(text="Other words."),
    ),
    "a document that is gone": (
        "search agrees with the database",
        lambda: Document.objects.filter(object_id=_answer().pk).delete(),
    ),
    "words that are gone": ("search agrees with the database", _forget_words),
    "a picture whose file is gone": ("every picture has its file", _lose_picture),
    "a run that never ends": ("every run ends", _long_run),
    "a run of a post that is gone": ("posts and their runs name each other", _detach_from_post),
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One world for the module: each test undoes its damage."""
    with django_db_blocker.unblock(), taken_back():
        yield worlds.build()


def test_a_sound_site_has_nothing_to_say(world) -> None:
    assert list(invariants.breaches()) == []
    out = StringIO()
    call_command("check_invariants", stdout=out)
    count = len(invariants.names())
    assert out.getvalue() == f"{count} of {count} invariants hold.\n"


@pytest.mark.parametrize(("invariant", "break_it"), BREAKS.values(), ids=BREAKS)
def test_what_is_broken_is_named(world, invariant, break_it) -> None:
    break_it()
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_invariants", stdout=out)
    assert ended.value.code == 1
    assert {breach.invariant for breach in invariants.breaches()} == {invariant}
    assert f"{invariant}: " in out.getvalue()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL lets no orphan be written")
def test_orphans_are_named(world) -> None:
    post = _answer()
    connection.cursor().execute("PRAGMA defer_foreign_keys=ON")
    Post.objects.filter(pk=post.pk).update(author=987_654_321)
    found = [breach.what for breach in invariants.breaches() if breach.invariant == "no orphans"]
    Post.objects.filter(pk=post.pk).update(author=post.author)
    assert found == [f"row {post.pk} of content_post names no row of accounts_user"]
