"""Start, feed and end a child process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import bpsandbox

ENGINE = "bpsandbox.runner.engine"
ROOT = str(Path(bpsandbox.__file__).resolve().parent.parent)
BOOT = """
import sys
sys.path.insert(0, sys.argv[1])
from bpsandbox.runner.child import main
main(int(sys.argv[2]), sys.argv[3])
"""
# Nothing of the parent's environment goes along: no secret can be read that is not there.
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}


class Child:
    """One child process, loaded and waiting for its job.

    It ends with the thread that started it (Linux counts the thread as the parent), so start it where it is used.
    """

    def __init__(self, *, engine: str = ENGINE) -> None:
        self.engine = engine
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", BOOT, ROOT, str(os.getpid()), engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            close_fds=True,
            start_new_session=True,
            bufsize=0,
        )
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> int:
        """End the child and all it may have started, whatever it is doing; return its exit status."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        status = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        return status


class Spares:
    """Keep one loaded child ahead, so that a run starts at once."""

    def __init__(self, *, engine: str = ENGINE) -> None:
        self.engine = engine
        self.spare: Child | None = None

    def prepare(self) -> None:
        """Start the spare when there is none. Returns at once: it loads while the caller goes on."""
        if self.spare is None or not self.spare.is_alive:
            self.close()
            self.spare = Child(engine=self.engine)

    def take(self) -> Child:
        """Hand out the spare, or a new child when there is none."""
        self.prepare()
        child, self.spare = self.spare, None
        assert child is not None
        return child

    def close(self) -> None:
        if self.spare is not None:
            self.spare.kill()
            self.spare = None
