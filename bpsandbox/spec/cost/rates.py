"""Seconds per unit of everything that is counted, on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

VERSION = 1
"""Version of what is counted: rates measured for another version cannot be used."""


@dataclass(frozen=True)
class Rates:
    """Seconds per unit. Names ending in 64 or 32 are for elements of that many bits."""

    start: float = 0.005
    """Building the experiment and writing the result: a constant."""
    call: float = 6e-07
    """A NumPy call from a tape."""
    eager: float = 1.7e-06
    """A NumPy call from Python, including the code around it."""
    record: float = 2.2e-05
    """Recording a call on a tape."""
    loop: float = 1e-08
    """Restarting NumPy's inner loop within a call."""
    product: float = 4e-07
    """Starting a matrix product, besides the call."""
    slice: float = 1.1e-07
    """A matrix in a stacked product."""
    cheap64: float = 3.5e-10
    """An element that is added, multiplied, compared or copied."""
    cheap32: float = 1.7e-10
    root64: float = 1.2e-09
    """An element that is divided, or copied with a mask."""
    root32: float = 6e-10
    exponential64: float = 7e-09
    """An element of exp, log or a table look-up."""
    exponential32: float = 2.9e-09
    tanh64: float = 2.1e-08
    tanh32: float = 6e-09
    slow64: float = 1.7e-08
    """An element of log1p, expm1 and functions without vectorised code."""
    slow32: float = 1.8e-08
    multiply_add64: float = 7e-11
    multiply_add32: float = 3.5e-11
    operand64: float = 4e-10
    """An element of an operand or the result of a matrix product."""
    operand32: float = 2.2e-10
    byte: float = 4e-10
    """A byte allocated from the system and touched for the first time."""
    draw: float = 5e-09
    """A random number."""
    step: float = 3e-06
    """A step, besides its calls."""
    epoch: float = 1e-05
    """Drawing a new order of the examples for one seed."""
    shuffle: float = 1.1e-08
    """An example in such an order."""
    point: float = 8e-05
    """A recorded point."""
    value: float = 1.2e-06
    """A number in a curve and in the document."""
    example: float = 1.5e-06
    """A generated example."""

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, "seconds": asdict(self)}, indent=1) + "\n"


class WrongRates(Exception):
    """A file of rates cannot be used; the message says why."""


def from_json(text: str) -> Rates:
    """Read rates from JSON. Raises WrongRates."""
    try:
        written = json.loads(text)
        version, seconds = written["version"], written["seconds"]
    except (ValueError, TypeError, KeyError) as error:
        raise WrongRates("it holds no rates") from error
    names = {field.name for field in fields(Rates)}
    if version != VERSION or not isinstance(seconds, dict) or seconds.keys() != names:
        raise WrongRates("its rates are of another version")
    if not all(type(rate) in (int, float) and 0.0 <= rate < 1.0 for rate in seconds.values()):
        raise WrongRates("a rate in it is no number of seconds")
    return Rates(**seconds)


def read(path: Path) -> Rates:
    """Read the rates in a file. Raises WrongRates, and OSError where there is no file."""
    return from_json(path.read_text(encoding="utf-8", errors="replace"))


class _InUse:
    rates = Rates()


def use(rates: Rates) -> None:
    """Use these rates from now on."""
    _InUse.rates = rates


def in_use() -> Rates:
    return _InUse.rates
