"""Start children with the acting engine."""

import json
import time
from dataclasses import dataclass, field

from bpsandbox.runner import Child, Job, Limits, supervise

ENGINE = "tests.bpsandbox.runner.acting_engine"
QUICK = Limits(cpu_seconds=5, wall_seconds=10)


@dataclass
class Seen:
    """What a run showed on its way."""

    outcome: object = None
    messages: list = field(default_factory=list)
    seconds: float = 0.0
    child: object = None


def perform(act="finish", *, limits=QUICK, keep_going=lambda: None, child=None, on_progress=None, **wish):
    seen = Seen(child=child or Child(engine=ENGINE))

    def hear(message):
        seen.messages.append(message)
        if on_progress:
            on_progress(seen.child)

    began = time.monotonic()
    job = Job(spec=json.dumps({"act": act, **wish}), limits=limits)
    seen.outcome = supervise(seen.child, job, on_progress=hear, keep_going=keep_going)
    seen.seconds = time.monotonic() - began
    return seen
