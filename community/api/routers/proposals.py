from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Status

from community.api import presenters
from community.api.auth import ApiRequest
from community.api.idempotency import idempotent
from community.api.lists import paginated
from community.api.schemas import Items, ProposalIn, ProposalOut, Text
from community.common.errors import Invalid, NotFound
from community.common.lookups import get_or_not_found
from community.content.models import Kind, Thread
from community.content.rates import SWITCHING
from community.review import selectors, services
from community.review.models import Proposal
from community.review.rates import PROPOSING
from community.review.selectors import ShownProposal

router = Router(tags=["review"])


@router.get(
    "",
    response=Items[ProposalOut],
    summary=gettext_noop("List proposals on questions"),
    description=gettext_noop("Open proposals to mark a question as a duplicate, hold it or reopen it, newest first."),
)
def proposal_list(
    request: ApiRequest, cursor: Text | None = None, limit: int = Query(20, ge=1, le=100)
) -> dict[str, Any]:
    return paginated(
        selectors.open_proposals(),
        order=("-created_at", "-pk"),
        cursor=cursor,
        limit=limit,
        show=partial(_presented, request),
        sift=partial(selectors.shown_rows, reader=request.user),
    )


@router.post(
    "",
    response={201: ProposalOut},
    summary=gettext_noop("Propose something for a question"),
    description=gettext_noop(
        "That it is a `duplicate` of `original`, that it should be on `hold` for a `reason`, or that it should "
        "`reopen`. What is proposed already gets your vote. Three votes decide, or one of a moderator."
    ),
)
@idempotent
def proposal_create(request: ApiRequest, payload: ProposalIn) -> Status[dict[str, Any]]:
    PROPOSING.hit(request)
    thread = Thread.objects.visible_to(request.user).filter(pk=payload.thread).first()
    if thread is None:
        raise Invalid(fields={"thread": [_("No such thread.")]})
    return Status(201, _shown(request, _proposed(request, thread, payload).pk))


@router.get("/{int:proposal_id}", response=ProposalOut, summary=gettext_noop("One proposal"))
def proposal_detail(request: ApiRequest, proposal_id: int) -> dict[str, Any]:
    return _shown(request, proposal_id)


@router.put("/{int:proposal_id}/vote", response={200: ProposalOut}, summary=gettext_noop("Vote for a proposal"))
def proposal_vote(request: ApiRequest, proposal_id: int) -> dict[str, Any]:
    SWITCHING.hit(request)
    services.vote(proposal=_row(request, proposal_id).proposal, by=request.user)
    return _shown(request, proposal_id)


@router.delete("/{int:proposal_id}/vote", response={200: ProposalOut}, summary=gettext_noop("Take back your vote"))
def proposal_take_back(request: ApiRequest, proposal_id: int) -> dict[str, Any]:
    SWITCHING.hit(request)
    services.take_back(proposal=_row(request, proposal_id).proposal, by=request.user)
    return _shown(request, proposal_id)


def _proposed(request: ApiRequest, thread: Thread, payload: ProposalIn) -> Proposal:
    if payload.matter == "reopen":
        return services.reopen(thread=thread, by=request.user)
    if payload.matter == "hold":
        if payload.reason is None:
            raise Invalid(fields={"reason": [_("This field is required.")]})
        return services.propose_hold(thread=thread, reason=payload.reason, by=request.user)
    questions = Thread.objects.visible_to(request.user).public().filter(kind=Kind.QUESTION)
    original = questions.filter(pk=payload.original).first()
    if original is None:
        raise Invalid(fields={"original": [_("No such question.")]})
    return services.propose_duplicate(thread=thread, original=original, by=request.user)


def _row(request: ApiRequest, proposal_id: int) -> ShownProposal:
    """Return a proposal, decided or not, about a question that the reader sees. Raises NotFound."""
    rows = selectors.shown_rows([get_or_not_found(Proposal.objects.all(), pk=proposal_id)], request.user)
    if not rows:
        raise NotFound
    return rows[0]


def _shown(request: ApiRequest, proposal_id: int) -> dict[str, Any]:
    return _presented(request, _row(request, proposal_id))


def _presented(request: ApiRequest, row: ShownProposal) -> dict[str, Any]:
    if row.thread is None:
        raise NotFound
    return presenters.proposal(request, row, row.thread)
