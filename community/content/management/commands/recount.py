from django.core.management.base import BaseCommand
from django.db import transaction

from community.content import counters, listings
from community.content.models import Thread
from community.content.services import reading


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
        wrong = len(self._wrongly_listed()) + len(self._wrongly_read())
        return sum(self._say(drift) for drift in counters.drifts()) + wrong

    def _mend(self) -> int:
        """Fix counters, each in a transaction, until none differs: a thread's score depends on a post's."""
        mended = 0
        while found := list(counters.drifts()):
            for drift in found:
                mended += self._say(drift)
                counters.mend(drift)
        listed = self._wrongly_listed()
        for pk in listed:
            with transaction.atomic():
                thread = Thread.objects.filter(pk=pk)
                list(thread.select_for_update().values_list("pk"))  # as by all that change its tags
                listings.relist(thread)
        read = self._wrongly_read()
        for pk in read:
            reading.refresh(pk)
        return mended + len(listed) + len(read)

    def _wrongly_listed(self) -> list[int]:
        found = sorted(listings.drifted())
        for pk in found:
            self.stdout.write(f"Thread {pk} is wrong in the list of a tag or a period")
        return found

    def _wrongly_read(self) -> list[int]:
        found = reading.drifted()
        for pk in found:
            self.stdout.write(f"Thread {pk} has another newest post than the positions of its readers say")
        return found

    def _say(self, drift: counters.Drift) -> int:
        self.stdout.write(str(drift))
        return 1
