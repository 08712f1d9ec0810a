"""What a reader should know before believing a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bpsandbox.messages import _

from .session import Session

STILL_FALLING = 0.01
"""Share of the loss that must be lost over the last tenth of the points to say that it still falls."""


GROWN = 1.01
"""A loss that ends so many times above its start has grown."""


def warnings(session: Session) -> list[dict[str, Any]]:
    found = (_diverged(session), _grown(session), _still_falling(session), _bad_gradient(session))
    return [warning for warning in found if warning]


def merged(found: Sequence[Sequence[dict[str, Any]]], seeds: int) -> list[dict[str, Any]]:
    """Say once of all sessions of a sweep, with so many seeds in all, what is to be said of some of them."""
    told: dict[str, dict[str, Any]] = {}
    for warning in (warning for each in found for warning in each):
        before = told.get(warning["code"], {}).get("seeds", [])
        told[warning["code"]] = (
            _told(warning["code"], [*before, *warning["seeds"]], seeds) if "seeds" in warning else warning
        )
    return list(told.values())


def _told(code: str, seeds: list[int], of: int) -> dict[str, Any]:
    return {"code": code, "message": sentence(code, len(seeds), of), "seeds": seeds}


def sentence(code: str, count: int, seeds: int) -> str | None:
    """Say what a warning of `count` of so many seeds means; None for a code that there is not."""
    known = _of_one() if seeds == 1 else _of_several(count, seeds)
    return known.get(code)


def _of_one() -> dict[str, str]:
    return {
        "diverged": _("The run diverged: a number was no longer finite. A smaller learning rate often helps."),
        "grown": _("The loss was larger at the end than at the start. A smaller learning rate often helps."),
        "still_falling": _("The run stopped while the loss still fell: train longer to see where it goes."),
        "gradient_check": _("The gradient check does not agree with backward: see its table."),
    }


def _of_several(count: int, seeds: int) -> dict[str, str]:
    counts = {"count": count, "seeds": seeds}
    return _of_one() | {
        "diverged": _("{count} of {seeds} seeds diverged: a number was no longer finite. "
                      "A smaller learning rate often helps.", **counts),
        "grown": _("{count} of {seeds} seeds ended with a larger loss than at the start. "
                   "A smaller learning rate often helps.", **counts),
        "still_falling": _("{count} of {seeds} seeds stopped while the loss still fell: "
                           "train longer to see where it goes.", **counts),
    }  # fmt: skip


def _diverged(session: Session) -> dict[str, Any] | None:
    seeds = _seeds_stopped_by(session, "diverged")
    if not seeds:
        return None
    return _told("diverged", seeds, len(session.stops))


def _grown(session: Session) -> dict[str, Any] | None:
    seeds = [session.experiment.seeds[place] for place in _whole(session) if _grows(session, place)]
    if not seeds:
        return None
    return _told("grown", seeds, len(session.stops))


def _still_falling(session: Session) -> dict[str, Any] | None:
    seeds = [session.experiment.seeds[place] for place in _whole(session) if _falls(session, place)]
    if not seeds:
        return None
    return _told("still_falling", seeds, len(session.stops))


def _bad_gradient(session: Session) -> dict[str, Any] | None:
    bands = {check["band"] for check in session.album.checks}
    if not bands & {"wrong", "suspicious"}:
        return None
    return {"code": "gradient_check", "message": sentence("gradient_check", 1, len(session.stops))}


def _whole(session: Session) -> list[int]:
    """Places of the seeds that trained to the end of the plan."""
    return [place for place, stop in enumerate(session.stops) if stop["reason"] in ("epochs", "steps")]


def _losses(session: Session, place: int) -> list[float]:
    return [value for row in session.curves.series("train_loss") if (value := row[place]) is not None]


def _grows(session: Session, place: int) -> bool:
    losses = _losses(session, place)
    return losses[-1] > losses[0] * GROWN


def _falls(session: Session, place: int) -> bool:
    losses = _losses(session, place)
    if len(losses) < 10:
        return False
    before, last = losses[-1 - len(losses) // 10], losses[-1]
    return before > 0 and (before - last) / before > STILL_FALLING


def _seeds_stopped_by(session: Session, reason: str) -> list[int]:
    return [
        seed for seed, stop in zip(session.experiment.seeds, session.stops, strict=True) if stop["reason"] == reason
    ]
