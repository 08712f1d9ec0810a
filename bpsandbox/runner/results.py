"""A result document in the sizes that are kept: whole and compressed, for the run page, for a card, for a list."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain
from statistics import median
from typing import Any

from bpsandbox.runner.live import rounded
from bpsandbox.runner.ranking import MOST_DRAWN, best_first

Document = dict[str, Any]

DISPLAY_POINTS = 2000
DISPLAY_NUMBERS = 120_000
DISPLAY_POINTS_AT_LEAST = 200
CARD_NUMBERS = 4000
CARD_POINTS = 160
CARD_POINTS_AT_LEAST = 24
SPARK_POINTS = 60
BY_POINT = ("mean", "std", "zero", "saturated", "dead")
CARD_PARTS = (
    "spec_hash", "engine", "seeds", "final", "best", "best_epoch", "stop", "warnings", "data", "parameters", "layers",
    "members",
)  # fmt: skip


def pack(document: Document) -> bytes:
    """Return the whole document, compressed."""
    return zlib.compress(json.dumps(document, separators=(",", ":"), allow_nan=False).encode(), 6)


def unpack(archive: bytes) -> Document:
    return json.loads(zlib.decompress(archive))


def display(document: Document, most: int = DISPLAY_POINTS) -> Document:
    """Return the document with at most so many points a curve: the first, the last and the extremes among them."""
    count = len(document["epochs"])
    most = min(most, max(DISPLAY_POINTS_AT_LEAST, DISPLAY_NUMBERS // width(document)))
    if count <= most:
        return document
    kept = thinned(count, most, extremes(document["curves"].values()))
    return {**document, **cut(document, kept), "records": cut_records(document.get("records") or {}, kept)}


def card(document: Document) -> Document:
    """Return what a card draws and says: few points of every curve, rounded; no records."""
    drawn = columns(document, drawn_rows(document)) if "members" in document else document
    most = max(CARD_POINTS_AT_LEAST, min(CARD_POINTS, CARD_NUMBERS // width(drawn)))
    kept = thinned(len(drawn["epochs"]), most, extremes(overall(drawn["curves"].values())))
    series = cut(drawn, kept)
    curves = {name: [rounded(row) for row in rows] for name, rows in series["curves"].items()}
    parts = {name: document[name] for name in CARD_PARTS if name in document}
    stops = [{key: part for key, part in stop.items() if key != "last"} for stop in document["stop"]]
    made = {**parts, **series, "curves": curves, "stop": stops, "shows": sorted(document.get("records") or ())}
    return made | ({"drawn": drawn_rows(document)} if "members" in document else {})


def drawn_rows(document: Document) -> list[int]:
    """Return the seeds of the best settings of a sweep, as many settings as a drawing tells apart."""
    name = principal(document["curves"])
    groups = best_first(document, name) if name else []
    return sorted(row for rows in groups[:MOST_DRAWN] for row in rows)


def columns(document: Document, rows: list[int]) -> Document:
    """Return a document with the lines of some seeds alone."""
    curves = {name: [[row[i] for i in rows] for row in series] for name, series in document["curves"].items()}
    return {**document, "seeds": [document["seeds"][i] for i in rows], "curves": curves}


def width(document: Document) -> int:
    """Count the numbers of one point, at least one."""
    return max(1, len(document["seeds"])) * max(1, len(document["curves"]))


def summary(document: Document) -> dict[str, Any]:
    """Return what one line of a list says: a spark of the median loss, its last and best median.

    Of a sweep they are those of its best setting, and `settings` counts them all.
    """
    if "members" in document:
        return {**summary(best(document)), **counted(document), "settings": len(document["members"])}
    name = principal(document["curves"])
    if name is None:
        return {"name": "", "spark": [], "final": None, "best": None, **counted(document)}
    rows = document["curves"][name]
    middle = carried([middle_of(row) for row in rows])
    kept = thinned(len(rows), SPARK_POINTS, ())
    return {
        "name": name,
        "spark": [[document["epochs"][i], middle[i]] for i in kept],
        "final": middle_of(document["final"].get(name, [])),
        "best": middle_of(document.get("best", {}).get(name, [])),
        **counted(document),
    }


def best(document: Document) -> Document:
    """Return the best setting of a sweep as a document of its own; any other document as it is."""
    name = principal(document["curves"])
    if "members" not in document:
        return document
    if name is None:
        return alone(document, document["members"][0]["rows"])
    return alone(document, best_first(document, name)[0])


def alone(document: Document, rows: list[int]) -> Document:
    """Return a document of some seeds alone, as if there were no others."""
    whole = columns({key: part for key, part in document.items() if key not in ("members", "drawn")}, rows)
    kept = {
        part: {name: [values[i] for i in rows] for name, values in document.get(part, {}).items()}
        for part in ("final", "best", "best_epoch")
    }
    return {**whole, **kept, "stop": [document["stop"][i] for i in rows]}


def counted(document: Document) -> dict[str, Any]:
    return {
        "seeds": len(document["seeds"]),
        "diverged": sum(stop.get("reason") == "diverged" for stop in document["stop"]),
        "limited": any(stop.get("reason") == "limit" for stop in document["stop"]),
        "learned_nothing": learned_nothing(document),
        "is_restored": bool(restored_epochs(document)),
        "has_worked_example": "worked_example" in document.get("records", {}),
    }


def learned_nothing(document: Document) -> bool:
    """Tell whether no seed learned anything, leaving out those that diverged."""
    seeds = next((each["seeds"] for each in document.get("warnings") or () if each["code"] == "nothing_learned"), ())
    whole = sum(stop.get("reason") != "diverged" for stop in document.get("stop") or ())
    return 0 < whole == len(seeds)


def restored_epochs(document: Document) -> list[int]:
    """List the epochs, in order, whose best weights seeds were given back at their end."""
    return sorted(stop["restored_epoch"] for stop in document.get("stop") or () if "restored_epoch" in stop)


def principal(curves: Document) -> str | None:
    """Name the curve that stands for a run: the objective that was minimised."""
    return "train_loss" if "train_loss" in curves else next(iter(curves), None)


def middle_of(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return rounded([median(known)])[0] if known else None


def carried(values: list[float | None]) -> list[float | None]:
    """Fill the gaps of seeds that have stopped with what was there before."""
    last: float | None = None
    return [last := (value if value is not None else last) for value in values]


def cut(document: Document, kept: list[int]) -> Document:
    """Return the series of a document at some of its points."""
    return {
        "epochs": [document["epochs"][i] for i in kept],
        "steps": [document["steps"][i] for i in kept],
        "curves": {name: cut_rows(rows, kept) for name, rows in document["curves"].items()},
    }


def cut_rows(rows: list[list[float | None]], kept: list[int]) -> list[list[float | None]]:
    """Return a curve at some of its points, the last of all among them.

    A seed that stopped between two of them has its last value at the later one: it ends where it ended.
    """
    made = [list(rows[i]) for i in kept]
    for seed, values in enumerate(zip(*rows, strict=True)):
        last = max((i for i, value in enumerate(values) if value is not None), default=0)
        made[bisect_left(kept, last)][seed] = values[last]
    return made


def cut_records(records: Document, kept: list[int]) -> Document:
    """Return the records with those that have a row for every point cut to the same points."""

    def rows(whole: list[Any]) -> list[Any]:
        return [whole[i] for i in kept if i < len(whole)]

    made = dict(records)
    if "learning_rate" in made:
        made["learning_rate"] = rows(made["learning_rate"])
    if "gradients" in made:
        made["gradients"] = {**made["gradients"], "norms": rows(made["gradients"]["norms"])}
    if "activations" in made:
        parts = made["activations"].items()
        made["activations"] = {name: rows(part) if name in BY_POINT else part for name, part in parts}
    return made


def thinned(count: int, most: int, wanted: Iterable[int]) -> list[int]:
    """Return at most `most` of `count` indices: both ends, the wanted ones if they all fit, others evenly spread."""
    if count <= most:
        return list(range(count))
    musts = {0, count - 1, *wanted}
    if len(musts) > most:
        musts = {0, count - 1}
    spread = most - len(musts)
    even = (round(i * (count - 1) / (spread + 1)) for i in range(1, spread + 1))
    return sorted(musts | set(even))


def extremes(curves: Iterable[list[list[float | None]]]) -> set[int]:
    """Return where each seed of each curve is lowest and highest."""
    return set(chain.from_iterable(ends(seed) for rows in curves for seed in zip(*rows, strict=True)))


def ends(values: Iterable[float | None]) -> tuple[int, ...]:
    known = [(value, index) for index, value in enumerate(values) if value is not None]
    return (min(known)[1], max(known)[1]) if known else ()


def overall(curves: Iterable[list[list[float | None]]]) -> list[list[list[float | None]]]:
    """Return each curve as two seeds, its lower and its upper edge."""
    return [[edges(row) for row in rows] for rows in curves]


def edges(row: list[float | None]) -> list[float | None]:
    known = [value for value in row if value is not None]
    return [min(known), max(known)] if known else [None, None]


def has_diverged(document: Document) -> bool:
    """Say whether no seed came through."""
    return bool(document["stop"]) and all(stop.get("reason") == "diverged" for stop in document["stop"])


def compared(ours: Document, theirs: Document) -> dict[str, Any]:
    """Compare two runs of one spec: are they the same numbers, and if not, up to which step and by how much."""
    pairs = list(zip(ours["steps"], theirs["steps"], strict=False))
    same = ours["steps"] == theirs["steps"] and ours["curves"].keys() == theirs["curves"].keys()
    until: int | None = None
    largest = 0.0
    for index, (step, other) in enumerate(pairs):
        gap = difference(ours["curves"], theirs["curves"], index)
        if step == other and gap == 0.0 and largest == 0.0:
            until = step
        largest = max(largest, gap)
    identical = same and largest == 0.0 and ours["final"] == theirs["final"]
    return {"identical": identical, "same_until": until, "largest_difference": largest}


def difference(ours: Document, theirs: Document, index: int) -> float:
    """Return the largest difference of two runs at one point; a missing number differs by one."""
    names = ours.keys() & theirs.keys()
    pairs = [pair for name in names for pair in zip(ours[name][index], theirs[name][index], strict=False)]
    return max((0.0 if a == b else 1.0 if a is None or b is None else abs(a - b) for a, b in pairs), default=0.0)


def csv(document: Document) -> Iterator[str]:
    """Yield the full series line by line: comments, a header, one row a point and seed.

    Of a sweep, the comments tell what each setting is, and a last column which one a row is of.
    """
    names = list(document["curves"])
    members = document.get("members") or []
    numbers = {row: str(number) for number, member in enumerate(members, 1) for row in member["rows"]}
    yield f"# spec {document.get('spec_hash', '')}\n"
    yield f"# engine {document.get('engine', '')}\n"
    for place, member in enumerate(members, 1):
        yield f"# setting {place} {json.dumps(member['values'], sort_keys=True)}\n"
    yield ",".join(["seed", "epoch", "step", *names, *(["setting"] if members else [])]) + "\n"
    for index, (epoch, step) in enumerate(zip(document["epochs"], document["steps"], strict=True)):
        for position, seed in enumerate(document["seeds"]):
            values = [document["curves"][name][index][position] for name in names]
            if any(value is not None for value in values):
                setting = [numbers[position]] if members else []
                yield ",".join([str(seed), number(epoch), str(step), *map(number, values), *setting]) + "\n"


def number(value: float | None) -> str:
    """Write a number so that reading it back gives the same one; nothing where there is none."""
    return "" if value is None else repr(value)
