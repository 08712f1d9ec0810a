"""Data sets: generated, included, or given in the config."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpsandbox.core.data.datasets import FEATURES
from bpsandbox.messages import N_, _
from bpsandbox.spec.kinds import WRONG, Choice, Flag, Integer, Kind, ListOf, Number
from bpsandbox.spec.nodes import Mapping, Node
from bpsandbox.spec.problems import Log, Path
from bpsandbox.spec.records import REQUIRED, Field, Record, Variant

from .points import POINTS

MAX_SAMPLES = 50_000
MAX_LENGTH = 784
LARGEST = 1e6
"""Limit on noise and coefficients, so that squares do not overflow in float32."""

SPLIT = Record(
    {
        "val": Field(Number(0.0, 1.0, open_high=True), 0.0, "Fraction held out for validation."),
        "test": Field(Number(0.0, 1.0, open_high=True), 0.0, "Fraction held out for testing."),
        "stratify": Field(Flag(), False, "Whether to keep the class proportions in every part."),
        "seed": Field(Integer(0), 0, "Seed of the split."),
    }
)
NO_SPLIT = {"val": 0.0, "test": 0.0, "stratify": False, "seed": 0}
PREPARATION = {
    "features": Field(ListOf(Choice(tuple(FEATURES)), min_items=1), None, "Features computed from the point (x, y)."),
    "standardize": Field(
        Choice(("none", "standard", "minmax")), "none", "Scaling of the inputs, fitted on the training part."
    ),
    "split": Field(SPLIT, NO_SPLIT, "Validation and test parts."),
}


def _drawn(n_samples: int, **fields: Field) -> Record:
    return Record(
        {
            "n_samples": Field(Integer(2, MAX_SAMPLES), n_samples, N_("Number of samples.")),
            **fields,
            "seed": Field(Integer(0), 0, N_("Seed of the data; independent of the seeds of the run.")),
            **PREPARATION,
        }
    )


def _noisy(n_samples: int, noise: float, **fields: Field) -> Record:
    return _drawn(n_samples, noise=Field(Number(0.0, LARGEST), noise, N_("Standard deviation of the noise.")), **fields)


def _sequences(n_samples: int, length: int, **fields: Field) -> Record:
    return _drawn(n_samples, length=Field(Integer(2, MAX_LENGTH), length, N_("Number of steps.")), **fields)


_AS_IT_IS = Record(PREPARATION)

NAMED = Variant(
    "name",
    {
        "xor": _AS_IT_IS,
        "and": _AS_IT_IS,
        "or": _AS_IT_IS,
        "nand": _AS_IT_IS,
        "xor_cloud": _noisy(200, 0.1),
        "circle": _noisy(200, 0.05),
        "gaussians": _noisy(200, 0.5),
        "blobs": _noisy(300, 0.2, classes=Field(Integer(2, 10), 3, N_("Number of clouds."))),
        "spiral": _noisy(300, 0.2, arms=Field(Integer(2, 5), 3, N_("Number of arms."))),
        "moons": _noisy(200, 0.1),
        "digits": _AS_IT_IS,
        "iris": _AS_IT_IS,
        "wine": _AS_IT_IS,
        "breast_cancer": _AS_IT_IS,
        "sine": _noisy(
            64, 0.1, cycles=Field(Number(0.0, 100.0, open_low=True), 1.0, N_("Number of periods over the whole range."))
        ),
        "step": _noisy(64, 0.0),
        "abs": _noisy(64, 0.0),
        "polynomial": _noisy(
            64,
            0.05,
            coefficients=Field(
                ListOf(Number(-LARGEST, LARGEST), min_items=1, max_items=12),
                [0.0, -0.5, 0.0, 1.0],
                N_("Coefficients, lowest degree first."),
            ),
        ),
        "plane": _noisy(200, 0.0),
        "multi_gauss": _noisy(300, 0.0),
        "parity": _sequences(1000, 8),
        "adding": _sequences(1000, 10),
        "echo": _sequences(
            500, 10, delay=Field(Integer(1, MAX_LENGTH - 1), 3, N_("Number of steps between a bit and its echo."))
        ),
        "sine_next": _sequences(
            500,
            20,
            cycles=Field(Number(0.0, 100.0, open_low=True), 1.0, N_("Mean number of periods in a window.")),
            noise=Field(
                Number(0.0, LARGEST), 0.0, N_("Standard deviation of the noise, on every step and on the target.")
            ),
        ),
    },
    suggested={"mnist": "digits", "fashion_mnist": "digits", "make_moons": "moons", "make_circles": "circle"},
    example="{name: xor}",
)


MADE_BY_NOISE = ("xor_cloud", "gaussians", "blobs", "spiral", "moons", "sine", "step", "abs", "polynomial")
"""Data sets in which only the noise is random: without noise their seed has no effect."""


def default_block(name: str) -> dict[str, Any]:
    """Return the block of a named data set with all defaults."""
    fields = NAMED.records[name].fields
    return {"name": name} | {field: known.default for field, known in fields.items() if known.default is not None}


INLINE = Record({"points": Field(POINTS, REQUIRED, "Data given in the config itself."), **PREPARATION})


@dataclass(frozen=True)
class DatasetKind(Kind):
    """A set by name, or points."""

    example: str = "{name: xor}"

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Mapping) or (node.get("name") is not None and node.get("points") is None):
            return NAMED.read(node, path, log)
        if node.get("name") is not None:
            at = next(key.at for key, _value in node.entries if key.value == "points")
            log.add((*path, "points"), _("Give name or points, not both."), "points", at=at)
            return WRONG
        stray = next((key for key, _value in node.entries if key.value in POINTS.fields), None)
        if stray is not None and node.get("points") is None:
            fix = "points: {csv: |}" if stray.value == "csv" else f"points: {{{stray.value}: …}}"
            message = _("{name} belongs in points, with the data in the config itself: {fix}. Files cannot be read.",
                        name=stray.value, fix=fix)  # fmt: skip
            log.add((*path, str(stray.value)), message, "points", at=stray.at)
            return WRONG
        return (NAMED if node.get("points") is None else INLINE).read(node, path, log)

    def describe(self) -> str:
        return _("a mapping with name, or with points, like {example}", example=self.example)


DATASET = DatasetKind()
