"""Repeat public runs of earlier engines on this one, and report how far their numbers drift."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bpsandbox import archive, selectors, services
from bpsandbox.archive import Drift
from bpsandbox.numbers import short

AHEAD = 4
"""How many repetitions are queued at a time."""
PAUSE_SECONDS = 0.5
WORKER_SECONDS = 30.0
"""How long the command waits for a worker."""
HASH, TITLE = 12, 40
INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Repeat the public runs whose result is of another engine, after everybody's runs, and report the drift. "
        "The old results are kept. Interrupted, it goes on where it was when called again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=None, metavar="N", help="repeat at most N runs")
        parser.add_argument("--report", action="store_true", help="repeat nothing, only report what was repeated")
        parser.add_argument("--json", action="store_true", help="print the report as one JSON document")

    def handle(self, *, limit: int | None, report: bool, json: bool, **options: Any) -> None:
        if limit is not None and limit < 1:
            raise CommandError("--limit must be a number above 0.")
        self.failed: list[str] = []
        if not report:
            try:
                self.repeat_all(limit)
            except KeyboardInterrupt:
                raise CommandError(
                    "Stopped. What is done is kept, and workers finish what is queued. Call this again to go on.",
                    returncode=INTERRUPTED,
                ) from None
        found = list(archive.drifts())
        self.stdout.write(self.as_json(found) if json else self.as_table(found))

    def repeat_all(self, limit: int | None) -> None:
        """Queue the repetitions a few at a time, and wait until all have ended."""
        due = list(archive.outdated().values_list("pk", "hash")[:limit])
        waiting: dict[int, str] = {}
        count, done, alone_since = len(due), 0, time.monotonic()
        self.say(f"{count} public runs are of another engine than {services.engine_version()}.")
        while due or waiting:
            while due and len(waiting) < AHEAD:
                spec_id, spec_hash = due.pop(0)
                run_id = archive.repeat(spec_id)
                if run_id is None:
                    self.failed.append(spec_hash)
                else:
                    waiting[run_id] = spec_hash
            for run_id, has_result in archive.ended(set(waiting)).items():
                spec_hash = waiting.pop(run_id)
                self.failed += [] if has_result else [spec_hash]
                done += 1
                words = "repeated" if has_result else "has no result now"
                self.say(f"{done} of {count}: {spec_hash[:HASH]} {words}")
            if selectors.workers_alive():
                alone_since = time.monotonic()
            elif waiting and time.monotonic() - alone_since > WORKER_SECONDS:
                raise CommandError(
                    "No worker is alive. Start one (manage.py train_worker) and call this again: what is done is kept."
                )
            if waiting:
                time.sleep(PAUSE_SECONDS)

    def say(self, words: str) -> None:
        self.stderr.write(words)

    def as_json(self, found: list[Drift]) -> str:
        told = {"engine": services.engine_version(), "left": archive.outdated().count(), "failed": self.failed}
        return json.dumps(told | {"runs": [each.to_json() for each in found]}, indent=1, ensure_ascii=False)

    def as_table(self, found: list[Drift]) -> str:
        """Return a row for each run that drifted, and how many did not."""
        drifted = [each for each in found if each.has_drifted]
        rows = [("spec", "engine", "same until step", "differs by at most", "config")]
        rows += [
            (
                each.spec_hash[:HASH],
                f"{each.earlier_engine} → {services.engine_version()}",
                "none" if each.same_until is None else f"{each.same_until:g}",
                short(each.largest_difference) + ", some are missing" * each.misses,
                each.title[:TITLE],
            )
            for each in drifted
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        same, left = len(found) - len(drifted), archive.outdated().count()
        ended = f"{same} of {len(found)} have the same numbers. {left} are left."
        if self.failed:
            ended += f" {len(self.failed)} had no result: {', '.join(each[:HASH] for each in self.failed[:20])}."
        return "\n".join([*(lines if drifted else []), ended])
