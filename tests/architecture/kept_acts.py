"""What can happen to a site whose pages are kept: acts of the route table, of operators, and on a thread of a list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from community.accounts.models import User
from community.common.changes.log import CHANGES
from community.content import merging
from community.content.models import Category, Post, Tag, Thread
from community.content.services import add_post, delete_post, hide_post, start_thread, taxonomy, unhide_post
from community.forum.services import lock_thread, move_thread, pin_everywhere, unpin_thread
from community.social.models import Follow, Mark
from community.social.services import vote
from tests.architecture import world as worlds
from tests.architecture.kept_site import AGES, HIDDEN, NOW, PINNED, Site
from tests.architecture.test_routes import ROLES, ROWS, Row, address

ROUTES = [row for row in ROWS if row.method != "GET" and any(answer[0] in "23" for answer in row.answers)]


def act(site: Site, row: Row) -> None:
    """Send a form of the route table as the first role that may."""
    role = next(role for role, answer in zip(ROLES, row.answers, strict=True) if answer[0] in "23")
    about = site.world.things[row.thing]
    path, form = address(row.route, about), worlds.form_for(row.route, about)
    assert site.door._send(role, row.method, row.route, path, form).status_code < 400


def _update(model: Any, **columns: Any) -> Callable[[Site], Any]:
    return lambda _site: model.objects.update(**columns)


def _sql(text: str) -> Callable[[Site], Any]:
    return lambda _site: connection.cursor().execute(text)


def _rename_author(site: Site) -> None:
    User.objects.filter(handle=site.world.things["person"]["handle"]).update(handle="renamed")


def _follow_everybody(_site: Site) -> None:
    zoe = User.objects.create(handle="zoe", email="zoe@example.org")
    Follow.objects.bulk_create(Follow(follower=zoe, person=person) for person in User.objects.exclude(pk=zoe.pk))


def _hide_replies(_site: Site) -> None:
    Post.objects.exclude(role="opening").update(hidden_at=NOW)


OTHERS: dict[str, Callable[[Site], Any]] = {
    "all people are renamed": _update(User, display_name="Somebody Else"),
    "all people are suspended": _update(User, is_active=False),
    "all people become staff": _update(User, is_staff=True),
    "a handle is changed": _rename_author,
    "categories are renamed": _update(Category, name="Renamed", name_zh="改名"),
    "tags are renamed": _update(Tag, name="renamed"),
    "tags are counted anew": _update(Tag, thread_count=7),
    "categories are counted anew": _update(Category, thread_count=7),
    "threads are hidden": _update(Thread, hidden_at=NOW),
    "threads are deleted": _update(Thread, deleted_at=NOW),
    "threads are locked": _update(Thread, locked_at=NOW),
    "threads are pinned": _update(Thread, pinned_at=NOW, is_pinned_everywhere=True),
    "threads are moved to no category": _update(Thread, category=None),
    "threads are voted on": _update(Thread, score=9),
    "scores are turned around": lambda _site: Thread.objects.update(score=F("id")),
    "replies are hidden": _hide_replies,
    "posts are edited": _update(Post, html="<p>Other words.</p>", excerpt="Other words.", text="Other words."),
    "openings are edited": lambda _site: Post.objects.filter(role="opening").update(html="<p>Other.</p>"),
    "posts are voted on": _update(Post, score=99, up_count=100, down_count=1),
    "posts are agreed with": _update(Post, agree_count=9),
    "marks are reworded": _update(Mark, reason="Other words."),
    "a new person follows everybody": _follow_everybody,
    "SQL is typed by an operator": _sql("UPDATE content_thread SET title = 'SQL'"),
    "SQL empties titles": _sql("UPDATE content_thread SET title_html = ''"),
    "runs are stopped": _sql("UPDATE bpsandbox_run SET state = 'cancelled'"),
    "runs become private": _sql("UPDATE bpsandbox_attachment SET visibility = 'private'"),
}
"""Each ends a page."""
ON_LISTS = {"all people are renamed", "scores are turned around", "SQL empties titles"}
"""These are done to each page of the lists too; the others are in the full run."""


def _start(site: Site) -> None:
    start_thread(author=site.moderator, kind="question", title="One more.", source="z", tags=["loss"])


def _copy(**columns: Any) -> Callable[[Site], Any]:
    """Insert a thread far inside the lists."""

    def insert(site: Site) -> None:
        thread = start_thread(author=site.moderator, kind="question", title="From elsewhere.", source="z")
        copied = Thread.objects.filter(pk=thread.pk).values().get()
        copied |= {"last_post_at": NOW - timedelta(days=10, hours=5)} | columns
        delete_post(post=thread.posts.get(), by=site.moderator)
        del copied["id"]
        CHANGES.catch_up()
        Thread.objects.bulk_create([Thread(**copied)])

    return insert


def _merge_tag(_site: Site) -> int:
    """Make one tag a synonym of another, as it is until the job that moves its threads begins. Returns its key."""
    Tag.objects.create(slug="risk", name="risk")
    tag = Tag.objects.get(slug="loss")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "move_tagged", lambda tag_id: None)
        taxonomy.make_synonym(tag=tag, of="risk", by=_site.moderator)
    assert tag.threads.count() == len(AGES)
    return tag.pk


def _redate(place: int, **age: int) -> Callable[[Site], Any]:
    moment = NOW - timedelta(**age)
    return lambda site: Thread.objects.filter(pk=site.threads[place].pk).update(last_post_at=moment)


LISTED: dict[str, Callable[[Site], Any]] = {
    "the pinned thread is not any more": lambda site: unpin_thread(thread=site.threads[PINNED], by=site.moderator),
    "the pinned thread is hidden": lambda site: hide_post(post=site.opening(PINNED), by=site.moderator),
    "the pinned thread is deleted": lambda site: delete_post(post=site.opening(PINNED), by=site.moderator),
    "the hidden thread is shown": lambda site: unhide_post(post=site.opening(HIDDEN), by=site.moderator),
    "a thread is begun": _start,
    "a thread is copied from elsewhere": _copy(),
    "a pinned thread is copied from elsewhere": _copy(pinned_at=NOW, is_pinned_everywhere=True),
    "the newest is the oldest": _redate(0, days=9_000),
    "the newest is far inside": _redate(0, days=10, hours=3),
    "the newest is far inside by month": _redate(0, days=600),
    "the oldest is far inside": _redate(15, days=7, hours=3),
    "a tag is merged and no job has run": _merge_tag,
    "a tag is merged and its threads moved": lambda site: merging.move_tagged(_merge_tag(site)),
}

ON_ONE_THREAD: dict[str, Callable[[Site, int], Any]] = {
    "replied to": lambda site, place: add_post(thread=site.threads[place], author=site.moderator, source="More."),
    "voted on": lambda site, place: vote(user=site.voter, post=site.opening(place), value=1),
    "and its reply voted on": lambda site, place: vote(user=site.voter, post=site.reply(place), value=1),
    "hidden": lambda site, place: hide_post(post=site.opening(place), by=site.moderator),
    "deleted": lambda site, place: delete_post(post=site.opening(place), by=site.moderator),
    "without its reply": lambda site, place: delete_post(post=site.reply(place), by=site.moderator),
    "locked": lambda site, place: lock_thread(thread=site.threads[place], by=site.moderator),
    "pinned": lambda site, place: pin_everywhere(thread=site.threads[place], by=site.moderator),
    "moved": lambda site, place: move_thread(
        thread=site.threads[place], by=site.moderator, category=Category.objects.get(slug="derivations")
    ),
    "without tags": lambda site, place: site.threads[place].tags.clear(),
}
PLACES = [0, 5, 8, 13]
"""The newest, the pinned one, one among days and one among months."""
OTHER_PLACES = [1, 4, 6, 10, 15]
