"""Print a new key for push notifications."""

from django.core.management.base import BaseCommand

from community.common.push_keys import fresh_push_key


class Command(BaseCommand):
    help = "Print a new key for push notifications, for CHAINRULE_PUSH_KEY."
    requires_system_checks = []

    def handle(self, **options: object) -> None:
        self.stdout.write(fresh_push_key())
