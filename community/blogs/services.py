from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.blogs.models import Article, new_preview_token
from community.blogs.reading import reading_minutes
from community.common.errors import NotAllowed
from community.content import services as content
from community.content.models import Kind, Post, Thread
from community.media.models import Asset


@transaction.atomic
def start_article(
    *,
    author: Any,
    title: str,
    source: str,
    summary: str = "",
    cover: Asset | None = None,
    tags: Iterable[str] = (),
    language: str = "",
    publish: bool = False,
    submission: UUID | None = None,
    draft_key: str = "",
) -> Article:
    """Write an article: a draft that only its author and the holders of its preview link see, or published at once."""
    thread = content.start_thread(
        author=author, kind=Kind.ARTICLE, title=title, source=source, tags=tags, language=language, publish=publish,
        submission=submission, draft_key=draft_key,
    )
    article, _created = Article.objects.get_or_create(thread=thread, defaults={"summary": summary, "cover": cover})
    return _measured(article)


@transaction.atomic
def edit_article(
    *,
    article: Article,
    editor: Any,
    title: str,
    source: str,
    base_version: int,
    summary: str = "",
    cover: Asset | None = None,
    tags: Iterable[str] | None = None,
    reason: str = "",
    draft_key: str = "",
) -> Article:
    """Save another version. A published article says when it was revised. Raises EditConflict like any edit."""
    post = opening_post(article.thread)
    before = post.version
    post = content.edit_post(
        post=post, editor=editor, title=title, source=source, base_version=base_version, tags=tags, reason=reason,
        draft_key=draft_key,
    )
    article.summary, article.cover = summary, cover
    if not article.thread.is_draft and post.version != before:
        article.revised_at = timezone.now()
    article.save(update_fields=["summary", "cover", "revised_at"])
    return _measured(article)


def publish_article(*, article: Article, by: Any) -> Article:
    """Draft to published, now."""
    article.thread = content.publish_thread(thread=article.thread, by=by)
    return article


def renew_preview_link(*, article: Article, by: Any) -> Article:
    """The old link stops working."""
    if article.thread.author_id != by.pk:
        raise NotAllowed(_("Only its author can change the preview link."))
    article.preview_token = new_preview_token()
    article.save(update_fields=["preview_token"])
    return article


def opening_post(thread: Thread) -> Post:
    return Post.objects.select_related("thread", "author").get(thread=thread, number=1)


def _measured(article: Article) -> Article:
    article.reading_minutes = reading_minutes(opening_post(article.thread).text)
    article.save(update_fields=["reading_minutes"])
    return article
