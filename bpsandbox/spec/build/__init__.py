"""From a spec to the objects that train."""

from __future__ import annotations

from bpsandbox import core
from bpsandbox.core.optim.stopping import RULES
from bpsandbox.spec.spec import Spec

from .data import make_dataset, make_parts
from .model import make_initializers, make_layers, make_rates, make_trained
from .table import make
from .training import (
    make_boundary,
    make_gradient_check,
    make_loss,
    make_overfit_tiny,
    make_penalty,
    make_plan,
    make_recording,
    make_schedule,
)


def build(spec: Spec) -> core.Experiment | core.Sweep:
    """Make the experiment that a spec describes, or the experiments of its sweep."""
    if "sweep" not in spec.config:
        return _experiment(spec)
    members = [core.Member(one.values, _experiment(one.spec), one.group) for one in spec.settings]
    return core.Sweep(tuple(members), spec.hash)


def _experiment(spec: Spec) -> core.Experiment:
    config = spec.config
    dataset, raw = make_dataset(config["dataset"])
    layers = make_layers(config["model"]["layers"])
    network = core.Network(layers, dataset.shape)
    loss = make_loss(config["loss"], network.shapes[-1][0])
    parts, prepare = make_parts(config, dataset, loss, network.shapes[-1][0])
    return core.Experiment(
        network=network,
        initializers=make_initializers(config["model"]["layers"], network),
        loss=loss,
        optimizer=make(core.OPTIMIZERS, config["optimizer"]),
        parts=parts,
        dataset=dataset,
        plan=make_plan(config["training"]),
        seeds=spec.seeds,
        dtype=config["dtype"],
        penalty=make_penalty(config["regularization"]),
        schedule=make_schedule(config),
        clipping=core.Clipping(**config["gradient_clipping"]) if "gradient_clipping" in config else None,
        rates=make_rates(config, network),
        trained=make_trained(config, network),
        metrics=tuple(config["metrics"]),
        stopping=tuple(make(RULES, rule) for rule in config["stopping"]),
        gradient_check=make_gradient_check(config["checks"]),
        worked_example=core.WorkedExample(**config["record"]["worked_example"])
        if "worked_example" in config["record"]
        else None,
        boundary=make_boundary(config["record"], raw, prepare),
        recording=make_recording(config["record"]),
        overfit_tiny=make_overfit_tiny(config["checks"]),
        spec_hash=spec.hash,
    )
