"""What is done with one post."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.accounts.requests import MemberRequest
from community.common.errors import NotAllowed, NotFound
from community.common.ratelimit import limited
from community.content import history as versions
from community.content import kept_forms, policies, previews, services
from community.content.drafts import new_reply_form, restored_fields
from community.content.errors import EditConflict
from community.content.models import Kind, Post
from community.content.rates import EDITING, SWITCHING
from community.forum import quoting, selectors
from community.forum.forms import EditForm
from community.forum.services import accept_answer, unaccept_answer

from .thread import _reply_context


@kept_forms.sign_in_first
@require_http_methods(["GET", "POST"])
@limited(EDITING)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Edit a post; a stale edit comes back with both texts and what differs."""
    post = selectors.post_for(request.user, pk)
    if not policies.can_edit(request.user, post):
        raise NotAllowed(_("You cannot edit this post."))
    if post.is_opening and post.thread.kind == Kind.ARTICLE:
        return redirect("blogs:edit", post.thread_id)
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


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version of a post, and what each changed: as text, or as it was shown."""
    post = selectors.post_for(request.user, pk)
    if not policies.can_see_history(request.user, post):
        raise NotFound
    found = versions.history(post)
    shown = found.step(request.GET.get("version", ""))
    rendered = request.GET.get("as") == "page"
    context = {"post": post, "thread": post.thread, "history": found, "step": shown, "rendered": rendered}
    context |= versions.both_pages(post, shown, request.user) if rendered else {"rows": versions.differences(shown)}
    return render(request, "forum/history.html", context)


@kept_forms.sign_in_first
@require_safe
def quote(request: MemberRequest, pk: int) -> HttpResponse:
    """A reply that begins with this post's words: who wrote them, where, and their source."""
    post = selectors.post_for(request.user, pk)
    form = new_reply_form(request, post.thread, None, quoting.quoted(post, request.build_absolute_uri))
    return render(request, "forum/reply.html", _reply_context(request, post.thread, form) | {"quoted": post})


@kept_forms.sign_in_first
@require_POST
@limited(SWITCHING)
def accept(request: MemberRequest, pk: int) -> HttpResponse:
    """Accept an answer, or with `on=0` take the mark back."""
    post = selectors.post_for(request.user, pk)
    if request.POST.get("on") == "0":
        unaccept_answer(thread=post.thread, by=request.user)
    else:
        accept_answer(answer=post, by=request.user)
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
    return render(request, "forum/edit.html", context, status=status)


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
    return render(request, "forum/conflict.html", context, status=409)
