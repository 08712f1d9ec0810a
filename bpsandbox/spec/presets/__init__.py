"""Configs worth starting from, as texts. Titles are translated where they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from bpsandbox.messages import N_, _


@dataclass(frozen=True)
class Preset:
    """A named config. The target, where there is one, is what its training must reach; the tests of core check it."""

    name: str
    label: str
    goal: str = ""

    @property
    def target(self) -> str:
        return _(self.goal) if self.goal else ""

    @property
    def title(self) -> str:
        return _(self.label)

    @property
    def text(self) -> str:
        return resources.files(__package__).joinpath(f"{self.name}.yaml").read_text(encoding="utf-8")


DIGITS = N_("mean test accuracy ≥ 0.965")
TARGETS = {
    "xor": N_("≥ 15 of 16 seeds below a loss of 0.01"),
    "spiral": N_("mean training accuracy ≥ 0.975, that of every seed ≥ 0.95"),
    "digits": DIGITS,
    "digits-cnn": DIGITS,
    "sine": N_("median training loss ≤ 1.1 × the variance of the noise"),
    "adding": N_("test loss < 0.05 for every seed; always predicting the mean gives 0.165"),
}
PRESETS = {
    name: Preset(name, label, TARGETS.get(name, ""))
    for name, label in {
        "xor-luck": N_("XOR with two hidden units"),
        "xor": N_("XOR with a 2-3-1 sigmoid network"),
        "xor-seed-lottery": N_("The seed lottery of XOR"),
        "circle": N_("A disc inside a ring"),
        "spiral": N_("A spiral with three arms"),
        "moons": N_("Two moons, early stopping"),
        "digits": N_("Handwritten digits"),
        "digits-cnn": N_("Handwritten digits, with convolution"),
        "batch-norm": N_("Digits with batch norm and dropout"),
        "iris": N_("Iris flowers"),
        "sine": N_("A noisy sine"),
        "adding": N_("The adding problem, ten steps"),
        "lstm": N_("An LSTM continues a sine"),
        "lr-sweep": N_("Seven learning rates at once"),
        "by-hand": N_("One step by hand: 2-3-1 with given weights"),
    }.items()
}
