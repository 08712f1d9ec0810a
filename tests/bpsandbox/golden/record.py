"""Record the results of the pinned configs: `python -m tests.bpsandbox.golden.record`.

A digest covers every number of every curve and the first seed's last weights. It is compared if the environment (NumPy,
BLAS and its kernel, processor) is the recorded one; otherwise the stored values are, to 12 digits. Digits that change
under an unchanged ENGINE are not recorded: increase it first, in bpsandbox/core/provenance.py.
"""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bpsandbox.runner.process import ENVIRONMENT

HERE = Path(__file__).parent
RECORD = HERE / "digits.json"
COMMAND = "python -m tests.bpsandbox.golden.record"
DIGITS = {"float64": 12, "float32": 4}

Run = dict[str, Any]
Entry = dict[str, Any]


def texts() -> dict[str, str]:
    """Return the pinned configs by name, completed with recording options."""
    configs = yaml.safe_load((HERE / "configs.yaml").read_text(encoding="utf-8"))
    return {name: json.dumps(_whole(config)) for name, config in configs.items()}


def _whole(config: dict[str, Any]) -> dict[str, Any]:
    return {"seeds": [0, 1, 2], **config, "record": {"weights": [config["training"]["epochs"]]}}


def trained() -> Entry:
    """Train all of them in a separate process with one thread, like a run."""
    code = "from tests.bpsandbox.golden.record import _entry; import json; print(json.dumps(_entry()))"
    environment = {**ENVIRONMENT, "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    entry: Entry = json.loads(done.stdout)
    return entry


def _entry() -> Entry:
    from bpsandbox.core.provenance import provenance

    return {"provenance": provenance(), "runs": {name: _run(text) for name, text in texts().items()}}


def _run(text: str) -> Run:
    from bpsandbox import core, spec

    *_, last = core.train(spec.build(spec.parse(text)))
    assert last.result is not None
    document = last.result.document().to_json()
    numbers = [document["curves"], document["records"]["weights"]]
    digest = hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()
    return {"digest": digest, "dtype": document["provenance"]["dtype"], "values": dict(_values(document))}


def _values(document: dict[str, Any]) -> Iterator[tuple[str, list[float | None]]]:
    """Return the last point of every curve, one number per seed, and sum and norm of the first seed's last tensors."""
    for name, points in sorted(document["curves"].items()):
        yield name, points[-1]
    for tensor in document["records"]["weights"][-1]["weights"]:
        numbers = list(_flat(tensor["value"]))
        yield tensor["name"], [math.fsum(numbers), math.sqrt(math.fsum(number * number for number in numbers))]


def _flat(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    else:
        yield value


def moved(recorded: Entry, now: Entry) -> list[str]:
    """Return the names of the recorded runs whose results differ now."""
    is_same_place = recorded["provenance"]["fingerprint"] == now["provenance"]["fingerprint"]
    differs = _is_other_digest if is_same_place else _is_other_number
    return [name for name, run in recorded["runs"].items() if name in now["runs"] and differs(run, now["runs"][name])]


def _is_other_digest(recorded: Run, now: Run) -> bool:
    return bool(recorded["digest"] != now["digest"])


def _is_other_number(recorded: Run, now: Run) -> bool:
    digits = DIGITS[recorded["dtype"]]
    pairs = [(recorded["values"][name], now["values"].get(name, [])) for name in recorded["values"]]
    return any(len(a) != len(b) or not all(map(_agree(digits), a, b)) for a, b in pairs)


def _agree(digits: int) -> Any:
    """Compare two numbers of magnitude 1 or so: sums may cancel, so the tolerance is at least that of 1."""

    def agree(a: float | None, b: float | None) -> bool:
        if a is None or b is None:
            return a is b
        return math.isclose(a, b, rel_tol=5 * 10.0**-digits, abs_tol=5 * 10.0**-digits)

    return agree


def recorded() -> dict[str, Entry]:
    """Return the record by ENGINE."""
    entries: dict[str, Entry] = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    return entries


def verdict(entries: dict[str, Entry], now: Entry) -> str:
    """Return the errors of the record; empty if there are none."""
    engine = now["provenance"]["engine"]
    entry = entries.get(engine)
    if entry is None:
        return f"There are no digits of engine {engine} yet. Record them: {COMMAND}"
    names = moved(entry, now)
    if names:
        return f"These digits moved: {'; '.join(names)}. Raise ENGINE and record again: {COMMAND}"
    return "" if entry["runs"].keys() == now["runs"].keys() else f"The configs changed. Record them: {COMMAND}"


def main() -> None:
    now, entries = trained(), recorded()
    engine = now["provenance"]["engine"]
    names = moved(entries[engine], now) if engine in entries else []
    if names:
        sys.exit(f"Not recorded, for these digits of engine {engine} moved: {'; '.join(names)}. Raise ENGINE first.")
    RECORD.write_text(json.dumps({engine: now}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(now['runs'])} runs of engine {engine} recorded in {RECORD.relative_to(Path.cwd())}.")


if __name__ == "__main__":
    main()
