from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from community.search.services import rebuild


class Command(BaseCommand):
    help = "Make the search index anew from everything that can be found."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Indexed {rebuild()} texts.")
