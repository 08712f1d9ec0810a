"""System checks in addition to Django's own."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

INLINE = "'unsafe-inline'"
PATIENCE = 5
"""Seconds that a service may take to answer a check."""


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


@register(deploy=True)
def misspelt_variables(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of variables that are probably misspelt."""
    return [
        Warning(f"Nothing reads {name}.", hint=f"Did you mean {meant}?", id="common.W005")
        for name, meant in getattr(settings, "MISSPELT_VARIABLES", {}).items()
    ]


@register(deploy=True)
def databases_answer(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that every PostgreSQL of the settings lets the site in."""
    import psycopg  # here: SQLite needs none

    found: list[CheckMessage] = []
    for connection in connections.all():
        if connection.vendor != "postgresql":
            continue
        try:  # without the pool, which waits and does not say why
            psycopg.connect(**connection.get_connection_params() | {"connect_timeout": PATIENCE}).close()
        except psycopg.Error as error:
            variable = "CHAINRULE_DATABASE_URL" if connection.alias == "default" else "CHAINRULE_REPLICA_URLS"
            message = f"The database {connection.alias!r} does not let the site in: {_first_line(error)}"
            found.append(Error(message, hint=f"Start it, or correct {variable}.", id="common.E006"))
    return found


@register(deploy=True)
def redis_answers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that the Redis of the settings, if they have one, lets the site in."""
    from redis import Redis  # here: not every process should take the time to import it
    from redis.exceptions import RedisError

    address = getattr(settings, "REDIS_URL", "")
    try:
        if address:
            Redis.from_url(address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE).ping()
    except (RedisError, ValueError) as error:
        message = f"Redis does not let the site in: {_first_line(error)}"
        return [Error(message, hint="Start it, or correct CHAINRULE_REDIS_URL.", id="common.E007")]
    return []


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
