"""Data sets: formulas, hashes, splits and scaling."""

import math

import numpy as np
import pytest

from bpsandbox.core import TooManyHoldouts, stream
from bpsandbox.core.data.datasets import SETS, gate, points, with_features
from bpsandbox.core.data.split import sizes, split
from bpsandbox.core.data.standardize import fit


def make(name, seed=0, **fields):
    return SETS[name].make(stream(seed, "data"), **fields)


def test_gates_are_their_truth_tables():
    assert gate("xor").x.tolist() == [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    tables = {name: gate(name).y.tolist() for name in ("xor", "and", "or", "nand")}
    assert tables == {"xor": [0, 1, 1, 0], "and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0]}


def test_spiral_follows_its_formula():
    made = make("spiral", n_samples=30, arms=3, noise=0.2)
    rng = stream(0, "data")
    for j in range(3):
        r = np.linspace(0.0, 1.0, 10)
        t = np.linspace(4.0 * j, 4.0 * j + 4.0, 10) + 0.2 * rng.standard_normal(10)
        rows = np.column_stack([r * np.sin(t), r * np.cos(t)])
        np.testing.assert_allclose(made.x[made.y == j], rows, rtol=0.0, atol=1e-15)


def test_spiral_gives_the_rest_to_the_first_arms():
    assert np.bincount(make("spiral", n_samples=32, arms=3, noise=0.0).y).tolist() == [11, 11, 10]


def test_sine_without_noise_is_the_sine():
    made = make("sine", n_samples=5, cycles=2.0, noise=0.0)
    np.testing.assert_allclose(made.x[:, 0], [0.0, math.pi, 2 * math.pi, 3 * math.pi, 4 * math.pi])
    np.testing.assert_allclose(made.y[:, 0], np.sin(made.x[:, 0]))


def test_polynomial_counts_its_coefficients_from_the_constant():
    made = make("polynomial", n_samples=3, coefficients=(1.0, 0.0, 2.0), noise=0.0)
    assert made.y[:, 0].tolist() == [3.0, 1.0, 3.0]


def test_circle_is_a_disc_in_a_ring():
    made = make("circle", n_samples=200, noise=0.0)
    radius = np.hypot(*made.x.T)
    assert radius[made.y == 1].max() <= 0.5
    assert radius[made.y == 0].min() >= 0.7


def test_noise_of_one_set_is_drawn_from_its_seed():
    assert make("moons", seed=1, n_samples=20, noise=0.1).hash == make("moons", seed=1, n_samples=20, noise=0.1).hash
    assert make("moons", seed=1, n_samples=20, noise=0.1).hash != make("moons", seed=2, n_samples=20, noise=0.1).hash


@pytest.mark.parametrize(("name", "shape", "counts"), [
    ("digits", (1, 8, 8), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
    ("iris", (4,), [50, 50, 50]), ("wine", (13,), [59, 71, 48]), ("breast_cancer", (30,), [212, 357])])  # fmt: skip
def test_carried_sets_are_whole(name, shape, counts):
    made = SETS[name].make()
    assert made.shape == shape
    assert np.bincount(made.y).tolist() == counts
    assert np.isfinite(made.x).all()


def test_points_with_whole_numbers_are_classes_and_others_are_measurements():
    assert points([[1.0], [2.0], [3.0]], [5, 7, 5]).labels == (5, 7)
    assert points([[1.0], [2.0], [3.0]], [5, 7, 5]).y.tolist() == [0, 1, 0]
    assert points([[1.0], [2.0]], [5.0, 7.0]).y.tolist() == [[5.0], [7.0]]
    assert points([[1.0], [2.0]], [[5.0, 1.0], [7.0, 2.0]]).y.shape == (2, 2)


def test_features_are_functions_of_the_point():
    made = with_features(gate("xor"), ["x*y", "y", "sin(x)"])
    np.testing.assert_allclose(made.x[3], [1.0, 1.0, math.sin(1.0)])


def test_a_split_divides_every_example_once():
    parts = split(stream(0, "split"), np.zeros(101), val=0.1, test=0.25, stratify=False)
    assert {part: len(rows) for part, rows in parts.items()} == {"train": 66, "val": 10, "test": 25}
    assert sorted(np.concatenate(list(parts.values())).tolist()) == list(range(101))


def test_a_stratified_split_keeps_the_shares_of_the_classes():
    y = np.repeat([0, 1, 2], [60, 30, 10])
    parts = split(stream(3, "split"), y, val=0.2, test=0.3, stratify=True)
    assert np.bincount(y[parts["test"]]).tolist() == [18, 9, 3]
    assert np.bincount(y[parts["val"]]).tolist() == [12, 6, 2]


def test_a_split_differs_from_seed_to_seed():
    one, two = (split(stream(seed, "split"), np.zeros(50), val=0, test=0.5, stratify=False)["test"] for seed in (0, 1))
    assert one.tolist() != two.tolist()


def test_a_split_leaves_something_to_train_on():
    assert sizes(10, 0.5, 0.4) == {"train": 1, "val": 5, "test": 4}
    with pytest.raises(TooManyHoldouts, match=r"5 \+ 5 of 10 examples are held out"):
        sizes(10, 0.5, 0.5)


def test_a_constant_feature_becomes_zero():
    x = np.array([[1.0, 5.0], [3.0, 5.0]])
    assert fit("minmax", x)(x).tolist() == [[0.0, 0.0], [1.0, 0.0]]
    assert fit("standard", x)(x).tolist() == [[-1.0, 0.0], [1.0, 0.0]]
    assert fit("none", x) is None


def test_numbers_of_a_step_are_scaled_over_all_steps():
    x = np.array([[[0.0, 5.0], [2.0, 5.0]], [[4.0, 5.0], [8.0, 7.0]]])
    assert fit("minmax", x)(x).tolist() == [[[0.0, 0.0], [0.25, 0.0]], [[0.5, 0.0], [1.0, 1.0]]]
    scaled = fit("standard", x)(x)
    np.testing.assert_allclose(scaled.mean(axis=(0, 1)), [0.0, 0.0], atol=1e-15)
    np.testing.assert_allclose(scaled.std(axis=(0, 1)), [1.0, 1.0])


def test_pixels_are_scaled_one_by_one():
    pictures = SETS["digits"].make().x
    scaled = fit("minmax", pictures)(pictures)
    assert scaled.shape == (1797, 1, 8, 8)
    assert scaled[:, 0, 0, 0].max() == 0.0  # a corner that is always empty
    assert set(np.unique(scaled.max(axis=0))) == {0.0, 1.0}
