"""Accepted answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.kept_forms import sign_in_first
from community.accounts.requests import MemberRequest
from community.common.errors import NotAllowed
from community.common.ratelimit import Limit, limited
from community.content import kept_forms
from community.content.models import Post
from community.content.rates import SWITCHING
from community.forum import policies, proofs
from community.forum.errors import NoSuchRun
from community.forum.forms import ProofForm
from community.forum.selectors import answer_for
from community.forum.services import accept_answer, point_at_run, unaccept_answer

PROVING = Limit("prove", "30/hour")


@sign_in_first(form=ProofForm)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(PROVING)
def proof(request: MemberRequest, pk: int) -> HttpResponse:
    """Choose the run that shows an accepted answer to be right, among those of the thread or by its address."""
    answer = answer_for(request.user, pk)
    if not policies.can_prove(request.user, answer):
        raise NotAllowed(_("A run can be chosen for the accepted answer, by its author, the asker and moderators."))
    is_sent = request.method == "POST"
    form = ProofForm(request.POST if is_sent else None, initial={"run": answer.thread.solved_embed})
    if is_sent and _is_pointed(request, answer, form):
        messages.success(request, _("Saved."))
        return redirect(answer.get_absolute_url())
    status = 422 if form.is_bound else 200
    context = {"answer": answer, "form": form, "candidates": proofs.candidates(answer), "waits": proofs.waits(answer)}
    return render(request, "forum/proof.html", context, status=status)


def _is_pointed(request: MemberRequest, answer: Post, form: ProofForm) -> bool:
    if "remove" in request.POST:
        point_at_run(answer=answer, by=request.user, key="")
        return True
    if not form.is_valid():
        return False
    try:
        point_at_run(answer=answer, by=request.user, key=form.key)
    except NoSuchRun as error:
        form.add_error("address" if form.cleaned_data["address"] else None, str(error))
    return not form.errors


@kept_forms.sign_in_keeping_text
@require_POST
@limited(SWITCHING)
def accept(request: MemberRequest, pk: int) -> HttpResponse:
    """Accept an answer, or with `on=0` remove the mark. One that was removed meanwhile leads back to the question."""
    answer = answer_for(request.user, pk)
    if request.POST.get("on") == "0":
        unaccept_answer(thread=answer.thread, by=request.user)
    elif answer.is_visible:
        accept_answer(answer=answer, by=request.user)
    if answer.is_visible:
        return redirect(answer.get_absolute_url())
    messages.warning(request, _("This answer has been removed, so it cannot be accepted."))
    return redirect(answer.thread.get_absolute_url())
