"""Train the network of the front page, so that its curve is there before anyone runs it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bpsandbox import api
from community.experiments.access import PAGE
from community.experiments.playground import FIRST

FRONT = 1


class Command(BaseCommand):
    help = "Want a run of the network on the first page. Doing it twice changes nothing."

    def handle(self, **options: Any) -> None:
        preset = api.presets()[FIRST]
        api.submit(config_text=preset.text, is_system=True, target=(PAGE, FRONT), visibility="public")
