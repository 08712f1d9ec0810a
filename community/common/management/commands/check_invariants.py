from django.core.management.base import BaseCommand

from community.common import invariants
from community.common.progress import Progress


class Command(BaseCommand):
    help = (
        "Check what must always hold: counters, accepted answers, votes, runs, pictures, search, the database itself."
    )

    def handle(self, **options) -> None:
        names, broken = invariants.names(), set()
        with Progress(self.stderr, len(names), "invariants", is_even=False) as progress:
            for breach in invariants.breaches(progress):
                self.stdout.write(str(breach))
                broken.add(breach.invariant)
        self.stdout.write(f"{len(names) - len(broken)} of {len(names)} invariants hold.")
        if broken:
            raise SystemExit(1)
