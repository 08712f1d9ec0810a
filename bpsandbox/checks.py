"""System checks: settings that are well-formed but name something that is not there."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.utils.module_loading import import_string

from bpsandbox import conf
from bpsandbox.runner import walls

PATHS = ("wake", "visible_specs", "math")


@register
def paths_lead_somewhere(**kwargs: Any) -> list[CheckMessage]:
    """Every dotted path in the settings can be imported."""
    return [error for name in PATHS if (error := unreachable(name, getattr(conf.current(), name)))]


def unreachable(name: str, path: str) -> CheckMessage | None:
    if not path:
        return None
    try:
        import_string(path)
    except ImportError as error:
        return Error(f"{conf.PREFIX}{name.upper()} cannot be imported: {error}", id="bpsandbox.E001")
    return None


@register
def rates_can_be_used(**kwargs: Any) -> list[CheckMessage]:
    """What was measured of this machine's speed can be read, where it was measured."""
    from bpsandbox import calibration  # which loads NumPy

    found = calibration.problem()
    return [Warning(found, id="bpsandbox.W001")] if found else []


@register(Tags.security, deploy=True)
def walls_are_enforced(**kwargs: Any) -> list[CheckMessage]:
    """Report walls that do not hold around a training on this machine; a child is started to find out."""
    found = walls.enforced()
    return [] if all(found.values()) else [Info(walls.description(found), id="bpsandbox.I001")]
