"""Configs worth starting from, as texts. Titles are translated where they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from bpsandbox.messages import N_, _


@dataclass(frozen=True)
class Preset:
    """A named config."""

    name: str
    label: str

    @property
    def title(self) -> str:
        return _(self.label)

    @property
    def text(self) -> str:
        return resources.files(__package__).joinpath(f"{self.name}.yaml").read_text(encoding="utf-8")


PRESETS = {
    name: Preset(name, label)
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
        "lstm": N_("An LSTM goes on with a sine"),
        "lr-sweep": N_("Seven learning rates at once"),
        "by-hand": N_("One step by hand: 2-3-1 with given weights"),
    }.items()
}
