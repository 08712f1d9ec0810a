"""Run background jobs one at a time until SIGTERM or Ctrl-C."""

import signal
import time

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError

from community.common.connections import close_stale
from community.common.housekeeping import run_all
from community.common.jobs import rows

logger = structlog.get_logger(__name__)

HOUSEKEEPING_SECONDS = 10


class Command(BaseCommand):
    help = "Do the small jobs that wait in the database: notices, search entries, mail."
    requires_system_checks = []  # they import every view, and `prepare` has made them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=0.25, help="seconds between looks (default: %(default)s)")
        parser.add_argument("--batch", action="store_true", help="end when nothing is left to do")

    def handle(self, *, interval: float, batch: bool, **options: object) -> None:
        self.stopping = self.busy = False
        self.kept_house_at: float = -HOUSEKEEPING_SECONDS
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping:
            found = self._round()
            if batch and not found:
                return
            if not found:
                self._rest(interval)

    def _stop(self, number: int, frame: object) -> None:
        """Stop after the current job, or at once when idle."""
        self.stopping = True
        if not self.busy:
            raise SystemExit(0)

    def _round(self) -> bool:
        """Run one job; return False if there was none or the database was unavailable."""
        self.busy = True
        close_stale()
        try:
            self._housekeeping()
            row = rows.next_due()
            return row is not None and rows.run(row.pk, rows.worker_name())
        except OperationalError as error:
            logger.warning("the database is away", error=str(error))
            close_stale()
            return False
        finally:
            self.busy = False

    def _rest(self, seconds: float) -> None:
        if not self.stopping:
            time.sleep(seconds)

    def _housekeeping(self) -> None:
        if time.monotonic() - self.kept_house_at < HOUSEKEEPING_SECONDS:
            return
        self.kept_house_at = time.monotonic()
        run_all()
