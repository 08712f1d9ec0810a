"""Edit, delete and restore a post."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.requests import MemberRequest
from community.common.errors import NotAllowed
from community.common.ratelimit import limited
from community.content import history as versions
from community.content import kept_forms, policies, previews, routes, selectors, services
from community.content.drafts import restored_fields
from community.content.errors import EditConflict
from community.content.forms import EditForm
from community.content.models import Post
from community.content.rates import EDITING, SWITCHING


@kept_forms.sign_in_first
@require_http_methods(["GET", "POST"])
@limited(EDITING)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Edit a post; a stale edit comes back with both texts and what differs."""
    post = selectors.post_for(request.user, pk)
    if not policies.can_edit(request.user, post):
        raise NotAllowed(_("You cannot edit this post."))
    elsewhere = routes.edited_elsewhere(post.thread) if post.is_opening else ""
    if elsewhere:
        return redirect(elsewhere)
    kind = post.thread.kind if post.is_opening else "reply"
    if request.method == "GET":
        return _edit_page(request, post, _edit_form(request, post, kind))
    if "preview" in request.POST:
        form = EditForm(initial=request.POST.dict(), kind=kind)
        return _edit_page(request, post, form, page_html=previews.page(request.user, request.POST))
    form = EditForm(request.POST, kind=kind)
    saved = _save(form, post, request) if form.is_valid() else None
    if saved is not None:
        return redirect(saved.get_absolute_url())
    if form.conflict is not None:
        return _conflict_page(request, post, form, form.conflict)
    return _edit_page(request, post, form, status=422)


@kept_forms.sign_in_first
@require_POST
@limited(SWITCHING)
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    post = services.delete_post(post=selectors.post_for(request.user, pk), by=request.user)
    messages.success(request, _("It is deleted. You can bring it back with “Restore” where it stood."))
    return redirect(post.thread.get_absolute_url() if post.is_opening else post.get_absolute_url())


@kept_forms.sign_in_first
@require_POST
@limited(SWITCHING)
def restore(request: MemberRequest, pk: int) -> HttpResponse:
    post = services.restore_post(post=selectors.post_for(request.user, pk), by=request.user)
    messages.success(request, _("It is back."))
    return redirect(post.get_absolute_url())


def _save(form: EditForm, post: Post, request: MemberRequest) -> Post | None:
    cleaned = form.cleaned_data
    return form.act(
        services.edit_post,
        post=post,
        editor=request.user,
        source=cleaned["source"],
        title=cleaned.get("title"),
        tags=cleaned.get("tags"),
        category=cleaned.get("category"),
        reason=cleaned["reason"],
        base_version=cleaned["base_version"],
        draft_key=cleaned["draft_key"],
    )


def _edit_form(request: MemberRequest, post: Post, kind: str) -> EditForm:
    key = f"edit:{post.pk}"
    initial: dict[str, Any] = {"draft_key": key, "source": post.source, "base_version": post.version}
    if post.is_opening:
        tags = ", ".join(post.thread.tags.values_list("name", flat=True))
        category = post.thread.category.slug if post.thread.category else ""
        initial |= {"title": post.thread.title, "tags": tags, "category": category}
    return EditForm(initial=initial | restored_fields(request, key), kind=kind)


def _edit_page(
    request: MemberRequest, post: Post, form: EditForm, status: int = 200, page_html: str = ""
) -> HttpResponse:
    context = {"post": post, "thread": post.thread, "form": form, "page_html": page_html}
    return render(request, "content/edit.html", context, status=status)


def _conflict_page(request: MemberRequest, post: Post, form: EditForm, conflict: EditConflict) -> HttpResponse:
    """Both texts and their difference. What is sent again from here is based on the newer version."""
    form.put("base_version", conflict.current_version)
    context = {
        "post": post,
        "thread": post.thread,
        "form": form,
        "conflict": conflict,
        "rows": versions.conflicting_rows(conflict),
    }
    return render(request, "content/post_conflict.html", context, status=409)
