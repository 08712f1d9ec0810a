"""The sandbox of a training, each restriction tried from within a child."""

import json
import os
import platform
import struct

import pytest

from bpsandbox.runner import Children, Job, Limits, landlock, seccomp, supervise, walls
from bpsandbox.runner.limits import GRACE_SECONDS
from tests.bpsandbox.runner import acting
from tests.bpsandbox.runner.acting import WAYS

has_filter = pytest.mark.skipif(
    platform.system() != "Linux" or platform.machine() not in seccomp.ARCHITECTURES, reason="no filter for this machine"
)

has_landlock = pytest.mark.skipif(landlock.version() == 0, reason="no Landlock in this kernel")


def attempted(name, way="forked", **wish):
    """Return the result of an attempt in a child: the name of the error, or the return value."""
    failure = acting.perform("attempt", start=WAYS[way], attempt=name, **wish).outcome.failure
    assert failure.code == "engine", failure
    return json.loads(failure.values["message"])


@has_filter
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "name",
    [
        "socket",
        "unix_socket",
        "connect",
        "open_for_writing",
        "append",
        "truncate",
        "remove",
        "make_directory",
        "link",
        "fork",
        "spawn",
        "execute",
        "signal_parent",
        "raise_limit",
        "limit_parent",
        "outlive_parent",
        "leave_group",
        "new_namespace",
        "trace_parent",
        "become_root",
    ],
)
def test_what_a_training_does_not_need_is_refused(name, way, tmp_path):
    path = tmp_path / "kept"
    path.write_text("as it was")
    assert attempted(name, way, path=str(path)) in ("PermissionError", "ValueError", "OSError")
    assert path.read_text() == "as it was"
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


@has_filter
def test_a_thread_cannot_be_started():
    assert attempted("thread") == "RuntimeError"


@has_landlock
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["read", "list_folder"])
def test_nothing_can_be_read(name, way, tmp_path):
    path = tmp_path / "secret"
    path.write_text("hush")
    assert attempted(name, way, path=str(path)) == "PermissionError"


@pytest.mark.parametrize(
    ("version", "rights"),
    [
        (1, [0x1FFF]),
        (2, [0x3FFF]),
        (3, [0x7FFF]),
        (4, [0x7FFF, 3]),
        (5, [0xFFFF, 3]),
        (6, [0xFFFF, 3, 3]),
        (9, [0xFFFF, 3, 3]),
    ],
)
def test_a_ruleset_governs_what_its_kernel_knows(version, rights):
    assert list(struct.unpack(f"{len(rights)}Q", landlock.ruleset(version))) == rights


def test_a_kernel_without_landlock_is_told_apart(monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 0)
    with pytest.raises(landlock.NotAvailable):
        landlock.refuse_files()


def test_there_is_no_network_even_without_the_filter():
    """Where user namespaces are forbidden, the filter is the only barrier."""
    assert attempted("network_namespace") != os.readlink("/proc/self/ns/net")


def test_limits_are_set_for_good():
    limits = attempted("limits")
    assert limits["RLIMIT_FSIZE"] == limits["RLIMIT_CORE"] == limits["RLIMIT_NPROC"] == [0, 0]
    assert limits["RLIMIT_NOFILE"] == [24, 24]
    least = Limits().cpu_seconds + GRACE_SECONDS
    soft, hard = limits["RLIMIT_CPU"]
    assert least <= soft <= least + 5 and hard == soft + 2  # with what the child had used before
    assert limits["RLIMIT_AS"][0] == limits["RLIMIT_AS"][1] > 768 << 20


@pytest.mark.parametrize("way", WAYS)
def test_memory_is_what_may_be_added_to_a_child_that_does_nothing(way):
    assert 760 <= attempted("fill", way, limits=Limits(wall_seconds=20)) <= 768


@has_filter
@has_landlock
def test_the_walls_are_told():
    found = walls.enforced()
    assert found == dict.fromkeys(walls.WORDS, True)
    assert walls.description(found).startswith("A training on this machine has: no network; no file")


def test_a_missing_wall_is_told():
    found = {**dict.fromkeys(walls.WORDS, True), "network": False}
    assert walls.description(found).endswith(" Not enforced here: no network.")


@has_filter
@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
def test_every_jump_of_the_filter_lands_inside_it(machine):
    lines = [line for block in seccomp.program(machine) for line in block]
    jumps = [at + 1 + max(line[1:3]) for at, line in enumerate(lines) if line[0] != seccomp.RETURN]
    assert max(jumps) < len(lines) < 4096
    assert lines[-1] == (seccomp.RETURN, 0, 0, seccomp.ALLOW)


@has_filter
def test_the_real_engine_works_behind_the_walls():
    children = Children()
    try:
        outcome = supervise(children.start(), Job(spec="{}", limits=Limits(wall_seconds=10)), on_progress=print)
    finally:
        children.close()
    assert outcome.failure.code == "internal"
