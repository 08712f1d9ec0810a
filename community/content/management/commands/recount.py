from django.core.management.base import BaseCommand

from community.content import recounting


class Command(BaseCommand):
    help = "Recount every counter, say what drifted, and put it right."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what drifted; exit 1 when something did")

    def handle(self, *, check: bool, **options) -> None:
        found = 0
        for sentence in recounting.wrong() if check else recounting.put_right():
            self.stdout.write(sentence)
            found += 1
        self.stdout.write("Nothing drifted." if not found else f"{found} drifted.")
        if check and found:
            raise SystemExit(1)
