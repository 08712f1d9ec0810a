"""Invitations to answer a question."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.kept_forms import sign_in_first
from community.accounts.policies import refuse_unconfirmed
from community.accounts.requests import MemberRequest
from community.common.errors import NotAllowed
from community.common.lookups import get_or_not_found
from community.common.ratelimit import limited
from community.content.rates import SWITCHING
from community.content.selectors import bare_thread_for
from community.forum import inviting, policies
from community.forum.forms import InviteForm
from community.forum.models import Invitation


@sign_in_first(form=InviteForm)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(SWITCHING)
def invite(request: MemberRequest, pk: int) -> HttpResponse:
    """Invite somebody by handle, or one of those suggested; show who was invited."""
    thread = bare_thread_for(request.user, pk)
    if not policies.can_invite(request.user, thread):
        raise NotAllowed(_("Nobody can be invited to answer this."))
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        refuse_unconfirmed(request.user)
        invited = form.act(inviting.invite, thread=thread, by=request.user, handle=request.POST.get("handle", "")[:200])
        if invited is not None:
            messages.success(request, _("Invited: %(name)s.") % {"name": invited.visible_name})
            return redirect(reverse("forum:invite", args=[thread.pk]))
    context = {
        "thread": thread,
        "form": form,
        "suggestions": inviting.suggested(thread, request.user),
        "invitations": list(inviting.shown_to(request.user, thread)),
    }
    return render(request, "forum/invite.html", context, status=form.refused_status if form.is_bound else 200)


@sign_in_first
@require_POST
@limited(SWITCHING)
def decline(request: MemberRequest, pk: int) -> HttpResponse:
    """Decline an invitation to oneself; nobody is told."""
    rows = Invitation.objects.select_related("invited", "thread").filter(invited=request.user)
    found = get_or_not_found(rows, pk=pk)
    inviting.decline(invitation=found)
    return redirect(bare_thread_for(request.user, found.thread_id).get_absolute_url())
