"""A few hundred mutated texts and a few random configs; `fuzz.py` tries thousands."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpsandbox import spec
from tests.full import counts, some

from .fuzz import KNOWN, large, look, mutated, seeds_of_texts, trained
from .random_configs import random_config

ENDS = {"epochs", "steps", "target", "tolerance", "early_stopping", "diverged"}
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(KNOWN))
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KNOWN), inner, max_size=4)
)
BLOCKS = (
    "dataset",
    "model",
    "loss",
    "optimizer",
    "training",
    "seeds",
    "stopping",
    "metrics",
    "record",
    "init",
    "sweep",
)


@pytest.mark.parametrize("seed", some(range(20), every=4))
def test_what_became_of_a_config_is_read_or_refused_at_its_places(seed):
    rng, texts = random.Random(seed), seeds_of_texts()
    for _ in range(20):
        look(mutated(rng, texts))


@pytest.mark.parametrize("seed", some(range(8), every=2))
def test_texts_as_long_as_may_be_are_read_or_refused(seed):
    look(large(random.Random(seed)))


@pytest.mark.parametrize("examples", counts(30, 300))
def test_any_text_is_read_or_refused(examples):
    @given(st.text(st.characters(codec="utf-8"), max_size=200))
    @settings(max_examples=examples)
    def check(text):
        look(text)

    check()


@pytest.mark.parametrize("examples", counts(40, 400))
def test_any_tree_of_known_names_is_read_or_refused(examples):
    @given(st.dictionaries(st.sampled_from(BLOCKS), TREES, max_size=8))
    @settings(max_examples=examples)
    def check(tree):
        look(json.dumps(tree))

    check()


@pytest.mark.parametrize("seed", some(range(25), every=3))
def test_a_random_config_ends_in_a_named_state(seed):
    result = trained(random_config(random.Random(seed)))
    if result is not None:
        assert set(result[0]) <= ENDS


def test_most_random_configs_can_be_run():
    parsed = [readable(random_config(random.Random(seed))) for seed in range(40)]
    assert sum(parsed) >= 25


def readable(text):
    try:
        return bool(spec.parse(text))
    except spec.InvalidConfig:
        return False
