"""Define a formula of a run's page."""

from __future__ import annotations

from dataclasses import dataclass

from bpsandbox.explain.numbers import number
from bpsandbox.explain.swept import Swept, few


@dataclass(frozen=True)
class Formula:
    """A formula: its `label`, the config's word for it, its lines of LaTeX, and additions.

    `numbers` are the values of the letters, as LaTeX; `note` is a sentence.
    """

    label: str
    name: str
    lines: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    note: str = ""


def values(**letters: float | None) -> tuple[str, ...]:
    """Return the values of letters, such as lr=0.1 as η = 0.1, without those that are None."""
    return tuple(f"{LETTERS[name]} {_is(value)}" for name, value in letters.items() if value is not None)


def _is(value: float) -> str:
    """Return the value of a letter; in a sweep, all values that are tried."""
    if not isinstance(value, Swept):
        return f"= {number(float(value))}"
    tried = ", ".join(number(each) if isinstance(each, float) else r"\ldots" for each in few(value.tried))
    return rf"\in \{{{tried}\}}"


LETTERS = {
    "lr": r"\eta",
    "momentum": r"\mu",
    "dampening": r"\tau",
    "weight_decay": r"\lambda",
    "beta1": r"\beta_1",
    "beta2": r"\beta_2",
    "eps": r"\varepsilon",
    "alpha": r"\alpha",
    "rho": r"\rho",
    "lr_decay": r"\kappa",
    "momentum_decay": r"\psi",
    "delta": r"\delta",
    "beta": r"\beta",
    "smoothing": r"\epsilon",
    "share": "m",
    "p": "p",
    "stride": "s",
    "padding": "p",
    "dilation": "d",
    "clip": "c",
    "l1": r"\lambda_1",
    "l2": r"\lambda_2",
    "gain": "g",
    "gamma": r"\gamma",
    "steps": "T",
    "power": "q",
    "slope": "a",
    "low": "a",
    "high": "b",
}
