"""The settings of the sandbox, each with a default, checked when the project starts.

`conf.current()` is the only reader. A project sets `BPSANDBOX_<NAME>`; the error for a wrong one lists all wrong ones,
before anything runs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from bpsandbox.runner import Limits, walls
from bpsandbox.runner.process import ENGINE

PREFIX = "BPSANDBOX_"
Check = Callable[[Any], bool]


def positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def not_negative(value: Any) -> bool:
    return positive(value) or (value == 0 and not isinstance(value, bool))


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def count_or_none(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def dotted(value: Any) -> bool:
    return isinstance(value, str) and "." in value and all(part.isidentifier() for part in value.split("."))


def dotted_or_empty(value: Any) -> bool:
    return value == "" or dotted(value)


def yes_or_no(value: Any) -> bool:
    return isinstance(value, bool)


def parts_of_walls(value: Any) -> bool:
    return isinstance(value, list | tuple) and set(value) <= {*walls.WORDS, walls.EVERYTHING}


def text(value: Any) -> bool:
    return isinstance(value, str | Path)


def setting(default: Any, check: Check, wanted: str) -> Any:
    return field(default=default, metadata={"check": check, "wanted": wanted})


SECONDS = "a number of seconds above 0"
COUNT = "a whole number above 0"
PATH = "a dotted path"


@dataclass(frozen=True)
class Conf:
    """Every setting with its default."""

    cpu_seconds: float = setting(30, positive, SECONDS)
    wall_seconds: float = setting(600, positive, SECONDS)
    memory_bytes: int = setting(768 << 20, whole, "a number of bytes")
    result_bytes: int = setting(2_000_000, whole, "a number of bytes")
    weights_bytes: int = setting(2 << 30, count_or_none, "a number of bytes, 0 or more")
    visitor_cpu_seconds: float = setting(5, positive, SECONDS)
    visitor_seeds: int = setting(16, whole, COUNT)
    steps_an_hour: int = setting(120, whole, COUNT)
    visitor_runs_an_hour: int = setting(10, whole, COUNT)
    visitor_sure_runs_an_hour: int = setting(3, whole, COUNT)
    network_shared_runs_an_hour: int = setting(120, whole, COUNT)
    network_runs_an_hour: int = setting(240, whole, COUNT)
    visitor_sure_steps_an_hour: int = setting(12, whole, COUNT)
    network_shared_steps_an_hour: int = setting(360, whole, COUNT)
    network_steps_an_hour: int = setting(840, whole, COUNT)
    visitor_hours: float = setting(24, positive, "a number of hours above 0")
    member_waiting: int = setting(3, whole, COUNT)
    member_runs_an_hour: int = setting(20, whole, COUNT)
    member_runs_a_day: int = setting(100, whole, COUNT)
    trusted_runs_an_hour: int = setting(60, whole, COUNT)
    trusted_runs_a_day: int = setting(300, whole, COUNT)
    lease_seconds: float = setting(5, positive, SECONDS)
    attempts: int = setting(3, whole, COUNT)
    slots: int = setting(1, whole, COUNT)
    poll_seconds: float = setting(1, positive, SECONDS)
    certificate_seconds: float = setting(3600, not_negative, "a number of seconds, 0 or more")
    archive_seconds: float = setting(3600, not_negative, "a number of seconds, 0 or more")
    orphan_days: float = setting(30, positive, "a number of days above 0")
    engine: str = setting(ENGINE, dotted, PATH)
    wake: str = setting("bpsandbox.wake.Pipes", dotted, PATH)
    wake_place: str = setting("", text, "a directory, or the address of a Redis server")
    visible_specs: str = setting("bpsandbox.policies.all_targets", dotted, PATH)
    has_member_quota: str = setting("bpsandbox.policies.every_account", dotted, PATH)
    has_trusted_quota: str = setting("bpsandbox.policies.no_account", dotted, PATH)
    trusted_words: str = setting("", dotted_or_empty, "a dotted path, or nothing")
    math: str = setting("", dotted_or_empty, "a dotted path, or nothing")
    calibration: str = setting("", text, "the path of a file, or nothing")
    unenforced: tuple[str, ...] = setting((), parts_of_walls, f"a list of some of {', '.join(walls.WORDS)}, or all")
    shared_calibration: bool = setting(False, yes_or_no, "True or False")

    def limits(self, cpu_seconds: float | None = None) -> Limits:
        """Return the limits of one run, with a smaller processor budget where one is given."""
        whole_budget = Limits(
            cpu_seconds=self.cpu_seconds, wall_seconds=self.wall_seconds, memory_bytes=self.memory_bytes
        )
        return whole_budget if cpu_seconds is None else whole_budget.with_cpu(cpu_seconds)

    @property
    def place(self) -> str:
        """Return where wake-ups are exchanged; by default a directory of the system's temporary files."""
        return str(self.wake_place or Path(tempfile.gettempdir()) / "bpsandbox-wake")


def given() -> dict[str, Any]:
    names = {PREFIX + spec.name.upper(): spec.name for spec in fields(Conf)}
    return {name: getattr(settings, key) for key, name in names.items() if hasattr(settings, key)}


def problems() -> Iterator[str]:
    """Yield one sentence for each setting that cannot be used as it is."""
    values = given()
    for spec in fields(Conf):
        if spec.name in values and not spec.metadata["check"](values[spec.name]):
            yield f"{PREFIX}{spec.name.upper()} must be {spec.metadata['wanted']}, not {values[spec.name]!r}."
    known = {PREFIX + spec.name.upper() for spec in fields(Conf)}
    for key in dir(settings):
        if key.startswith(PREFIX) and key not in known:
            yield f"{key} is not a setting of the sandbox."


@cache
def current() -> Conf:
    """Return the settings in force. Raises ImproperlyConfigured, naming every wrong one."""
    found = list(problems())
    if found:
        raise ImproperlyConfigured(" ".join(found))
    return Conf(**given())


@cache
def loaded(path: str) -> Any:
    """Return what a dotted path in the settings names."""
    return import_string(path)


def forget(*, setting: str, **kwargs: Any) -> None:
    """Clear the cache when a test changes a setting."""
    if setting.startswith(PREFIX):
        current.cache_clear()


setting_changed.connect(forget, dispatch_uid="bpsandbox.conf")
