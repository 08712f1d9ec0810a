"""Why a run stopped and what to think of it, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from bpsandbox.core.train.warnings import sentence
from bpsandbox.messages import _, sentences

HINTS = ("still_falling",)
"""Warnings that do not say that anything went wrong."""


def reason_word(reason: str) -> str:
    """Say in a few words why one seed stopped."""
    words = {
        "epochs": _("all epochs done"), "steps": _("all steps done"), "target": _("target reached"),
        "tolerance": _("loss has settled"), "early_stopping": _("stopped improving"), "diverged": _("diverged"),
        "cancelled": _("cancelled"), "limit": _("time was up"),
    }  # fmt: skip
    return words.get(reason, reason)


def ending(document: dict[str, Any]) -> str:
    """Say why the run stopped: one sentence part for each reason, the most frequent first."""
    stops = document.get("stop") or []
    counted = Counter(stop.get("reason", "") for stop in stops)
    if len(counted) == 1 and stops:
        return _ending_of_all(next(iter(counted)), stops)
    parts = (_ending_of_some(reason, count, len(stops)) for reason, count in counted.most_common())
    return _("; ").join(parts)


def _ending_of_all(reason: str, stops: list[dict[str, Any]]) -> str:
    epochs = sorted(stop.get("epoch", 0) for stop in stops)
    if reason == "epochs":
        return _("Stopped after all {epochs} epochs.", epochs=f"{epochs[-1]:,}")
    if reason == "steps" and stops[0].get("step") == 1:
        return _("Stopped after one step.")
    if reason == "steps":
        return _("Stopped after all {steps} steps.", steps=f"{stops[0].get('step', 0):,}")
    word = reason_word(reason)
    if len(stops) == 1 or epochs[0] == epochs[-1]:
        return _("Stopped at epoch {epoch}: {reason}.", epoch=f"{epochs[0]:,}", reason=word)
    first, last = f"{epochs[0]:,}", f"{epochs[-1]:,}"
    return _("Every seed stopped between epochs {first} and {last}: {reason}.", first=first, last=last, reason=word)


def _ending_of_some(reason: str, count: int, seeds: int) -> str:
    return _("{count} of {seeds} seeds: {reason}", count=count, seeds=seeds, reason=reason_word(reason))


def cautions(document: dict[str, Any]) -> list[str]:
    """What the reader should know before believing a result, in his language."""
    return [words for code, words in _warnings(document) if code not in HINTS]


def hints(document: dict[str, Any]) -> list[str]:
    """What is good to know of a result that is nonetheless to be believed, in the reader's language."""
    return [words for code, words in _warnings(document) if code in HINTS]


def _warnings(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    seeds = len(document["seeds"])
    for each in document.get("warnings") or ():
        yield each.get("code", ""), sentences(caution(each, seeds), _broken(each, document))


def _broken(warning: dict[str, Any], document: dict[str, Any]) -> str:
    """Where the numbers of most diverged seeds broke first."""
    layers = Counter(stop["layer"] for stop in document.get("stop") or () if stop.get("layer"))
    if warning.get("code") != "diverged" or not layers:
        return ""
    return _("It came up first in {layer}.", layer=layers.most_common(1)[0][0])


def caution(warning: dict[str, Any], seeds: int) -> str:
    """Put a warning of the engine into the reader's language; one we do not know keeps the engine's words."""
    known = sentence(warning.get("code", ""), len(warning.get("seeds") or ()), seeds)
    return known or warning.get("message", "")


def band_word(band: str) -> str:
    """Name a band of the gradient check."""
    words = {"good": _("good"), "fair": _("fair"), "suspicious": _("suspicious"), "wrong": _("wrong"),
             "unchecked": _("not checked")}  # fmt: skip
    return words.get(band, band)
