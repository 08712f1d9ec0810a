"""Take a run away: as a script in another library, or as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bpsandbox import explain, selectors, storage, twins
from bpsandbox.api.configs import read_spec
from bpsandbox.document import Document, Records
from bpsandbox.errors import NoSuchFile, NotExpressible
from bpsandbox.messages import _
from bpsandbox.runner import results
from bpsandbox.selectors import RunPage
from bpsandbox.spec import Spec

DATA, ONNX = "data.csv", "network.onnx"
FILE_NAMES = (DATA, *twins.FILES, *twins.OF_WEIGHTS)
MOST_SEEDS = 20
"""Most seeds that a refusal names."""


@dataclass(frozen=True)
class Offer:
    """A library, and why the run has no script in it: one sentence, empty if it has one."""

    name: str
    title: str
    refusal: str = ""


def twin(
    library: str,
    user: Any = None,
    owner_key: str = "",
    *,
    spec_hash: str = "",
    run_id: int | None = None,
    setting: int | None = None,
) -> str:
    """Return the script of a run in a library; for a sweep, of setting number `setting`, from 1.

    Raises RunNotFound, NoResult, NoSuchFile or NotExpressible.
    """
    found = selectors.finished_run(user, owner_key, spec_hash=spec_hash, run_id=run_id)
    if library not in twins.LIBRARIES:
        raise NoSuchFile(_("There are scripts in {names}.", names=", ".join(twins.LIBRARIES)))
    spec, document = _setting(read_spec(found.canonical), found.document, setting)
    try:
        return twins.twin(spec, document, library)
    except twins.NoTwin as error:
        raise NotExpressible(str(error)) from error


def twin_offers(page: RunPage) -> tuple[Offer, ...]:
    """Return every library, with a sentence if it cannot express the run of a page; of a sweep, its first setting."""
    if page.document is None:
        return ()
    spec, document = _setting(read_spec(page.config), page.document, 1 if page.document.members else None)
    return tuple(Offer(name, title, twins.refusal(spec, document, name)) for name, title in twins.LIBRARIES.items())


@dataclass(frozen=True)
class TakenFile:
    """A file of a run: its name, type and content."""

    name: str
    kind: str
    content: bytes


def taken_file(
    name: str,
    user: Any = None,
    owner_key: str = "",
    *,
    spec_hash: str = "",
    run_id: int | None = None,
    setting: int | None = None,
    seed: int | None = None,
) -> TakenFile:
    """Return a file of a run by its name, one of `FILE_NAMES`; for a sweep, of setting number `setting`.

    `seed`: of trained weights, whose; the first seed's by default. Raises RunNotFound, NoResult, NoSuchFile or
    NotExpressible.
    """
    found = selectors.finished_run(user, owner_key, spec_hash=spec_hash, run_id=run_id)
    if name not in FILE_NAMES:
        raise NoSuchFile(_("There are these files: {names}.", names=", ".join(FILE_NAMES)))
    spec, document = _setting(read_spec(found.canonical), found.document, setting)
    if name not in twins.OF_WEIGHTS:
        return _made(name, spec, document)
    place = _place(document, seed)
    rows = found.document.members[setting - 1].rows if found.document.members and setting else document.columns
    return _made_of_weights(name, spec, document, place, storage.content_of(found.run_id, rows[place]))


def _place(document: Document, seed: int | None) -> int:
    """Return the index of a seed, of the first if none is named. Raises NotExpressible."""
    if seed is None:
        return 0
    if seed not in document.seeds:
        known = ", ".join(map(str, document.seeds[:MOST_SEEDS])) + (", …" if len(document.seeds) > MOST_SEEDS else "")
        raise NotExpressible(_("This run has these seeds: {seeds}. Name one of them.", seeds=known))
    return document.seeds.index(seed)


@dataclass(frozen=True)
class Offered:
    """The files that there are of a run; of a sweep, of its first setting.

    `seeds` are those whose trained weights can be taken; without any, `no_weights` says why in a sentence.
    """

    names: frozenset[str]
    seeds: tuple[int, ...] = ()
    no_weights: str = ""


def stored_weights(page: RunPage) -> frozenset[int]:
    """Return the places of the seeds of a page's run whose weights are still stored: at most one query."""
    document = page.document
    return storage.places_of(page.card.run_id) if document is not None and document.stored_weights else frozenset()


