"""Classification sets of points in the plane."""

from __future__ import annotations

import math

import numpy as np

from bpsandbox.core.types import Array

from .dataset import Dataset, classified
from .portable import cos, normal, sin, uniform


def circle(rng: np.random.Generator, n_samples: int, noise: float) -> Dataset:
    """Return class 1 in a disc and class 0 in a ring around it.

    Radius U(0, 0.5) or U(0.7, 1), angle U(0, 2 pi), then noise N(0, 1) on both coordinates.
    """
    y = np.arange(n_samples) % 2
    radius = np.where(y == 1, uniform(rng, 0.0, 0.5, n_samples), uniform(rng, 0.7, 1.0, n_samples))
    angle = uniform(rng, 0.0, 2.0 * math.pi, n_samples)
    x = np.column_stack([radius * cos(angle), radius * sin(angle)])
    return classified("circle", x + noise * normal(rng, x.shape), y, (0, 1))


def gaussians(rng: np.random.Generator, n_samples: int, noise: float) -> Dataset:
    """Two round clouds: class 0 around (-1, -1), class 1 around (1, 1), standard deviation `noise`."""
    y = np.arange(n_samples) % 2
    centre = np.where(y[:, np.newaxis] == 1, 1.0, -1.0)
    return classified("gaussians", centre + noise * normal(rng, (n_samples, 2)), y, (0, 1))


def blobs(rng: np.random.Generator, n_samples: int, classes: int, noise: float) -> Dataset:
    """Round clouds of standard deviation `noise` around centres on the unit circle, at angles 2 pi j / classes."""
    y = np.arange(n_samples) % classes
    angle = 2.0 * math.pi * y / classes
    x = np.column_stack([cos(angle), sin(angle)])
    return classified("blobs", x + noise * normal(rng, x.shape), y, tuple(range(classes)))


def spiral(rng: np.random.Generator, n_samples: int, arms: int, noise: float) -> Dataset:
    """Arm j: r = linspace(0, 1), t = linspace(4j, 4j + 4) + noise N(0, 1), x = (r sin t, r cos t)."""
    sizes = [n_samples // arms + (j < n_samples % arms) for j in range(arms)]
    x = np.concatenate([_arm(rng, j, n, noise) for j, n in enumerate(sizes)])
    return classified("spiral", x, np.repeat(np.arange(arms), sizes), tuple(range(arms)))


def _arm(rng: np.random.Generator, j: int, n: int, noise: float) -> Array:
    r = np.linspace(0.0, 1.0, n)
    t = np.linspace(4.0 * j, 4.0 * j + 4.0, n) + noise * normal(rng, n)
    return np.column_stack([r * sin(t), r * cos(t)])


def moons(rng: np.random.Generator, n_samples: int, noise: float) -> Dataset:
    """Two half circles, t = linspace(0, pi): (cos t, sin t) and (1 - cos t, 1/2 - sin t), plus noise N(0, 1)."""
    upper, lower = np.linspace(0.0, math.pi, n_samples - n_samples // 2), np.linspace(0.0, math.pi, n_samples // 2)
    x = np.concatenate(
        [np.column_stack([cos(upper), sin(upper)]), np.column_stack([1.0 - cos(lower), 0.5 - sin(lower)])]
    )
    return classified("moons", x + noise * normal(rng, x.shape), np.arange(n_samples) >= len(upper), (0, 1))
