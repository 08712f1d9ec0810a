"""Checking any config of 64 KiB takes a bounded number of steps, and 50 MB.

In seconds it is 200 ms of an idle machine: `python -m tests.bpsandbox.spec.hostile` tells them.
"""

import random
from itertools import islice

import pytest

from bpsandbox import api

from . import hostile


@pytest.mark.parametrize("family", hostile.FAMILIES)
def test_a_dear_config_is_checked_within_its_budget(family):
    text = hostile.text_of(family)
    assert hostile.steps(api.check, text) < hostile.STEPS
    assert hostile.memory(api.check, text) < hostile.BYTES


def test_random_texts_and_sweeps_are_checked_within_the_budget():
    texts = islice(hostile.random_texts(random.Random(0)), 60)
    assert [text for text in texts if hostile.steps(api.check, text) > hostile.STEPS] == []
