"""Notifications about posts, sent after the commit. Idempotent: a person is notified once per post."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists
from django.utils import timezone

from community.accounts.models import User
from community.notifications.services import notify
from community.rendering import mention_candidates

from . import audience, quoting
from .audience import Event
from .models import Post, Revision, Role
from .services import reading

_OF_A_POST = ("html", "text", "excerpt", "headings")
UNREAD = (
    *_OF_A_POST,
    *(f"{post}__{column}" for post in ("parent", "reply_to") for column in ("source", *_OF_A_POST)),
    *("thread__title_html", "author__bio", "author__bio_html"),
)
UNREAD_EDITOR = ("editor__bio", "editor__bio_html")


def announce(post_id: int) -> None:
    """Notify everyone a new post concerns, if it is still public, and deliver it to followers in batches.

    Each person gets the most specific reason: answered, quoted, mentioned, thread author, follower.
    """
    post = _public(post_id)
    if post is not None:
        _find_first(post)
        mentioned = _mentioned(post)
        _tell(post, _above(post) | mentioned | _quoted(post) | _answered(post), mentioned, is_new=True)
        audience.deliver(post)
        reading.mark_told(post)


def announce_edit(post_id: int, version: int | None = None) -> None:
    """Notify those whom an edited post quotes or mentions and who have not been notified of it, by who edited it.

    `version` is the one that the edit made, the newest if none is given. Of an earlier one only those are notified whom
    it quoted or mentioned too: of the others it is the job of the later edit.
    """
    post = _public(post_id)
    if post is None:
        return
    mentioned, quoted = _mentioned(post), _quoted(post)
    version = post.version if version is None else version
    earlier = post.revisions.filter(number=version).first() if version < post.version else None
    if earlier is not None:
        mentioned = _mentioned(post, within=earlier.source)
        quoted = dict(quoted.items() & _quoted(earlier).items())
    _tell(post, mentioned | quoted, mentioned, is_new=False, by=_editor(post, version))
    audience.deliver_edit(post)


def _find_first(post: Post) -> None:
    """Mark a post if its author had not posted before, so that others welcome them."""
    if post.author.is_demo or post.author.is_system:
        return
    before = Post.objects.filter(author=post.author_id, created_at__lt=post.created_at)
    has_posted = Exists(before.filter(thread__published_at__isnull=False))
    Post.objects.filter(~has_posted, pk=post.pk).update(is_first=True)


def _public(post_id: int) -> Post | None:
    related = ("thread", "author", "parent", "reply_to")
    posts = Post.objects.public().select_related(*related).defer(*UNREAD)
    return posts.filter(pk=post_id).first()


def _editor(post: Post, version: int) -> User:
    """Return who made a version: the revision that it replaced tells."""
    rows = post.revisions.select_related("editor").defer("source", *UNREAD_EDITOR).order_by("-number")
    replaced = rows.filter(number__lt=version).first()
    return replaced.editor if replaced else post.author


def _tell(
    post: Post, said: dict[int, str], mentioned: Collection[int], *, is_new: bool, by: User | None = None
) -> None:
    """Notify those to whom something is said, by verb, and the thread's author of a new reply, if they want it."""
    events = dict.fromkeys(said, Event.SAID_TO_THEM)
    if is_new and not post.is_opening:
        events.setdefault(post.thread.author_id, Event.NEW_POST)
    events.pop(post.author_id, None)
    notify(
        listeners={person: said.get(person, "reply") for person in audience.notified(post, events)},
        actor=by or post.author,
        target_kind="post",
        target_id=post.pk,
        event=f"post:{post.pk}",
        subject=post.thread_id,
    )
    if mentioned:
        post.mentions.filter(user__in=list(mentioned), notified_at=None).update(notified_at=timezone.now())


def _answered(post: Post) -> dict[int, str]:
    """Return the author of the post replied to, else the thread's author."""
    if post.is_opening:
        return {}
    if post.role == Role.ANSWER:
        return {post.thread.author_id: "answer"}
    if post.reply_to is None or post.reply_to.is_opening:
        return {post.thread.author_id: "reply"}
    return {post.reply_to.author_id: "reply_to_comment" if post.reply_to.role == Role.COMMENT else "reply"}


def _above(post: Post) -> dict[int, str]:
    """Return the author of the post under which a comment is, be it directed at someone else."""
    return {} if post.parent is None else {post.parent.author_id: "reply"}


def _mentioned(post: Post, within: str | None = None) -> dict[int, str]:
    """Return whom the post mentions and nobody has told, of them those whom a text may mention too, if one is given."""
    rows = post.mentions.filter(notified_at=None)
    if within is not None:
        rows = rows.filter(user__handle_key__in=sorted(mention_candidates(within)))
    return dict.fromkeys(rows.values_list("user_id", flat=True), "mention")


def _quoted(post: Post | Revision) -> dict[int, str]:
    return dict.fromkeys((each.author_id for each in quoting.quoted_posts(post.source)), "quote")
