"""Find out which parts of the confinement are effective on this machine: a child tries what each forbids."""

from __future__ import annotations

import json

from bpsandbox.runner.children import Children
from bpsandbox.runner.limits import Limits
from bpsandbox.runner.supervisor import Job, supervise

PROBE = "bpsandbox.runner.probe"
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


def enforced() -> dict[str, bool]:
    """Test each part of the confinement in a child; return which are effective. If the child cannot run, none is."""
    children = Children(engine=PROBE)
    try:
        outcome = supervise(children.start(), Job(spec="", limits=Limits(wall_seconds=10)), on_progress=print)
    finally:
        children.close()
    failure = outcome.failure
    told = failure.values["message"] if failure and failure.code == "engine" else "{}"
    return dict.fromkeys(WORDS, False) | json.loads(told)


def description(found: dict[str, bool]) -> str:
    """Describe in one sentence what is enforced here, and in another what is not."""
    holds = "; ".join(WORDS[name] for name, is_held in found.items() if is_held)
    missing = "; ".join(WORDS[name] for name, is_held in found.items() if not is_held)
    sentence = f"A training on this machine has: {holds or 'nothing around it'}."
    return f"{sentence} Not enforced here: {missing}." if missing else sentence
