"""Logging: one line per record, readable in a terminal, JSON for log collectors."""

import logging
from typing import Any

import structlog

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[
        *SHARED_PROCESSORS,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def logging_config(*, level: str, as_json: bool = False) -> dict[str, Any]:
    """Return a LOGGING setting that adds the request id to every record."""
    last: Any = structlog.processors.JSONRenderer() if as_json else _readable()
    before_last = [structlog.processors.format_exc_info] if as_json else []
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED_PROCESSORS,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *before_last, last],
            }
        },
        "filters": {"without_traceback": {"()": "community.settings.logs.WithoutTraceback"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"level": level, "propagate": True, "handlers": []},
            "django.server": {"level": level, "propagate": True, "handlers": []},
            "django.tasks": {"level": "WARNING"},
            # Scanners ask by any name; an operator who forgot one in CHAINRULE_HOSTS needs the line.
            "django.security.DisallowedHost": {"filters": ["without_traceback"]},
            "django.request": {"level": "ERROR"},  # missing pages are not logged
            "community.request": {"level": level if as_json else "WARNING"},
            # Servers have handlers of their own, whose lines a log collector cannot read.
            "_granian": {"level": level, "propagate": True, "handlers": []},
            "uvicorn": {"propagate": True, "handlers": []},
            "uvicorn.error": {"level": "WARNING"},
            "uvicorn.access": {"level": "WARNING"},
        },
    }


class WithoutTraceback(logging.Filter):
    """Leave a record its line: its message says all there is to know."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True


def _readable() -> structlog.dev.ConsoleRenderer:
    """Return a renderer without local variables, which can contain passwords."""
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
