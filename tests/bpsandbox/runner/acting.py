"""Start children with the fake engine."""

import json
import selectors
import time
from dataclasses import dataclass, field
from pathlib import Path

from bpsandbox.runner import Child, Children, Job, Limits, spawn, supervise

ENGINE = "tests.bpsandbox.runner.acting_engine"
QUICK = Limits(cpu_seconds=30, wall_seconds=60)
"""Nobody who acts comes near them on a machine that stalls, and who hangs does."""
AT_ONCE = QUICK.wall_seconds / 2
FORKED = Children(engine=ENGINE)
WAYS = {"forked": FORKED.start, "spawned": lambda: Child(spawn(ENGINE))}


@dataclass
class Seen:
    """Progress reported by a run."""

    outcome: object = None
    messages: list = field(default_factory=list)
    seconds: float = 0.0
    child: object = None


def perform(
    act="finish", *, limits=QUICK, keep_going=lambda: None, child=None, start=FORKED.start, on_progress=None, **wish
):
    seen = Seen(child=child or start())

    def hear(message):
        seen.messages.append(message)
        if on_progress:
            on_progress(seen.child)

    began = time.monotonic()
    job = Job(spec=json.dumps({"act": act, **wish}), limits=limits)
    seen.outcome = supervise(seen.child, job, on_progress=hear, keep_going=keep_going)
    seen.seconds = time.monotonic() - began
    return seen


def loaded(child):
    """Wait until a child has loaded its engine and reported readiness, however busy the machine is."""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        assert selector.select(60)
    return child


def is_gone(pid):
    """Return whether a process ends within a minute; a zombie counts as ended."""
    for _ in range(1_200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
