"""Start, feed and end a child process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import bpsandbox

ENGINE = "bpsandbox.engine"
ROOT = str(Path(bpsandbox.__file__).resolve().parent.parent)
BOOT = """
import sys
from importlib import import_module
sys.path.insert(0, sys.argv[1])
import_module(sys.argv[2]).main(*sys.argv[3:])
"""
# OpenBLAS chooses its kernel by these, and the kernel decides the last bits of every product.
KERNEL_VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
# Nothing else of the parent's environment is passed on, so there is no secret to read.
ENVIRONMENT = {name: os.environ[name] for name in KERNEL_VARIABLES if name in os.environ} | {
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}


class Process(Protocol):
    """The process of a child, forked or spawned."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status, or the negative signal number if it was killed. Raises subprocess.TimeoutExpired."""

    def end(self) -> int:
        """Kill it and everything it may have started; return its exit status."""


Launch = Callable[[int, int, int], Process]
"""Start a process on three descriptors: its standard input, output and error."""


class PythonProcess(subprocess.Popen):
    """A new Python in its own process group, with a small environment and no open files.

    It stays in its owner's session: Linux shares the processor among sessions first, and a new one would not have the
    niceness of the worker's.
    """

    def __init__(self, module: str, *arguments: object, **streams: Any) -> None:
        words = map(str, (ROOT, f"bpsandbox.runner.{module}", os.getpid(), *arguments))
        command = [sys.executable, "-I", "-c", BOOT, *words]
        super().__init__(command, env=ENVIRONMENT, close_fds=True, process_group=0, **streams)

    def end(self) -> int:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        return self.wait()


def spawn(engine: str = ENGINE) -> Launch:
    """Return a function that starts a child as a new process, which loads the engine itself."""
    return lambda job, messages, errors: PythonProcess("child", engine, stdin=job, stdout=messages, stderr=errors)


class Child:
    """One child process that waits for its job, with three pipes to it. `kill` always ends it.

    It dies with the thread that started it (for Linux the thread is the parent), so start it in the thread that uses
    it.
    """

    def __init__(self, launch: Launch) -> None:
        job, self.stdin = os.pipe()
        self.stdout, messages = os.pipe()
        self.stderr, errors = os.pipe()
        for pipe in self.pipes:
            os.set_blocking(pipe, False)
        try:
            self.process = launch(job, messages, errors)
        except BaseException:
            self.close()
            raise
        finally:
            for theirs in (job, messages, errors):
                os.close(theirs)

    @property
    def pipes(self) -> tuple[int, int, int]:
        return self.stdin, self.stdout, self.stderr

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> int:
        """End the child; return its exit status."""
        status = self.process.end()
        self.close()
        return status

    def close(self) -> None:
        for pipe in self.pipes:
            with suppress(OSError):
                os.close(pipe)
