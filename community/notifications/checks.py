from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info


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
