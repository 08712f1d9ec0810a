from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from community.common.progress import Progress
from community.search.services import rebuild, searchable


class Command(BaseCommand):
    help = "Make the search index anew from everything that can be found, while the site runs."

    def handle(self, *args: Any, **options: Any) -> None:
        with Progress(self.stderr, searchable(), "texts") as progress:
            written = rebuild(progress)
        self.stdout.write(f"Indexed {written} texts.")
