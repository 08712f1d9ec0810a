"""Writing pages for articles and notes, and publication actions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.requests import MemberRequest
from community.blogs import selectors, services
from community.common.ratelimit import limited
from community.content import kept_forms
from community.content.models import Kind
from community.content.rates import EDITING, LOOKING, POSTING, SWITCHING
from community.content.views.drafts import version_seen
from community.content.views.posts import edit_page
from community.content.views.writing import write_page


@kept_forms.sign_in_keeping_text
@require_http_methods(["GET", "POST"])
@limited(POSTING, instead=LOOKING)
def write(request: MemberRequest) -> HttpResponse:
    """Create an article, as a draft or published at once."""
    return write_page(request, Kind.ARTICLE)


@kept_forms.sign_in_keeping_text
@require_http_methods(["GET", "POST"])
@limited(POSTING, instead=LOOKING)
def write_note(request: MemberRequest) -> HttpResponse:
    return write_page(request, Kind.NOTE)


@kept_forms.sign_in_keeping_text
@require_http_methods(["GET", "POST"])
@limited(EDITING, instead=LOOKING)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    return edit_page(request, services.opening_post(selectors.own_article(request.user, pk).thread))


@kept_forms.sign_in_keeping_text
@require_POST
@limited(POSTING)
def publish(request: MemberRequest, pk: int) -> HttpResponse:
    found = selectors.own_article(request.user, pk)
    article = services.publish_article(article=found, by=request.user, version=version_seen(request))
    messages.success(request, _("Published."))
    return redirect(article.thread.get_absolute_url())


@kept_forms.sign_in_keeping_text
@require_POST
@limited(SWITCHING)
def renew_link(request: MemberRequest, pk: int) -> HttpResponse:
    """Replace the preview link, which disables the old one."""
    article = services.renew_preview_link(article=selectors.own_article(request.user, pk), by=request.user)
    messages.success(request, _("Preview link replaced. The old link no longer opens the draft."))
    return redirect(article.thread.get_absolute_url())
