"""Article pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.blogs import navigation, selectors
from community.blogs.contents import contents
from community.blogs.series.selectors import place_of
from community.blogs.services import opening_post
from community.common.page_cache import shared_page
from community.common.redirects import redirect_here
from community.common.replicas import from_replica
from community.content.discussion import fill_bodies
from community.content.feed_urls import feed_urls
from community.content.models import Kind
from community.content.pages import ThreadPage, render_thread, thread_page
from community.content.periods import period_links


@require_safe
@shared_page("order", "period", "after", "before")
@from_replica
def articles(request: HttpRequest) -> HttpResponse:
    order = navigation.order_of(request)
    context = {
        "page": selectors.articles(request, order),
        "order": order,
        "tabs": navigation.order_tabs(request, order),
        "periods": period_links(request, order),
        "kind": Kind.ARTICLE,
        "kinds": navigation.kinds(Kind.ARTICLE),
        **feed_urls("articles"),
    }
    return render(request, "blogs/articles.html", context)


@require_safe
@shared_page("view", "order", "after", "before", "post")
def article(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """Show an article with its discussion; `?post=` opens the page with this post and marks it."""
    thread = selectors.article_thread_for(request.user, pk)
    if slug != (thread.slug or "-"):
        return redirect_here(request, thread.get_absolute_url())
    page = thread_page(request, thread)
    return render_thread(request, "blogs/article.html", page, **_parts(request, page))


@require_safe
def preview_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a draft to anyone with its preview link, without discussion; redirect once it is published."""
    found = selectors.article_by_token(token)
    thread = found.thread
    if not thread.is_draft:
        return redirect(thread.get_absolute_url())
    post = opening_post(thread)
    post.thread, post.author = thread, thread.author
    fill_bodies([post], thread.author, is_shared=True)
    context = {"thread": thread, "article": found, "post": post, "contents": contents(post.headings)}
    response = render(request, "blogs/preview.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response


def _parts(request: HttpRequest, page: ThreadPage) -> dict[str, Any]:
    """Return what an article page shows in addition to a thread page."""
    thread, post = page.thread, page.discussion.opening.post
    found = selectors.article_of(thread)
    return {
        "article": found,
        "place": place_of(found, request.user) if page.discussion.is_first else None,
        "post": post,
        "shown": page.posts.inputs() if page.discussion.is_first else {},
        "contents": contents(post.headings) if page.discussion.is_first else [],
        "crumbs": [(_("Articles"), reverse("blogs:articles"))],
        "preview_url": _preview_url(request, found) if thread.is_draft and found.pk else "",
    }


def _preview_url(request: HttpRequest, found: Any) -> str:
    return request.build_absolute_uri(found.preview_url)
