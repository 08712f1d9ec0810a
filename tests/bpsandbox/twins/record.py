"""Run the scripts of every library that is installed, and record how far their curves are from the runs'.

    ./run bench twins [--again] [LIBRARY…]

recorded.json has for each library and run the hash of the script and the largest relative difference of what it
printed; for ONNX the hash of the graph and the largest difference of an output. A script that has changed since must
be run again, and only such a one is, unless all are asked for.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
import traceback
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from bpsandbox import twins
from bpsandbox.document import Document
from bpsandbox.spec import Spec
from bpsandbox.twins import files, onnx

from .cases import everything
from .running import gap, outputs

FILE = Path(__file__).with_name("recorded.json")
PACKAGES = {"pytorch": "torch", "keras": "keras", "sklearn": "scikit-learn", "jax": "jax", "onnx": "onnxruntime"}
PACKED = re.compile(r'PACKED = """.*?"""', re.DOTALL)


def recorded_libraries() -> list[str]:
    return [name for name in twins.LIBRARIES if name != "numpy"]


def fingerprint(text: str) -> str:
    """Return a hash of a script without its packed arrays, whose compression may differ."""
    return sha256(PACKED.sub("", text).encode()).hexdigest()[:16]


def printed_here(text: str) -> list[float]:
    """Run a script in this process: a library takes longer to load than a script to run."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "twin.py", "exec"), {"__name__": "__main__"})
    return json.loads(out.getvalue().splitlines()[-1])["train_loss"]


def entries(library: str, known: dict[str, Any]) -> dict[str, Any]:
    """Return the entry of every run that the library can express: the script's hash and the difference.

    A script that is known has not changed, and is not run again. Where one ends with an error it has no entry.
    """
    found: dict[str, Any] = {}
    for name, case in everything().items():
        parsed, document = case()
        if twins.refusal(parsed, document, library):
            continue
        text = twins.twin(parsed, document, library)
        mark = fingerprint(text)
        is_known = known.get(name, [""])[0] == mark
        apart = known[name][1] if is_known else _apart(name, parsed, document, text)
        if apart is not None:
            found[name] = [mark, apart]
    return found


def _apart(name: str, parsed: Spec, document: Document, text: str) -> float | None:
    """Return how far a script's curve is from the run's; None if it ends with an error."""
    try:
        found = gap(parsed, document, printed_here(text))
    except Exception:
        print(f"{name}: the script fails", flush=True)
        traceback.print_exc()
        return None
    print(f"{name:40} {found:.1e}", flush=True)
    return found


def graph_mark(run: twins.Described, weights: dict[str, np.ndarray]) -> str:
    """Return a hash of an ONNX file without its weights, whose last digits differ between machines."""
    blank = {name: np.zeros_like(tensor) for name, tensor in weights.items()}
    return sha256(onnx.model(run, blank)).hexdigest()[:16]


def networks() -> Iterator[tuple[str, twins.Described, dict[str, np.ndarray]]]:
    """Yield the runs that have an ONNX file, with their trained weights."""
    for name, case in everything().items():
        parsed, document = case()
        with contextlib.suppress(twins.NoTwin):
            yield name, twins.Described(parsed, document), files.single(files.weights(parsed, document))


def onnx_entries() -> dict[str, Any]:
    """Return for each network that is exported how far onnxruntime's outputs are from the engine's."""
    import onnxruntime

    found: dict[str, Any] = {}
    for name, run, weights in networks():
        session = onnxruntime.InferenceSession(onnx.model(run, weights))
        x = run.x if run.x.dtype.kind in "iu" else run.x.astype("float32")
        ours, theirs = outputs(run.spec), session.run(None, {"input": x})[0]
        apart = np.abs(theirs.reshape(ours.shape) - ours).max() / max(1.0, np.abs(ours).max())
        found[name] = [graph_mark(run, weights), float(apart)]
    return found


def read() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def record(library: str, *, again: bool) -> bool:
    """Run a library's scripts in this process and write their entries; return whether all ran."""
    release = version(PACKAGES[library])
    before = read().get(library, {})
    known = before.get("runs", {}) if before.get("version") == release and not again else {}
    found = onnx_entries() if library == "onnx" else entries(library, known)
    FILE.write_text(
        json.dumps(read() | {library: {"version": release, "runs": found}}, indent=1, sort_keys=True) + "\n",
        encoding="utf-8",
    )
    accepted = found if library == "onnx" else _accepted(library)
    worst = max((entry[1] for entry in found.values()), default=0.0)
    print(f"{library} {release}: {len(found)} of {len(accepted)} scripts, largest relative difference {worst:.1e}")
    return len(found) == len(accepted)


def _accepted(library: str) -> list[str]:
    return [name for name, case in everything().items() if not twins.refusal(*case(), library)]


def main() -> int:
    """Record each library that is asked for, in a process of its own: libraries set each other's precision."""
    again = "--again" in sys.argv
    asked = [name for name in sys.argv[1:] if name != "--again"] or [*recorded_libraries(), "onnx"]
    if len(asked) == 1:
        return 0 if record(asked[0], again=again) else 1
    command = [sys.executable, "-m", "tests.bpsandbox.twins.record", *(["--again"] if again else [])]
    return max(subprocess.run([*command, library]).returncode for library in asked)


if __name__ == "__main__":
    sys.exit(main())
