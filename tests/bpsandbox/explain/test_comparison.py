"""The difference of configs in words, and the test of whether results differ by more than the seeds do."""

import math
from itertools import combinations

import pytest

from bpsandbox import spec
from bpsandbox.explain import (
    Goal,
    Measured,
    Timed,
    changes,
    comparable,
    compared,
    comparison_cautions,
    differences,
    obstacle,
)
from bpsandbox.explain.comparison.ranks import MOST_EXACT, doubled_ranks, holm, rank_test

CONFIG = """\
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 3, activation: sigmoid}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 40, batch_size: full}
"""
HIDDEN = "{type: Linear, out_features: 3, activation: sigmoid}"


def config(text: str = CONFIG, **changed: str) -> dict:
    lines = {line.partition(":")[0]: line for line in text.splitlines()}
    lines |= {name: f"{name}: {value}" for name, value in changed.items()}
    return spec.parse("\n".join(lines.values())).config


def with_layers(*layers: str) -> dict:
    return config(model=f"{{layers: [{', '.join(layers)}, {{type: Linear, out_features: 1}}]}}")


# Recorded with scipy.stats.mannwhitneyu 1.17.1: groups, statistic, p of method="exact" (no ties).
SCIPY = [
    ((0.3, 1.2, 2.1), (3.0, 4.5, 0.9), 2.0, 0.4),
    ((0.1, 0.2, 0.3, 0.4), (0.5, 0.6, 0.7, 0.8), 0.0, 0.02857142857142857),
    ((5.1, 0.2, 3.3, 1.4, 9.0), (2.5, 0.6, 0.7, 4.8, 6.0, 7.0, 8.0, 0.1, 1.0), 25.0, 0.7972027972027972),
    ((1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0), (4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5), 10.0, 0.020668220668220666),
]


@pytest.mark.parametrize(("first", "second", "u", "p"), SCIPY)
def test_without_ties_it_is_scipys_exact_test(first, second, u, p):
    found = rank_test(first, second)
    assert found.u == u and found.p == pytest.approx(p, rel=1e-12) and found.is_exact


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((1, 1, 2), (2, 3, 3, 3)),
        ((0.25,) * 4, (0.25, 0.25, 0.1)),
        ((1, 2, 2, 2, 9), (2, 2, 3)),
        ((float("inf"), 1, 1), (float("inf"), float("inf"), 0.5, 2)),
    ],
)
def test_with_ties_every_order_is_counted(first, second):
    """The sum of ranks of every possible first group, by brute force."""
    ranks = doubled_ranks([*first, *second])
    mean = len(first) * sum(ranks) / len(ranks)
    found = abs(sum(ranks[: len(first)]) - mean)
    distances = [abs(sum(group) - mean) for group in combinations(ranks, len(first))]
    p = sum(distance >= found - 1e-9 for distance in distances) / len(distances)
    least = sum(distance >= max(distances) - 1e-9 for distance in distances) / len(distances)
    result = rank_test(first, second)
    assert result.p == pytest.approx(p, rel=1e-12) and result.least_p == pytest.approx(least, rel=1e-12)


def test_many_seeds_use_the_normal_approximation_with_ties():
    """scipy.stats.mannwhitneyu(method="asymptotic") of the same values."""
    first = [round((i * 37 % 80) / 10, 1) for i in range(80)]
    second = [round((i * 53 % 90) / 10 + 0.4, 1) for i in range(60)]
    found = rank_test(first, second)
    assert len(first) + len(second) > MOST_EXACT and not found.is_exact
    assert found.u == 1952.5 and found.p == pytest.approx(0.05979332610172009, rel=1e-12)


def test_equal_values_never_differ():
    assert rank_test([0.5] * 8, [0.5] * 8).p == 1.0
    assert rank_test([0.5] * 80, [0.5] * 80).p == 1.0


def test_holm_is_monotone_and_never_below_the_raw_values():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.6, 0.9]) == [1.0, 1.0]


def outcome(first, second, name="train_loss"):
    (found,) = compared([(Measured("A", name, first), Measured("B", name, second))])
    return found


