"""Versions of a post."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community.accounts.requests import MemberRequest
from community.common.errors import Invalid, NotAllowed, NotFound
from community.common.ratelimit import limited
from community.content import history as versions
from community.content import kept_forms, policies, selectors
from community.content.forms import VersionForm
from community.content.history import History, Step
from community.content.models import Post
from community.content.rates import EDITING
from community.content.reasons import restored
from community.content.writing import plan_of


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the versions of a post and their changes, as source or as rendered."""
    post = selectors.post_for(request.user, pk)
    if not policies.can_see_history(request.user, post):
        raise NotFound
    found = versions.history(post, request.user)
    return _page(request, post, found, found.step(request.GET.get("version", "")))


@kept_forms.sign_in_keeping_text(back="content:post-history")
@require_POST
@limited(EDITING)
def restore_version(request: MemberRequest, pk: int, number: str) -> HttpResponse:
    """Save an earlier version as the newest one. Raises NotAllowed.

    If the post was changed since the history was shown, nothing is saved, and the page says so.
    """
    post = selectors.post_for(request.user, pk)
    if not policies.can_restore_version(request.user, post):
        raise NotAllowed(_("You cannot edit this post."))
    found = versions.history(post, request.user)
    version = found.version(number)
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Open the history again, then restore the version."))
    saved = form.act(
        plan_of(post).edit,
        post=post,
        editor=request.user,
        publish=False,
        source=version.source,
        reason=restored(version.number) if version.number.isdecimal() else "",
        base_version=form.cleaned_data["base_version"],
        **({"title": version.title} if post.is_opening else {}),
    )
    if saved is None:
        return _refused(request, form, post.pk, number)
    messages.success(request, _("Restored."))
    return redirect(saved.get_absolute_url())


def _refused(request: MemberRequest, form: VersionForm, pk: int, number: str) -> HttpResponse:
    """Show the history as it is now, and why nothing was restored."""
    if form.conflict is not None:
        messages.error(request, _("This post was changed in the meantime. Look at the newest version, then restore."))
    for errors in form.errors.values():
        messages.error(request, " ".join(map(str, errors)))
    post = selectors.post_for(request.user, pk)
    found = versions.history(post, request.user)
    return _page(request, post, found, found.step(number), status=409 if form.conflict is not None else 422)


def _page(request: HttpRequest, post: Post, found: History, step: Step, status: int = 200) -> HttpResponse:
    rendered = request.GET.get("as") == "page"
    is_old = step.after.number != found.versions[0].number
    context: dict[str, Any] = {
        "post": post,
        "thread": post.thread,
        "history": found,
        "step": step,
        "rendered": rendered,
        "can_restore": is_old and policies.can_restore_version(request.user, post),
    }
    shown = versions.both_pages(post, step, request.user) if rendered else {"rows": versions.differences(step)}
    return render(request, "content/history.html", context | shown, status=status)
