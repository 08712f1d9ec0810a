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
    short_label: str
    goal: str = ""

    @property
    def target(self) -> str:
        return _(self.goal) if self.goal else ""

    @property
    def title(self) -> str:
        return _(self.label)

    @property
    def short(self) -> str:
        """Return a name of one to three words."""
        return _(self.short_label)

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
PATH = {
    N_("First steps"): {
        "by-hand": (N_("One step by hand: 2-3-1 with given weights"), N_("By hand")),
        "xor-luck": (N_("XOR with two hidden units"), N_("XOR")),
        "xor": (N_("XOR with a 2-3-1 sigmoid network"), N_("XOR, 2-3-1")),
        "xor-seed-lottery": (N_("The seed lottery of XOR"), N_("Seed lottery")),
    },
    N_("Shapes"): {
        "circle": (N_("A disc inside a ring"), N_("Disc in a ring")),
        "moons": (N_("Two moons, early stopping"), N_("Two moons")),
        "spiral": (N_("A spiral with three arms"), N_("Spiral")),
    },
    N_("Functions"): {"sine": (N_("A noisy sine"), N_("Noisy sine"))},
    N_("Training"): {
        "lr-sweep": (N_("Seven learning rates at once"), N_("Seven rates")),
        "iris": (N_("Iris flowers"), N_("Iris")),
    },
    N_("Images"): {
        "digits": (N_("Handwritten digits"), N_("Digits")),
        "batch-norm": (N_("Digits with batch norm and dropout"), N_("Batch norm")),
        "digits-cnn": (N_("Handwritten digits, with convolution"), N_("Convolution")),
    },
    N_("Sequences"): {
        "adding": (N_("The adding problem, ten steps"), N_("Adding")),
        "lstm": (N_("An LSTM continues a sine"), N_("LSTM")),
    },
}
"""The presets in the order of learning, in groups: title and short name of each."""
PRESETS = {
    name: Preset(name, label, short, TARGETS.get(name, ""))
    for group in PATH.values()
    for name, (label, short) in group.items()
}


def path() -> tuple[tuple[str, tuple[Preset, ...]], ...]:
    """Return the presets in the order of learning, in groups with a heading each."""
    return tuple((_(heading), tuple(PRESETS[name] for name in group)) for heading, group in PATH.items())