def test_the_verdict_names_the_spread():
    low, high = tuple(i / 100 for i in range(8)), tuple(1 + i / 100 for i in range(8))
    found = outcome(high, low)
    assert (
        found.is_more_than_chance
        and found.verdict == "The runs differ by more than chance between seeds (p = 0.00016)."
    )
    assert found.method == (
        "Mann–Whitney U test of the final values, two-sided and exact: U = 64 with 8 and 8 seeds. "
        "In 100% of all pairs of seeds, B ends lower than A."
    )
    assert "no difference beyond chance" in outcome(low, tuple(reversed(low))).verdict


def test_equal_pairs_are_said_to_count_as_half():
    """The best value of an accuracy is reached by many seeds: 50% does not mean that half of them end lower."""
    told = "In 50% of all pairs of seeds, B ends lower than A. Pairs with equal values count as half."
    assert outcome((1.0,) * 5, (1.0,) * 5, "val_accuracy").effect == told
    assert "half" in outcome((0.9, 1.0, 1.0), (0.8, 1.0, 1.0), "val_accuracy").effect
    assert "half" not in outcome((0.1, 0.2), (0.3, 0.4)).effect


def test_only_all_pairs_are_a_hundred_percent():
    first, second = tuple(range(100, 120)), (*range(19), 100.5)
    assert outcome(first, second).effect == "In 99% of all pairs of seeds, B ends lower than A."
    assert outcome(first, second).test.share_larger > 0.995


def test_one_seed_says_nothing():
    found = outcome((0.1,), tuple(range(1, 9)))
    assert found.test is None and not found.is_more_than_chance and found.verdict.startswith("One seed says nothing")


def test_too_few_seeds_say_so_however_far_apart_they_are():
    found = outcome((0.1, 0.2, 0.3), (9.0, 9.1, 9.2))
    assert (
        "3 and 3 seeds are too few to tell: p cannot fall below 0.1" in found.verdict and not found.is_more_than_chance
    )


def test_diverged_seeds_are_the_worst_in_a_loss_and_in_an_accuracy():
    assert outcome((None,) * 5, (0.1, 0.2, 0.3, 0.4, 0.5)).test.u == 25
    found = outcome((None,) * 5, (0.1, 0.2, 0.3, 0.4, 0.5), "val_accuracy")
    assert found.test.u == 0 and "Seeds that diverged count as the worst." in found.method


def test_seeds_that_never_reach_a_target_are_later_than_all_others():
    goal = Goal(0.0005)
    fast, some_stuck = tuple(range(100, 116)), (*range(101, 111), *(None,) * 6)
    (found,) = compared([(Measured("A", "train_loss", fast, goal), Measured("B", "train_loss", some_stuck, goal))])
    assert found.test == rank_test(fast, (*range(101, 111), *(math.inf,) * 6))
    assert "not comparable, since a stopping rule ended seeds once they reached 0.0005" in found.reason
    assert "epochs to 0.0005. Seeds that never reached it count as later" in found.reason
    assert "B is there after A" in found.effect and "diverged" not in found.method and "final" not in found.method
    never = Measured("B", "train_loss", (None,) * 16, goal)
    (found,) = compared([(Measured("A", "train_loss", fast, goal), never)])
    assert found.is_more_than_chance and found.medians == "Median of the epochs: 108 in A, not reached in B."
    assert compared([(never, never)])[0].p == 1.0


def times_of(first, second):
    pair = comparable("train_loss", Goal(0.0005), first, second)
    return [each.finals for each in pair], pair[0].goal


def test_times_after_the_shorter_training_count_as_never():
    """Half of the seeds of either run would take 150 epochs: that one run was not trained for them is no difference."""
    every = tuple(range(101))
    short = Timed("A", (60, 70, None, None), every, ended=100)
    long = Timed("B", (61, 71, 150, 151), tuple(range(1001)))
    finals, goal = times_of(short, long)
    assert finals == [(60, 70, None, None), (61, 71, None, None)] and goal.until == 100
    (found,) = compared([comparable("train_loss", Goal(0.0005), short, long)])
    assert "Times after epoch 100 count as never, since one of the runs was not trained for longer." in found.reason
    by_step = compared([comparable("train_loss", Goal(0.0005, by_step=True), short, long)])
    assert "Times after step 100 count as never" in by_step[0].reason


