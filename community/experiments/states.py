"""Labels and colours of run states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext

from bpsandbox import api

WORDS = {
    "queued": gettext_lazy("queued"),
    "running": gettext_lazy("training"),
    "succeeded": gettext_lazy("finished"),
    "diverged": gettext_lazy("diverged"),
    "failed": gettext_lazy("failed"),
    "cancelled": gettext_lazy("cancelled"),
    "none": gettext_lazy("not run yet"),
}


@dataclass(frozen=True, slots=True)
class Pill:
    """The state of a run in a word or two. `tone` is its colour: green only if most seeds reached their target."""

    tone: str
    words: str
    title: str = ""


def pill(card: api.Card, facts: Any = None, waiting_before: int | None = None) -> Pill:
    """Return the pill of a card.

    `facts` are of its series; `waiting_before` counts the runs ahead of it in the queue.
    """
    if card.state == "succeeded":
        return _ended(facts)
    return Pill(card.state, _words(card, waiting_before))


def loss_words(summary: Any) -> str:
    """Return what the last loss of a run is called: a final one only if the run came to its end."""
    if summary is None or not summary.is_cut:
        return _("Final loss, best setting") if summary is not None and summary.settings else _("Final loss")
    if summary.stopped_at is None:
        return _of_best(_("Loss when it stopped"), summary)
    return _of_best(_("Loss when it stopped, epoch %(epoch)s") % {"epoch": f"{summary.stopped_at:,}"}, summary)


def numbers(card: api.Card) -> tuple[tuple[str, str], ...]:
    """Return the numbers of a run with their names, for places without its card: feeds and email."""
    return tuple(_numbers(card))


def _numbers(card: api.Card) -> Iterator[tuple[str, str]]:
    if card.summary is not None:
        losses = ((loss_words(card.summary), card.summary.final), (_("Lowest loss"), card.summary.best))
        yield from ((name, f"{value:.4g}") for name, value in losses if value is not None)
        yield _("Seeds"), str(card.summary.seeds)
    if card.facts.get("parameters") is not None:
        yield _("Parameters"), str(card.facts["parameters"])


def loss_phrase(summary: Any) -> str:
    """Return the same within a line."""
    if not summary.is_cut:
        return _("final loss, best setting") if summary.settings else _("final loss")
    if summary.stopped_at is None:
        return _of_best(_("loss when it stopped"), summary)
    return _of_best(_("loss when it stopped (epoch %(epoch)s)") % {"epoch": f"{summary.stopped_at:,}"}, summary)


def _of_best(words: str, summary: Any) -> str:
    return _("%(loss)s, best setting") % {"loss": words} if summary.settings else words


def certificate_words(certificate: api.Certified) -> str:
    """Return in a word or two how the site's own repetition of a run compared."""
    if certificate.is_stale:
        return _("stale")
    if certificate.state == "identical":
        return _("bit-identical")
    if certificate.state == "differs":
        return _("differs")
    if certificate.is_whole:
        return _("same to 10 decimals")
    return _("same to step %(step)s") % {"step": certificate.same_until}


def _words(card: api.Card, waiting_before: int | None) -> str:
    if card.state == "queued" and waiting_before:
        told = ngettext("queued: %(count)s ahead", "queued: %(count)s ahead", waiting_before)
        return told % {"count": waiting_before}
    if card.state == "running" and card.is_cancelling:
        return _("stopping")
    return str(WORDS[card.state])


def _ended(facts: Any) -> Pill:
    if facts and facts.diverged >= facts.seeds:
        return Pill("diverged", str(WORDS["diverged"]))
    if facts and facts.learned_nothing:
        return Pill("finished", _("learned nothing"))
    if not facts or not facts.solved:
        return Pill("finished", _("finished"))
    if facts.solved == facts.seeds:
        told = npgettext("seeds", "solved", "all %(count)s solved", facts.seeds)
        return Pill("succeeded", told % {"count": facts.seeds})
    told = _("%(solved)s of %(seeds)s solved") % {"solved": facts.solved, "seeds": facts.seeds}
    tone = "succeeded" if facts.is_mostly_solved else "finished"
    return Pill(tone, told, _("Seeds that reached the target of the config"))
