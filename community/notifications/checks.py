from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Warning


def push_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say that nothing is pushed without a key."""
    if settings.PUSH_KEY:
        return []
    return [
        Info(
            "Push notifications are not offered: CHAINRULE_PUSH_KEY is not set.",
            hint="`manage.py push_key` prints a new key. Keep it: devices that were added are lost with it.",
            id="notifications.I001",
        )
    ]


def mail_verdicts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say that anyone can reply by mail in another's name where no mail server is trusted to tell."""
    is_open = settings.MAIL_REPLY_ADDRESS and not settings.MAIL_REPLY_ADDRESS.endswith("@localhost")
    if not is_open or settings.MAIL_AUTHSERV_IDS:
        return []
    return [
        Warning(
            "Replies by mail are posted whatever SPF, DKIM and DMARC say: CHAINRULE_AUTHSERV_IDS is not set.",
            hint="Set it to the name that your mail server writes into Authentication-Results.",
            id="notifications.W002",
        )
    ]
