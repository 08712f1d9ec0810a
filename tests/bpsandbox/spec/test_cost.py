"""Prices against measurements, and the rates behind them."""

import json
import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from bench import price as bench
from bpsandbox import spec
from bpsandbox.core import ACTIVATIONS
from bpsandbox.spec import cost
from bpsandbox.spec.cost import calibration, passes, rates
from bpsandbox.spec.cost.tally import Tally, between, noting, seen, tally_of
from tests.full import FULL, counts

from .configs import XOR
from .hostile import memory
from .random_configs import random_config

RATES = cost.Rates()


def text_of(layers, **blocks):
    lines = {"dataset": "{name: circle, n_samples: 40}", "loss": "MSELoss", "seed": 0, **blocks}
    return f"model: {{layers: [{layers}]}}\n" + "".join(f"{name}: {value}\n" for name, value in lines.items())


def work(text):
    parsed = spec.parse(text)
    return cost.work_of(cost.Sizes(parsed.config, parsed.facts))


@pytest.mark.parametrize("seed", range(2))
def test_bytes_are_what_is_allocated(seed):
    for _, text in bench.drawn(2, seed, longest=0.1):
        parsed = spec.parse(text)
        bench.documented(parsed.to_json())  # what is made at first use is made before
        assert 1 / 1.9 < spec.price(parsed).memory_bytes / memory(bench.documented, parsed.to_json()) < 1.9, text


@FULL
@pytest.mark.parametrize("seed", range(4))
def test_bytes_are_what_is_allocated_and_seconds_are_near(seed):
    """Bytes are exact, so their tolerance is tight; that of time is wide, since machines differ.

    `./run bench price` has the tight one.
    """
    texts = [text for _, text in bench.drawn(3, seed, longest=0.3)]
    rows = [bench.measured("", text) for text in texts]
    assert all(1 / 1.9 < row.memory < 1.9 for row in rows), rows
    assert all(1 / 5 < row.time < 5 or "LBFGS" in row.text for row in rows), rows


@pytest.mark.parametrize("count", counts(20, 120))
def test_everything_that_can_be_written_has_a_price(count):
    rng, priced = random.Random(5), 0
    while priced < count:
        try:
            parsed = spec.parse(random_config(rng))
        except spec.InvalidConfig:
            continue
        price, priced = spec.price(parsed), priced + 1
        assert 0.0 < price.seconds < 100.0
        assert 0 < price.memory_bytes < 1 << 30


def test_the_tape_is_counted_call_by_call():
    a, out = np.ones((3, 4, 5)), np.empty((3, 4, 2))
    tally = tally_of([(np.matmul, (a, np.ones((3, 5, 2)), out)), (np.exp, (out, out)), (np.add, (out, out, out))])
    assert tally["call"] == 3 and tally["product"] == 1 and tally["slice"] == 3
    assert tally["multiply_add64"] == 3 * 4 * 5 * 2
    assert (tally["exponential64"], tally["cheap64"]) == (24, 24)


def test_numbers_that_lie_apart_begin_more_loops():
    whole, part = np.ones((6, 4)), np.ones((6, 8))[:, :4]
    assert tally_of([(np.add, (whole, whole, whole))])["loop"] == 1
    assert tally_of([(np.add, (whole, part, whole))])["loop"] == 6
    assert tally_of([(np.add, (whole, np.ones(4), whole))])["loop"] == 6


def test_what_python_code_calls_is_noted():
    with noting() as calls:
        a = seen(np.ones(3))
        a *= 2.0
        np.sqrt(a, out=a)
        np.where(a > 1, a, 0.0)
    assert tally_of(calls, call="eager") == {"eager": 4, "loop": 4, "cheap64": 6, "root64": 6}
    assert (a == np.sqrt(2.0)).all()


def test_between_two_tallies_is_a_line():
    assert between(Tally(call=3, cheap64=10), Tally(call=3, cheap64=20), 3.0) == {"call": 3, "cheap64": 40}


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"step", "identity"}))
def test_more_of_everything_costs_more(name):
    layers = f"{{type: Linear, out_features: 6, activation: {name}}}, {{type: Linear, out_features: 1}}"
    one = spec.price(spec.parse(text_of(layers))).seconds
    for block in ({"seed": "null", "seeds": "{count: 16}"}, {"training": "{epochs: 300}"},
                  {"dataset": "{name: circle, n_samples: 4000}"}, {"optimizer": "{type: NAdam, lr: 0.1}"},
                  {"checks": "{gradient_check: {}}"}, {"regularization": "{l1: 0.1, l2: 0.1}"},
                  {"gradient_clipping": "{norm: 1}"}):  # fmt: skip
        block.pop("seed", None)
        lines = {"seed": 0, **block} if "seeds" not in block else block
        more = text_of(layers, **lines) if "seeds" not in block else text_of(layers, **block).replace("seed: 0\n", "")
        assert spec.price(spec.parse(more)).seconds > one