def file_offers(page: RunPage, stored: frozenset[int]) -> Offered:
    """Return the files that there are of the run of a page; `stored`: see `stored_weights`."""
    if page.document is None:
        return Offered(frozenset())
    spec, document = _setting(read_spec(page.config), page.document, 1 if page.document.members else None)
    names = {name for name in (DATA, *twins.FILES) if _is_made(name, spec, document)}
    rows = page.document.members[0].rows if page.document.members else document.columns
    refusals = [
        twins.weights_refusal(spec, document, place, is_removed=row not in stored) for place, row in enumerate(rows)
    ]
    places = [place for place, refusal in enumerate(refusals) if not refusal]
    if not places:
        return Offered(frozenset(names), no_weights=refusals[0] if refusals else "")
    names |= {name for name in twins.OF_WEIGHTS if name != ONNX or _has_single(spec, document, places)}
    return Offered(frozenset(names), tuple(document.seeds[place] for place in places))


def _has_single(spec: Spec, document: Document, places: list[int]) -> bool:
    """Return whether the weights of a seed fit into single precision."""
    if document.stored_weights:
        return any(twins.is_single(document, place) for place in places)
    return _is_possible(lambda: _made_of_weights(ONNX, spec, document, places[0], None))


def _is_made(name: str, spec: Spec, document: Document) -> bool:
    if name == "notebook.ipynb":  # it has the script in NumPy, which takes long to be written
        return not twins.refusal(spec, document, "numpy")
    return _is_possible(lambda: _made(name, spec, document))


def _is_possible(make: Callable[[], TakenFile]) -> bool:
    try:
        make()
    except NotExpressible:
        return False
    return True


def _made_of_weights(name: str, spec: Spec, document: Document, place: int, content: bytes | None) -> TakenFile:
    kind, make = twins.OF_WEIGHTS[name]
    try:
        made = make(spec, document, twins.weights(spec, document, place, content))
    except twins.NoTwin as error:
        raise NotExpressible(str(error)) from error
    of_seed = f"-seed{document.seeds[place]}" if len(document.seeds) > 1 else ""
    return TakenFile(f"{spec.hash[:12]}{of_seed}-{name}", kind, made)


def _made(name: str, spec: Spec, document: Document) -> TakenFile:
    if name == DATA:
        return TakenFile(f"{spec.hash[:12]}-{name}", "text/csv; charset=utf-8", _data(spec))
    kind, make = twins.FILES[name]
    try:
        content = make(spec, document, _worked(document)) if name == "notebook.ipynb" else make(spec, document)
    except twins.NoTwin as error:
        raise NotExpressible(str(error)) from error
    return TakenFile(f"{spec.hash[:12]}-{name}", kind, content)


def _data(spec: Spec) -> bytes:
    """Return all samples as CSV, as they are before features, scaling and the split."""
    card = explain.data_of(spec.config)
    if card is None:
        raise NotExpressible(_("This run has too many samples for a file. Its scripts make them again."))
    return "".join(explain.csv_lines(card.dataset)).encode()


def _worked(document: Document) -> str:
    """Return the step that a run recorded as Markdown; empty if it recorded none."""
    worked = explain.recorded(document.records.worked_example)
    return explain.markdown(worked, title=_("One step, worked by hand")) if worked else ""


def _setting(spec: Spec, document: Document, number: int | None) -> tuple[Spec, Document]:
    """Return one setting of a sweep as a run of its own; any other run unchanged."""
    if not document.members:
        return spec, document
    count = len(document.members)
    if number is None or not 0 < number <= count:
        raise NotExpressible(
            _("This run is a sweep of {count} settings. Name one of them: setting=1 to setting={count}.", count=count)
        )
    alone = results.alone(document, document.members[number - 1].rows)
    if number > 1:  # a sweep keeps the records of its first setting
        alone = replace(alone, records=Records())
    return spec.settings[number - 1].spec, alone
