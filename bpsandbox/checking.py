"""Check a config and compare its price with the limits: everything before a run, and no database."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bpsandbox import calibration, conf, spec
from bpsandbox.spec import Caps, Price, Problem, Spec

# Bytes of one number of a curve in the compressed archive.
BYTES_A_NUMBER = 10


@dataclass(frozen=True)
class Checked:
    """The outcome of checking a config: a spec, or all problems."""

    spec: Spec | None
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    price: Price | None = None

    @property
    def is_fine(self) -> bool:
        return self.spec is not None and not self.problems


def check(config: str, *, line: int = 1, column: int = 1, for_visitor: bool = False) -> Checked:
    """Parse a config, price it and compare the price with the limits. `line` is where it begins in its post."""
    try:
        parsed = spec.parse(config, line=line, column=column)
    except spec.InvalidConfig as error:
        return Checked(None, error.problems)
    return check_spec(parsed, for_visitor=for_visitor)


def check_spec(parsed: Spec, *, for_visitor: bool = False) -> Checked:
    """Price a spec and compare the price with the limits."""
    price = calibration.price(parsed)
    problems = tuple(spec.limits.check(price, caps(for_visitor=for_visitor)))
    return Checked(parsed, problems, tuple(parsed.notes), price)


def caps(*, for_visitor: bool) -> Caps:
    """Return the config limits of a member or a visitor."""
    current = conf.current()
    most = Caps(
        seconds=current.cpu_seconds,
        memory_bytes=current.memory_bytes,
        stored_points=current.result_bytes // BYTES_A_NUMBER,
    )
    if for_visitor:
        return replace(most, seconds=current.visitor_cpu_seconds, seeds=current.visitor_seeds)
    return most
