"""Suggested edits: writing one, the queue, and deciding. All work without script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.accounts.policies import refuse_unconfirmed
from community.accounts.requests import MemberRequest
from community.common.errors import NotFound
from community.common.pagination import keyset_page
from community.common.ratelimit import limited
from community.common.redirects import redirect_here
from community.content import community_answers, kept_forms, previews, routes
from community.content import history as versions
from community.content.drafts import draft_key, restored_fields
from community.content.errors import EditConflict
from community.content.models import Post
from community.content.rates import EDITING, LOOKING
from community.content.selectors import post_for
from community.mutes.errors import refuse_apart
from community.review import filing, policies, selectors, services
from community.review.errors import CanEdit, CannotSuggest, OtherTab, SuggestionChanged
from community.review.forms import DecisionForm, SuggestForm, TextForm
from community.review.models import SuggestedEdit
from community.review.rates import SUGGESTING
from community.review.selectors import SuggestionPage

PAGE = 20
IN_QUEUE = "queue"


@kept_forms.sign_in_keeping_text
@require_http_methods(["GET", "POST"])
@limited(SUGGESTING, instead=LOOKING)
def suggest(request: MemberRequest, pk: int) -> HttpResponse:
    """Suggest an edit of somebody else's post, or change one's open suggestion; who may edit it edits it."""
    post = post_for(request.user, pk)
    refuse_unconfirmed(request.user)
    refuse_apart(request.user, {post.author_id, post.thread.author_id}, CannotSuggest)
    obstacle = policies.obstacle(request.user, post)
    if obstacle is not None and request.method == "GET":
        if isinstance(obstacle, CanEdit):
            return redirect_here(request, routes.edit_url(post))
        raise obstacle
    known = selectors.own_undecided(request.user, post)
    own = known if known is not None and known.is_open else None
    if request.method == "GET":
        return _suggest_page(request, post, SuggestForm(initial=_initial(request, post, known), post=post), own)
    form = SuggestForm(request.POST, post=post)
    is_valid = form.is_valid()
    if "preview" in request.POST:
        page_html = previews.form_preview(request.user, form, post=str(post.pk))
        return _suggest_page(request, post, form, own, page_html=page_html)
    made = None
    if is_valid:
        made = form.act(_suggested, form=form, post=post, author=request.user, **form.values)
    if made is None:
        return _suggest_page(request, post, form, own, status=422)
    messages.success(request, _("Thank you. The author will look at your suggestion."))
    return redirect(made.get_absolute_url())


@kept_forms.sign_in_keeping_text
@require_safe
def queue(request: MemberRequest) -> HttpResponse:
    """Show suggestions for one's posts, for staff all that wait; with `?whose=own`, those that one made."""
    is_own = request.GET.get("whose") == "own"
    rows = selectors.suggested_by(request.user) if is_own else selectors.to_review(request.user)
    page = keyset_page(rows, order=("-created_at", "-pk"), size=PAGE, request=request)
    seen = selectors.seen_among(page.items, request.user)
    if not is_own:
        page = page.sifted(lambda items: [each for each in items if each.post_id in seen])
    context = {"page": page, "seen": seen, "is_own": is_own}
    return render(request, "review/queue.html", context)


@kept_forms.sign_in_keeping_text
@require_safe
def suggestion(request: MemberRequest, pk: int) -> HttpResponse:
    """Show a suggestion as a diff, or with `?as=page` rendered, to its author and to those who may edit the post."""
    return _page(request, selectors.suggestion_page(request.user, pk), DecisionForm())


@kept_forms.sign_in_keeping_text
@require_safe
def next_one(request: MemberRequest, pk: int) -> HttpResponse:
    """Lead to what comes after a suggestion in one's queue, decided or not; at its end to the list."""
    return redirect(_next_address(request, selectors.suggestion_page(request.user, pk).suggestion))


@kept_forms.sign_in_keeping_text(back="review:suggestion", form=DecisionForm)
@require_POST
@limited(EDITING)
def decide(request: MemberRequest, pk: int) -> HttpResponse:
    """Approve or reject; a refusal shows the suggestion as it is now, and why."""
    found = selectors.suggestion_page(request.user, pk)
    form = DecisionForm(request.POST)
    done = form.act(_decided, found=found, by=request.user, form=form) if form.is_valid() else None
    if done is not None:
        messages.success(request, _("Approved.") if form.cleaned_data["action"] == "approve" else _("Rejected."))
        return redirect(_next_address(request, found.suggestion) if _is_in_queue(request) else done)
    return _page(request, selectors.suggestion_page(request.user, pk), form, status=422)


@kept_forms.sign_in_keeping_text
@require_http_methods(["GET", "POST"])
@limited(EDITING, instead=LOOKING)
def improve(request: MemberRequest, pk: int) -> HttpResponse:
    """Edit a suggestion, then approve it."""
    found = selectors.suggestion_page(request.user, pk)
    post = found.post
    if post is None or (not found.can_decide and request.method == "GET"):
        return redirect_here(request, found.suggestion.get_absolute_url())
    if request.method == "GET":
        initial: dict[str, Any] = {"seen": found.suggestion.version, "base_version": post.version}
        initial |= {"title": found.text.title, "source": found.text.source, "draft_key": f"improve:{pk}"}
        initial |= found.text.filing
        initial |= restored_fields(request, f"improve:{pk}")
        return _improve_page(request, found, post, TextForm(initial=initial, post=post))
    form = TextForm(request.POST, post=post)
    is_valid = form.is_valid()
    if "preview" in request.POST:
        page_html = previews.form_preview(request.user, form, post=str(post.pk))
        return _improve_page(request, found, post, form, page_html=page_html)
    saved = form.act(_improved, found=found, by=request.user, form=form) if is_valid else None
    if saved is not None:
        messages.success(request, _("Approved."))
        in_queue = _is_in_queue(request)
        return redirect(_next_address(request, found.suggestion) if in_queue else saved.get_absolute_url())
    if form.conflict is not None:
        return _conflict(request, found, post, form, form.conflict)
    return _improve_page(request, found, post, form, status=422)


