"""Votes on questions: duplicates, holding and reopening. All work without script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.accounts.models import User
from community.accounts.policies import refuse_unconfirmed
from community.accounts.requests import MemberRequest
from community.common.forms import cleaned
from community.common.lookups import get_or_not_found
from community.common.pagination import keyset_page
from community.common.ratelimit import limited
from community.common.redirects import safe_next
from community.content import kept_forms, policies
from community.content.models import Kind, Post, Role, Thread
from community.content.places import place_at
from community.content.rates import SWITCHING
from community.content.selectors import bare_thread_for
from community.content.similar import similar_questions
from community.review import selectors, services
from community.review.errors import NoSuchQuestion, NotAQuestion, OwnQuestion
from community.review.forms import DuplicateForm, HoldForm, SwitchForm
from community.review.models import Matter, Outcome, Proposal
from community.review.policies import VOTES_NEEDED, who_votes
from community.review.rates import PROPOSING

PAGE = 20
MOST_DIGITS = 18


@kept_forms.sign_in_keeping_text(form=DuplicateForm)
@require_http_methods(["GET", "POST"])
@limited(PROPOSING)
def duplicate(request: MemberRequest, pk: int) -> HttpResponse:
    """Say which question this one duplicates."""
    thread = _question(request, pk)
    similar = _similar(thread, request.user)
    form = DuplicateForm(request.POST if request.method == "POST" else None, similar=similar)
    if form.is_bound and form.is_valid():
        made = form.act(_propose_duplicate, thread=thread, by=request.user, form=form)
        if made is not None:
            return _answer(request, made)
    context = {"thread": thread, "form": form, "similar": similar, "who_votes": who_votes()}
    return render(request, "review/duplicate.html", context, status=422 if form.errors else 200)


@kept_forms.sign_in_keeping_text(form=HoldForm)
@require_http_methods(["GET", "POST"])
@limited(PROPOSING)
def hold(request: MemberRequest, pk: int) -> HttpResponse:
    """Say what the asker has to fix."""
    thread = _question(request, pk)
    if policies.is_own(request.user, thread):
        raise OwnQuestion
    form = HoldForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made = form.act(services.propose_hold, thread=thread, reason=form.cleaned_data["reason"], by=request.user)
        if made is not None:
            return _answer(request, made)
    context = {"thread": thread, "form": form, "who_votes": who_votes()}
    return render(request, "review/hold.html", context, status=422 if form.errors else 200)


@kept_forms.sign_in_keeping_text
@require_POST
@limited(SWITCHING)
def reopen(request: MemberRequest, pk: int) -> HttpResponse:
    """Reopen a question, or vote for it."""
    return _answer(request, services.reopen(thread=_question(request, pk), by=request.user))


@kept_forms.sign_in_keeping_text(back="review:proposals-of")
@require_POST
@limited(SWITCHING)
def vote(request: MemberRequest, pk: int) -> HttpResponse:
    """Vote for a proposal, or with `on=0` take the vote back; lead to the question, or to `next`."""
    proposal = get_or_not_found(Proposal.objects.filter(thread__in=Thread.objects.visible_to(request.user)), pk=pk)
    act = services.vote if cleaned(SwitchForm(request.POST))["on"] == "1" else services.take_back
    return _answer(request, act(proposal=proposal, by=request.user))


@kept_forms.sign_in_keeping_text
@require_safe
def proposals_of(request: MemberRequest, pk: int) -> HttpResponse:
    """Lead from a proposal to its question."""
    rows = Proposal.objects.filter(thread__in=Thread.objects.visible_to(request.user)).select_related("thread")
    return redirect(get_or_not_found(rows, pk=pk).thread.get_absolute_url())


@kept_forms.sign_in_keeping_text
@require_safe
def proposals(request: MemberRequest) -> HttpResponse:
    """Show open proposals about questions that the reader sees, newest first, with a button to vote."""
    page = keyset_page(selectors.open_proposals(), order=("-created_at", "-pk"), size=PAGE, request=request)
    rows = selectors.shown_rows(page.items, request.user)
    context = {"page": page, "rows": rows, "who_votes": who_votes() if any(row.can_vote for row in rows) else ""}
    return render(request, "review/proposals.html", context)


def _similar(thread: Thread, reader: User) -> list[Thread]:
    """Return questions like this one, by its title and by the formulas and the config of its text."""
    source = Post.objects.filter(thread=thread, role=Role.OPENING).values_list("source", flat=True).get()
    return similar_questions(thread.title, reader, source, to=thread)


def _question(request: MemberRequest, pk: int) -> Thread:
    thread = bare_thread_for(request.user, pk)
    refuse_unconfirmed(request.user)
    if thread.kind != Kind.QUESTION or not policies.is_public(thread):
        raise NotAQuestion
    return thread


def _propose_duplicate(*, thread: Thread, by: User, form: DuplicateForm) -> Proposal:
    key = form.cleaned_data.get("chosen") or _number_in(form.cleaned_data["address"])
    original = Thread.objects.visible_to(by).public().filter(pk=key, kind=Kind.QUESTION).first()
    if original is None:
        raise NoSuchQuestion(fields={"address": [NoSuchQuestion.default]})
    return services.propose_duplicate(thread=thread, original=original, by=by)


def _number_in(address: str) -> int:
    """Return the key of the thread at an address or with a number, 0 if there is none."""
    number = address.removeprefix("#")
    if number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS:
        return int(number)
    place = place_at(address)
    return place.thread if place else 0


def _answer(request: MemberRequest, proposal: Proposal) -> HttpResponse:
    messages.success(request, _said(proposal))
    return redirect(safe_next(request, proposal.thread.get_absolute_url()))


def _said(proposal: Proposal) -> str:
    words: dict[Any, str] = {
        Matter.DUPLICATE: _("Marked as a duplicate."),
        Matter.HOLD: _("Put on hold."),
        Matter.REOPEN: _("Reopened."),
    }
    if proposal.outcome == Outcome.CARRIED:
        return words[proposal.matter]
    return _("Saved. {count} of {needed} votes.").format(count=proposal.vote_count, needed=VOTES_NEEDED)
