"""Brings the Chinese catalogues up to date with the sources, and compiles them. Needs gettext's tools."""

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
    """Django's extraction without guesses from alike sentences."""

    # N_ marks a sentence of the sandbox where it is declared; _ translates it where it is said. What a layer takes is
    # said by the core, and translated by the language; a field's sentence stands third.
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
    """A catalogue changes only when a string does."""
    lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith('"POT-Creation-Date:')]
    catalogue.write_text("".join(kept), encoding="utf-8")


def untranslated(catalogue: Path) -> str:
    """The entries that have no Chinese yet, as they stand in the catalogue."""
    command = ["msgattrib", "--untranslated", "--no-wrap", "--no-obsolete", str(catalogue)]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