def test_all_times_count_where_every_seed_of_the_shorter_run_is_at_the_target():
    finals, goal = times_of(Timed("A", (60, 70), range(71)), Timed("B", (61, 900), range(901)))
    assert finals == [(60, 70), (61, 900)] and goal == Goal(0.0005)
    found = compared([comparable("train_loss", goal, Timed("A", (1,), range(2)), Timed("B", (1,), range(2)))])
    assert "count as never" not in found[0].reason and "rounded" not in found[0].reason


def test_times_are_rounded_up_to_a_point_of_both_runs():
    """Equal seeds, one run recorded every epoch and one every 25th: they differ in the recording alone."""
    fine = Timed("A", (3, 24, 26, 55, 57, 47, 51, 52), tuple(range(58)))
    coarse = Timed("B", (25, 25, 50, 75, 75, 50, 75, 75), (0, 25, 50, 75))
    finals, goal = times_of(fine, coarse)
    assert finals == [coarse.reached, coarse.reached] and goal.is_rounded and goal.until is None
    (found,) = compared([comparable("train_loss", Goal(0.0005), fine, coarse)])
    assert found.p == 1.0 and "each time is rounded up to the next point of both" in found.reason
    without = compared([(Measured("A", "train_loss", fine.reached, Goal(1)), Measured("B", "", coarse.reached))])
    assert without[0].p < 1.0


def test_a_training_that_ends_between_points_of_the_other_counts_to_the_last_point_of_both():
    finals, goal = times_of(
        Timed("A", (20, 80, None), range(91), ended=90), Timed("B", (25, 100, 150), range(0, 201, 25))
    )
    assert finals == [(25, None, None), (25, None, None)] and goal == Goal(0.0005, until=75, is_rounded=True)


def test_several_comparisons_are_adjusted():
    low, high = tuple(range(8)), tuple(range(10, 18))
    one, *others = (Measured(key, "train_loss", runs) for key, runs in zip("ABC", (low, high, low), strict=True))
    first, second = compared([(one, other) for other in others])
    assert first.p == pytest.approx(2 * first.test.p) and "adjusted for 2 comparisons" in first.method
    assert second.p == 1.0


@pytest.mark.parametrize(
    ("after", "phrases"),
    [
        (config(optimizer="{type: SGD, lr: 0.5}"), ("learning rate 0.1 → 0.5",)),
        (with_layers(HIDDEN, "{type: Linear, out_features: 64}"), ("one layer more: Linear 64",)),
        (
            with_layers(HIDDEN, HIDDEN, HIDDEN),
            ("2 layers more: Linear 3 sigmoid, Linear 3 sigmoid",),
        ),
        (with_layers(HIDDEN.replace("3", "8")), ("units 3 → 8 (layer 0)",)),
        (config(training="{epochs: 80, batch_size: 1}"), ("batch size full → 1", "epochs 40 → 80")),
        (config(stopping="[{type: Target, monitor: train_loss, value: 0.01}]"),
         ("stopping rule – → when train_loss reaches 0.01",)),
        (config(record="{gradients: true}"), ()),
    ],
)  # fmt: skip
def test_a_change_is_put_in_words(after, phrases):
    assert changes(config(), after) == phrases


def test_a_removed_layer_and_another_optimiser():
    before, after = with_layers(HIDDEN, "{type: Linear, out_features: 64}"), config(optimizer="{type: Adam, lr: 0.1}")
    assert changes(before, after) == ("one layer less: Linear 64", "optimiser SGD → Adam, betas 0.9, 0.999, eps 1e-08")


def test_own_points_are_numbered_and_never_printed():
    one = "{points: {x: [[0, 1], [1, 0], [0, 0]], y: [1, 1, 0]}}"
    other = one.replace("[1, 1, 0]", "[0, 1, 0]")
    rows = differences([config(dataset=one), config(dataset=other), config(dataset=one)])
    assert [(row.name, row.cells) for row in rows] == [("data", ("own points (1)", "own points (2)", "own points (1)"))]


def test_the_table_has_one_row_for_each_setting_that_differs():
    rows = differences([config(), config(optimizer="{type: SGD, lr: 0.5}"), config(seeds="[7]")])
    assert [(row.name, row.cells) for row in rows] == [
        ("learning rate", ("0.1", "0.5", "0.1")),
        ("seeds", ("8, from 0 to 7", "8, from 0 to 7", "7")),
    ]


