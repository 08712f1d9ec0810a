from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from community.pages.demo.loading import load
from community.pages.demo.removal import remove

MARK = "demo-loaded"


class Command(BaseCommand):
    help = "Load the demo content (twice changes nothing), or remove it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="only in an installation that never had it")
        parser.add_argument("--remove", action="store_true", help="take it away, other people's posts stay")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self._remove()
        elif not (options["once"] and self._mark().exists()):
            self._load()

    def _load(self) -> None:
        self.stdout.write(f"Demo content: {load()} new threads.")
        self._mark().touch()

    def _remove(self) -> None:
        removed = remove()
        self._mark().touch()
        self.stdout.write(
            f"Removed {removed.threads} demo threads and {removed.accounts} accounts; "
            f"kept {removed.kept_threads} threads in which others wrote."
        )

    def _mark(self) -> Path:
        """Return the marker file, which survives removal so that the next start does not reload the content."""
        return Path(settings.VAR) / MARK
