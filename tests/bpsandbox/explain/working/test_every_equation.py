"""Printed worked steps of random configs: both sides of every equation agree to the printed digits."""

from itertools import chain, islice

import pytest

from bpsandbox.core.nn.activations import ACTIVATIONS
from bpsandbox.spec.language import layer, loss, optimizer
from tests.full import FULL

from .tally import case, tally

COVERING = (
    116, 122, 218, 225, 228, 414, 507, 514, 516, 517, 520, 525, 607, 631, 807, 822, 928, 1016, 1024,
    1030, 1116, 1119, 1206, 1311, 1324, 1410, 1422, 1501, 1504, 1518, 1519, 1524, 1619, 1621, 1802, 1821, 1829, 1912,
    2007, 2108, 2122, 2126, 2127, 2411, 2431,
)  # fmt: skip
"""Seeds of small configs that have every layer, activation, loss, optimiser and schedule three times or more."""
CHUNKS, CONFIGS, APART = 26, 20, 100
"""In full: so many parts, each of so many configs, and how far apart their seeds begin."""


@pytest.mark.parametrize("part", range(4))
def test_both_sides_of_every_printed_equation_agree(part):
    assert_equations(tally(COVERING[part::4]))


@FULL
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_both_sides_of_every_printed_equation_of_many_configs_agree(chunk):
    found = tally(seeds(chunk), CONFIGS)
    assert_equations(found)
    assert found.configs == CONFIGS


def assert_equations(found):
    assert found.problems == []
    assert found.equations > 25 * found.configs > 0
    assert found.blunt < 0.05 * found.equations
    assert found.askew < 0.03 * found.equations  # the others are sums that cancel, and numbers a float32 does not have


def seeds(chunk):
    return range(chunk * APART, (chunk + 1) * APART)


def of_chunks():
    return chain.from_iterable(islice(filter(case, seeds(chunk)), CONFIGS) for chunk in range(CHUNKS))


@pytest.mark.parametrize("of", [lambda: COVERING, pytest.param(of_chunks, marks=FULL)], ids=["few", "many"])
def test_the_configs_draw_every_layer_activation_loss_optimizer_and_schedule(of):
    drawn = {kind: set() for kind in ("layer", "loss", "optimizer", "lr_scheduler", "dtype")}
    for one in map(case, of()):
        config = one.parsed.config
        drawn["layer"] |= {block["type"] for block in config["model"]["layers"]}
        written = [block["activation"] for block in config["model"]["layers"] if block.get("activation")]
        drawn["layer"] |= {block["type"] for block in written}
        drawn["dtype"].add(config["dtype"])
        for kind in ("loss", "optimizer", "lr_scheduler"):
            drawn[kind] |= {config[kind]["type"]} if config.get(kind) else set()
    assert drawn["layer"] >= set(layer.RECORDS) | set(ACTIVATIONS)
    assert drawn["loss"] == set(loss.LOSS.records)
    assert drawn["optimizer"] == set(optimizer.OPTIMIZER.records)
    assert drawn["lr_scheduler"] >= set(optimizer.SCHEDULER.records)
    assert drawn["dtype"] == {"float64", "float32"}
