"""A setting of a sweep equals the config written with its values: every path of many random configs."""

import random

import pytest

from tests.full import some

from .sweepable import compare, parsed, random_tree, sweeps


@pytest.mark.parametrize("seed", some(range(12), every=6))
def test_every_setting_of_every_path_is_its_own_config(seed):
    rng = random.Random(seed)
    config = next(tree for tree in iter(lambda: random_tree(rng), None) if parsed(tree))
    ends = [compare(config, swept) for swept in sweeps(rng, config)]
    assert ends.count("compared") > len(ends) / 2
