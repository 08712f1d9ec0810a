"""Build the objects that train from a spec."""

from __future__ import annotations

from bpsandbox import core
from bpsandbox.core.optim.stopping import RULES
from bpsandbox.spec.problems import NotParsed
from bpsandbox.spec.spec import Spec

from .data import make_dataset, make_parts
from .model import make_initializers, make_layers, make_rates, make_trained
from .observers import make_observers
from .table import make
from .training import make_loss, make_penalty, make_plan, make_schedule


def build(spec: Spec) -> core.Experiment | core.Sweep:
    """Build the experiment of a spec, or the sweep of its settings' experiments. Raises NotParsed for a text."""
    if not isinstance(spec, Spec):
        raise NotParsed("build", spec)
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
        observers=make_observers(config, raw, prepare),
        spec_hash=spec.hash,
    )
