"""Tick positions."""

import pytest

from bpsandbox.charts.ticks import counting_axis, linear_axis, log_axis
from bpsandbox.numbers import short


def texts(axis):
    return [words for _value, words in axis.ticks]


def test_epochs_have_round_ticks():
    assert texts(counting_axis(5000)) == ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]


def test_few_epochs_have_whole_ticks():
    assert texts(counting_axis(3)) == ["0", "1", "2", "3"]


def test_a_log_axis_has_decades():
    assert texts(log_axis(2e-4, 0.9)) == ["10⁻³", "10⁻²", "10⁻¹", "10⁰"]


def test_a_log_axis_may_span_all_numbers():
    axis = log_axis(1e-300, 1e308)
    assert axis.at(1e300) == pytest.approx(600 / 608, abs=1e-3)


def test_a_log_axis_over_many_decades_skips_some():
    ticks = texts(log_axis(1e-30, 1e3))
    assert len(ticks) <= 6 and "10⁻³⁰" in ticks


def test_a_short_log_axis_gets_ticks_inside_the_decade():
    assert texts(log_axis(0.02, 0.3)) == ["0.02", "0.05", "0.1", "0.2"]


def test_a_very_short_log_axis_still_has_three_ticks():
    assert len(texts(log_axis(0.95, 1.2))) >= 3


def test_a_linear_axis_starts_at_zero_when_that_is_near():
    assert texts(linear_axis(0.01, 0.3)) == ["0", "0.1", "0.2", "0.3"]


def test_a_flat_curve_has_an_axis_around_it():
    axis = linear_axis(0.25, 0.25)
    assert axis.low < 0.25 < axis.high and len(axis.ticks) >= 3


def test_an_axis_of_nothing_but_zeros_runs_from_zero():
    assert linear_axis(0, 0).low == 0


@pytest.mark.parametrize("low, high", [(0.3, 7e5), (-3, 4), (1e-12, 1e-11), (-1e-9, 0), (1e17, 1e18)])
def test_ticks_stay_inside_and_are_few(low, high):
    axis = linear_axis(low, high)
    assert 2 <= len(axis.ticks) <= 7
    assert all(-1e-9 <= axis.at(value) <= 1 + 1e-9 for value, _words in axis.ticks)
    assert len(set(texts(axis))) == len(axis.ticks)


@pytest.mark.parametrize(
    "value, words",
    [
        (0.00049, "0.00049"),
        (0.0005, "0.0005"),
        (0.1249, "0.125"),
        (0.25, "0.25"),
        (12.34, "12.3"),
        (1240, "1,240"),
        (0, "0"),
        (1.2e-7, "1.2×10⁻⁷"),
        (-3.4e9, "−3.4×10⁹"),
        (-0.5, "−0.5"),
        (1e6, "1×10⁶"),
        (None, "–"),
        (float("inf"), "∞"),
        (float("nan"), "–"),
        (9.9999e-5, "0.0001"),
    ],
)
def test_numbers_are_short(value, words):
    assert short(value) == words
