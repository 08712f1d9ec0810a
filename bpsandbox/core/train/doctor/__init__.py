"""The doctor: find what is wrong with a run, with the numbers that show it.

It examines every complete result once. The numbers are those of the curves and of `observers.signals`, which samples
every run; ADR 57 has the thresholds and their sources. See `document.Finding` for the evidence of each kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from math import prod, sqrt

import numpy as np

from bpsandbox.core.nn.layers import Linear
from bpsandbox.core.nn.losses import HingeLoss, MSELoss
from bpsandbox.core.nn.network import Network
from bpsandbox.core.train.experiment import Experiment
from bpsandbox.core.train.observers.signals import Signals
from bpsandbox.document import KINDS, Document, Finding

from .inside import Inside, silent_seeds
from .outcomes import Capacity, Outcomes
from .training import in_curves

Groups = Sequence[tuple[int, ...]]
FEWEST_EXAMPLES = 10
"""For each number that is fitted. Peduzzi, Concato, Kemper, Holford, Feinstein, A simulation study of the number of
events per variable in logistic regression analysis, 1996."""


def outcomes_of(experiment: Experiment, document: Document, signals: Signals) -> Outcomes:
    """Return what became of all seeds of a document."""
    everyone, silent = tuple(range(len(document.seeds))), silent_seeds(experiment.network, signals)
    step_losses = tuple(map(tuple, np.array(signals.step_losses).T.tolist()))
    capacity = capacity_of(experiment, document.baseline)
    return Outcomes(document, everyone, document.baseline, capacity, silent, step_losses)


def capacity_of(experiment: Experiment, baseline: float | None) -> Capacity:
    y = experiment.train.y
    is_free = experiment.penalty is None and not experiment.network.is_random and experiment.trained is None
    floor = float(experiment.loss.floor(y[None]))
    return Capacity(experiment.network.size, y.size, floor, is_free, chance_of(experiment, baseline))


def chance_of(experiment: Experiment, baseline: float | None) -> float:
    """Return the share of the baseline that the last layer is expected to find in inputs that say nothing.

    Fitting d numbers to n examples improves the mean log-likelihood by d / 2n nats (Wilks, The large-sample
    distribution of the likelihood ratio, 1938), which is d / n of the squares of normal errors. For other losses d / 2n
    is a lower bound of the share: a baseline of K classes is ln K nats at most, and each class has numbers of its own.
    A hinge is no likelihood: see `hinge_chance`. 0 if some numbers are not trained, and if there are fewer than ten
    examples for each: then it could fit a good part of any targets, and a loss that stays high says more than one that
    does not.
    """
    network, y = experiment.network, experiment.train.y
    place = network.slots[-1].layer if network.slots else 0
    if experiment.trained is not None or not isinstance(network.layers[place], Linear):
        return 0.0
    *steps, inputs = network.shapes[place]
    rows = len(y) * prod(steps)
    if rows < FEWEST_EXAMPLES * inputs:
        return 0.0
    if isinstance(experiment.loss, MSELoss):
        return inputs / rows
    least = inputs / (2.0 * rows)
    if isinstance(experiment.loss, HingeLoss) and baseline:
        return max(least, hinge_chance(inputs / rows, baseline))
    return least


def hinge_chance(share: float, baseline: float) -> float:
    """Return the share of the baseline that a hinge gains by outputs z of d numbers, fitted to n that say nothing.

    `share` is d / n. Where all |z| < 1 a hinge is 1 - mean(y z): a line, with no curvature that holds z back. The
    multiple correlation of z and y is about sqrt(d / n), so z of standard deviation 1/2, of which 5 % are beyond the
    margin, brings sqrt(d / n) / 2 below 1. The best constant may have brought a part of that: the baseline is twice the
    share of the smaller class.
    """
    return max(0.0, 1.0 - (1.0 - sqrt(share) / 2.0) / baseline)


def findings(outcomes: Outcomes, experiment: Experiment, network: Network, signals: Signals) -> tuple[Finding, ...]:
    """Return the findings of one config, causes before their effects; `network` has the final parameters."""
    found = [*in_curves(outcomes), *Inside(experiment, network, signals, outcomes).findings()]
    return tuple(sorted(found, key=lambda finding: KINDS.index(finding.kind)))


def merged(settings: Sequence[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Merge the findings of a sweep's settings: one for each kind and reason, with the first one's evidence."""
    numbered = [(finding, number) for number, found in enumerate(settings, 1) for finding in found]
    numbered.sort(key=lambda pair: (_key(pair[0]), pair[1]))
    return tuple(_joined(list(pairs)) for _, pairs in groupby(numbered, key=lambda pair: _key(pair[0])))


def _key(finding: Finding) -> tuple[int, str]:
    return KINDS.index(finding.kind), finding.evidence.why or finding.evidence.through or ""


def _joined(pairs: list[tuple[Finding, int]]) -> Finding:
    first = pairs[0][0]
    seeds = tuple(seed for finding, _ in pairs for seed in finding.seeds)
    settings = tuple(dict.fromkeys(number for _, number in pairs))
    return replace(first, seeds=seeds, evidence=replace(first.evidence, settings=settings))
