"""The rates of this machine, in a file beside the site's other state: prices are made of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bpsandbox import conf, spec
from bpsandbox.spec.cost import rates

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def place() -> Path | None:
    """Where the rates are kept; None where nobody said."""
    named = conf.current().calibration
    return Path(named) if named else None


def price(parsed: spec.Spec) -> spec.Price:
    """Price a spec with what was measured here, or with the built-in rates where nothing usable was."""
    found = _read()
    rates.use(found if isinstance(found, rates.Rates) else rates.Rates())
    return spec.price(parsed)


def problem() -> str | None:
    """Say what is wrong with the file of rates; None when nothing is, and when there is no file."""
    found = _read()
    return found if isinstance(found, str) else None


def calibrate(path: Path, patience: float | None = None) -> rates.Rates:
    """Measure this machine, in at most so many seconds, and write its rates down.

    Raises OSError where they cannot be written, subprocess.SubprocessError where nothing was measured.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    found = measured(patience)
    made = path.with_name(path.name + ".new")
    made.write_text(found.to_json(), encoding="utf-8")
    made.replace(path)
    return found


def measured(patience: float | None) -> rates.Rates:
    """Measure in a process of its own, where matrix products are of one thread, as a training's are."""
    environment = {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-W", "ignore", "-m", "bpsandbox.spec.cost.calibration"]
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, timeout=patience
    )
    return rates.from_json(done.stdout.decode())


def _read() -> rates.Rates | str | None:
    path = place()
    try:
        return None if path is None or not path.exists() else rates.read(path)
    except (OSError, rates.WrongRates) as error:
        why = error if isinstance(error, rates.WrongRates) else (error.strerror or error)
        return f"{path} cannot be used: {why}. Prices are made of built-in rates until manage.py calibrate has run."
