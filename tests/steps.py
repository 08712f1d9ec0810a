"""Work in steps of the interpreter, which are as many on a machine that stalls as on an idle one.

    assert steps(lambda: spec.parse(text)) < 40_000

A step is a call or a jump, so every round of a loop is one. What C does within a call is not seen: a pattern or a sort
that takes long is one step.
"""

import sys
from collections.abc import Callable

TOOL = 4
"""Of those that are nobody's by convention."""


def steps(act: Callable[[], object]) -> int:
    """Return the steps of an act. Let what is loaded or remembered at first use be so before."""
    monitoring, count = sys.monitoring, 0
    counted = (monitoring.events.CALL, monitoring.events.PY_START, monitoring.events.PY_RESUME, monitoring.events.JUMP)

    def one_more(*_where: object) -> None:
        nonlocal count
        count += 1

    monitoring.use_tool_id(TOOL, "steps")
    try:
        for event in counted:
            monitoring.register_callback(TOOL, event, one_more)
        monitoring.set_events(TOOL, sum(counted))
        act()
    finally:
        monitoring.set_events(TOOL, monitoring.events.NO_EVENTS)
        for event in counted:
            monitoring.register_callback(TOOL, event, None)
        monitoring.free_tool_id(TOOL)
    return count
