from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.audit.actions import Action
from community.common.errors import BadRequest
from community.common.pagination import keyset_page
from community.common.ratelimit import Limit, limited
from community.common.redirects import safe_next
from community.content.models import Post
from community.moderation import selectors, services
from community.moderation.forms import DecisionForm, ReportForm

REPORTING = Limit("report", "20/hour")
PAGE = 20
DECISIONS = {Action.HIDE: services.hide, Action.UNHIDE: services.unhide, Action.DISMISS: services.dismiss}


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """To everybody else the page is not there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(REPORTING)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("thread", "author"), pk=pk)
    form = ReportForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "moderation/report.html", {"post": post, "form": form}, status=status)
    services.report_post(reporter=request.user, post=post, **form.cleaned_data)
    messages.success(request, _("Thank you. A moderator will look at this post."))
    return redirect(post.get_absolute_url())


@staff_only
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    page = keyset_page(selectors.reported_posts(), order=("-reported_at", "-pk"), size=PAGE, request=request)
    return render(
        request, "moderation/queue.html", {"page": page, "cases": selectors.cases(page.items), "tab": "queue"}
    )


@staff_only
@require_safe
def hidden(request: HttpRequest) -> HttpResponse:
    page = keyset_page(selectors.hidden_posts(), order=("-hidden_at", "-pk"), size=PAGE, request=request)
    return render(
        request, "moderation/queue.html", {"page": page, "cases": selectors.cases(page.items), "tab": "hidden"}
    )


@staff_only
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    page = keyset_page(selectors.trail(), order=("-created_at", "-pk"), size=PAGE * 2, request=request)
    rows = selectors.trail_rows(page.items)
    return render(request, "moderation/trail.html", {"page": page, "rows": rows, "tab": "trail"})


@staff_only
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("thread"), pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise BadRequest(str(next(iter(form.errors.values()))[0]))
    decision = DECISIONS[form.cleaned_data["action"]]
    decision(actor=request.user, post=post, note=form.cleaned_data["note"])
    messages.success(request, _("Done, and written into the trail."))
    return redirect(safe_next(request, "/moderation/"))
