"""Articles as they are read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.blogs import navigation, selectors
from community.blogs.contents import contents
from community.blogs.services import opening_post
from community.common.redirects import redirect_here
from community.content.discussion import Discussion, default_order, discussion, fill_bodies, orders_of, wanted_number
from community.content.drafts import reply_form_for
from community.content.models import Kind
from community.content.policies import is_public
from community.social.selectors import reader_state


@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    order = navigation.order_of(request)
    context = {
        "page": selectors.articles(request, order),
        "order": order,
        "tabs": navigation.order_tabs(order),
        "kinds": navigation.kinds(Kind.ARTICLE),
    }
    return render(request, "blogs/articles.html", context)


@require_safe
def article(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """An article with its discussion; `?post=` opens the page of the discussion that holds this post, marked."""
    thread = selectors.thread_for(request.user, pk, Kind.ARTICLE)
    if slug != (thread.slug or "-"):
        return redirect_here(request, thread.get_absolute_url())
    shown = discussion(
        thread,
        request.user,
        order=request.GET.get("order", ""),
        after=request.GET.get("after"),
        before=request.GET.get("before"),
        number=wanted_number(request.GET.get("post", "")),
    )
    response = render(request, "blogs/article.html", _article_page(request, shown))
    if not is_public(thread):
        response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def preview_link(request: HttpRequest, token: str) -> HttpResponse:
    """A draft, for whoever was given its link: the page without its discussion. Afterwards, the way to the article."""
    found = selectors.article_by_token(token)
    thread = found.thread
    if not thread.is_draft:
        return redirect(thread.get_absolute_url())
    post = opening_post(thread)
    post.thread, post.author = thread, thread.author
    fill_bodies([post], thread.author)
    context = {"thread": thread, "article": found, "post": post, "contents": contents(post.headings)}
    response = render(request, "blogs/preview.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response


def _article_page(request: HttpRequest, shown: Discussion) -> dict[str, Any]:
    thread, post = shown.thread, shown.opening.post
    found = selectors.article_of(thread)
    return {
        "thread": thread,
        "article": found,
        "post": post,
        "contents": contents(post.headings) if shown.is_first else [],
        "crumbs": [(_("Articles"), reverse("blogs:articles"))],
        "preview_url": _preview_url(request, found) if thread.is_draft and found.pk else "",
        "discussion": shown,
        "orders": orders_of(thread),
        "default_order": default_order(thread),
        "form": reply_form_for(request, thread),
        **reader_state(request.user, shown.posts()),
    }


def _preview_url(request: HttpRequest, found: Any) -> str:
    return request.build_absolute_uri(found.preview_url)
