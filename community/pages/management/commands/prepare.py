"""Prepare the state for this version of the code, as `./run` does before the site starts."""

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from community.common import deploys

STEPS = (
    ("cut_fonts", ("--if-missing",)),
    ("collectstatic", ("--no-input",)),
    ("calibrate", ("--once",)),
    ("front_run", ()),
    ("demo", ("--once",)),
)


class Command(BaseCommand):
    help = "Migrate the database, collect static files, cut the fonts and load the demo content once."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--without-demo", action="store_true", help="leave the demo content out")
        parser.add_argument(
            "--rolling",
            action="store_true",
            help="leave out the migrations on which the release before cannot run, because some hosts still run it",
        )

    def handle(self, *, without_demo: bool, rolling: bool, **options: object) -> None:
        self._migrate_before() if rolling else deploys.migrate()
        for command, arguments in STEPS:
            if command != "demo" or not without_demo:
                call_command(command, *arguments, verbosity=0)

    def _migrate_before(self) -> None:
        try:
            left = deploys.migrate_before()
        except deploys.DeployNotFinished as error:
            raise CommandError(str(error)) from error
        if left:
            self.stdout.write(f"When every host runs this release, call manage.py migrate, for {', '.join(left)}.")
