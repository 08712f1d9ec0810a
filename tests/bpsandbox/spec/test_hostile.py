"""Checking any config of 64 KiB takes a bounded number of steps, and 50 MB.

In seconds it is 200 ms of an idle machine: `python -m tests.bpsandbox.spec.hostile` tells them.
"""

import random
from itertools import islice

import pytest

from bpsandbox import api
from tests.full import counts, some

from . import hostile

DEAR = {
    "points of 20,000 numbers", "starts of 20,000 numbers", "a long run on 20,000 numbers", "milestones",
    "class weights", "nothing but numbers", "swept: the rate", "swept: the width of a layer", "swept: activations",
    "swept: a scaling of 20,000 numbers", "swept: the split of 20,000 numbers", "swept: the rate on 20,000 numbers",
    "swept: the rate on a csv", "swept: starts", "swept: whole data sets", "swept: a long run", "swept: seeds",
    "swept: as many values as may be", "swept: a large grid", "swept: gradient checks", "swept: long sequences",
    "swept: their length", "swept: wide layers", "swept: many channels", "swept: starts and activations",
    "swept: rules for stopping",
}  # fmt: skip
"""Most of what is large has another of its kind among the others."""


@pytest.mark.parametrize("family", some(hostile.FAMILIES, kept={*hostile.FAMILIES} - DEAR))
def test_a_dear_config_is_checked_within_its_budget(family):
    text = hostile.text_of(family)
    assert hostile.steps(api.check, text) < hostile.STEPS
    assert hostile.memory(api.check, text) < hostile.BYTES


@pytest.mark.parametrize("count", counts(9, 60))
def test_random_texts_and_sweeps_are_checked_within_the_budget(count):
    texts = islice(hostile.random_texts(random.Random(0)), count)
    assert [text for text in texts if hostile.steps(api.check, text) > hostile.STEPS] == []
