"""The rendering child: reads a text a frame, answers with what it became, until its parent is gone.

Started by the pool as `python -m community.rendering.child`. It has no settings, no database and no secrets, a limit on
memory, and an alarm of the kernel's that ends it even where Python is not reached.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from contextlib import suppress
from typing import Any, BinaryIO

from .context import Context
from .limits import limits_for
from .protocol import pack, read_frame

MEMORY_BYTES = 600 * 1024 * 1024
GRACE_SECONDS = 0.5


def main() -> None:
    """Serve until standard input ends."""
    questions, answers = _take_streams()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end we notice
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _warm(sys.argv[1:])
    _answer(answers, {"ready": os.getpid()})
    while (question := read_frame(questions)) is not None:
        _answer(answers, serve(question))


def serve(question: dict[str, Any]) -> dict[str, Any]:
    """Render one question. Its time is measured here, without the way through the pipe."""
    from .pipeline import render

    context = Context.from_dict(question["context"])
    started = time.perf_counter()
    signal.setitimer(signal.ITIMER_REAL, limits_for(context.kind).seconds + GRACE_SECONDS)
    rendered = render(question["source"], context)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return {"rendered": rendered.as_dict(), "seconds": time.perf_counter() - started}


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes to ourselves: whatever prints, prints to standard error."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return questions, answers


def _answer(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(pack(message))
    answers.flush()


def _warm(fences: list[str]) -> None:
    """Render a little of everything once, so that the first text of a person does not pay for imports."""
    from .fences import resolve
    from .pipeline import render

    for path in fences:
        with suppress(Exception):  # a fence that cannot be loaded is reported when a text asks for it
            resolve(path)

    render("# a $x$\n\n- *b* **c** `d`\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n```python\nx = 1\n```\n[^1]\n\n[^1]: e\n")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(0)