def test_what_is_too_large_to_be_tried_is_not_tried():
    layers = ", ".join(["{type: Linear, out_features: 30000}"] * 3) + ", {type: Linear, out_features: 1}"
    parsed = spec.parse(text_of(layers))
    codes = {problem.code for problem in spec.limits.check(spec.price(parsed))}
    assert codes == {"limit_width"}


@pytest.mark.parametrize("layer", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("returns", ["all", "last"])
def test_the_work_on_sequences_is_linear_in_their_length(layer, returns):
    block = {"type": layer, "hidden_size": 3}
    layers = [block | {"return": "all"}, block | {"return": returns}, {"type": "Linear", "out_features": 1}]
    config = {"model": {"layers": layers},
              "loss": {"type": "MSELoss", "reduction": "mean", "factor": 1.0}, "dtype": "float64"}  # fmt: skip
    words, seven = passes.words_of(config), (7, 2)
    whole = passes._play(passes.network_of(words, seven), config["loss"], "float64", 2, passes.MORE)
    assert passes._of_any_length(words, seven, 2, passes.MORE) == whole


def test_networks_of_a_sweep_that_are_not_run_cost_about_the_same():
    def seconds(widths):
        return spec.price(spec.parse(text_of(
            "{type: Linear, out_features: 8, activation: tanh}, {type: Linear, out_features: 1}",
            sweep=f"{{parameters: {{'model.layers[0].out_features': {widths}}}}}",
        ))).seconds  # fmt: skip

    alone = sum(seconds([width, width + 1]) for width in range(8, 32, 2))
    assert seconds(list(range(8, 32))) == pytest.approx(alone, rel=0.25)


def test_a_slower_machine_changes_seconds_and_nothing_else():
    parsed = spec.parse(XOR)
    slow = replace(RATES, call=RATES.call * 10)
    kept = cost.in_use()
    cost.use(slow)
    try:
        again, price = spec.parse(XOR), spec.price(parsed)
    finally:
        cost.use(kept)
    before = spec.price(parsed, kept)
    assert again.hash == parsed.hash and again.seeds == parsed.seeds
    assert price.seconds > before.seconds
    assert replace(price, seconds=0.0) == replace(before, seconds=0.0)


def test_rates_are_written_and_read():
    assert rates.from_json(RATES.to_json()) == RATES


@pytest.mark.parametrize(("change", "says"), [
    (lambda text: "", "it holds no rates"),
    (lambda text: "[1]", "it holds no rates"),
    (lambda text: text.replace('"version": 1', '"version": 0'), "its rates are of another version"),
    (lambda text: text.replace('"call"', '"shout"'), "its rates are of another version"),
    (lambda text: json.dumps({**json.loads(text), "seconds": 3}), "its rates are of another version"),
    (lambda text: text.replace('"call": 6e-07', '"call": -1'), "a rate in it is no number of seconds"),
    (lambda text: text.replace('"call": 6e-07', '"call": NaN'), "a rate in it is no number of seconds"),
    (lambda text: text.replace('"call": 6e-07', '"call": "x"'), "a rate in it is no number of seconds"),
])  # fmt: skip
def test_a_wrong_file_says_what_is_wrong(change, says):
    with pytest.raises(rates.WrongRates, match=says):
        rates.from_json(change(RATES.to_json()))


def test_calibrating_measures_every_rate(monkeypatch):
    monkeypatch.setattr(calibration, "ROUNDS", 1)
    monkeypatch.setattr(calibration, "SECONDS", 0.0005)
    monkeypatch.setattr(calibration, "TRIES", 1)
    found = calibration.measure()
    assert rates.from_json(found.to_json()) == found
    assert found.call > 0.0


def test_pricing_needs_no_django():
    code = "import sys, bpsandbox.spec.cost.calibration; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
