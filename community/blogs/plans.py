"""Writing plans for articles and notes: form and service for the shared writing page."""

from __future__ import annotations

from typing import Any

from community.accounts.models import User
from community.blogs import services
from community.blogs.forms import ArticleEditForm, ArticleForm
from community.blogs.selectors import article_of
from community.content import routes, writing
from community.content.models import Kind, Post, Thread


def register() -> None:
    routes.register(Kind.ARTICLE, write="blogs:write", edit="blogs:edit")
    routes.register(Kind.NOTE, write="blogs:note-write")
    plan = writing.WritingPlan(
        form=ArticleForm,
        edit_form=ArticleEditForm,
        start=_start,
        edit=_edit,
        extra=_extra,
        fields="blogs/_fields.html",
        draft_by_default=True,
    )
    writing.register(Kind.ARTICLE, plan)


def _start(*, author: User, kind: str, publish: bool, **values: Any) -> Thread:
    return services.start_article(author=author, publish=publish, **values).thread


def _edit(*, post: Post, editor: User, publish: bool, **values: Any) -> Post:
    article = services.edit_article(article=article_of(post.thread), editor=editor, publish=publish, **values)
    return services.opening_post(article.thread)


def _extra(post: Post) -> dict[str, Any]:
    article = article_of(post.thread)
    cover = article.cover.sha256 if article.cover else ""
    return {"summary": article.summary, "base_summary": article.summary, "cover_kept": cover, "base_cover": cover}
