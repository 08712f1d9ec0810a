"""Data set cards: complete, correct, and those of a run's own data."""

import json

import numpy as np
import pytest

from bpsandbox import spec
from bpsandbox.core.data.datasets import SETS
from bpsandbox.explain import data_card, data_cards, data_of, shelves
from bpsandbox.spec.language.dataset import NAMED


def rows(card):
    return {row.label: row.text for row in card.rows}


def test_every_name_of_the_language_has_a_card_and_so_have_points():
    assert [card.name for card in data_cards()] == [*NAMED.records, "points"]
    assert list(SETS) == list(NAMED.records)


def test_every_card_stands_on_one_shelf():
    stands = [card.name for _title, cards in shelves() for card in cards]
    assert sorted(stands) == sorted([*SETS, "points"])
    assert all(cards for _title, cards in shelves())


@pytest.mark.parametrize("name", [*SETS, "points"])
def test_every_card_is_whole(name):
    card = data_card(name)
    told = rows(card)
    balance = "Classes" if card.dataset.is_classified else "Targets"
    made = "How it is made" if "How it is made" in told else "At a glance"
    assert list(told) == ["Size", made, "Inputs", balance, "Origin", "Licence"]
    assert all(told.values())
    assert card.summary.hash == card.dataset.hash
    assert all(field.about and field.default and field.allowed for field in card.fields)


def test_a_card_tells_size_and_balance():
    assert rows(data_card("iris"))["Size"] == "150 examples of 4 numbers → 3 classes"
    assert rows(data_card("iris"))["Classes"] == "setosa, versicolor, virginica: 50 each"
    assert rows(data_card("wine"))["Classes"] == "0: 59, 1: 71, 2: 48"
    assert rows(data_card("adding"))["Size"] == "1,000 sequences of 10 steps, 2 numbers each → one number"
    assert rows(data_card("digits"))["Size"] == "1,797 pictures of 1 × 8 × 8 → 10 classes"
    assert rows(data_card("step"))["Targets"] == "from 0 to 1, mean 0.5, variance 0.25"
    assert [field.name for field in data_card("echo").fields] == ["n_samples", "length", "delay", "seed"]


def config(dataset, outputs=1, loss="MSELoss"):
    text = (
        f"dataset: {dataset}\nmodel: {{layers: [Flatten, {{type: Linear, out_features: {outputs}}}]}}\nloss: {loss}\n"
    )
    return json.loads(spec.parse(text).to_json())


def test_a_run_has_the_card_of_its_own_data():
    card = data_of(config("{name: sine, n_samples: 12, noise: 0, seed: 3}"))
    assert (card.name, card.summary.n, card.about) == ("sine", 12, data_card("sine").about)
    own = data_of(config("{points: {x: [[0, 1], [1, 0]], y: [0.5, 1]}, features: [x, y, x*y], standardize: minmax}"))
    assert (own.name, own.summary.shape) == ("points", (2,))
    assert np.array_equal(own.dataset.x, [[0.0, 1.0], [1.0, 0.0]])


def test_data_too_many_to_be_made_again_have_no_card():
    assert data_of(config("{name: adding, n_samples: 10000, length: 10}")) is not None
    assert data_of(config("{name: adding, n_samples: 10001, length: 10}")) is None
