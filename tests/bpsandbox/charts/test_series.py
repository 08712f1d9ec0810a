"""Chart data before drawing."""

import math

import numpy as np
import pytest

from bpsandbox.charts.series import quantile, series

from .documents import document, falling, flat, progress


def test_seeds_are_stuck_that_the_engine_found_stuck():
    assert series(document(falling(), flat(), stuck=(1,)), "train_loss").stuck == {1}
    assert series(document(falling(), flat(), stuck=(7,), parts={"seeds": [7, 8]}), "train_loss").stuck == {0}


def test_nobody_is_called_stuck_while_training():
    assert series(progress(falling(), flat()), "train_loss").stuck == frozenset()


def test_an_accuracy_has_no_stuck_seeds():
    made = document(falling(), flat(), stuck=(1,), train_accuracy=[[0.1, 0.9]] * 11)
    assert series(made, "train_accuracy").stuck == frozenset()


def test_a_seed_that_stopped_keeps_its_last_value_in_the_median():
    found = series(document([4.0, 3.0, None], [6.0, 5.0, 1.0]), "train_loss")
    assert found.median == (5.0, 4.0, 2.0)
    assert found.finals == (3.0, 1.0)


def test_what_is_not_finite_is_missing():
    found = series(document([1.0, math.nan, math.inf]), "train_loss")
    assert found.seeds == ((1.0, None, None),)


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 0.75, 1])
@pytest.mark.parametrize("values", [[3.0], [1.0, 2.0], [0.1, 0.2, 0.7, 5.0, 5.5]])
def test_quantiles_are_numpys(values, share):
    assert quantile(values, share) == pytest.approx(np.quantile(values, share), rel=1e-15)


def test_a_run_of_one_epoch_is_laid_out_by_steps():
    made = document(falling(count=3), parts={"epochs": [0, 0, 1], "steps": [0, 16, 32]})
    found = series(made, "train_loss")
    assert (found.unit, found.x) == ("step", (0.0, 16.0, 32.0))


def test_progress_leaves_room_for_the_epochs_to_come():
    found = series(progress(falling(), epochs=500), "train_loss")
    assert found.x_last == 500.0
