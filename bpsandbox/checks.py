"""System checks for settings, the calibration file and the isolation of trainings."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.utils.module_loading import import_string

from bpsandbox import conf
from bpsandbox.runner import walls

TAG = "bpsandbox"
PATHS = ("wake", "visible_specs", "math")


@register(TAG)
def check_dotted_paths(**kwargs: Any) -> list[CheckMessage]:
    """Report dotted paths in the settings that cannot be imported."""
    return [error for name in PATHS if (error := unreachable(name, getattr(conf.current(), name)))]


def unreachable(name: str, path: str) -> CheckMessage | None:
    if not path:
        return None
    try:
        import_string(path)
    except ImportError as error:
        return Error(f"{conf.PREFIX}{name.upper()} cannot be imported: {error}", id="bpsandbox.E001")
    return None


@register(TAG)
def check_calibration(**kwargs: Any) -> list[CheckMessage]:
    """Report a calibration file that cannot be used."""
    from bpsandbox import calibration  # imports NumPy

    found = calibration.problem()
    return [Warning(found, id="bpsandbox.W001")] if found else []


@register(Tags.security, deploy=True)
def check_isolation(**kwargs: Any) -> list[CheckMessage]:
    """Report restrictions on trainings that this machine does not enforce. Starts a child to test them."""
    try:
        found = walls.enforced()
    except walls.Untested as error:
        return [Warning(str(error), id="bpsandbox.W002")]
    if missing := walls.missing(found, allowed=conf.current().unenforced):
        return [Warning(walls.refusal(found, missing), id="bpsandbox.W003")]
    return [] if all(found.values()) else [Info(walls.description(found), id="bpsandbox.I001")]
