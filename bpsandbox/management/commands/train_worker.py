"""Train queued runs until SIGTERM or Ctrl-C."""

from __future__ import annotations

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bpsandbox import conf
from bpsandbox.checks import TAG
from bpsandbox.worker import TrainWorker


class Command(BaseCommand):
    help = "Train queued runs, each in a separate child process. Several workers may run at once."
    requires_system_checks = [TAG]  # the others import every view, and trainings need none

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--slots", type=int, default=conf.current().slots, help="how many runs at a time (default: %(default)s)"
        )

    def handle(self, *, slots: int, **options: Any) -> None:
        worker = TrainWorker(slots=max(1, slots))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        if not worker.run():
            sys.exit(1)
