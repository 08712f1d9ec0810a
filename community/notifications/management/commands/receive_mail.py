"""Take in one email from standard input, as a mail server hands it over."""

import sys

import structlog
from django.core.management.base import BaseCommand, CommandParser

from community.notifications.inbound.door import receive
from community.notifications.inbound.messages import READ_BYTES

logger = structlog.get_logger(__name__)

TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the message and calls again
CHUNK = 65_536


class Command(BaseCommand):
    help = "Take in one email from standard input: a reply to a notification, or a report of a failed delivery."
    requires_system_checks = []  # it is called for each email

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("recipients", nargs="*", help="to whom it was sent; by default, whom its headers name")

    def handle(self, *, recipients: list[str], **options: object) -> None:
        stream = sys.stdin.buffer
        raw = stream.read(READ_BYTES + 1)
        while stream.read(CHUNK):
            pass  # a server that cannot write all of it would return it to the sender
        try:
            outcome = receive(raw, recipients=recipients)
        except Exception:
            logger.exception("an email that came in was not read")
            sys.exit(TRY_AGAIN)
        self.stdout.write(outcome)
