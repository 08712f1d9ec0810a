"""Turn the warnings and findings of a result into sentences. Codes and numbers come from `core`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bpsandbox.document import CardDocument, Document, Recorded, RunWarning
from bpsandbox.messages import _, sentences
from bpsandbox.numbers import grouped, short
from bpsandbox.runner.results import concern_all, learned_nothing

from .doctor.older import INSIDE
from .doctor.words import as_warning, finding_words, middle, rise

HINTS = ("stuck", "overfitting", "still_falling")
"""Warnings that do not mean that anything went wrong."""
CAUSES = ("symmetric", "dead", "saturated", "vanishing")
"""Warnings that explain why nothing was learned."""
COUNTED = ("diverged", "grown", "still_falling", "stuck", "nothing_learned")
"""Warnings that say how many seeds they are about."""
INSIDES = ("gradients", "activations")


def verdict(document: Recorded) -> str:
    """Return the sentence that nothing was learned or that all seeds diverged; else an empty text."""
    known = told(document)
    nothing, grown = known.get("nothing_learned"), known.get("grown")
    if nothing and learned_nothing(document):
        return caution(nothing, len(nothing.seeds or ()), penalised=document.is_penalised)
    if grown and _all_grew(document):
        return _grown(grown)
    return _diverged(document) if document.has_diverged else ""


def _diverged(document: Recorded) -> str:
    """Return the sentence of the reason why most seeds diverged."""
    worst = max(document.found("diverged"), key=lambda finding: len(finding.seeds))
    warning = as_warning(worst)
    return _whole_sentence(warning, document, document.is_penalised) if warning else finding_words(worst)


def cautions(document: Recorded, *, with_findings: bool = True) -> list[str]:
    """Return what a reader should know before trusting a result, in their language, without the verdict."""
    known = verdict(document)
    return [words for code, words in _sentences(document, with_findings) if code not in HINTS and words != known]


def hints(document: Recorded, *, with_findings: bool = True) -> list[str]:
    """Return remarks that do not make a result less trustworthy, in the reader's language."""
    words = [words for code, words in _sentences(document, with_findings) if code in HINTS]
    return words + _how_to_see_why(document)


def caution(warning: RunWarning, seeds: int, *, penalised: bool = False) -> str:
    """Return the sentence of one warning of a result with `seeds` seeds; empty for an unknown code.

    With `penalised`, the loss that was trained includes a penalty, which losses compared with a baseline do not.
    """
    code, count = warning.code, len(warning.seeds or ())
    if code in SENTENCES:
        return SENTENCES[code](warning)
    known = _of_one() if seeds == 1 else _of_several(count, seeds)
    return known.get(code, "") if code != "nothing_learned" else _nothing_learned(warning, count, seeds, penalised)


def told(document: Recorded) -> dict[str, RunWarning]:
    """Return the warnings and the findings that older results have as warnings, by code."""
    found = (as_warning(finding) for finding in document.findings)
    return {each.code: each for each in (*document.warnings, *found) if each is not None}


def _sentences(document: Recorded, with_findings: bool) -> Iterator[tuple[str, str]]:
    covered, penalised = _covered_codes(document), document.is_penalised
    for finding in document.findings if with_findings else ():
        warning = as_warning(finding)
        if warning is None:
            yield finding.kind, finding_words(finding)
        elif warning.code not in covered:
            yield warning.code, _whole_sentence(warning, document, penalised)
    over = next(iter(document.found("overfitting")), None)
    for each in document.warnings:
        if over and each.code == over.kind:
            yield over.kind, finding_words(over)
        elif each.code not in covered and (words := _whole_sentence(each, document, penalised)):
            yield each.code, words


def _whole_sentence(warning: RunWarning, document: Recorded, penalised: bool) -> str:
    words = caution(warning, len(document.seeds), penalised=penalised)
    return words and sentences(words, _broken(warning, document), _among_settings(warning, document))


def _covered_codes(document: Recorded) -> frozenset[str]:
    """Return codes that another sentence covers: the verdict, or stuck seeds, which have learned nothing."""
    unlearned = set(document.unlearned)
    is_covered = learned_nothing(document) or (bool(document.stuck) and unlearned <= set(document.stuck))
    return frozenset(
        code for code, covered in (("nothing_learned", is_covered), ("grown", _all_grew(document))) if covered
    )


def _all_grew(document: Recorded) -> bool:
    """Return whether the verdict is that the loss of all seeds grew."""
    grown = told(document).get("grown")
    if grown is None or not grown.losses or learned_nothing(document):
        return False
    return concern_all(document, grown.seeds or ())


def _how_to_see_why(document: Recorded) -> list[str]:
    """Return what to record if nothing was learned and no record of an older result shows why."""
    codes = {each.code for each in document.warnings}
    recorded = set(_recorded(document))
    if document.findings or not learned_nothing(document) or codes & {*CAUSES} or recorded & {*INSIDES}:
        return []
    return [_("To see where learning stops, record gradients and activations.")]


