"""Lists of threads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from community.common.errors import NotFound
from community.common.page_cache import shared_page
from community.common.replicas import from_replica
from community.content import category_tree, listings, topics
from community.content.feed_urls import feed_urls
from community.content.models import Kind, Thread
from community.content.periods import period_links, period_of
from community.content.routes import write_url
from community.forum import navigation
from community.forum.lists import BY_DATE, Scope, of_kind, thread_list
from community.social.selectors import level_of


@require_safe
@shared_page("order", "period", "after", "before")
@from_replica
def questions(request: HttpRequest) -> HttpResponse:
    heading = {"title": _("Questions"), "lead": _("Ask about what does not add up. Bring the config and let it train.")}
    heading |= feed_urls("questions")
    topics.shows_kind(Kind.QUESTION)
    return list_of(request, of_kind(Kind.QUESTION), heading)


@require_safe
@shared_page("order", "period", "after", "before")
@from_replica
def discussions(request: HttpRequest) -> HttpResponse:
    heading = {"title": _("Discussions"), "lead": _("Open-ended talk about backpropagation and about this site.")}
    heading |= feed_urls("discussions")
    topics.shows_kind(Kind.DISCUSSION)
    return list_of(request, of_kind(Kind.DISCUSSION), heading)


@require_safe
@shared_page("order", "period", "kind", "after", "before")
@from_replica
def latest(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    heading = {"title": pgettext("lists", "Latest"), "lead": _("Everything people write here, of every kind.")}
    if kind in Kind.values:
        topics.shows_kind(kind)
    links = {"kind_links": navigation.kind_links(request, kind)}
    return list_of(request, of_kind(kind), {**heading, **feed_urls("site"), **links})


@require_safe
@shared_page("order", "period", "after", "before")
@from_replica
def category(request: HttpRequest, slug: str) -> HttpResponse:
    is_counted = request.user.is_authenticated  # the page of a visitor is kept, and would end with each count
    way = category_tree.path_to(category_tree.category_roots(is_counted=is_counted), slug)
    if not way:
        raise NotFound
    node = way[-1]
    if node.children and not is_counted:
        node = category_tree.path_to(category_tree.category_roots(), slug)[-1]
    context = {
        "title": node.category.label,
        "lead": node.category.summary,
        "node": node,
        "crumbs": navigation.category_crumbs([each.category for each in way]),
        **feed_urls("category", slug),
        "edit_url": reverse("admin:content_category_change", args=[node.category.pk]),
        **follow_button(request, "category", node.category),
    }
    within = [each.category.pk for each in category_tree.flattened([node])]
    topics.shows_categories(within)
    rows, parts = Thread.objects.filter(category__in=within), listings.parts_of_category(within)
    return list_of(request, Scope(("category", *within), rows, parts, categories=within), context)


def list_of(request: HttpRequest, scope: Scope, context: dict[str, Any]) -> HttpResponse:
    found = thread_list(scope, request)
    context |= {
        "list": found,
        "page": found.page,
        "order": found.order,
        "by_date": "new" if found.order in BY_DATE else "",
        **navigation.order_links(request, found.order, scope),
        "periods": period_links(request, found.order),
        "period": period_of(request, found.order),
        "kind": scope.kind,
        "current_category": context["node"].category if "node" in context else None,
        "write_url": write_url(scope.kind),
    }
    return render(request, "forum/thread_list.html", context)


def follow_button(request: HttpRequest, kind: str, target: Any) -> dict[str, Any]:
    return {"follow_kind": kind, "follow_target": target, "level": level_of(request.user, kind, target.pk)}
