"""Find out which parts of the confinement are effective on this machine: a child tries what each forbids."""

from __future__ import annotations

import json
from collections.abc import Collection

from bpsandbox.runner.children import Children
from bpsandbox.runner.limits import Limits
from bpsandbox.runner.supervisor import Job, KeepGoing, supervise

PROBE = "bpsandbox.runner.probe"
PATIENCE_SECONDS = (10.0, 20.0, 40.0)
"""How long each attempt of the probe may take."""
WORDS = {
    "network": "no network",
    "files": "no file opened for writing",
    "reading": "no file read",
    "folders": "no folder listed",
    "processes": "no process started",
    "programs": "no program executed",
    "signals": "no signal to another process",
    "privileges": "no privilege kept or gained",
    "limits": "limits on memory, processor time, file size and open files",
}
EVERYTHING = "all"


class Untested(Exception):
    """The probe gave no answer, so nothing is known."""


def enforced(keep_going: KeepGoing = lambda: None) -> dict[str, bool]:
    """Test each part of the confinement in a child; return which are effective.

    A busy machine may be too slow, so the probe is tried with more time. Raises Untested when that fails as well, or
    when `keep_going` ends it.
    """
    for seconds in PATIENCE_SECONDS:
        found = _probed(seconds, keep_going)
        if found is not None:
            return found
        if keep_going():
            break
    raise Untested("The confinement of trainings could not be tested: the probe gave no answer.")


def _probed(seconds: float, keep_going: KeepGoing) -> dict[str, bool] | None:
    """Return what a child found out in this time; None if it gave no answer."""
    children = Children(engine=PROBE)
    try:
        job = Job(spec="", limits=Limits(wall_seconds=seconds))
        failure = supervise(children.start(), job, on_progress=lambda message: None, keep_going=keep_going).failure
    except OSError:  # it could not be started
        return None
    finally:
        children.close()
    if failure is None or failure.code != "engine":
        return None
    found = json.loads(failure.values["message"])
    return {name: found.get(name, False) for name in WORDS}


def missing(found: dict[str, bool], *, allowed: Collection[str]) -> list[str]:
    """Return the parts that are not effective, without those that the operator allows to be missing."""
    absent = [name for name, is_held in found.items() if not is_held]
    return [] if EVERYTHING in allowed else [name for name in absent if name not in allowed]


def refusal(found: dict[str, bool], names: Collection[str]) -> str:
    """Say that nothing is trained without these parts, and which setting allows it."""
    return f"{description(found)} Nothing is trained unless BPSANDBOX_UNENFORCED allows {', '.join(names)}."


def description(found: dict[str, bool]) -> str:
    """Describe in one sentence what is enforced here, and in another what is not."""
    holds = "; ".join(WORDS[name] for name, is_held in found.items() if is_held)
    missing = "; ".join(WORDS[name] for name, is_held in found.items() if not is_held)
    sentence = f"A training on this machine has: {holds or 'nothing around it'}."
    return f"{sentence} Not enforced here: {missing}." if missing else sentence