def _recorded(document: Recorded) -> tuple[str, ...]:
    """Return the names of all records, including those that a card omits."""
    if isinstance(document, CardDocument):
        return document.shows
    return document.records.names if isinstance(document, Document) else ()


def _broken(warning: RunWarning, document: Recorded) -> str:
    """Return the layer where most diverged seeds first had a number that was not finite."""
    layers = Counter(stop.layer for stop in document.stop if stop.layer)
    if warning.code != "diverged" or not layers:
        return ""
    return _("First seen in {layer}.", layer=layers.most_common(1)[0][0])


def _among_settings(warning: RunWarning, document: Recorded) -> str:
    """Say that the seeds of a sweep's warning are counted over all its settings."""
    if warning.code not in COUNTED or len(document.members or ()) < 2:
        return ""
    return _("Counted over the seeds of all settings.")


def _of_one() -> dict[str, str]:
    return {
        "diverged": _("The run diverged: a number was no longer finite. A smaller learning rate often helps."),
        "grown": _("The loss was larger at the end than at the start. A smaller learning rate often helps."),
        "still_falling": _("The run stopped while the loss was still falling: train longer to see where it goes."),
        "gradient_check": _("The gradient check does not agree with backpropagation: see its table."),
    }


def _of_several(count: int, seeds: int) -> dict[str, str]:
    counts = {"count": grouped(count), "seeds": grouped(seeds)}
    return _of_one() | {
        "diverged": _("{count} of {seeds} seeds diverged: a number was no longer finite. "
                      "A smaller learning rate often helps.", **counts),
        "grown": _("{count} of {seeds} seeds ended with a larger loss than at the start. "
                   "A smaller learning rate often helps.", **counts),
        "still_falling": _("{count} of {seeds} seeds stopped while the loss was still falling: train longer to "
                        "see where it goes.", **counts),
        "stuck": _stuck(count, counts),
    }  # fmt: skip


def _stuck(count: int, counts: dict[str, str]) -> str:
    if count == 1:
        return _("1 of {seeds} seeds is stuck: its loss no longer falls, is at least ten times that of the best "
                 "seed, and is above a fifth of its initial loss.", **counts)  # fmt: skip
    return _("{count} of {seeds} seeds are stuck: their loss no longer falls, is at least ten times that of the best "
             "seed, and is above a fifth of their initial loss.", **counts)  # fmt: skip


def _grown(warning: RunWarning) -> str:
    loss = middle(warning.losses)
    if len(warning.losses or ()) == 1:
        return _(
            "The loss grew: it ended at {loss}, above where it started. A smaller learning rate often helps.", loss=loss
        )
    return _("The loss of every seed grew: the median ended at {loss}. A smaller learning rate often helps.", loss=loss)


def _nothing_learned(warning: RunWarning, count: int, seeds: int, penalised: bool) -> str:
    loss = middle(warning.losses)
    numbers = {"loss": _("{loss} (without the penalty)", loss=loss) if penalised else loss}
    if warning.baseline is None:
        if count < seeds:
            return _("{count} of {seeds} seeds learned nothing: their loss stayed at {loss}.",
                     count=grouped(count), seeds=grouped(seeds), **numbers)  # fmt: skip
        return _("Nothing was learned: the loss stayed at {loss}.", **numbers)
    numbers["baseline"] = short(warning.baseline)
    if count < seeds:
        return _("{count} of {seeds} seeds learned nothing: their median loss ended at {loss}, not clearly better "
                 "than the baseline {baseline}.", count=grouped(count), seeds=grouped(seeds), **numbers)  # fmt: skip
    if seeds == 1:
        return _("Nothing was learned: the loss ended at {loss}, not clearly better than the baseline {baseline}.",
                 **numbers)  # fmt: skip
    return _("No seed learned anything: the median loss ended at {loss}, not clearly better than the baseline "
             "{baseline}.", **numbers)  # fmt: skip


def _slight_rise(warning: RunWarning) -> str:
    """Say that a held-out loss rose, without a name for it: the doctor found no harm in it."""
    numbers = rise(warning.epoch, warning.lowest, warning.last)
    if len(warning.seeds or ()) > 1:
        if warning.part == "val":
            return _("The median validation loss was lowest at epoch {epoch}, {low}, and ended {share} above that, at "
                     "{last}. Early stopping would have kept the lowest.", **numbers)  # fmt: skip
        return _("The median test loss was lowest at epoch {epoch}, {low}, and ended {share} above that, at {last}.",
                 **numbers)  # fmt: skip
    if warning.part == "val":
        return _("The validation loss was lowest at epoch {epoch}, {low}, and ended {share} above that, at {last}. "
                 "Early stopping would have kept the lowest.", **numbers)  # fmt: skip
    return _("The test loss was lowest at epoch {epoch}, {low}, and ended {share} above that, at {last}.", **numbers)


SENTENCES = {"overfitting": _slight_rise, **INSIDE}
