"""A short kill test; `./run bench kills` is the long one."""

import json
import subprocess
import sys

import pytest

from tests.bpsandbox.conftest import ROOT
from tests.full import FULL

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@FULL
def test_twenty_kills_at_random_moments_leave_no_run_stuck_doubled_lost_or_wrong():
    command = [sys.executable, "-m", "bench.kills", "--kills", "20", "--seed", "3", "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=300)
    found = json.loads(done.stdout)
    faults = {name: found[name] for name in ("stuck", "ended twice", "lost", "other numbers")}
    assert (done.returncode, found["kills"], faults) == (0, 20, dict.fromkeys(faults, 0))
