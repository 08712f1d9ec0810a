"""Take a run away: as a script in another library, or as a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bpsandbox import explain, selectors, twins
from bpsandbox.api.configs import read_spec
from bpsandbox.document import Document, Records
from bpsandbox.errors import NoSuchFile, NotExpressible
from bpsandbox.messages import _
from bpsandbox.runner import results
from bpsandbox.selectors import RunPage
from bpsandbox.spec import Spec

DATA = "data.csv"


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
    canonical, document = selectors.finished_run(user, owner_key, spec_hash=spec_hash, run_id=run_id)
    if library not in twins.LIBRARIES:
        raise NoSuchFile(_("There are scripts in {names}.", names=", ".join(twins.LIBRARIES)))
    spec, document = _setting(read_spec(canonical), document, setting)
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
) -> TakenFile:
    """Return a file of a run by its name, `DATA` or one of `twins.FILES`; for a sweep, of setting number `setting`.

    Raises RunNotFound, NoResult, NoSuchFile or NotExpressible.
    """
    canonical, document = selectors.finished_run(user, owner_key, spec_hash=spec_hash, run_id=run_id)
    if name != DATA and name not in twins.FILES:
        raise NoSuchFile(_("There are these files: {names}.", names=", ".join((DATA, *twins.FILES))))
    spec, document = _setting(read_spec(canonical), document, setting)
    return _made(name, spec, document)


def file_offers(page: RunPage) -> frozenset[str]:
    """Return the names of the files that there are of the run of a page; of a sweep, of its first setting."""
    if page.document is None:
        return frozenset()
    spec, document = _setting(read_spec(page.config), page.document, 1 if page.document.members else None)
    return frozenset(name for name in (DATA, *twins.FILES) if _is_made(name, spec, document))


def _is_made(name: str, spec: Spec, document: Document) -> bool:
    if name == "notebook.ipynb":  # it has the script in NumPy, which takes long to be written
        return not twins.refusal(spec, document, "numpy")
    try:
        _made(name, spec, document)
    except NotExpressible:
        return False
    return True


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
