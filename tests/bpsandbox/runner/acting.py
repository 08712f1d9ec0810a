"""Start children with the fake engine."""

import json
import os
import select
import selectors
import time
from dataclasses import dataclass, field

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
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], 60)[0])
    finally:
        os.close(process)