STOP = "{type: EarlyStopping, monitor: train_loss, patience: 5%s}"
VALUES = "{type: Linear, out_features: 1, init: {type: values, values: [[%s, 0.0]]}}"


@pytest.mark.parametrize(
    ("one", "other", "row"),
    [
        (with_layers(HIDDEN), with_layers(HIDDEN.replace("}", ", lr: 0.5}")),
         ("learning rate (layer 0)", ("–", "0.5"))),
        (with_layers(HIDDEN.replace("sigmoid", "leaky_relu")),
         with_layers(HIDDEN.replace("sigmoid", "{type: leaky_relu, negative_slope: 0.3}")),
         ("activation (layer 0)", ("leaky_relu negative_slope 0.01", "leaky_relu negative_slope 0.3"))),
        (with_layers(HIDDEN, "{type: BatchNorm1d}"), with_layers(HIDDEN, "{type: BatchNorm1d, affine: false}"),
         ("affine (layer 1)", ("true", "false"))),
        (config(model=f"{{layers: [{VALUES % 0.1}]}}"), config(model=f"{{layers: [{VALUES % 0.2}]}}"),
         ("initial weights (layer 0)", ("values values 0.1, 0", "values values 0.2, 0"))),
        (config(stopping=f"[{STOP % ''}]"), config(stopping=f"[{STOP % ', min_delta: 0.25'}]"),
         ("stopping rule", ("EarlyStopping, mode min, monitor train_loss, patience 5",
                             "EarlyStopping, min_delta 0.25, mode min, monitor train_loss, patience 5"))),
        (config(optimizer="{type: SGD, lr: 0.1234567}"), config(optimizer="{type: SGD, lr: 0.1234568}"),
         ("learning rate", ("0.1234567", "0.1234568"))),
    ],
)  # fmt: skip
def test_runs_that_train_differently_never_have_equal_settings(one, other, row):
    """Words leave out what is usual, and digits: what differs there has a row all the same."""
    assert row in [(each.name, each.cells) for each in differences([one, other])]
    assert differences([one, one]) == ()


def test_values_that_are_alike_for_as_long_as_they_are_shown_are_numbered():
    inits = [", ".join(["0.5"] * 200 + [last]) for last in ("0.1", "0.2", "0.1")]
    points = f"{{points: {{x: [{[0.5] * 201}, {[0.25] * 201}], y: [1, 0]}}}}"
    layers = [VALUES.replace("%s, 0.0", each) for each in inits]
    rows = differences([config(dataset=points, model=f"{{layers: [{each}]}}") for each in layers])
    [row] = [row for row in rows if row.name == "initial weights (layer 0)"]
    assert row.cells[0] == row.cells[2] != row.cells[1]
    assert [cell[-5:] for cell in row.cells] == ["… (1)", "… (2)", "… (1)"]


def test_a_long_network_is_aligned_quickly():
    many = [HIDDEN] * 60
    assert changes(with_layers(*many), with_layers(*many[1:])) == ("one layer less: Linear 3 sigmoid",)


def test_different_losses_and_data_are_obstacles_and_other_samples_a_caution():
    l1, moons = config(loss="{type: L1Loss}"), config(dataset="{name: circle}", loss="{type: BCEWithLogitsLoss}")
    assert "MSELoss, L1Loss" in obstacle([config(), l1], "train_loss")
    assert obstacle([config(), l1], "train_accuracy") == ""
    assert "xor, circle" in obstacle([config(), moons], "train_accuracy")
    noisy = [config(dataset=f"{{name: circle, seed: {n}}}", loss="{type: BCEWithLogitsLoss}") for n in (0, 1)]
    assert obstacle(noisy, "train_loss") == ""
    assert list(comparison_cautions(noisy, "train_loss")) == ["The examples are not the same in all runs."]
    own = [config(dataset=f"{{points: {{x: [[0, 0], [1, {last}]], y: [0, 1]}}}}") for last in (0, 1)]
    assert "points of these runs differ" in obstacle(own, "train_loss")
    assert obstacle([own[0], own[0]], "train_loss") == ""
    penalised = config(regularization="{l2: 0.1}")
    assert "includes the penalty" in next(comparison_cautions([config(), penalised], "train_loss"))
