"""Certificates of the examples E1 to E6 after the worker was killed and replaced: `./run bench certificates`.

A worker trains the six presets on a database of its own and is killed with -9; another one repeats them while idle.
Prints what each certificate says.
"""

# runs in: site

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = {"E1": "xor", "E2": "spiral", "E3": "digits", "E4": "sine", "E5": "digits-cnn", "E6": "adding"}
PATIENCE = 900.0


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="chainrule-certificates-") as folder:
        _prepare(Path(folder))
        found = judge()
    print(json.dumps(found, indent=1) if options.json else table(found))
    return 0 if all(each["state"] == "identical" for each in found) else 1


def judge() -> list[dict[str, Any]]:
    """Train, kill the worker, let another one repeat; return a row for each example."""
    from bpsandbox import api
    from bpsandbox.models import Certificate, Run

    presets = api.presets()
    hashes = {}
    for name, preset in EXAMPLES.items():
        made = api.submit(config_text=presets[preset].text, is_system=True, target=("page", 1), visibility="public")
        hashes[name] = made.spec_hash
    first = _worker()
    _until(lambda: not Run.objects.active().exists())
    first.kill()
    first.wait()
    second = _worker()
    try:
        _until(lambda: Certificate.objects.exclude(state="checking").count() == len(EXAMPLES))
    finally:
        second.send_signal(signal.SIGTERM)
        second.wait()
    rows = {row.spec.hash: row for row in Certificate.objects.select_related("spec", "run")}
    return [_row(name, rows[spec_hash]) for name, spec_hash in hashes.items()]


def _row(name: str, row: Any) -> dict[str, Any]:
    return {
        "example": name, "run": row.run.state, "state": row.state, "same_until": row.same_until,
        "last_step": row.last_step, "largest_difference": row.largest_difference, "attempts": row.attempts,
        "seconds": round(row.seconds, 2),
    }  # fmt: skip


def table(found: list[dict[str, Any]]) -> str:
    rows = [list(found[0]), *([str(value) for value in each.values()] for each in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows)


def _worker() -> subprocess.Popen:
    command = [sys.executable, "manage.py", "train_worker"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _until(condition: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > ends_at:
            raise TimeoutError(f"not so after {PATIENCE:g} seconds")
        time.sleep(0.5)


def _prepare(folder: Path) -> None:
    """Set up Django on an empty database, for this process and the workers."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.bpsandbox.host.settings",
        "PYTHONPATH": str(ROOT),
        "HOST_VAR": str(folder),
        "HOST_SETTINGS": json.dumps({"BPSANDBOX_CPU_SECONDS": 300, "BPSANDBOX_WALL_SECONDS": 600}),
        "HOST_DATABASE": "",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON list instead of a table")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
