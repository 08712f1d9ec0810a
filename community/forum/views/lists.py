"""Lists of threads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.common.errors import NotFound
from community.common.pagination import keyset_page
from community.content import category_tree
from community.content.feed_urls import feed_urls
from community.content.models import Category, Kind, Tag, Thread
from community.content.querysets import ThreadQuerySet
from community.content.routes import write_url
from community.content.slugs import tag_slug
from community.forum import navigation
from community.forum.lists import of_kind, thread_list
from community.social.selectors import is_following

TAGS_A_PAGE = 60


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    heading = {"title": _("Questions"), "lead": _("Ask about what does not add up. Bring the config and let it train.")}
    heading |= feed_urls("questions")
    return _list(request, Thread.objects.filter(kind=Kind.QUESTION), heading, kind=Kind.QUESTION)


@require_safe
def discussions(request: HttpRequest) -> HttpResponse:
    heading = {"title": _("Discussions"), "lead": _("Open-ended talk about backpropagation and about this site.")}
    heading |= feed_urls("discussions")
    return _list(request, Thread.objects.filter(kind=Kind.DISCUSSION), heading, kind=Kind.DISCUSSION)


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    heading = {"title": _("Latest"), "lead": _("Everything people write here, of every kind.")}
    rows = of_kind(Thread.objects.all(), kind)
    return _list(request, rows, heading | feed_urls("site"), kind=kind, kind_links=navigation.kind_links(request, kind))


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    roots = category_tree.category_roots()
    way = category_tree.path_to(roots, slug)
    if not way:
        raise NotFound
    node = way[-1]
    context = {
        "title": node.category.label,
        "lead": node.category.summary,
        "node": node,
        "crumbs": navigation.category_crumbs([each.category for each in way]),
        **feed_urls("category", slug),
        "edit_url": reverse("admin:content_category_change", args=[node.category.pk]),
        **_follow(request, "category", node.category),
    }
    within = Category.objects.keys_within(node.category.pk)
    return _list(request, Thread.objects.filter(category__in=within), context, roots=roots)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    found = Tag.objects.used().filter(slug=tag_slug(slug)).first()
    if found is None:
        raise NotFound
    context = {
        "title": found.name,
        "lead": found.description,
        "is_tag": True,
        "crumbs": [(_("Tags"), reverse("forum:tags")), (found.name, "")],
        **feed_urls("tag", found.slug),
        "edit_url": reverse("admin:content_tag_change", args=[found.pk]),
        **_follow(request, "tag", found),
    }
    return _list(request, Thread.objects.filter(tags=found), context)


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    page = keyset_page(Tag.objects.used(), order=("-thread_count", "slug"), size=TAGS_A_PAGE, request=request)
    return render(request, "forum/tags.html", {"page": page})


def _list(
    request: HttpRequest,
    rows: ThreadQuerySet,
    context: dict[str, Any],
    *,
    kind: str = "",
    kind_links: Any = (),
    roots: Any = None,
) -> HttpResponse:
    found = thread_list(rows, request)
    context |= {
        "list": found,
        "page": found.page,
        "order": found.order,
        "by_date": "new" if found.order in ("new", "unanswered") else "",
        "tabs": navigation.order_tabs(request, found.order, kind),
        "kind_links": kind_links,
        "categories": category_tree.flattened(roots if roots is not None else category_tree.category_roots()),
        "current_category": context["node"].category if "node" in context else None,
        "write_url": write_url(kind),
    }
    return render(request, "forum/thread_list.html", context)


def _follow(request: HttpRequest, kind: str, target: Any) -> dict[str, Any]:
    return {"follow_kind": kind, "follow_target": target, "following": is_following(request.user, **{kind: target})}
