"""The network of a config before it is run: the start that the run will have, drawn at a bounded cost."""

import re
from importlib import import_module

import pytest

from bpsandbox import charts
from bpsandbox.core import run
from bpsandbox.spec import build, parse, presets
from tests.steps import steps
from tests.training import XOR

module = import_module("bpsandbox.charts.before")  # its name is that of its function
WIDE = "{layers: [{type: Linear, out_features: 62, activation: tanh}, {type: Linear, out_features: 1}]}"
HUGE = "{layers: [{type: Linear, out_features: 900, activation: tanh}, {type: Linear, out_features: 1}]}"
SWEEP = "sweep: {method: grid, parameters: {optimizer.lr: [0.1, 1.0]}}\n"


def with_model(model: str) -> str:
    return "\n".join(line if not line.startswith("model") else f"model: {model}" for line in XOR.splitlines()) + "\n"


def drawn_weights(drawing: str) -> list[str]:
    return sorted(re.findall(r"<title>(W\[[^<]*)</title>", drawing))


TEXTS = {
    "xor": XOR,
    "float32": XOR + "dtype: float32\n",
    "other seeds": XOR.replace("seeds: {start: 0, count: 3}", "seeds: [7, 3]"),
    "values": XOR + "init: {type: normal, std: 0.3}\nbias_init: {type: uniform, low: -1, high: 1}\n",
    "circle": presets.PRESETS["circle"].text,
    "sine": presets.PRESETS["sine"].text.replace("32", "8"),
    "sweep": XOR.replace("seeds: {start: 0, count: 3}", "seeds: [4]") + SWEEP,
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_weights_are_those_with_which_the_run_begins(name):
    text = re.sub(r"epochs: \d+", "epochs: 2", TEXTS[name]).replace("decision_boundary: [0, 40]", "weights: true")
    spec = parse(re.sub(r"(?m)^(record|stopping|checks): .*\n", "", text))
    one = spec.settings[0].spec if spec.settings else spec
    document = run(build(one)).document()
    shown = charts.before(spec)
    states = document.records.snapshots
    first = charts.snapshot(document, one.to_json(), epoch=0, seed=states.seeds[0])
    assert states.epochs[0] == 0 and shown.seed == states.seeds[0]
    ours, theirs = shown.views[0].drawing, first.views[0].drawing
    assert drawn_weights(ours) and drawn_weights(ours) == drawn_weights(theirs)
    assert ours.replace("before-", "") == theirs  # units too, each with its output over the plane
    assert [view.kind for view in shown.views] == [view.kind for view in first.views[:2]]


def test_its_ids_are_not_those_of_a_run_on_the_same_page():
    for name in ("circle", "sine", "digits", "digits-cnn"):
        for view in charts.before(parse(presets.PRESETS[name].text)).views:
            ids = re.findall(r'\bid="([^"]*)"', view.drawing)
            assert ids and all(each.startswith(module.PREFIX) for each in ids), name


@pytest.mark.parametrize("model, why", [(WIDE, "65 units"), (HUGE, "903 units")])
def test_many_units_are_blocks_without_weights(model, why):
    shown = charts.before(parse(with_model(model)))
    view = shown.views[0]
    assert "is-layers" in view.drawing and not drawn_weights(view.drawing)
    assert (
        f"{why} are too many" in view.note and "were not recorded" not in view.note and "did not ask" not in view.note
    )


def test_a_large_network_or_much_data_costs_no_draw(monkeypatch):
    def refuse(*_given):
        raise AssertionError("drawn")

    monkeypatch.setattr(module.Network, "draw", refuse)
    long = presets.PRESETS["adding"].text.replace("length: 10, n_samples: 1500", "length: 50, n_samples: 20000")
    larger = HUGE.replace("activation: tanh}", "activation: tanh}, {type: Linear, out_features: 30}")
    for text in (with_model(larger), long):
        shown = charts.before(parse(text))
        assert shown.seed is None and len(shown.views) == 1 and "is-layers" in shown.views[0].drawing


@pytest.mark.parametrize("name", list(presets.PRESETS))
def test_every_preset_has_a_start_and_is_drawn_within_a_blink(name):
    """Half as many steps again as the dearest preset has, which is drawn in 0.1 s."""
    spec = parse(presets.PRESETS[name].text)
    assert charts.before(spec).views  # data sets are read once
    assert steps(lambda: charts.before(spec)) < 4_800_000
