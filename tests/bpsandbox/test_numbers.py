"""Formatting of numbers and durations."""

import pytest

from bpsandbox.numbers import about


@pytest.mark.parametrize(
    "seconds, words",
    [
        (0.0054, "less than 0.1 s"),
        (0.31, "about 0.3 s"),
        (9.94, "about 9.9 s"),
        (9.97, "about 10 s"),
        (42.4, "about 42 s"),
        (99.6, "about 2 min"),
        (3000, "about 50 min"),
        (13_090, "about 3.6 h"),
        (4e7, "about 11,111 h"),
    ],
)
def test_an_estimated_time_has_a_unit_that_fits(seconds, words):
    assert about(seconds) == words
