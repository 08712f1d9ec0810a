"""The engine and the workers of this site."""

from __future__ import annotations

from bpsandbox import selectors, services


def engine_version() -> str:
    return services.engine_version()


def workers_alive() -> int:
    """Count the workers that have reported in the last seconds."""
    return selectors.workers_alive()


def queue_length() -> int:
    return selectors.queue_length()
