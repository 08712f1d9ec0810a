"""Sweeps: settings are shown separately, never mixed."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from bpsandbox import charts
from bpsandbox.charts.settings import shown
from bpsandbox.runner import results
from tests.bpsandbox.documents import changed

from .documents import document, falling, flat, progress


def swept(*settings, reasons=(), **more):
    """Return a document of settings with two seeds each, whose losses fall by these factors."""
    columns = [falling(0.5, factor) for factors in settings for factor in factors]
    rows = iter(range(len(columns)))
    members = [
        {"values": {"optimizer.lr": 0.1 * n}, "spec_hash": "0" * 32, "rows": [next(rows) for _ in factors]}
        for n, factors in enumerate(settings, 1)
    ]
    last = [column[-1] for column in columns]
    ends = {"train_loss": last, **{name: rows[-1] for name, rows in more.items()}}
    parts = {"members": members, "final": ends, "best": ends, "best_epoch": {name: [100] * len(last) for name in ends}}
    return document(*columns, reasons=reasons, parts=parts, **more)


SLOW, FAST, FASTER = (0.9, 0.95), (0.5, 0.6), (0.3, 0.4)


def test_settings_are_ranked_by_the_median_of_their_own_seeds():
    made = charts.settings(swept(SLOW, FASTER, FAST))
    assert [setting.rank for setting in made] == [2, 0, 1]
    best = charts.best_setting(swept(SLOW, FASTER, FAST))
    assert (best.number, best.words, best.seeds) == (2, "lr 0.2", 2)
    assert best.final == pytest.approx((0.5 * 0.3**10 + 0.5 * 0.4**10) / 2)


def test_the_best_setting_of_an_accuracy_has_the_highest():
    made = swept(SLOW, FAST, train_accuracy=[[0.9, 0.9, 0.5, 0.5]] * 11)
    assert charts.best_setting(made, "train_accuracy").number == 1
    assert charts.best_setting(made).number == 2


def test_a_setting_most_of_whose_seeds_failed_comes_last():
    made = swept(FASTER, SLOW, reasons=("diverged", "diverged", "epochs", "epochs"))
    assert [setting.rank for setting in charts.settings(made)] == [1, 0]
    first = charts.settings(changed(made, final={"train_loss": [None, None, *made.final["train_loss"][2:]]}))[0]
    assert (first.final, first.failed, first.rank) == (None, 2, 1)


def test_numbers_of_a_sweep_are_those_of_its_best_setting_and_nobody_is_stuck():
    facts = charts.facts(swept(SLOW, FASTER))
    assert (facts.settings, facts.setting.number, facts.seeds, facts.stuck) == (2, 2, 4, 0)
    assert facts.median == charts.settings(swept(SLOW, FASTER))[1].final


def test_every_setting_has_a_line_with_its_number_and_thin_ones_for_its_seeds():
    root = ET.fromstring(charts.curve(swept(SLOW, FAST, FASTER), prefix="x"))
    assert [node.get("class") for node in root.iter() if node.get("class") == "seed"] == ["seed"] * 6
    ends = [node for node in root.iter() if (node.get("class") or "").startswith("end hue")]
    assert {"".join(node.itertext()) for node in ends} == {"1 lr 0.1", "2 lr 0.2", "3 lr 0.3"}
    assert "".join(root[0].itertext()) == "Training loss for 3 settings, 2 seeds each"
    assert root[1].text.startswith("3: lr 0.3, median")


def test_of_many_settings_the_best_are_drawn_and_the_picture_says_so():
    made = swept(*[(0.3 + 0.01 * n, 0.31 + 0.01 * n) for n in range(64)])
    drawing = charts.curve(made)
    assert drawing.count('class="seed"') == 12 and "Only the 6 best settings are drawn." in drawing
    assert sum(setting.is_drawn for setting in charts.settings(made)) == 6
    assert len(charts.curve_table(made).headers) == 7


def test_a_sweep_that_is_going_on_is_drawn_too():
    members = [{"values": {"optimizer.lr": "0.1"}, "rows": [0]}, {"values": {"optimizer.lr": "1"}, "rows": [1]}]
    made = progress(falling(1, 0.5, 5), falling(1, 0.9, 5), members=members)
    assert charts.facts(made).setting.words == "lr 0.1"
    assert charts.curve(made).count('class="median"') == 2


def test_what_moves_along_a_curve_reads_the_best_setting():
    assert charts.readings(swept(SLOW, FASTER)) == charts.readings(document(*[falling(0.5, f) for f in FASTER]))


def test_seeds_are_told_with_their_setting():
    assert [row.setting for row in charts.seed_table(swept(SLOW, FAST)).rows] == [1, 1, 2, 2]


def test_the_card_of_a_sweep_keeps_the_lines_of_the_best_settings_and_says_the_same():
    made = swept(*[(0.3 + 0.01 * n, 0.31 + 0.01 * n) for n in range(64)])
    card = results.card(made)
    assert len(card.curves["train_loss"][0]) == 12 and len(json.dumps(card.to_json())) < 30_000
    whole, small = charts.facts(made), charts.facts(card)
    assert (small.setting.number, small.median, small.seeds) == (whole.setting.number, whole.median, whole.seeds)
    assert charts.curve(card, prefix="x").count('class="seed"') == 12


@pytest.mark.parametrize(
    "value, words",
    [
        (True, "true"),
        (0.30000000000000004, "0.3"),
        ({"type": "tanh"}, "tanh"),
        ({"type": "normal", "std": 0.5}, "normal std 0.5"),
        ([1, 2], "[1, 2]"),
        ("x" * 40, "x" * 27 + "…"),
    ],
)
def test_values_are_written_briefly(value, words):
    assert shown(value) == words


def test_a_lone_seed_has_no_quartiles():
    made = swept((0.5,), (0.6,))
    assert not charts.facts(made).has_spread
    assert charts.curve(made).count('class="seed"') == 0


def test_flat_lines_are_drawn():
    members = [{"values": {"a": 1}, "rows": [0]}, {"values": {"a": 2}, "rows": [1]}]
    made = document(flat(), flat(), parts={"members": members})
    ET.fromstring(charts.curve(made))


def test_ends_say_what_is_set_where_it_fits_for_all():
    long = {"model.layers[0].activation": "leaky_relu", "optimizer.lr": 0.1}
    made = swept(SLOW, FAST)
    made = replace(made, members=(replace(made.members[0], values=long), made.members[1]))
    ends = [
        node for node in ET.fromstring(charts.curve(made)).iter() if (node.get("class") or "").startswith("end hue")
    ]
    assert {"".join(node.itertext()) for node in ends} == {"1", "2"}


def test_any_setting_and_any_seed_of_a_sweep_can_be_hidden():
    made = replace(swept(*[(0.2 + 0.05 * n, 0.2 + 0.05 * n) for n in range(9)]), seeds=(0, 1) * 9)
    assert [line.name for line in charts.lines_of(made, "train_loss", charts.PLAIN)][:6] == list("123456")
    look = charts.look_of({}, ["1", "3", "seed-0"])
    lines = charts.lines_of(made, "train_loss", look)
    assert [line.name for line in lines][:8] == list("12345678") and lines[8].name == "seeds"
    assert {line.name for line in lines if line.is_hidden} == {"1", "3", "seed-0"}
    drawing = charts.curve(made, look=look)
    assert drawing.count('class="median"') == 6 and drawing.count('class="seed"') == 6
    assert charts.curve(made, look=charts.look_of({}, ["seeds"])).count('class="seed"') == 0


def test_a_seed_of_a_run_can_be_hidden():
    made = document(falling(0.5), falling(0.4), falling(0.3))
    assert charts.lines_of(made, "train_loss", charts.PLAIN)[-1].words == "seed 2"
    look = charts.look_of({}, ["seed-1", "seed-x"])
    assert look.hidden == {"seed-1"} and charts.curve(made, look=look, seeds=made.seeds).count('class="seed"') == 2
