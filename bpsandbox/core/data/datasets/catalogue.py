"""All data sets by name: how each is made, and the text of its card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bpsandbox.messages import N_

from . import carried, functions, planar, sequences
from .dataset import Dataset
from .gates import gate, xor_cloud

OURS = N_("Made by this package.")
FREE = "MIT"
SHARED = "CC BY 4.0"
PLAYGROUND = "D. Smilkov, S. Carter, TensorFlow Playground, 2016"


@dataclass(frozen=True)
class CatalogueEntry:
    """One entry of the catalogue.

    `about`: one sentence that describes it. `formula`: how samples and targets are made, or what was
    measured. `source`: its author. `make` takes the `data` stream and the set's fields when
    `is_drawn`, otherwise nothing.
    """

    make: Callable[..., Dataset]
    is_drawn: bool
    about: str
    formula: str
    source: str
    licence: str


def _gate(name: str, about: str, formula: str) -> CatalogueEntry:
    return CatalogueEntry(partial(gate, name), False, about, formula, OURS, FREE)


def _drawn(make: Callable[..., Dataset], about: str, formula: str, source: str = OURS) -> CatalogueEntry:
    return CatalogueEntry(make, True, about, formula, source, FREE)


def _carried(make: Callable[..., Dataset], about: str, formula: str, source: str) -> CatalogueEntry:
    return CatalogueEntry(make, False, about, formula, source, SHARED)


SETS = {
    "xor": _gate(
        "xor",
        N_("The four corners of the unit square with exclusive or: no straight line separates the classes."),
        N_("y = 1 where exactly one coordinate is 1"),
    ),
    "and": _gate(
        "and",
        N_("The four corners of the unit square with and: one unit is enough."),
        N_("y = 1 where both coordinates are 1"),
    ),
    "or": _gate(
        "or",
        N_("The four corners of the unit square with or: one unit is enough."),
        N_("y = 1 where at least one coordinate is 1"),
    ),
    "nand": _gate(
        "nand",
        N_("The four corners of the unit square with not-and, from which every other gate can be built."),
        N_("y = 0 where both coordinates are 1"),
    ),
    "xor_cloud": _drawn(
        xor_cloud,
        N_("Clusters around the four corners of XOR."),
        N_("x = corner i mod 4 + noise N(0, 1); y = xor of the corner"),
        PLAYGROUND,
    ),
    "circle": _drawn(
        planar.circle,
        N_("A disc inside a ring: three hidden units can enclose it."),
        N_("class 1: radius U(0, 0.5), class 0: radius U(0.7, 1); angle U(0, 2π); + noise N(0, 1)"),
        PLAYGROUND,
    ),
    "gaussians": _drawn(
        planar.gaussians,
        N_("Two round clusters that a straight line separates as well as anything can."),
        N_("class 0 around (−1, −1), class 1 around (1, 1); + noise N(0, 1)"),
        PLAYGROUND,
    ),
    "blobs": _drawn(
        planar.blobs,
        N_("Two to ten round clusters in a ring, for problems with more than two classes."),
        N_("class j around (cos a, sin a), a = 2πj / classes; + noise N(0, 1)"),
    ),
    "spiral": _drawn(
        planar.spiral,
        N_("Two to five arms wound around each other: impossible for a line, easy for one hidden layer."),
        N_("arm j: r = linspace(0, 1), t = linspace(4j, 4j + 4) + noise N(0, 1); x = (r sin t, r cos t)"),
        "A. Karpathy, CS231n, 2015; K. Lang, M. Witbrock, 1988",
    ),
    "moons": _drawn(
        planar.moons,
        N_("Two interlocking half moons."),
        N_("(cos t, sin t) and (1 − cos t, 0.5 − sin t), t = linspace(0, π); + noise N(0, 1)"),
        "scikit-learn, make_moons",
    ),
    "digits": _carried(
        carried.digits,
        N_("1,797 pictures of handwritten digits, 8 × 8 pixels, in ten classes."),
        N_("grey values 0 to 16, samples (1, 8, 8)"),
        "E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, 1998, doi:10.24432/C50P49",
    ),
    "iris": _carried(
        carried.iris,
        N_("150 irises of three species, described by their sepals and petals."),
        N_("sepal length, sepal width, petal length, petal width in centimetres"),
        "R. A. Fisher, Annals of Eugenics 7, 1936, doi:10.24432/C56C76",
    ),
    "wine": _carried(
        carried.wine,
        N_("178 wines from three cultivars, described by chemical analysis: the features have very different scales."),
        N_("13 measurements, from alcohol to proline"),
        "S. Aeberhard, M. Forina, Wine, 1991, doi:10.24432/C5PC7J",
    ),
    "breast_cancer": _carried(
        carried.breast_cancer,
        N_("569 tumours, malignant or benign, described by their cell nuclei."),
        N_("mean, standard error and worst value of 10 measurements of the nuclei"),
        "W. Wolberg, O. Mangasarian, N. Street, W. Street, Breast Cancer Wisconsin, 1993, doi:10.24432/C5DW2B",
    ),
    "sine": _drawn(
        functions.sine,
        N_("One or more waves to fit through noise."),
        N_("y = sin x + noise N(0, 1) at equal steps on [0, 2π cycles]"),
    ),
    "step": _drawn(
        functions.step,
        N_("A step: how steep can a smooth network be?"),
        N_("y = 1 where x > 0, else 0, + noise N(0, 1) at equal steps on [−1, 1]"),
    ),
    "abs": _drawn(
        functions.absolute,
        N_("A kink: two ReLUs fit it exactly, tanh never does."),
        N_("y = |x| + noise N(0, 1) at equal steps on [−1, 1]"),
    ),
    "polynomial": _drawn(
        functions.polynomial,
        N_("A polynomial with coefficients you choose, to fit through noise."),
        N_("y = Σ coefficients[k] xᵏ + noise N(0, 1) at equal steps on [−1, 1]"),
    ),
    "plane": _drawn(
        functions.plane,
        N_("A plane over the square: a single linear unit learns it."),
        N_("y = (x₁ + x₂) / 2 + noise N(0, 1), x uniform on [−1, 1]²"),
        PLAYGROUND,
    ),
    "multi_gauss": _drawn(
        functions.multi_gauss,
        N_("Three hills and two valleys over the square."),
        N_("y = Σ ± exp(−d² / (2 · 0.35²)) + noise N(0, 1), d the distances to (±0.5, ±0.5) and 0; x on [−1, 1]²"),
        PLAYGROUND,
    ),
    "parity": _drawn(
        sequences.parity,
        N_("A sequence of bits: is the number of ones odd? Flipping any bit flips the answer."),
        N_("x: fair bits; y = Σ x mod 2"),
        "M. Minsky, S. Papert, Perceptrons, 1969",
    ),
    "adding": _drawn(
        sequences.adding,
        N_("A sequence of numbers, two of them marked: the target is their sum."),
        N_(
            "x: a number U(0, 1) and a mark at each step, one mark at random in each half; y = sum of the "
            "marked numbers"
        ),
        "S. Hochreiter, J. Schmidhuber, Neural Computation 9, 1997; marks as in M. Arjovsky and others, 2016",
    ),
    "echo": _drawn(
        sequences.echo,
        N_("A sequence of bits to repeat some steps later: how long does a network remember?"),
        N_("x: fair bits; y at step k = x at step k − delay, 0 before that"),
    ),
    "sine_next": _drawn(
        sequences.sine_next,
        N_("Windows of waves with different frequencies: what comes next?"),
        N_(
            "x: sin(φ + ωk) + noise N(0, 1), k = 0 … t − 1, y: the same at k = t; "
            "φ = 2π U(0, 1), ω = 2π cycles U(½, 3/2) / t"
        ),
    ),
}
"""In the order of the config language and its reference."""
