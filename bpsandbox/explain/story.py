"""Sum up a finished run in one sentence, chosen by its stored numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bpsandbox.document import Document, Member, Recorded
from bpsandbox.messages import _, sentences
from bpsandbox.numbers import grouped, short
from bpsandbox.runner.ranking import best_first
from bpsandbox.runner.results import alone, learned_nothing, middle_of

from .cautions import cautions, hints, verdict
from .doctor.words import finding_words

PARTS = ("test", "val", "train")
FEWEST_VALUES = 3
"""Fewer values of a field have no inside that the best one could be in."""


@dataclass(frozen=True)
class Story:
    """The verdict of a run, and the sentences that qualify it. `is_off`: it is bad news."""

    verdict: str
    cautions: tuple[str, ...]
    hints: tuple[str, ...]
    is_off: bool


def story(document: Document) -> Story:
    """Return the verdict of a finished run, with its cautions and hints except the one that is the verdict.

    Findings have a section of their own on the page.
    """
    bad = _bad_news(document)
    words = bad or _news(document)
    said, hinted = cautions(document, with_findings=False), hints(document, with_findings=False)
    return Story(words, _without(words, said), _without(words, hinted), is_off=bool(bad))


def _without(words: str, said: list[str]) -> tuple[str, ...]:
    return tuple(each for each in said if each != words)


def _bad_news(document: Recorded) -> str:
    """Return the sentence for a run that failed as a whole, or that overfits; else an empty text."""
    failed, over = verdict(document), next(iter(document.found("overfitting")), None)
    if failed or learned_nothing(document):
        return failed
    return finding_words(over) if over and not document.members else ""


def _news(document: Document) -> str:
    if document.members:
        return _of_sweep(document)
    return sentences(_result(document), *_exceptions(document))


def _of_sweep(document: Document) -> str:
    name = document.principal
    groups = best_first(document, name)
    members = document.members or ()
    best, worst = (alone(document, groups[place]) for place in (0, -1))
    number = next(i for i, member in enumerate(members, 1) if tuple(member.rows) == tuple(groups[0]))
    values = _(", ").join(
        f"{path.rpartition('.')[2]} {_value(value)}" for path, value in members[number - 1].values.items()
    )
    told = _(
        "Setting {number} of {settings} is best: {values}, median loss {best}.",
        number=number,
        settings=len(members),
        values=values,
        best=short(middle_of(best.final.get(name, ()))),
    )
    end = middle_of(worst.final.get(name, ()))
    return sentences(
        told,
        _("The worst diverged.") if end is None else _("The worst ended at {loss}.", loss=short(end)),
        *_at_the_ends(members, number - 1),
    )


def _at_the_ends(members: Sequence[Member], best: int) -> Iterator[str]:
    """Say of each field of a sweep whether its best value is at an end of the range that was tried."""
    for path, value in members[best].values.items():
        tried = [member.values[path] for member in members]
        if len(set(map(str, tried))) < FEWEST_VALUES or not all(isinstance(each, int | float) for each in tried):
            continue
        said = {"name": path.rpartition(".")[2], "value": _value(value)}
        if value == max(tried):
            yield _("{name} {value} is the largest value tried: a larger one may be better.", **said)
        elif value == min(tried) and value != 0:
            yield _("{name} {value} is the smallest value tried: a smaller one may be better.", **said)


def _value(value: object) -> str:
    return short(value) if isinstance(value, float) else str(value)


def _result(document: Document) -> str:
    """Say what the seeds reached: their target, an accuracy, or a loss compared with the baseline or the start."""
    seeds = len(document.seeds)
    solved = sum(stop.reason == "target" for stop in document.stop)
    if solved:
        return _solved(solved, seeds, max(stop.epoch for stop in document.stop if stop.reason == "target"))
    part = next((part for part in PARTS if f"{part}_accuracy" in document.final), "")
    return _accuracy(document, part) if part else _loss(document)


def _solved(solved: int, seeds: int, epoch: int) -> str:
    if seeds == 1:
        return _("The target was reached at epoch {epoch}.", epoch=grouped(epoch))
    if solved == seeds:
        return _("All {seeds} seeds reached the target, the last at epoch {epoch}.",
                 seeds=grouped(seeds), epoch=grouped(epoch))  # fmt: skip
    return _("{solved} of {seeds} seeds reached the target.", solved=grouped(solved), seeds=grouped(seeds))


def _accuracy(document: Document, part: str) -> str:
    values = [value for value in document.final[f"{part}_accuracy"] if value is not None]
    if not values:
        return _loss(document)
    share = _percent(middle_of(values) or 0.0)
    known = {
        "test": _("{share} of the test examples are classified correctly", share=share),
        "val": _("{share} of the validation examples are classified correctly", share=share),
        "train": _("{share} of the training examples are classified correctly", share=share),
    }
    if len(values) == 1:
        return _("{sentence}.", sentence=known[part])
    low, high = _percent(min(values)), _percent(max(values))
    if low == high:
        return _("{sentence}, with every one of {seeds} seeds.", sentence=known[part], seeds=grouped(len(values)))
    return _("{sentence}: the median of {seeds} seeds, which range from {low} to {high}.",
             sentence=known[part], seeds=grouped(len(values)), low=low, high=high)  # fmt: skip


def _percent(share: float) -> str:
    """Return a share in percent. Only all of them are 100.0%."""
    return f"{100.0 if share >= 1.0 else min(100.0 * share, 99.9):.1f}%"


def _loss(document: Document) -> str:
    name = document.principal
    rows, final = document.curves.get(name, ()), document.final.get(name, ())
    start, end = middle_of(rows[0]) if rows else None, middle_of(final)
    if start is None or end is None:
        return ""
    values = {"start": short(start), "end": short(end)}
    if len(document.seeds) == 1:
        told = _("The training loss went from {start} to {end}", **values)
    else:
        told = _("The median training loss went from {start} to {end}", **values)
    return _against_baseline(document, told)


def _against_baseline(document: Document, told: str) -> str:
    """Compare the loss without penalties with the baseline if it is lower."""
    base = document.baseline
    loss = middle_of(document.final.get(document.unpenalised, ()))
    if loss is None or base is None or base <= 0 or loss >= base:
        return _("{sentence}.", sentence=told)
    values = {"share": f"{short(100 * loss / base, 2)}%", "baseline": short(base)}
    if document.is_penalised:
        return _("{sentence}; without the penalty it ended at {loss}, {share} of the baseline {baseline}.",
                 sentence=told, loss=short(loss), **values)  # fmt: skip
    return _("{sentence}, {share} of the baseline {baseline}.", sentence=told, **values)


def _exceptions(document: Document) -> Iterator[str]:
    """Count the seeds that ended otherwise."""
    count, seeds = len(document.stuck), grouped(len(document.seeds))
    if count:
        yield _("{count} of {seeds} stuck.", count=grouped(count), seeds=seeds)
    if document.diverged:
        yield _("{count} of {seeds} diverged.", count=grouped(document.diverged), seeds=seeds)
