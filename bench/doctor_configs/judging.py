"""What the doctor finds in labelled configs, against their labels. `./run bench doctor` prints it for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence, Set

from bpsandbox import spec
from bpsandbox.core import train
from bpsandbox.document import KINDS, Document

from .blind import BLIND
from .held_out import HELD_OUT
from .intervals import written
from .labelled import LABELLED, Labelled
from .measured import CHAOS, OVER
from .once_held_out import ONCE_HELD_OUT
from .reserved_chaos import RESTLESS
from .reserved_curves import RESERVED
from .sealed import SEALED
from .unseen import UNSEEN

Found = Mapping[str, set[str]]
Table = dict[str, Counter[str]]
RECALL, FALSE_ALARMS = 0.95, 0.02
SETS: dict[str, list[Labelled]] = {
    "labelled": LABELLED, "once held out": ONCE_HELD_OUT, "held out": HELD_OUT, "unseen": UNSEEN, "blind": BLIND,
    "sealed": SEALED, "reserved": RESERVED, "restless": RESTLESS,
}  # fmt: skip
"""The sets in the order in which they were written: rules were made with the first ones."""
MEASURED: dict[str, list[Labelled]] = {"measured chaos": CHAOS, "measured overfitting": OVER}
"""Sets with labels of one kind, by a measurement that is none of the rules."""


def document_of(text: str) -> Document:
    """Train a config, which may be a sweep."""
    *_, last = train(spec.build(spec.parse(text)))
    return last.result.document()


def kinds_of(document: Document) -> set[str]:
    return {finding.kind for finding in document.findings}


def found_in(configs: Sequence[Labelled]) -> Found:
    """Return the kinds that are found, by the text of the config."""
    return {each.text: kinds_of(document_of(each.text)) for each in configs}


def confusion(configs: Sequence[Labelled], found: Found) -> Table:
    """Return for each kind how many labels were found and missed, and how many configs were alarmed falsely.

    Configs whose labels were corrected are left out: their labels were taken from what was measured.
    """
    table: Table = {kind: Counter() for kind in KINDS}
    for each in configs:
        if not each.is_corrected:
            for outcome, kinds in _outcomes(each, found[each.text]).items():
                for kind in kinds:
                    table[kind][outcome] += 1
    return table


def _outcomes(each: Labelled, found: Set[str]) -> dict[str, Set[str]]:
    return {"found": each.kinds & found, "missed": each.kinds - found, "false": found - each.kinds - each.may}


def part_of(configs: Sequence[Labelled], step: int, names: Collection[str]) -> list[Labelled]:
    """Return every `step`th config of each finding, and of the healthy ones, and those with these names."""
    of_kind: dict[str, list[Labelled]] = {}
    for each in configs:
        for kind in each.kinds or {"healthy"}:
            of_kind.setdefault(kind, []).append(each)
    picked = {each.name for group in of_kind.values() for each in group[::step]}
    return [each for each in configs if each.name in picked or each.name in names]


def alarmed(configs: Sequence[Labelled], found: Found) -> list[str]:
    """Return the names of the healthy configs with a finding that their labels do not allow."""
    return [each.name for each in configs if not each.kinds and found[each.text] - each.may]


def wrong(configs: Sequence[Labelled], found: Found) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield the name of each config that was not judged as labelled, its missed labels and its false alarms."""
    for each in configs:
        outcomes = _outcomes(each, found[each.text])
        if outcomes["missed"] or outcomes["false"]:
            yield each.name, sorted(outcomes["missed"]), sorted(outcomes["false"])


def lines(configs: list[Labelled], found: Found) -> Iterator[str]:
    """Yield the lines of a confusion table, with exact intervals."""
    table = confusion(configs, found)
    everything = sum(table.values(), Counter())
    for kind, row in [*table.items(), ("all", everything)]:
        of = row["found"] + row["missed"]
        yield f"{kind:12} {of:3} labels {row['found']:3} found {written(row['found'], of):16} {row['false']:3} false"
    healthy = sum(not each.kinds for each in configs)
    count = len(alarmed(configs, found))
    yield f"{healthy} healthy configs, {count} of them alarmed: {written(count, healthy)}"
    apart = [each for each in configs if each.is_corrected]
    if apart:
        yield f"not counted, since their labels were corrected: {', '.join(each.name for each in apart)}"
    for name, missed, false in wrong(configs, found):
        yield f"{name}: missed {', '.join(missed) or 'nothing'}, false {', '.join(false) or 'nothing'}"
