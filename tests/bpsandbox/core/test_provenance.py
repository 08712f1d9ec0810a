"""Provenance of results."""

import re
import subprocess
import sys

from bpsandbox.core import run
from bpsandbox.core.provenance import fingerprint, provenance

from .nets import XOR, experiment


def test_a_result_names_its_engine_library_kernel_and_all_of_it_in_one_word():
    found = run(experiment(XOR)).document().to_json()["provenance"]
    assert provenance().items() <= found.items()
    assert list(provenance()) == ["engine", "numpy", "blas", "kernel", "machine", "python", "fingerprint"]
    assert re.fullmatch("[0-9a-f]{16}", found["fingerprint"])


def test_the_fingerprint_depends_on_every_part():
    assert fingerprint("1", "2.0") == fingerprint("1", "2.0")
    assert (
        len({fingerprint("1", "2.0"), fingerprint("2", "2.0"), fingerprint("12.0"), fingerprint("1", "2.0", "")}) == 4
    )


def test_another_number_of_threads_is_another_fingerprint():
    """Products are split among threads, and a split sum may round differently."""
    if "threads" not in provenance()["kernel"]:
        return
    assert _elsewhere("1") != _elsewhere("2")
    assert _elsewhere("1") == _elsewhere("1")


def _elsewhere(threads: str) -> str:
    code = "from bpsandbox.core.provenance import provenance; print(provenance()['fingerprint'])"
    environment = {"OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": ":".join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
