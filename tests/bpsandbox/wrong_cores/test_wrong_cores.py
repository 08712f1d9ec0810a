"""Every wrong core is caught by the named check; the correct one by none."""

import pytest

from . import WRONG_CORES, caught_by, objection
from .layers import LAYERS
from .training import TRAINING


@pytest.mark.parametrize("core", WRONG_CORES.values(), ids=WRONG_CORES)
def test_a_wrong_core_is_caught_by_the_check_that_it_names(core):
    assert caught_by(core) == core.caught_by


@pytest.mark.parametrize("trajectory", sorted({core.trajectory for core in WRONG_CORES.values()}))
def test_no_check_objects_to_the_right_core(trajectory):
    assert objection(trajectory) is None


def test_names_are_unique_and_stories_are_sentences():
    assert len(WRONG_CORES) == len(LAYERS) + len(TRAINING)
    assert all(core.story.endswith(".") for core in WRONG_CORES.values())
