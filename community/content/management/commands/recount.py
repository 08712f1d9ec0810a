from django.core.management.base import BaseCommand
from django.db import transaction

from community.content import counters


class Command(BaseCommand):
    help = "Recount every counter, say what drifted, and put it right."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what drifted; exit 1 when something did")

    def handle(self, *, check: bool, **options) -> None:
        found = self._check() if check else self._mend()
        self.stdout.write("Nothing drifted." if not found else f"{found} drifted.")
        if check and found:
            raise SystemExit(1)

    def _check(self) -> int:
        return sum(self._say(drift) for drift in counters.drifts())

    @transaction.atomic
    def _mend(self) -> int:
        """Fix counters until none differs; a thread's score depends on a post's, which may have been wrong too."""
        mended = 0
        while found := list(counters.drifts()):
            for drift in found:
                mended += self._say(drift)
                counters.mend(drift)
        return mended

    def _say(self, drift: counters.Drift) -> int:
        self.stdout.write(str(drift))
        return 1
