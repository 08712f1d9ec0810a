"""Tags: the page of each, the list of all, and the forms with which moderators name, describe and merge them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.accounts.requests import MemberRequest
from community.common.errors import Conflict, NotAllowed, NotFound
from community.common.lookups import get_or_not_found
from community.common.page_cache import shared_page
from community.common.pagination import keyset_page
from community.common.ratelimit import limited
from community.common.redirects import redirect_here
from community.common.replicas import from_replica
from community.content import kept_forms, listings, topics
from community.content.feed_urls import feed_urls
from community.content.models import Tag
from community.content.rates import EDITING, LOOKING
from community.content.services import taxonomy
from community.content.slugs import tag_slug
from community.content.tag_tree import Place, place_of, tagged
from community.forum import policies
from community.forum.forms import MergeForm, TagForm
from community.forum.lists import Scope
from community.forum.tag_merges import TagMerge, merge_of
from community.forum.views.lists import follow_button, list_of

TAGS_A_PAGE = 60


@require_safe
@shared_page("order", "period", "after", "before")
@from_replica
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a tag with the threads of it and of the tags within it; a synonym redirects to its tag."""
    found = Tag.objects.meant_by(tag_slug(slug))
    place = place_of(found) if found else None
    if found is None or place is None or not place.is_used:
        raise NotFound
    topics.shows_tags(place.keys)
    if found.slug != tag_slug(slug):
        return redirect_here(request, found.get_absolute_url())
    parts = listings.parts_of_tags(place.keys)
    scope = Scope(("tag", *place.keys), tagged(place.keys), parts, tags=place.keys)
    return list_of(request, scope, _heading(request, place))


def _heading(request: HttpRequest, place: Place) -> dict[str, Any]:
    tag, parent = place.tag, place.tag.parent
    summary = tag.summary
    return {
        "title": tag.label,
        "lead": summary.text,
        "lead_language": summary.language,
        "tag": tag,
        "place": place,
        "names": _other_names(place),
        "crumbs": [
            (_("Tags"), reverse("forum:tags")),
            *([(parent.label, parent.get_absolute_url())] if parent else []),
            (tag.label, ""),
        ],
        **feed_urls("tag", tag.slug),
        "edit_url": reverse("forum:tag-edit", args=[tag.slug]),
        **follow_button(request, "tag", tag),
    }


def _other_names(place: Place) -> list[str]:
    """Return what a tag is called besides the name on its page, each once."""
    tag = place.tag
    named = dict.fromkeys([tag.other_name, *(synonym.name for synonym in place.synonyms)])
    return [name for name in named if name and name.casefold() != tag.label.casefold()]


@require_safe
@shared_page("after", "before")
@from_replica
def tags(request: HttpRequest) -> HttpResponse:
    topics.shows_tag_counts()
    used, order = Tag.objects.used(), ("-thread_count", "slug")
    page = keyset_page(used, order=order, size=TAGS_A_PAGE, request=request, parts=[used])
    return render(request, "forum/tags.html", {"page": page})


@kept_forms.sign_in_keeping_text
@require_http_methods(["GET", "POST"])
@limited(EDITING, instead=LOOKING)
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Edit a tag: its names, its place among others, and what it is, or make it a synonym of another one."""
    found = _for_moderator(request, slug)
    if request.method == "GET":
        return _edit_page(request, found, _form_of(request, found))
    if "merge" in request.POST and "preview" not in request.POST:
        return _merge(request, found)
    form = TagForm(request.POST)
    is_valid = form.is_valid()
    if "preview" in request.POST:
        shown = form.act(taxonomy.preview, **form.abouts) if is_valid else None
        return _edit_page(request, found, form, preview=shown, status=200 if shown is not None else 422)
    saved = form.act(taxonomy.edit_tag, tag=found, by=request.user, **form.values) if is_valid else None
    if saved is None:
        return _refused(request, found, form)
    messages.success(request, _("Tag saved."))
    return redirect(_address(saved))


def _form_of(request: MemberRequest, tag: Tag) -> TagForm:
    """Return the form with what is saved, or with what was typed when the session had ended."""
    initial = TagForm.initial_of(tag)
    return TagForm(initial=initial | kept_forms.kept_fields(request, initial["draft_key"]))


def _merge(request: MemberRequest, tag: Tag) -> HttpResponse:
    """Show what making it a synonym will change, and do it once that was seen."""
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, tag, _form_of(request, tag), merge_form=form, status=422)
    wish = {"tag": tag, "by": request.user, "of": form.cleaned_data["of"]}
    seen = form.cleaned_data["seen"]
    if seen is None:
        both = form.act(taxonomy.synonym_target, **wish)
        merge = merge_of(*both) if both else None
        status = 200 if both else form.refused_status
        return _edit_page(request, tag, _form_of(request, tag), merge_form=form, merge=merge, status=status)
    target = form.act(taxonomy.make_synonym, seen=seen, **wish)
    if target is None:
        return _edit_page(request, tag, _form_of(request, tag), merge_form=form, status=form.refused_status)
    sentence = _("#%(tag)s is a synonym of #%(of)s now. Its threads are being moved.")
    messages.success(request, sentence % {"tag": tag.label, "of": target.label})
    return redirect(_address(target))


def _refused(request: MemberRequest, tag: Tag, form: TagForm) -> HttpResponse:
    """Return the form with its errors; after a conflict with what was saved meanwhile, which is replaced if resent."""
    if form.refused_status != Conflict.status:
        return _edit_page(request, tag, form, status=form.refused_status)
    newest = TagForm.initial_of(Tag.objects.select_related("parent").get(pk=tag.pk))
    form.put("base_version", str(newest["base_version"]))
    saved = [(form[name].label, newest[name]) for name in form.shown if newest[name] != form[name].value()]
    return _edit_page(request, tag, form, saved=saved, status=form.refused_status)


def _for_moderator(request: MemberRequest, slug: str) -> Tag:
    """Return the tag, used or not. Raises NotAllowed for others, whether it exists or not; NotFound."""
    if not policies.can_moderate(request.user):
        raise NotAllowed(_("Only moderators can do this."))
    return get_or_not_found(Tag.objects.select_related("parent").filter(synonym_of=None), slug=tag_slug(slug))


def _address(tag: Tag) -> str:
    """Return the page of a tag, or its form while nobody would see that page."""
    return tag.get_absolute_url() if place_of(tag).is_used else reverse("forum:tag-edit", args=[tag.slug])


def _edit_page(
    request: MemberRequest,
    tag: Tag,
    form: TagForm,
    *,
    merge_form: MergeForm | None = None,
    merge: TagMerge | None = None,
    preview: Mapping[str, str] | None = None,
    saved: Sequence[tuple[Any, Any]] = (),
    status: int = 200,
) -> HttpResponse:
    context = {"tag": tag, "form": form, "merge_form": merge_form or MergeForm(), "preview": preview, "saved": saved}
    context["merge"] = merge
    return render(request, "forum/tag_edit.html", context, status=status)
