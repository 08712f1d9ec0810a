"""The training share of a run's time, with a manual clock."""

import pytest

from bpsandbox.runner.budget import SHARE, Deadline


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_it_is_over_a_little_before_the_limit(clock):
    deadline = Deadline(clock, 10.0)
    assert not deadline.is_over
    clock.now += 10.0 * SHARE + 0.01
    assert deadline.is_over


def test_what_must_still_be_computed_is_kept_back_at_the_speed_seen(clock):
    deadline = Deadline(clock, 10.0)
    clock.now += 4.0
    deadline.note(work=4e9, ahead=5e9)
    assert not deadline.is_over
    clock.now += 0.6
    assert deadline.is_over


def test_a_step_that_does_not_fit_is_not_begun(clock):
    deadline = Deadline(clock, 10.0)
    clock.now += 0.5
    deadline.note(work=2e9, ahead=1e11)
    assert deadline.is_over


def test_a_slow_start_does_not_end_a_small_run(clock):
    """Reading the data took a second and almost nothing is computed yet, which says little about the speed."""
    deadline = Deadline(clock, 10.0)
    clock.now += 1.0
    deadline.note(work=1e6, ahead=1e9)
    assert not deadline.is_over
    clock.now += 3.0
    deadline.note(work=3e10, ahead=1e9)
    assert not deadline.is_over
