"""Printed worked steps of random configs: both sides of every equation agree to the printed digits."""

import pytest

from bpsandbox.core.nn.activations import ACTIVATIONS
from bpsandbox.spec.language import layer, loss, optimizer

from .tally import case, tally

CHUNKS, CONFIGS, APART = 26, 20, 100
"""So many parts, each of so many configs, and how far apart their seeds begin."""


def seeds(chunk):
    return range(chunk * APART, (chunk + 1) * APART)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_both_sides_of_every_printed_equation_agree(chunk):
    found = tally(seeds(chunk), CONFIGS)
    assert found.problems == []
    assert found.configs == CONFIGS
    assert found.equations > 25 * CONFIGS
    assert found.blunt < 0.05 * found.equations


def test_the_configs_draw_every_layer_activation_loss_optimizer_and_schedule():
    drawn = {kind: set() for kind in ("layer", "loss", "optimizer", "lr_scheduler", "dtype")}
    for chunk in range(CHUNKS):
        for one in filter(None, map(case, seeds(chunk)[:CONFIGS])):
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
