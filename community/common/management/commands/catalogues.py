"""Update the Chinese catalogues from the sources and compile them. Requires gettext's tools."""

import subprocess
from contextlib import chdir
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.management.commands import makemessages

LOCALE = "zh_Hans"
IGNORED = ["var/*", "docs/*", "tests/*", "bench/*"]


class Extract(makemessages.Command):
    """Django's message extraction without fuzzy matches."""

    # N_ marks a message of the sandbox where it is declared; _ translates it where it is used. Layer messages are
    # raised by the core and translated by the config language; a field's message is the third argument.
    keywords = ("N_", "ShapeMismatch:2", "Field:3")
    xgettext_options = [*makemessages.Command.xgettext_options, *(f"--keyword={keyword}" for keyword in keywords)]
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


class Command(BaseCommand):
    help = "Collects every marked string into the catalogues, compiles them, and says what is not translated yet."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        with chdir(settings.BASE_DIR):
            extract()
            for catalogue in catalogues():
                drop_date(catalogue)
                self.stdout.write(untranslated(catalogue))
            call_command("compilemessages", locale=[LOCALE], ignore_patterns=IGNORED, verbosity=0)


def catalogues() -> list[Path]:
    return sorted(Path.cwd().glob(f"*/locale/{LOCALE}/LC_MESSAGES/django.po"))


def extract() -> None:
    call_command(
        Extract(),
        locale=[LOCALE],
        no_obsolete=True,
        no_wrap=True,
        add_location="file",
        ignore_patterns=IGNORED,
        verbosity=0,
    )


def drop_date(catalogue: Path) -> None:
    """Remove the creation date, so that a catalogue changes only when a message does."""
    lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith('"POT-Creation-Date:')]
    catalogue.write_text("".join(kept), encoding="utf-8")


def untranslated(catalogue: Path) -> str:
    """Return the entries without a Chinese translation."""
    command = ["msgattrib", "--untranslated", "--no-wrap", "--no-obsolete", str(catalogue)]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
