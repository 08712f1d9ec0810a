"""The labels of run states."""

from types import SimpleNamespace

import pytest

from bpsandbox.charts.facts import Facts
from community.experiments.states import WORDS, Pill, pill

NUMBERS = {"name": "train_loss", "median": None, "low": None, "high": None, "best": None, "first": None}


def card(state: str, is_cancelling: bool = False) -> SimpleNamespace:
    return SimpleNamespace(state=state, is_cancelling=is_cancelling)


def facts(solved: int, seeds: int, diverged: int = 0, **more) -> Facts:
    return Facts(**NUMBERS, seeds=seeds, solved=solved, stuck=seeds - solved, diverged=diverged, **more)


@pytest.mark.parametrize("state", ["queued", "running", "diverged", "failed", "cancelled", "none"])
def test_a_run_without_a_result_says_its_state(state):
    assert pill(card(state), facts(3, 3)) == Pill(state, str(WORDS[state]))


def test_a_queued_run_says_how_many_are_before_it():
    assert pill(card("queued"), waiting_before=2) == Pill("queued", "queued: 2 ahead")


def test_a_run_that_is_being_cancelled_is_stopping():
    assert pill(card("running", is_cancelling=True)) == Pill("running", "stopping")


TARGET = "Seeds that reached the target of the config"


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (None, Pill("finished", "finished")),
        (facts(0, 3), Pill("finished", "finished")),
        (facts(0, 3, learned_nothing=True), Pill("finished", "learned nothing")),
        (facts(0, 3, diverged=2), Pill("finished", "finished")),
        (facts(0, 3, diverged=3), Pill("diverged", "diverged")),
        (facts(1, 1), Pill("succeeded", "solved")),
        (facts(3, 3), Pill("succeeded", "all 3 solved")),
        (facts(2, 3), Pill("succeeded", "2 of 3 solved", TARGET)),
        (facts(1, 2), Pill("finished", "1 of 2 solved", TARGET)),
    ],
)
def test_only_a_run_of_which_most_seeds_reached_the_target_is_green(ended, said):
    assert pill(card("succeeded"), ended) == said
