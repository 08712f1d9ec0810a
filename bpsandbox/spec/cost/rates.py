"""How long this machine takes for one of everything that is counted."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

VERSION = 1
"""Of what is counted: rates measured for another are of no use."""


@dataclass(frozen=True)
class Rates:
    """Seconds each. Names that end in 64 or 32 are for numbers of that many bits."""

    start: float = 0.005
    """Making the experiment and writing the result down, whatever it is."""
    call: float = 6e-07
    """A call of NumPy from a tape."""
    eager: float = 1.7e-06
    """A call of NumPy from Python's code, the code around it included."""
    record: float = 2.2e-05
    """Writing a call down on a tape."""
    loop: float = 1e-08
    """Beginning a new run of numbers within a call."""
    product: float = 4e-07
    """Beginning a matrix product, beside the call."""
    slice: float = 1.1e-07
    """A matrix in a stack of them."""
    cheap64: float = 3.5e-10
    """A number that is added, multiplied, compared or copied."""
    cheap32: float = 1.7e-10
    root64: float = 1.2e-09
    """A number that is divided, or copied under a mask."""
    root32: float = 6e-10
    exponential64: float = 7e-09
    """exp, log, and a look into a table."""
    exponential32: float = 2.9e-09
    tanh64: float = 2.1e-08
    tanh32: float = 6e-09
    slow64: float = 1.7e-08
    """log(1 + x), exp(x) - 1 and what is done number by number."""
    slow32: float = 1.8e-08
    multiply_add64: float = 7e-11
    multiply_add32: float = 3.5e-11
    operand64: float = 4e-10
    """A number that goes into a matrix product, or comes out of it."""
    operand32: float = 2.2e-10
    byte: float = 4e-10
    """A byte that is taken from the system, and touched for the first time."""
    draw: float = 5e-09
    """A random number."""
    step: float = 3e-06
    """A step, beside its calls."""
    epoch: float = 1e-05
    """A seed's new order."""
    shuffle: float = 1.1e-08
    """An example in it."""
    point: float = 8e-05
    """A recorded point."""
    value: float = 1.2e-06
    """A number in a curve, and in the document."""
    example: float = 1.5e-06
    """An example that is made."""

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, "seconds": asdict(self)}, indent=1) + "\n"


class WrongRates(Exception):
    """The text of it says what is wrong with a file of rates."""


def from_json(text: str) -> Rates:
    """Take a written text back. Raises WrongRates."""
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
    """The rates in a file. Raises WrongRates, and OSError where there is no file."""
    return from_json(path.read_text(encoding="utf-8", errors="replace"))


class _InUse:
    rates = Rates()


def use(rates: Rates) -> None:
    """Price with these from now on."""
    _InUse.rates = rates


def in_use() -> Rates:
    return _InUse.rates
