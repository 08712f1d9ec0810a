"""Store the measured speed of this machine in a file, tell the other machines, and price runs with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

from bpsandbox import conf, spec
from bpsandbox.spec.cost import rates

LOOK_SECONDS = 60.0
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def place() -> Path | None:
    """Return the path of the calibration file; None if none is configured."""
    named = conf.current().calibration
    return Path(named) if named else None


def price(parsed: spec.Spec) -> spec.Price:
    """Price a spec with the measured rates, or with the built-in rates if there are none.

    Where BPSANDBOX_SHARED_CALIBRATION is set, those of the machines that train come before this machine's own.
    """
    rates.use((_of_workers() if conf.current().shared_calibration else None) or _own() or rates.Rates())
    return spec.price(parsed)


def measurement() -> str:
    """Return this machine's rates as JSON, or nothing."""
    found = _own()
    return found.to_json() if found else ""


def slowest(found: Collection[rates.Rates]) -> rates.Rates | None:
    """Return, of each rate, the largest; None if there are none."""
    names = [field.name for field in fields(rates.Rates)]
    return rates.Rates(**{name: max(getattr(each, name) for each in found) for name in names}) if found else None


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


class _Workers:
    """The rates of the workers at the last look, shared by all threads of a process."""

    rates: rates.Rates | None = None
    until = 0.0


def _of_workers() -> rates.Rates | None:
    """Return the rates of the slowest worker at each kind of work; None if no worker has any."""
    if time.monotonic() >= _Workers.until:
        _Workers.rates, _Workers.until = slowest(_sent_by_workers()), time.monotonic() + LOOK_SECONDS
    return _Workers.rates


def _sent_by_workers() -> list[rates.Rates]:
    from bpsandbox.models import Worker  # a training in the terminal has no tables

    found = []
    for text in Worker.objects.exclude(rates="").values_list("rates", flat=True):
        with suppress(rates.WrongRates):  # of a worker of another release
            found.append(rates.from_json(text))
    return found


def _own() -> rates.Rates | None:
    found = _read()
    return found if isinstance(found, rates.Rates) else None


def _read() -> rates.Rates | str | None:
    path = place()
    try:
        return None if path is None or not path.exists() else rates.read(path)
    except (OSError, rates.WrongRates) as error:
        why = error if isinstance(error, rates.WrongRates) else (error.strerror or error)
        return f"{path} cannot be used: {why}. Prices are made of built-in rates until manage.py calibrate has run."
