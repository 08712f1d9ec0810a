"""Explain why a run stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bpsandbox.document import Recorded, Stop
from bpsandbox.messages import _
from bpsandbox.numbers import grouped
from bpsandbox.runner.results import restored_epochs


def reason_word(reason: str) -> str:
    """Return in a few words why one seed stopped."""
    words = {
        "epochs": _("all epochs done"), "steps": _("all steps done"), "target": _("target reached"),
        "tolerance": _("loss has settled"), "early_stopping": _("stopped improving"), "diverged": _("diverged"),
        "cancelled": _("cancelled"), "limit": _("time limit reached"),
    }  # fmt: skip
    return words.get(reason, reason)


def ending(document: Recorded) -> str:
    """Return why the run stopped: one clause for each reason, the most frequent first."""
    stops = document.stop
    counted = Counter[str](stop.reason for stop in stops)
    if len(counted) == 1 and stops:
        return _ending_of_all(next(iter(counted)), stops)
    parts = (_ending_of_some(reason, count, len(stops)) for reason, count in counted.most_common())
    return _("; ").join(parts)


def _ending_of_all(reason: str, stops: Sequence[Stop]) -> str:
    epochs = sorted(stop.epoch for stop in stops)
    if reason == "epochs":
        return _("Stopped after all {epochs} epochs.", epochs=f"{epochs[-1]:,}")
    if reason == "steps" and stops[0].step == 1:
        return _("Stopped after one step.")
    if reason == "steps":
        return _("Stopped after all {steps} steps.", steps=f"{stops[0].step:,}")
    word = reason_word(reason)
    if len(stops) == 1 or epochs[0] == epochs[-1]:
        return _("Stopped at epoch {epoch}: {reason}.", epoch=f"{epochs[0]:,}", reason=word)
    first, last = f"{epochs[0]:,}", f"{epochs[-1]:,}"
    return _("Every seed stopped between epochs {first} and {last}: {reason}.", first=first, last=last, reason=word)


def _ending_of_some(reason: str, count: int, seeds: int) -> str:
    return _("{count} of {seeds} seeds: {reason}", count=count, seeds=seeds, reason=reason_word(reason))


def restored(stops: Sequence[Stop]) -> str:
    """Return the epochs whose best weights were restored at the end; empty if the seeds kept their last weights."""
    epochs = restored_epochs(stops)
    if not epochs:
        return ""
    first, last = grouped(epochs[0]), grouped(epochs[-1])
    if len(epochs) < len(stops):
        counts = {"count": grouped(len(epochs)), "seeds": grouped(len(stops))}
        if first == last:
            return _("best weights restored in {count} of {seeds} seeds, epoch {epoch}", epoch=first, **counts)
        return _("best weights restored in {count} of {seeds} seeds, epochs {first} to {last}",
                 first=first, last=last, **counts)  # fmt: skip
    if first == last:
        return _("best weights restored, epoch {epoch}", epoch=first)
    return _("best weights restored, epochs {first} to {last}", first=first, last=last)


def band_word(band: str) -> str:
    """Return the name of a grade of the gradient check."""
    words = {"good": _("good"), "fair": _("fair"), "suspicious": _("suspicious"), "wrong": _("wrong"),
             "unchecked": _("not checked")}  # fmt: skip
    return words.get(band, band)
