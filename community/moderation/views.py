from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.accounts.kept_forms import sign_in_first
from community.accounts.models import User
from community.accounts.requests import MemberRequest
from community.audit.actions import Action
from community.common.errors import Invalid, NotFound
from community.common.forms import cleaned
from community.common.lookups import get_or_not_found
from community.common.pagination import Page, keyset_page
from community.common.ratelimit import Limit, limited
from community.common.redirects import safe_next
from community.content.models import Post
from community.content.reasons import Reason
from community.moderation import selectors, services
from community.moderation.forms import DecisionForm, ReportForm

REPORTING = Limit("report", "20/hour")
PAGE = 20
DECISIONS = {Action.HIDE: services.hide, Action.UNHIDE: services.unhide, Action.DISMISS: services.dismiss}


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Restrict a view to staff; everyone else gets a 404."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_staff:
            raise NotFound
        return view(request, *args, **kwargs)

    return guarded


@sign_in_first(form=ReportForm)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(REPORTING)
def report(request: MemberRequest, pk: int) -> HttpResponse:
    post = get_or_not_found(Post.objects.visible_to(request.user).select_related("thread", "author"), pk=pk)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.report_post(reporter=request.user, post=post, **form.cleaned_data)
        except Invalid as refusal:
            form.add_error("note", str(refusal))
        else:
            messages.success(request, _("Thank you. A moderator will look at this post."))
            return redirect(post.get_absolute_url())
    status = 422 if request.method == "POST" else 200
    return render(request, "moderation/report.html", {"post": post, "form": form}, status=status)


@login_required
@require_safe
def own_report(request: MemberRequest, pk: int) -> HttpResponse:
    """Show a report to the person who made it, with the decision; the post's title only if visible to them."""
    found = selectors.own_report(request.user, pk)
    if found is None:
        raise NotFound
    seen = Post.objects.visible_to(request.user).filter(pk=found.post_id).exists()
    return render(request, "moderation/own_report.html", {"report": found, "post": found.post if seen else None})


@staff_only
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    page = keyset_page(selectors.newest_open_reports(), order=("-created_at", "-pk"), size=PAGE, request=request)
    return _cases(request, page, [report.post for report in page.items], "queue")


@staff_only
@require_safe
def hidden(request: HttpRequest) -> HttpResponse:
    page = keyset_page(selectors.hidden_posts(), order=("-hidden_at", "-pk"), size=PAGE, request=request)
    return _cases(request, page, page.items, "hidden")


def _cases(request: HttpRequest, page: Page, posts: Sequence[Post], tab: str) -> HttpResponse:
    context = {"page": page, "cases": selectors.cases(posts), "reasons": Reason.choices, "tab": tab}
    return render(request, "moderation/queue.html", context)


@staff_only
@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    page = keyset_page(selectors.audit_log(), order=("-created_at", "-pk"), size=PAGE * 2, request=request)
    rows = selectors.audit_rows(page.items)
    return render(request, "moderation/audit_log.html", {"page": page, "rows": rows, "tab": "audit-log"})


@staff_only
@require_POST
def decide(request: MemberRequest, pk: int) -> HttpResponse:
    post = get_or_not_found(Post.objects.visible_to(request.user).select_related("thread"), pk=pk)
    sent = cleaned(DecisionForm(request.POST))
    decision = DECISIONS[sent["action"]]
    said = {"note": sent["note"]}
    if decision is services.hide:
        said["reason"] = sent["reason"]
    decision(actor=request.user, post=post, **said)
    messages.success(request, _("Done and recorded in the audit log."))
    return redirect(safe_next(request, "/moderation/"))


@staff_only
@require_POST
def picture_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Remove a person's own picture, which a closed account still shows."""
    person = get_or_not_found(User.objects.all(), pk=pk)
    if services.remove_picture(actor=request.user, person=person):
        messages.success(request, _("Done and recorded in the audit log."))
    return redirect(person.get_absolute_url())


@staff_only
@require_POST
def links_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Remove the links of a person's profile, also of a closed account: they are shown when it opens again."""
    person = get_or_not_found(User.objects.all(), pk=pk)
    if services.remove_links(actor=request.user, person=person):
        messages.success(request, _("Done and recorded in the audit log."))
    return redirect(person.get_absolute_url())
