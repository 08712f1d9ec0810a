import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from community.launch.paths import ROOT
from tests import leftovers
from tests.deployments import outside
from tests.waiting import eventually

PATIENCE = 120


def environment(var: Path, **more: str) -> dict[str, str]:
    """Return the environment of `./run`: this test run's packages, a temporary folder, any free port, no demo."""
    kept = outside()
    ours = {"CHAINRULE_VAR": str(var), "CHAINRULE_VENV": sys.prefix, "CHAINRULE_WITHOUT_DEMO": "1", "PORT": "0"}
    return kept | ours | {"CHAINRULE_WEB_PROCESSES": "1", "CHAINRULE_TRAIN_SLOTS": "1"} | more


def run(*arguments: str, var: Path, **more: str) -> subprocess.CompletedProcess:
    """Run `./run` to its end."""
    return subprocess.run(
        [str(ROOT / "run"), *arguments],
        env=environment(var, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


class Site:
    """A site started by `./run`."""

    def __init__(self, var: Path, **more: str) -> None:
        self.var = var
        self.out = (var.parent / f"{var.name}.out").open("w+")
        self.process = subprocess.Popen(
            [str(ROOT / "run")],
            env=environment(var, **more),
            stdin=subprocess.DEVNULL,
            stdout=self.out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.left = leftovers.note("group", self.process.pid)
        try:
            self.url = self._wait_for_address()
        except BaseException:
            self.process.kill()
            raise

    def said(self) -> str:
        return Path(self.out.name).read_text()

    def _wait_for_address(self) -> str:
        def address() -> str:
            found = re.search(r"open at (http://\S+/)", self.said())
            assert found or self.process.poll() is None, f"the site did not open:\n{self.said()}"
            return found[1] if found else ""

        return eventually(address)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def family(self) -> list[int]:
        """Return the processes using this site's folder, except the supervisor."""
        mark = f"CHAINRULE_VAR={self.var}".encode()
        return [pid for pid in _pids() if pid != self.process.pid and mark in _environ(pid)]

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            status = self.process.wait(60)
            leftovers.forget(self.left)
            return status
        finally:
            self.out.close()


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _environ(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """Return a state folder prepared by a first start."""
    var = tmp_path_factory.mktemp("site") / "var"
    site = Site(var)
    site.stop()
    return var


@pytest.fixture
def folder(prepared, tmp_path) -> Path:
    """Return a copy of the prepared state folder, for one test."""
    return shutil.copytree(prepared, tmp_path / "var")


@pytest.fixture
def site(folder):
    """A site that the test ends in its own way."""
    opened = Site(folder)
    yield opened
    opened.stop()


@pytest.fixture(scope="module")
def shared_sites(prepared, tmp_path_factory):
    """The sites opened on one copy of the prepared folder, one after the other."""
    folder = shutil.copytree(prepared, tmp_path_factory.mktemp("shared") / "var")
    sites: list[Site] = []
    yield folder, sites
    for opened in sites:
        opened.stop()


@pytest.fixture
def shared_site(shared_sites) -> Site:
    """Return a running site. A test may end it: it is started again for the next one."""
    folder, sites = shared_sites
    if not sites or sites[-1].process.poll() is not None:
        sites.append(Site(folder))
    return sites[-1]