@kept_forms.sign_in_keeping_text(back="review:suggestion")
@require_POST
@limited(EDITING)
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    found = selectors.suggestion_page(request.user, pk)
    if found.suggestion.author_id != request.user.pk:
        raise NotFound
    services.withdraw(suggestion=found.suggestion, by=request.user)
    messages.success(request, _("Withdrawn. Your text stays here."))
    return redirect(found.suggestion.get_absolute_url())


def _is_in_queue(request: HttpRequest) -> bool:
    """Return whether somebody goes through the queue, one suggestion after the other."""
    return IN_QUEUE in request.GET


def _next_address(request: MemberRequest, after: SuggestedEdit) -> str:
    found = selectors.next_to_review(request.user, after)
    if found is not None:
        return f"{found.get_absolute_url()}?{IN_QUEUE}=1"
    messages.info(request, _("That was the last one in the queue."))
    return reverse("review:suggestions")


def _suggested(*, form: SuggestForm, **values: Any) -> SuggestedEdit:
    try:
        return services.suggest_edit(**values)
    except OtherTab:
        found = selectors.own_undecided(values["author"], values["post"])
        form.put("seen", str(found.version if found and found.is_open else 0))
        raise


def _decided(*, found: SuggestionPage, by: Any, form: DecisionForm) -> str:
    wish: dict[str, Any] = {"suggestion": found.suggestion, "by": by, "seen": form.cleaned_data["seen"]}
    if form.cleaned_data["action"] == "reject":
        services.reject(answer=form.cleaned_data["reason"], **wish)
        return found.suggestion.get_absolute_url()
    return services.approve(base_version=form.cleaned_data["base_version"], **wish).get_absolute_url()


def _improved(*, found: SuggestionPage, by: Any, form: TextForm) -> Post:
    names = ("seen", "base_version", "source", "title", "filing", "base_filing", "draft_key", "draft_version")
    wish = {name: value for name, value in form.values.items() if name in names}
    try:
        return services.improve(suggestion=found.suggestion, by=by, **wish)
    except SuggestionChanged:
        newest = SuggestedEdit.objects.get(pk=found.suggestion.pk)
        form.put("seen", str(newest.version))
        raise


def _initial(request: MemberRequest, post: Post, known: SuggestedEdit | None) -> dict[str, Any]:
    key = draft_key(request, f"suggest:{post.pk}")
    initial: dict[str, Any] = {"draft_key": key, "source": post.source, "base_version": post.version, "seen": 0}
    initial["title"] = post.thread.title if post.is_opening else ""
    if known is not None:
        names = ("title", "source", "reason", "base_version")
        initial |= {name: getattr(known, name) for name in names} | {"seen": known.version if known.is_open else 0}
        initial |= {name: after for name, (_before, after) in known.filing.items()}
    return initial | restored_fields(request, key)


def _suggest_page(
    request: MemberRequest,
    post: Post,
    form: SuggestForm,
    own: SuggestedEdit | None,
    status: int = 200,
    page_html: str = "",
) -> HttpResponse:
    context = _of_post(post) | {"form": form, "own": own, "page_html": page_html}
    context["too_new"] = community_answers.refusal(request.user, post) if post.is_community else None
    return render(request, "review/suggest.html", context, status=status)


def _improve_page(
    request: MemberRequest, found: SuggestionPage, post: Post, form: TextForm, status: int = 200, page_html: str = ""
) -> HttpResponse:
    context = _of_post(post) | {"form": form, "found": found, "suggestion": found.suggestion, "page_html": page_html}
    context["in_queue"] = _is_in_queue(request)
    if found.step is not None and not (status == 200 and found.text.is_clean):
        context["rows"] = [*found.filing_rows, *versions.differences(found.step)]
    return render(request, "review/improve.html", context, status=status)


def _conflict(
    request: MemberRequest, found: SuggestionPage, post: Post, form: TextForm, conflict: EditConflict
) -> HttpResponse:
    """Show both texts; sent again, the reviewer's becomes the newest version."""
    form.put("base_version", str(conflict.current_version))
    now, mine = filing.filing_of(post), form.values.get("filing", {})
    if now:
        form.put("base_filing", filing.written(now))
    context = _of_post(post) | {"form": form, "found": found, "suggestion": found.suggestion, "conflict": conflict}
    context["in_queue"] = _is_in_queue(request)
    context["rows"] = [*filing.rows(now, mine), *versions.conflicting_rows(conflict)]
    return render(request, "review/improve.html", context, status=409)


def _of_post(post: Post) -> dict[str, Any]:
    kind = post.thread.kind if post.is_opening else "reply"
    return {"post": post, "thread": post.thread, "kind": kind, "words": post.thread.words}


def _page(request: HttpRequest, found: SuggestionPage, form: DecisionForm, status: int = 200) -> HttpResponse:
    rendered = request.GET.get("as") == "page" and found.post is not None
    context: dict[str, Any] = {"found": found, "suggestion": found.suggestion, "post": found.post, "form": form}
    context |= {"rendered": rendered, "in_queue": _is_in_queue(request)}
    if found.post is not None and found.step is not None:
        context["thread"] = found.post.thread
        shown = versions.both_pages(found.post, found.step, request.user) if rendered else {}
        context |= shown or {"rows": [*found.filing_rows, *versions.differences(found.step)]}
    return render(request, "review/suggestion.html", context, status=status)
