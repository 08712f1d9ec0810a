"""The rendering child process: reads one text per frame and replies with its HTML, until its parent is gone.

Started by the pool as `python -m community.rendering.child`. It has no settings, no database and no secrets, a memory
limit, and a kernel timer that ends it even when stuck outside Python.
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
    """Serve requests until standard input ends."""
    questions, answers = _reserve_streams()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; the child ends when its pipe closes
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _warm(sys.argv[1:])
    _answer(answers, {"ready": os.getpid()})
    while (question := read_frame(questions)) is not None:
        _answer(answers, serve(question))


def serve(question: dict[str, Any]) -> dict[str, Any]:
    """Render one request. Time is measured here, without the pipe's."""
    from .pipeline import render

    context = Context.from_dict(question["context"])
    started = time.perf_counter()
    signal.setitimer(signal.ITIMER_REAL, limits_for(context.kind).seconds + GRACE_SECONDS)
    rendered = render(question["source"], context)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return {"rendered": rendered.as_dict(), "seconds": time.perf_counter() - started}


def _reserve_streams() -> tuple[BinaryIO, BinaryIO]:
    """Reserve the pipes for frames: stray prints go to standard error."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return questions, answers


def _answer(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(pack(message))
    answers.flush()


def _warm(fences: list[str]) -> None:
    """Render a sample of everything once, so that imports are done before the first request."""
    from .fences import resolve
    from .pipeline import render

    for path in fences:
        with suppress(Exception):  # a fence that cannot be loaded is reported when a text uses it
            resolve(path)

    render("# a $x$\n\n- *b* **c** `d`\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n```python\nx = 1\n```\n[^1]\n\n[^1]: e\n")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(0)
