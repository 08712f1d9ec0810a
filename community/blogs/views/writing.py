"""Articles being written: drafts, edits, publishing, the preview link."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.requests import MemberRequest
from community.blogs import selectors, services
from community.blogs.forms import ArticleEditForm, ArticleForm
from community.blogs.models import Article
from community.common.errors import NotAllowed
from community.common.ratelimit import limited
from community.content import history, kept_forms, policies, previews
from community.content.drafts import restored_fields
from community.content.models import Kind, Post
from community.content.rates import EDITING, POSTING, SWITCHING
from community.media.rates import UPLOADING

DRAFT_KEY = f"new:{Kind.ARTICLE.value}"


@kept_forms.sign_in_first
@require_http_methods(["GET", "POST"])
@limited(POSTING)
def write(request: MemberRequest) -> HttpResponse:
    """Write an article: kept as a draft, or published at once."""
    if request.method == "GET":
        return _write_page(request, ArticleForm(initial=_initial(request), owner=request.user))
    form = ArticleForm(request.POST, _pictures(request), owner=request.user)
    if "preview" in request.POST:
        form.is_valid()
        return _write_page(request, form, page_html=previews.page(request.user, request.POST))
    article = _started(form, request) if form.is_valid() else None
    if article is None:
        return _write_page(request, form, status=422)
    return redirect(article.thread.get_absolute_url())


@kept_forms.sign_in_first
@require_http_methods(["GET", "POST"])
@limited(EDITING)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Edit an article; a stale edit comes back with both texts and what differs."""
    article = selectors.own_article(request.user, pk)
    post = services.opening_post(article.thread)
    if not policies.can_edit(request.user, post):
        raise NotAllowed(_("You cannot edit this post."))
    owned: dict[str, Any] = {"owner": request.user, "current": article.cover}
    if request.method == "GET":
        return _edit_page(request, post, ArticleEditForm(initial=_edit_initial(request, article, post), **owned))
    form = ArticleEditForm(request.POST, _pictures(request), **owned)
    if "preview" in request.POST:
        form.is_valid()
        return _edit_page(request, post, form, page_html=previews.page(request.user, request.POST))
    saved = _save(form, article, request) if form.is_valid() else None
    if saved is None:
        return _refused_edit(request, post, form)
    if "publish" in request.POST and saved.thread.is_draft:
        return _published(request, saved)
    return redirect(saved.thread.get_absolute_url())


@kept_forms.sign_in_first
@require_POST
@limited(POSTING)
def publish(request: MemberRequest, pk: int) -> HttpResponse:
    return _published(request, selectors.own_article(request.user, pk))


@kept_forms.sign_in_first
@require_POST
@limited(SWITCHING)
def renew_link(request: MemberRequest, pk: int) -> HttpResponse:
    """Change the preview link, so that the one given away before opens nothing."""
    article = services.renew_preview_link(article=selectors.own_article(request.user, pk), by=request.user)
    messages.success(request, _("The link is new. The old one no longer opens the draft."))
    return redirect(article.thread.get_absolute_url())


def _published(request: MemberRequest, article: Article) -> HttpResponse:
    article = services.publish_article(article=article, by=request.user)
    messages.success(request, _("It is published."))
    return redirect(article.thread.get_absolute_url())


def _pictures(request: MemberRequest) -> Any:
    """The picture that came with a form; each counts as an upload."""
    if request.FILES:
        UPLOADING.hit(request)
    return request.FILES


def _started(form: ArticleForm, request: MemberRequest) -> Article | None:
    cleaned = form.cleaned_data
    return form.act(
        services.start_article,
        author=request.user,
        title=cleaned["title"],
        source=cleaned["source"],
        summary=cleaned["summary"],
        cover=form.chosen_cover,
        tags=cleaned["tags"],
        publish="publish" in request.POST,
        submission=cleaned["submission"],
        draft_key=cleaned["draft_key"],
    )


def _save(form: ArticleEditForm, article: Article, request: MemberRequest) -> Article | None:
    cleaned = form.cleaned_data
    return form.act(
        services.edit_article,
        article=article,
        editor=request.user,
        title=cleaned["title"],
        source=cleaned["source"],
        base_version=cleaned["base_version"],
        summary=cleaned["summary"],
        cover=form.chosen_cover,
        tags=cleaned["tags"],
        reason=cleaned["reason"],
        draft_key=cleaned["draft_key"],
    )


def _initial(request: MemberRequest) -> dict[str, Any]:
    key = request.GET.get("draft") or DRAFT_KEY
    initial: dict[str, Any] = {"draft_key": key, "submission": uuid.uuid4()}
    initial |= {name: request.GET[name] for name in ("title", "tags") if name in request.GET}
    return initial | restored_fields(request, key)


def _edit_initial(request: MemberRequest, article: Article, post: Post) -> dict[str, Any]:
    key = f"edit:{post.pk}"
    return {
        "draft_key": key,
        "base_version": post.version,
        "title": article.thread.title,
        "source": post.source,
        "summary": article.summary,
        "cover_kept": article.cover.sha256 if article.cover else "",
        "tags": ", ".join(article.thread.tags.values_list("name", flat=True)),
    } | restored_fields(request, key)


def _write_page(request: MemberRequest, form: ArticleForm, status: int = 200, page_html: str = "") -> HttpResponse:
    return render(request, "blogs/write.html", {"form": form, "page_html": page_html}, status=status)


def _edit_page(
    request: MemberRequest, post: Post, form: ArticleEditForm, status: int = 200, page_html: str = ""
) -> HttpResponse:
    context = {"form": form, "page_html": page_html, "post": post, "thread": post.thread}
    return render(request, "blogs/edit.html", context, status=status)


def _refused_edit(request: MemberRequest, post: Post, form: ArticleEditForm) -> HttpResponse:
    """The form again; after a conflict with both texts, and based on the newer one when it is sent again."""
    conflict = form.conflict
    if conflict is None:
        return _edit_page(request, post, form, status=422)
    form.put("base_version", str(conflict.current_version))
    context = {
        "form": form,
        "post": post,
        "thread": post.thread,
        "conflict": conflict,
        "rows": history.conflicting_rows(conflict),
    }
    return render(request, "blogs/conflict.html", context, status=409)
