"""No live process is taken for dead."""

import os
import subprocess
import sys

from bpsandbox import identity


def test_names_are_never_the_same():
    assert identity.worker_name() != identity.worker_name()
    assert len(identity.worker_name()) <= 80


def test_the_living_are_not_dead():
    assert not identity.is_dead(identity.worker_name())


def test_the_dead_of_this_machine_are_known():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    host, space, _, token = identity.worker_name().split("/")
    assert identity.is_dead("/".join((host, space, str(process.pid), token)))


def test_nothing_is_said_of_other_machines_and_of_strange_names():
    own = identity.worker_name().split("/")
    assert not identity.is_dead("/".join((own[0], "elsewhere", "999999", own[3])))
    for name in ("", "test", "a/b/c", f"host/{own[1]}/{os.getppid()}/x"):
        assert not identity.is_dead(name)
