from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from community.accounts.policies import refuse_unconfirmed
from community.content import bodies, policies, slugs, texts
from community.content.models import Category, Kind, Post, Role, Thread

from . import after_save, submissions
from . import tags as tagging
from .counting import add_to_categories
from .drafts import drop_posted
from .publishing import publish_thread

if TYPE_CHECKING:
    from community.accounts.models import User

DEFAULT_CATEGORY = {Kind.QUESTION: "training-troubles", Kind.DISCUSSION: "meta"}


def start_thread(
    *,
    author: User,
    kind: str,
    source: str,
    title: str = "",
    category: Category | None = None,
    tags: Iterable[str] = (),
    language: str = "",
    publish: bool = True,
    submission: UUID | None = None,
    draft_key: str = "",
    draft_version: int | None = None,
    within: Callable[[Post], None] | None = None,
) -> Thread:
    """Create a question, discussion, article or note; with `publish=False` as a private draft.

    A repeated `submission` returns the thread it created; `publish` then publishes it. `draft_key` names the autosaved
    draft of this text, deleted in the same transaction as `drop_posted` says. `within` is called in it with the opening
    post, for rows that a higher app adds to a thread. Raises InvalidText, SubmissionReused, EmailUnconfirmed.
    """
    refuse_unconfirmed(author)
    title = texts.title(title, required=kind != Kind.NOTE)
    source = texts.source(source, kind=kind)
    names = texts.tags(tags)
    created = _created_before(author, submission, source, title, publish=publish)
    if created is not None:
        return created
    body = bodies.render_post(source, kind=kind, number=1, title=title)
    titled = {"title": title, "title_html": body.title_html, "slug": slugs.slug_for(title)}
    category = category or _default_category(kind)
    thread = Thread(author=author, kind=kind, category=category, language=language or body.language, **titled)
    try:
        return _store(
            thread,
            body,
            source,
            names,
            publish=publish,
            submission=submission,
            draft_key=draft_key,
            draft_version=draft_version,
            within=within,
        )
    except IntegrityError:
        created = _created_before(author, submission, source, title, publish=publish)
        if created is None:
            raise
        return created


def _created_before(author: User, submission: UUID | None, source: str, title: str, *, publish: bool) -> Thread | None:
    """Return the thread this submission created. A draft that is sent again to be published is, if its text is the same
    still.
    """
    post = submissions.previous_result(author, submission, source, title)
    if post is None:
        return None
    if publish and policies.can_publish(author, post.thread):
        return publish_thread(thread=post.thread, by=author, as_written=(title, source))
    return post.thread


@transaction.atomic
def _store(
    thread: Thread,
    body: bodies.Body,
    source: str,
    names: dict[str, str],
    *,
    publish: bool,
    submission: UUID | None,
    draft_key: str,
    draft_version: int | None,
    within: Callable[[Post], None] | None,
) -> Thread:
    now = timezone.now()
    thread.created_at = thread.last_post_at = now
    thread.published_at = now if publish else None
    thread.last_number = thread.post_count = 1
    thread.lead_embed = body.lead_embed
    thread.save(force_insert=True)
    post = Post(
        thread=thread,
        author=thread.author,
        number=1,
        role=Role.OPENING,
        source=source,
        submission=submission,
        language=thread.language,
        created_at=now,
        **body.columns,
    )
    post.save(force_insert=True)
    tagging.replace(thread, names)
    after_save.after_write(post, body)
    if publish and thread.category_id:
        add_to_categories({thread.category_id: 1})
    drop_posted(owner=thread.author, key=draft_key, source=source, title=thread.title, version=draft_version)
    if within is not None:
        within(post)
    return thread


def _default_category(kind: str) -> Category | None:
    slug = DEFAULT_CATEGORY.get(Kind(kind))
    return Category.objects.filter(slug=slug).first() if slug else None
