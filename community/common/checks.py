"""System checks in addition to Django's own."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

INLINE = "'unsafe-inline'"


@register()
def state_folder(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that all state is below one writable folder."""
    folder = settings.VAR
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"The state folder {folder} cannot be written.",
            hint="Make it, or set CHAINRULE_VAR to another folder.",
            id="common.E001",
        )
    ]


@register(Tags.database)
def sqlite_mode(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that SQLite transactions take their lock at the beginning, as concurrent writers require."""
    return [
        Error(
            f"The SQLite database {alias!r} does not begin its transactions with IMMEDIATE.",
            hint="Make its entry with community.settings.env.sqlite_at().",
            id="common.E002",
        )
        for alias in databases or ()
        if connections[alias].vendor == "sqlite"
        and connections[alias].settings_dict["OPTIONS"].get("transaction_mode") != "IMMEDIATE"
    ]


@register(Tags.security, deploy=True)
def no_inline_code(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that the content security policy allows no inline script or style."""
    loose = sorted(name for name, sources in settings.SECURE_CSP.items() if INLINE in sources)
    return [Warning(f"SECURE_CSP allows inline code in {name}.", id="common.W003") for name in loose]


@register(Tags.security, deploy=True)
def no_plain_http(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not getattr(settings, "PLAIN_HTTP", False):
        return []
    return [
        Warning(
            "CHAINRULE_PLAIN_HTTP is set: passwords travel in the open.",
            hint="Unset it once there is a proxy with TLS.",
            id="common.W004",
        )
    ]
