from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.accounts.models import User
from community.api.models import Scope, new_token


class Command(BaseCommand):
    help = "Make an API token for somebody; the token stands alone on the last line and is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("handle")
        parser.add_argument("--name", default="made at the terminal")
        parser.add_argument("--scope", choices=Scope.values, default=Scope.WRITE)
        parser.add_argument("--days", type=int, default=90)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            owner = User.objects.by_handle(options["handle"].removeprefix("@"))
        except User.DoesNotExist as error:
            raise CommandError(f"There is nobody with the handle {options['handle']}.") from error
        if not 1 <= options["days"] <= 3650:
            raise CommandError("--days: between 1 and 3650.")
        token, secret = new_token(owner=owner, name=options["name"][:60], scope=options["scope"], days=options["days"])
        self.stdout.write(f"@{owner.handle}, {token.scope}, until {token.expires_at:%Y-%m-%d}")
        self.stdout.write(secret)
