"""A result document in the sizes that are stored: whole and compressed, for the run page, for a card, for a list."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from math import ceil
from statistics import median
from typing import Any

from bpsandbox.document import Agreement, CardDocument, Curve, Document, Progress, Recorded, Records, Stop, Summary
from bpsandbox.runner.live import rounded
from bpsandbox.runner.ranking import MOST_DRAWN, best_first

DISPLAY_POINTS = 2000
DISPLAY_NUMBERS = 120_000
DISPLAY_POINTS_AT_LEAST = 200
CARD_NUMBERS = 4000
CARD_POINTS = 160
CARD_POINTS_AT_LEAST = 24
SPARK_POINTS = 60
BY_POINT = ("learning_rate", "gradients", "activations")
"""The records with a row for each point."""
DECIMALS = 10
"""To how many decimals numbers of two machines are called the same."""
HALF = 4e307
"""The largest size of numbers that can be added and subtracted without overflow."""

Values = Sequence[float | None]


def pack(document: Document) -> bytes:
    """Return the whole document, compressed."""
    return squeeze(document.to_json())


def unpack(archive: bytes) -> Document:
    return Document.from_store(unsqueeze(archive))


def with_every_point(document: Document, archive: bytes, names: Sequence[str]) -> Document:
    """Return a document at display resolution with these curves and what is recorded at points, at every point."""
    plain = unsqueeze(archive)
    curves = {name: tuple(map(tuple, plain["curves"][name])) for name in names if name in plain["curves"]}
    whole = Records.from_store({name: plain["records"][name] for name in BY_POINT if name in plain["records"]})
    records = replace(document.records, **{name: getattr(whole, name) for name in BY_POINT})
    return replace(document, epochs=tuple(plain["epochs"]), steps=tuple(plain["steps"]), curves=curves, records=records)


def has_every_point(document: Document, every: int, in_steps: bool) -> bool:
    """Return whether no point of a document is left out at display resolution, of those recorded at this distance."""
    at = document.steps if in_steps else document.epochs
    return bool(at) and len(at) > ceil(at[-1] / every)


def is_whole(document: Document, config: str) -> bool:
    """Return whether the document of a canonical config has every point that it records."""
    training = json.loads(config)["training"]
    every = training.get("eval_every")
    return bool(every) and has_every_point(document, every, bool(training.get("steps")))


def squeeze(plain: Any) -> bytes:
    return zlib.compress(json.dumps(plain, separators=(",", ":"), allow_nan=False).encode(), 6)


def unsqueeze(archive: bytes) -> Any:
    return json.loads(zlib.decompress(archive))


def display(document: Document, most: int = DISPLAY_POINTS) -> Document:
    """Return the document with a bounded number of points per curve, including the first, the last and the extremes."""
    count = len(document.epochs)
    most = min(most, max(DISPLAY_POINTS_AT_LEAST, DISPLAY_NUMBERS // width(document)))
    if count <= most:
        return document
    kept = thinned(count, most, extremes(document.curves.values()))
    return replace(document, **cut(document, kept), records=cut_records(document.records, kept))


def card(document: Document) -> CardDocument:
    """Return the card's document: few points of every curve, rounded, and no records."""
    drawn = drawn_rows(document) if document.members and document.curves else None
    curves = document.curves if drawn is None else columns(document, drawn)
    numbers = max(1, len(document.seeds) if drawn is None else len(drawn)) * max(1, len(curves))
    most = max(CARD_POINTS_AT_LEAST, min(CARD_POINTS, CARD_NUMBERS // numbers))
    kept = thinned(len(document.epochs), most, extremes(overall(curves.values())))
    return CardDocument(
        spec_hash=document.spec_hash,
        engine=document.engine,
        seeds=document.seeds,
        epochs=tuple(document.epochs[i] for i in kept),
        steps=tuple(document.steps[i] for i in kept),
        curves={name: tuple(tuple(rounded(row)) for row in cut_rows(rows, kept)) for name, rows in curves.items()},
        final=document.final,
        best=document.best,
        best_epoch=document.best_epoch,
        stop=tuple(replace(stop, last=None) for stop in document.stop),
        warnings=document.warnings,
        findings=document.findings,
        data=document.data,
        parameters=document.parameters,
        layers=document.layers,
        members=document.members,
        shows=document.records.names,
        drawn=drawn,
    )


def drawn_rows(document: Document) -> tuple[int, ...]:
    """Return the seeds of the best settings of a sweep, as many settings as a drawing can distinguish."""
    groups = best_first(document, document.principal)
    return tuple(sorted(row for rows in groups[:MOST_DRAWN] for row in rows))


def columns(document: Recorded, rows: Sequence[int]) -> dict[str, Curve]:
    """Return the curves of some seeds."""
    return {name: tuple(tuple(row[i] for i in rows) for row in curve) for name, curve in document.curves.items()}


def width(document: Recorded) -> int:
    """Count the numbers of one point, at least one."""
    return max(1, len(document.seeds)) * max(1, len(document.curves))


def summary(document: Document) -> Summary:
    """Return one line of a list: a sparkline of the median loss, and its last and best median.

    For a sweep they are those of its best setting, and `settings` is the number of settings.
    """
    shown, name = best(document), document.principal
    rows = shown.curves.get(name, ())
    middle = carried([middle_of(row) for row in rows])
    return Summary(
        name=name,
        spark=tuple((shown.epochs[i], middle[i]) for i in thinned(len(rows), SPARK_POINTS, ())),
        final=middle_of(shown.final.get(name, ())),
        best=middle_of(shown.best.get(name, ())),
        seeds=len(document.seeds),
        diverged=document.diverged,
        limited=any(stop.reason == "limit" for stop in document.stop),
        learned_nothing=learned_nothing(document),
        is_restored=bool(restored_epochs(document.stop)),
        has_worked_example=document.records.worked_example is not None,
        settings=len(document.members) if document.members else None,
        stuck=0 if document.members else len(document.stuck),
        cut_short=is_cut(shown.stop),
        stopped_at=cut_at(shown.stop),
    )


def best(document: Document) -> Document:
    """Return the best setting of a sweep as a document of its own, and any other document unchanged."""
    if not document.members:
        return document
    return alone(document, best_first(document, document.principal)[0])


def alone(document: Document, rows: Sequence[int]) -> Document:
    """Return a document of some seeds, as if there were no others."""

    def of(values: dict[str, tuple[float | None, ...]]) -> dict[str, tuple[float | None, ...]]:
        return {name: tuple(row[i] for i in rows) for name, row in values.items()}

    return replace(
        document,
        seeds=tuple(document.seeds[i] for i in rows),
        curves=columns(document, rows),
        final=of(document.final),
        best=of(document.best),
        best_epoch=of(document.best_epoch),
        stop=tuple(document.stop[i] for i in rows),
        members=None,
        stored_weights=document.stored_weights and tuple(document.stored_weights[i] for i in rows),
    )


def learned_nothing(document: Recorded | Progress) -> bool:
    """Return whether no seed learned anything, apart from those with a number that was not finite."""
    return not isinstance(document, Progress) and concern_all(document, document.unlearned)


def concern_all(document: Recorded, seeds: Sequence[int]) -> bool:
    """Return whether these are all seeds whose numbers stayed finite."""
    return 0 < len(document.stop) - len(document.not_finite) == len(seeds)


def restored_epochs(stops: Iterable[Stop]) -> list[int]:
    """Return the epochs, in order, whose best weights were restored at the end."""
    return sorted(stop.restored_epoch for stop in stops if stop.restored_epoch is not None)


def is_cut(stops: Iterable[Stop]) -> bool:
    """Return whether one of these seeds did not come to the end of its training."""
    return any(stop.reason in ("limit", "cancelled") for stop in stops)


def cut_at(stops: Sequence[Stop]) -> int | None:
    """Return the epoch that the last values of seeds are of if they were cut short; None if they are of several."""
    epochs = {stop.epoch for stop in stops if stop.reason != "diverged"}
    return epochs.pop() if is_cut(stops) and len(epochs) == 1 and not restored_epochs(stops) else None


def middle_of(values: Iterable[float | None]) -> float | None:
    known = [max(-HALF, min(HALF, value)) for value in values if value is not None]
    return rounded([median(known)])[0] if known else None


def carried(values: list[float | None]) -> list[float | None]:
    """Fill the gaps of stopped seeds with their last values."""
    last: float | None = None
    return [last := (value if value is not None else last) for value in values]


def cut(document: Document, kept: list[int]) -> dict[str, Any]:
    """Return the per-point fields of a document at some of the points."""
    return {
        "epochs": tuple(document.epochs[i] for i in kept),
        "steps": tuple(document.steps[i] for i in kept),
        "curves": {name: cut_rows(rows, kept) for name, rows in document.curves.items()},
    }


def cut_rows(rows: Curve, kept: list[int]) -> Curve:
    """Return a curve at some of its points, including the last.

    A seed that stopped between two of them has its last value at the later one.
    """
    made = [list(rows[i]) for i in kept]
    for seed, values in enumerate(zip(*rows, strict=True)):
        last = max((i for i, value in enumerate(values) if value is not None), default=0)
        made[bisect_left(kept, last)][seed] = values[last]
    return tuple(map(tuple, made))


def cut_records(records: Records, kept: list[int]) -> Records:
    """Return the records, with per-point records cut to the same points."""

    def rows(whole: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(whole[i] for i in kept if i < len(whole))

    rates, gradients, activations = records.learning_rate, records.gradients, records.activations
    return replace(
        records,
        learning_rate=rates and rows(rates),
        gradients=gradients and replace(gradients, norms=rows(gradients.norms)),
        activations=activations and activations.at(kept),
    )


def thinned(count: int, most: int, wanted: Iterable[int]) -> list[int]:
    """Return at most `most` of `count` indices: both ends, the requested ones if all fit, others evenly spaced."""
    if count <= most:
        return list(range(count))
    musts = {0, count - 1, *wanted}
    if len(musts) > most:
        musts = {0, count - 1}
    spread = most - len(musts)
    even = (round(i * (count - 1) / (spread + 1)) for i in range(1, spread + 1))
    return sorted(musts | set(even))


def extremes(curves: Iterable[Sequence[Values]]) -> set[int]:
    """Return the points at which each seed of each curve is lowest and highest."""
    return set(chain.from_iterable(ends(seed) for rows in curves for seed in zip(*rows, strict=True)))


def ends(values: Iterable[float | None]) -> tuple[int, ...]:
    known = [(value, index) for index, value in enumerate(values) if value is not None]
    return (min(known)[1], max(known)[1]) if known else ()


def overall(curves: Iterable[Sequence[Values]]) -> list[list[list[float | None]]]:
    """Return each curve as two seeds, its lower and its upper edge."""
    return [[edges(row) for row in rows] for rows in curves]


def edges(row: Values) -> list[float | None]:
    known = [value for value in row if value is not None]
    return [min(known), max(known)] if known else [None, None]


def compared(ours: Document, theirs: Document) -> Agreement:
    """Compare two runs of one spec: whether the numbers are equal, and if not, up to which step and by how much they
    differ. Only the points of the same steps are compared: one that a limit ended has its last point elsewhere."""
    same = ours.steps == theirs.steps and ours.curves.keys() == theirs.curves.keys()
    misses = ours.steps != theirs.steps
    until: int | None = None
    largest, is_equal = 0.0, True
    for index, (step, other) in enumerate(zip(ours.steps, theirs.steps, strict=False)):
        if step != other:
            break
        gap, lacks = difference(ours.curves, theirs.curves, index)
        misses = misses or lacks
        is_equal = is_equal and gap == 0.0 and not lacks
        until = step if is_equal else until
        largest = max(largest, gap)
    earlier = theirs.engine if theirs.engine != ours.engine else None
    identical = same and not misses and largest == 0.0 and ours.final == theirs.final and earlier is None
    return Agreement(
        identical=identical,
        same_until=until,
        largest_difference=largest,
        earlier_engine=earlier,
        misses=misses or None,
    )


def horizon(ours: Document, theirs: Document) -> int | None:
    """Return the last step up to which two runs of one spec agree to DECIMALS decimals; None if they never do.

    Numbers above 1 agree to as many digits after the first.
    """
    until: int | None = None
    if ours.curves.keys() != theirs.curves.keys():
        return None
    for index, (step, other) in enumerate(zip(ours.steps, theirs.steps, strict=False)):
        pairs = (zip(ours.curves[name][index], theirs.curves[name][index], strict=False) for name in ours.curves)
        if step != other or not all(is_close(a, b) for values in pairs for a, b in values):
            break
        until = step
    return until


def is_close(ours: float | None, theirs: float | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return ours == theirs or abs(ours - theirs) <= 0.5 * 10.0**-DECIMALS * max(1.0, abs(ours), abs(theirs))


def difference(ours: dict[str, Curve], theirs: dict[str, Curve], index: int) -> tuple[float, bool]:
    """Return the largest difference of two runs at one point, and whether only one of them has some number there."""
    names = ours.keys() & theirs.keys()
    pairs = [pair for name in names for pair in zip(ours[name][index], theirs[name][index], strict=False)]
    gaps = (0.0 if a == b else abs(a - b) for a, b in pairs if a is not None and b is not None)
    return min(max(gaps, default=0.0), 2 * HALF), any((a is None) != (b is None) for a, b in pairs)


def csv(document: Document) -> Iterator[str]:
    """Yield the full series line by line: comments, a header, one row per point and seed.

    For a sweep, the comments describe each setting, and the last column has the number of the setting.
    """
    names = list(document.curves)
    numbers = document.settings
    yield f"# spec {document.spec_hash}\n"
    yield f"# engine {document.engine}\n"
    for place, member in enumerate(document.members or (), 1):
        yield f"# setting {place} {json.dumps(member.values, sort_keys=True)}\n"
    yield ",".join(["seed", "epoch", "step", *names, *(["setting"] if document.members else [])]) + "\n"
    for index, (epoch, step) in enumerate(zip(document.epochs, document.steps, strict=True)):
        for position, seed in enumerate(document.seeds):
            values = [document.curves[name][index][position] for name in names]
            if any(value is not None for value in values):
                setting = [str(numbers[position])] if document.members else []
                yield ",".join([str(seed), number(epoch), str(step), *map(number, values), *setting]) + "\n"


def number(value: float | None) -> str:
    """Return the shortest text that reads back as the same number; empty for None."""
    return "" if value is None else repr(value)
