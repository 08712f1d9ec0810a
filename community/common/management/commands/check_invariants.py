from django.core.management.base import BaseCommand

from community.common import invariants


class Command(BaseCommand):
    help = "Check what must always hold: counters, accepted answers, votes, runs, search, the database itself."

    def handle(self, **options) -> None:
        found = list(invariants.breaches())
        for breach in found:
            self.stdout.write(str(breach))
        kept = len(invariants.names()) - len({breach.invariant for breach in found})
        self.stdout.write(f"{kept} of {len(invariants.names())} invariants hold.")
        if found:
            raise SystemExit(1)
