"""Editing, deleting and restoring posts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.requests import MemberRequest
from community.common.ratelimit import limited
from community.common.redirects import redirect_here
from community.content import community_answers, kept_forms, policies, previews, routes, selectors, services
from community.content import history as versions
from community.content.drafts import draft_key, restored_fields
from community.content.errors import EditConflict
from community.content.forms import EditForm
from community.content.models import Post
from community.content.rates import EDITING, LOOKING, SWITCHING
from community.content.reasons import RESOLVED_WORDS
from community.content.writing import WritingPlan, plan_of

from .writing import sent_files, values_to_save


@kept_forms.sign_in_keeping_text
@require_http_methods(["GET", "POST"])
@limited(EDITING, instead=LOOKING)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Edit a post; redirect to a higher app's page if its kind has one."""
    post = selectors.post_for(request.user, pk)
    elsewhere = routes.app_edit_url(post.thread) if post.is_opening else ""
    if elsewhere and policies.can_edit(request.user, post):
        return redirect_here(request, elsewhere)
    return edit_page(request, post)


def edit_page(request: MemberRequest, post: Post) -> HttpResponse:
    """Edit a post of any kind; a conflict shows both texts and their diff.

    Raises what `community_answers.refuse` does. Who may no longer edit a reply finds their text in the form; files that
    came with it are not read.
    """
    refusal = community_answers.refusal(request.user, post)
    if refusal is not None and (request.method == "GET" or post.is_opening or not _may_have_had_form(request, post)):
        raise refusal
    plan = plan_of(post)
    owned: dict[str, Any] = {"writer": request.user, "post": post}
    owned |= {"kind": post.thread.kind} if post.is_opening else {}
    if request.method == "GET":
        return _page(request, post, plan.edit_form(initial=_initial(request, post, plan), **owned))
    form = plan.edit_form(request.POST, None if refusal else sent_files(request), **owned)
    is_valid = form.is_valid()
    if refusal is not None:
        form.add_error(None, str(refusal))
        return _page(request, post, form, status=refusal.status)
    if "preview" in request.POST:
        return _page(request, post, form, page_html=previews.form_preview(request.user, form, post=str(post.pk)))
    publish = post.is_opening and post.thread.is_draft and "publish" in request.POST
    saved = _saved(request, post, form, publish=publish) if is_valid else None
    if saved is None:
        return _refused(request, post, form)
    messages.success(request, _("Published.") if publish else _("Saved."))
    return redirect(saved.get_absolute_url())


@kept_forms.sign_in_keeping_text
@require_POST
@limited(SWITCHING)
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    post = services.delete_post(post=selectors.post_for(request.user, pk), by=request.user)
    messages.success(request, _("Deleted. You can bring it back with “Restore” in the same place."))
    return redirect(post.thread.get_absolute_url() if post.is_opening else post.get_absolute_url())


@kept_forms.sign_in_keeping_text
@require_POST
@limited(SWITCHING)
def restore(request: MemberRequest, pk: int) -> HttpResponse:
    post = services.restore_post(post=selectors.post_for(request.user, pk), by=request.user)
    messages.success(request, _("Restored."))
    return redirect(post.get_absolute_url())


def _may_have_had_form(request: MemberRequest, post: Post) -> bool:
    """Return whether there may be a text to keep: of one's own post, of a community answer or of what was one."""
    return post.is_community or policies.is_own(request.user, post) or bool(request.POST.get("source", "").strip())


def _saved(request: MemberRequest, post: Post, form: EditForm, *, publish: bool) -> Post | None:
    values = values_to_save(form, post.thread.kind, publish=publish)
    return form.act(plan_of(post).edit, post=post, editor=request.user, publish=publish, **values)


def _initial(request: MemberRequest, post: Post, plan: WritingPlan) -> dict[str, Any]:
    key = draft_key(request, f"edit:{post.pk}")
    initial: dict[str, Any] = {"draft_key": key, "source": post.source, "base_version": post.version}
    if post.is_opening:
        thread = post.thread
        tags = ", ".join(tag.label for tag in thread.tags.all())
        category = thread.category.slug if thread.category else ""
        initial |= {"title": thread.title, "tags": tags, "category": category}
        initial |= {"base_tags": tags, "base_category": category}
    return initial | plan.extra(post) | restored_fields(request, key)


def _page(request: MemberRequest, post: Post, form: EditForm, status: int = 200, page_html: str = "") -> HttpResponse:
    return render(request, "content/edit.html", _context(post, form) | {"page_html": page_html}, status=status)


def _refused(request: MemberRequest, post: Post, form: EditForm) -> HttpResponse:
    """Return the form with its errors; after a conflict with both texts, based on the newer version when resent."""
    conflict: EditConflict | None = form.conflict
    if conflict is None:
        return _page(request, post, form, status=422)
    form.put("base_version", str(conflict.current_version))
    if not form["reason"].value():  # what it replaces stays in the history, even in the first minutes
        form.put("reason", str(RESOLVED_WORDS))
    if conflict.is_of_tags:
        form.put("base_tags", conflict.current_tags)
    context = _context(post, form) | {"conflict": conflict, "rows": versions.conflicting_rows(conflict)}
    return render(request, "content/edit_conflict.html", context, status=409)


def _context(post: Post, form: EditForm) -> dict[str, Any]:
    return {
        "post": post,
        "thread": post.thread,
        "form": form,
        "plan": plan_of(post),
        "kind": post.thread.kind if post.is_opening else "reply",
        "words": post.thread.words,
        "action": routes.edit_url(post),
    }
