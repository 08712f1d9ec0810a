"""Portable random draws and functions, whose bits do not depend on the machine, against long double."""

import numpy as np
import pytest

from bpsandbox.core import stream
from bpsandbox.core.data.datasets import portable

ANGLES = np.concatenate([np.linspace(-700.0, 700.0, 20_001), np.arange(-40, 41) * np.pi / 4, [0.0, 1e6, -1e6, 1e-300]])
PINNED = [
    [
        "0x1.98eaecb8bcb2cp-4",
        "0x1.49d6e694619b8p-1",
        "0x1.aed548f090ceep-1",
        "0x1.d18f6ead1b446p-1",
        "0x1.210386db6d55bp-3",
        "-0x1.03425b78c4db8p-1",
        "-0x1.2f97042db21a7p-6",
    ],
    [
        "0x1.fd712f9a817c0p-1",
        "0x1.87996529f9d93p-1",
        "0x1.14a280fb5068cp-1",
        "-0x1.aa22657537205p-2",
        "-0x1.fae04be85e5d2p-1",
        "0x1.b981dbf665fe0p-1",
        "0x1.ffe97f1416002p-1",
    ],
    [
        "0x1.fae7cfd2b9cfep-1",
        "0x1.dd62b906fa24cp-1",
        "0x1.cf46d99d52b3ap-1",
        "0x1.a330ad6166159p-1",
        "0x1.7b4c869c37c05p-1",
        "0x1.7cd79b5647c9ap-15",
        "0x1.4786f1a679ca2p-91",
    ],
]


@pytest.mark.parametrize(("ours", "theirs"), [(portable.sin, np.sin), (portable.cos, np.cos)])
def test_circular_functions_are_right_to_the_last_digits(ours, theirs):
    true = theirs(ANGLES.astype(np.longdouble)).astype(float)
    np.testing.assert_allclose(ours(ANGLES), true, rtol=0.0, atol=2.3e-16)


def test_the_exponential_is_right_to_the_last_digits():
    x = np.linspace(-700.0, 700.0, 20_001)
    np.testing.assert_allclose(portable.exp(x), np.exp(x.astype(np.longdouble)).astype(float), rtol=4.5e-16)
    assert portable.exp(np.zeros(1))[0] == 1.0


def test_angles_of_no_use_are_left_to_numpy():
    assert portable.sin(np.array([1e12])).tolist() == np.sin([1e12]).tolist()


def test_bits_of_the_functions_are_pinned():
    """A machine where these differ produces different data."""
    x = np.array([0.1, 0.7, 1.0, 2.0, 3.0, 100.0, 628.3])
    made = [[value.hex() for value in function(x / scale).tolist()]
            for function, scale in ((portable.sin, 1.0), (portable.cos, 1.0), (portable.exp, -10.0))]  # fmt: skip
    assert made == PINNED


def test_uniform_and_normal_numbers_are_numpys():
    np.testing.assert_array_equal(
        portable.uniform(stream(0, "data"), -1.0, 1.0, 5), stream(0, "data").uniform(-1.0, 1.0, 5)
    )
    ours, theirs = portable.normal(stream(0, "data"), 100_000), stream(0, "data").standard_normal(100_000)
    tail = np.abs(theirs) > portable.ZIGGURAT_END
    assert 10 < tail.sum() < 50
    np.testing.assert_array_equal(ours[~tail], theirs[~tail])
    np.testing.assert_array_equal(ours[tail], np.round(theirs[tail], 9))
