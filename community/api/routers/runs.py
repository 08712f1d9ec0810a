from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Status

from bpsandbox import api as sandbox
from community.api import presenters
from community.api.auth import ApiRequest, BearerOrVisitor
from community.api.errors import ConfigTooLong
from community.api.idempotency import idempotent
from community.api.lists import paginated
from community.api.schemas import Items, RunDetail, RunIn, RunOut, Text
from community.common.network import client_network

router = Router(tags=["runs"])
LONGEST_CONFIG = 64 * 1024


@router.post(
    "",
    response={200: RunDetail, 201: RunDetail},
    summary=gettext_noop("Train a config"),
    description=gettext_noop(
        "201 for a new run, 200 if this engine has already run the same config, 422 with every problem of an "
        "invalid one. Only you can see the run until it appears in a post, unless you make it `unlisted`: then "
        "everyone with its address can."
    ),
)
@idempotent
def run_create(request: ApiRequest, payload: RunIn) -> Status[dict[str, Any]]:
    if len(payload.config.encode()) > LONGEST_CONFIG:
        raise ConfigTooLong
    made = sandbox.submit(
        config_text=payload.config,
        requester=request.user,
        address=client_network(request),
        title=payload.title,
        visibility=payload.visibility or "private",
        keeps_visibility=payload.visibility is None,
    )
    return Status(200 if made.reused else 201, _detail(request, made.run.pk))


@router.get("", response=Items[RunOut], summary=gettext_noop("My runs"))
def run_list(request: ApiRequest, cursor: Text | None = None, limit: int = Query(20, ge=1, le=100)) -> dict[str, Any]:
    rows = sandbox.owned(request.user).filter(spec__current_run__isnull=False)
    return paginated(rows, order=("-pk",), cursor=cursor, limit=limit, show=partial(_listed, request))


@router.get(
    "/{int:run_id}",
    response=RunDetail,
    auth=BearerOrVisitor(),
    summary=gettext_noop("One run"),
    description=gettext_noop(
        "`final` and `best` contain one number per seed; `stop` says why each seed stopped. "
        "A seed with the reason `limit` did not come to its end: its `final` is its value where it stopped, or at "
        "`restored_epoch` if its best weights were restored."
    ),
)
def run_detail(request: HttpRequest, run_id: int) -> dict[str, Any]:
    return _detail(request, run_id)


@router.delete(
    "/{int:run_id}",
    response={204: None},
    summary=gettext_noop("Stop waiting for a run"),
    description=gettext_noop("The run stops unless somebody else is waiting for it too."),
)
def run_cancel(request: ApiRequest, run_id: int) -> Status[None]:
    card = sandbox.run_by_id(run_id, request.user)
    sandbox.cancel(card.spec_hash, user=request.user)
    return Status(204, None)


@router.post(
    "/{int:run_id}/rerun",
    response={200: RunDetail, 201: RunDetail},
    summary=gettext_noop("Re-run a run"),
    description=gettext_noop(
        "Trains its config again, even if there is a result, and costs as much of your quota as the button on its "
        "page. 201 for a new run, 200 if one is waiting or training already. Both results are compared in the end. "
        "Your own run is shown to the same people as before; that of somebody else is private among yours."
    ),
)
@idempotent
def run_again(request: ApiRequest, run_id: int) -> Status[dict[str, Any]]:
    card = sandbox.run_by_id(run_id, request.user)
    made = sandbox.rerun(card.spec_hash, requester=request.user, address=client_network(request))
    return Status(200 if made.reused else 201, _detail(request, made.run.pk))


def _detail(request: HttpRequest, run_id: int) -> dict[str, Any]:
    card = sandbox.run_by_id(run_id, request.user)
    document = card.document
    ended = document.to_json() if document else {}
    title = sandbox.title_of(card.spec_hash, request.user)
    return _shown(request, card, run_id, title) | {
        "seeds": ended.get("seeds", []),
        **{name: ended.get(name) for name in ("final", "best", "stop")},
        "findings": _findings(document),
        "failure": str(card.failure),
    }


def _findings(document: sandbox.Recorded | None) -> list[dict[str, Any]] | None:
    """Return what was found; None if nobody has looked, as in results from before there were findings."""
    if document is None or not (document.is_examined or document.known_findings):
        return None
    return [finding.to_json() for finding in document.known_findings]


def _listed(request: HttpRequest, attachment: Any) -> dict[str, Any]:
    card = sandbox.card_of(attachment.spec)
    return _shown(request, card, card.run_id, attachment.title)


def _shown(request: HttpRequest, card: sandbox.Card, run_id: int | None, title: str) -> dict[str, Any]:
    return {
        "id": run_id,
        "url": presenters.absolute(request, reverse("experiments:run", args=[card.spec_hash])),
        "status": card.state,
        "spec_hash": card.spec_hash,
        "title": title or card.words["title"],
        "engine": card.engine_version,
        "created_at": card.created_at,
        "started_at": card.started_at,
        "finished_at": card.finished_at,
        "certificate": card.certificate and presenters.certificate(card.certificate),
    }
