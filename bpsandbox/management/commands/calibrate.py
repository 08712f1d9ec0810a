"""Measure how fast this machine is, so that prices of runs are accurate on it."""

from __future__ import annotations

import subprocess
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bpsandbox import calibration

PATIENCE = 10.0
"""Most seconds that calibration adds to a start."""


class Command(BaseCommand):
    help = "Measure the speed of this machine, for estimates of runs. Takes a few seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing if there is a usable measurement")

    def handle(self, *, once: bool, verbosity: int, **options: Any) -> None:
        path = calibration.place()
        if once and (path is None or (path.exists() and calibration.problem() is None)):
            return
        if path is None:
            raise CommandError("BPSANDBOX_CALIBRATION names no file to keep the measurement in.")
        try:
            rates = calibration.calibrate(path, PATIENCE if once else None)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror or error}.") from error
        except subprocess.SubprocessError as error:
            if not once:
                raise CommandError(f"This machine could not be measured: {error}") from error
            self.stdout.write("Too busy to be measured now: call manage.py calibrate at a quiet moment.")
            return
        if verbosity:
            call, product = rates.call * 1e6, 2e-9 / rates.multiply_add64
            self.stdout.write(f"A call of NumPy takes {call:.2g} µs here, a matrix product does {product:.2g} GFLOPS.")
            self.stdout.write(f"Written to {path}.")
