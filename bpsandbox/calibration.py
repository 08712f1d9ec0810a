"""Store the measured speed of this machine in a file and price runs with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bpsandbox import conf, spec
from bpsandbox.spec.cost import rates

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def place() -> Path | None:
    """Return the path of the calibration file; None if none is configured."""
    named = conf.current().calibration
    return Path(named) if named else None


def price(parsed: spec.Spec) -> spec.Price:
    """Price a spec with the measured rates, or with the built-in rates if there are none."""
    found = _read()
    rates.use(found if isinstance(found, rates.Rates) else rates.Rates())
    return spec.price(parsed)


def problem() -> str | None:
    """Return what is wrong with the calibration file; None if it is usable or missing."""
    found = _read()
    return found if isinstance(found, str) else None


def calibrate(path: Path, patience: float | None = None) -> rates.Rates:
    """Measure this machine in at most `patience` seconds and write the rates to `path`.

    Raises OSError if they cannot be written, subprocess.SubprocessError if the measurement fails.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    found = measured(patience)
    made = path.with_name(path.name + ".new")
    made.write_text(found.to_json(), encoding="utf-8")
    made.replace(path)
    return found


def measured(patience: float | None) -> rates.Rates:
    """Measure in a separate process with single-threaded matrix products, as in a training."""
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
