"""Prepare the state for this version of the code, as `./run` does before the site starts."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

STEPS = (
    ("cut_fonts", ()),
    ("collectstatic", ("--no-input",)),
    ("calibrate", ("--once",)),
    ("front_run", ()),
    ("demo", ("--once",)),
)


class Command(BaseCommand):
    help = "Migrate the database, collect static files, cut the fonts and load the demo content once."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--without-demo", action="store_true", help="leave the demo content out")

    def handle(self, *, without_demo: bool, verbosity: int, **options: object) -> None:
        self._migrate()
        for command, arguments in STEPS:
            if command != "demo" or not without_demo:
                call_command(command, *arguments, verbosity=0)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
