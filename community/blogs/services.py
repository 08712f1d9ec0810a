"""Article services. Keyword-only; text goes through `content.services`, the rest joins its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from community.blogs.errors import SummaryChanged
from community.blogs.models import Article, new_preview_token
from community.blogs.reading import reading_minutes
from community.blogs.summaries import columns_of
from community.common.errors import NotAllowed
from community.content import services as content
from community.content import texts
from community.content.models import Kind, Post, Thread
from community.media.models import Asset

if TYPE_CHECKING:
    from community.accounts.models import User

SUMMARY_LENGTH = 400


class Keep(Enum):
    """Sentinel type: keep the current cover; None removes it."""

    AS_IT_IS = "as it is"


def start_article(
    *,
    author: User,
    title: str,
    source: str,
    summary: str = "",
    cover: Asset | None = None,
    tags: Iterable[str] = (),
    language: str = "",
    publish: bool = False,
    submission: UUID | None = None,
    draft_key: str = "",
    draft_version: int | None = None,
) -> Article:
    """Create an article, as a draft visible to its author and through its preview link, or published at once.

    Raises what `content.services.start_thread` raises.
    """
    columns = {**columns_of(clean_summary(summary)), "cover": cover}
    thread = content.start_thread(
        author=author,
        kind=Kind.ARTICLE,
        title=title,
        source=source,
        tags=tags,
        language=language,
        publish=publish,
        submission=submission,
        draft_key=draft_key,
        draft_version=draft_version,
        within=partial(_begin, columns),
    )
    return Article.objects.select_related("thread__author", "cover").get(thread=thread)


def edit_article(
    *,
    article: Article,
    editor: User,
    source: str,
    base_version: int,
    title: str | None = None,
    summary: str | None = None,
    base_summary: str | None = None,
    cover: Asset | Keep | None = Keep.AS_IT_IS,
    tags: Iterable[str] | None = None,
    base_tags: Iterable[str] | None = None,
    reason: str = "",
    draft_key: str = "",
    draft_version: int | None = None,
    publish: bool = False,
    approval: content.Approval | None = None,
) -> Article:
    """Save a new version of an article; None leaves title, summary or tags unchanged.

    `base_summary`, if given, is the summary that the editor started from: one that is still the same leaves the saved
    one unchanged. A published article gets a revision date; `publish` publishes a draft in the same transaction. Raises
    SummaryChanged, and what `content.services.edit_post` raises, including EditConflict.
    """
    post = opening_post(article.thread)
    columns: dict[str, Any] = {} if summary in (None, base_summary) else columns_of(clean_summary(summary or ""))
    columns |= {} if cover is Keep.AS_IT_IS else {"cover": cover}
    content.edit_post(
        post=post,
        editor=editor,
        title=title,
        source=source,
        base_version=base_version,
        tags=tags,
        base_tags=base_tags,
        reason=reason,
        draft_key=draft_key,
        draft_version=draft_version,
        publish=publish,
        within=partial(_revise, columns, base_summary, post.edited_at),
        approval=approval,
    )
    return Article.objects.select_related("thread__author", "cover").get(pk=article.pk)


def publish_article(*, article: Article, by: User, version: int | None = None) -> Article:
    """Publish a draft now. Raises what `content.services.publish_thread` does."""
    article.thread = content.publish_thread(thread=article.thread, by=by, version=version)
    return article


def renew_preview_link(*, article: Article, by: User) -> Article:
    """Replace the preview link; the old one stops working. Raises NotAllowed."""
    if article.thread.author_id != by.pk:
        raise NotAllowed(_("Only the author can change the preview link."))
    article.preview_token = new_preview_token()
    article.save(update_fields=["preview_token"])
    return article


def opening_post(thread: Thread) -> Post:
    return Post.objects.select_related("thread", "author").get(thread=thread, number=1)


def clean_summary(summary: str) -> str:
    """Return the summary on one line. Raises InvalidText."""
    return texts.one_line(summary, field="summary", longest=SUMMARY_LENGTH)


def _begin(columns: dict[str, Any], post: Post) -> None:
    Article.objects.create(thread=post.thread, reading_minutes=reading_minutes(post.text), **columns)


def _revise(columns: dict[str, Any], base_summary: str | None, edited_before: datetime | None, post: Post) -> None:
    """Save summary and cover; create the Article row if the thread has none. A correction revises nothing."""
    if base_summary is not None and "summary" in columns:
        _refuse_newer(post.thread, base_summary, columns["summary"])
    columns = columns | {"reading_minutes": reading_minutes(post.text)}
    if not post.thread.is_draft and post.edited_at != edited_before:
        columns["revised_at"] = timezone.now()
    Article.objects.update_or_create(thread=post.thread, defaults=columns)


def _refuse_newer(thread: Thread, base: str, summary: str) -> None:
    """Raise SummaryChanged if another summary has been saved since. The thread is locked."""
    current = Article.objects.filter(thread=thread).values_list("summary", flat=True).first() or ""
    if current not in (base, summary):
        raise SummaryChanged(current)
