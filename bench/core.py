"""Microseconds a training step: this engine beside PyTorch and scikit-learn, in one process, on one BLAS thread.

./run bench core            a table
./run bench core --json     [{"work", "ours_us", "peer", "peer_us", "ratio", "bar", "met"}, …]

A step is forward, loss, backward and update by plain SGD in float64, with batches drawn in a new order every epoch.
Rounds of all contenders are interleaved, and the median round counts, in seconds of the processor. A peer that is not
installed is left out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from bpsandbox import spec
from bpsandbox.core import Experiment
from bpsandbox.core.session import Session

Round = Callable[[], float]
"""Trains for a while and gives seconds a step."""


@dataclass(frozen=True)
class Work:
    """A training to be timed, and how many times faster than each peer it should be."""

    name: str
    layers: tuple[int, ...]
    activation: str
    last: str
    loss: str
    data: str
    batch: int
    epochs: int
    bars: dict[str, float]

    def experiment(self) -> Experiment:
        return spec.build(spec.parse(self.config()))

    def config(self) -> str:
        """The work as a config that records nothing on its way."""
        *hidden, outputs = self.layers[1:]
        layers = [f"{{type: Linear, out_features: {width}, activation: {self.activation}}}" for width in hidden]
        layers.append(f"{{type: Linear, out_features: {outputs}, activation: {self.last}}}")
        flatten = "{type: Flatten}, " if "digits" in self.data else ""
        return f"""
seed: 0
dataset: {{{self.data}}}
model: {{layers: [{flatten}{", ".join(layers)}]}}
loss: {{type: {self.loss}}}
optimizer: {{type: SGD, lr: 0.05}}
training: {{epochs: {self.epochs}, batch_size: {self.batch}, eval_every: {self.epochs}}}
"""


WORKS = (
    Work(
        name="XOR 2-3-1, one sample a step",
        layers=(2, 3, 1),
        activation="sigmoid",
        last="sigmoid",
        loss="MSELoss",
        data="name: xor",
        batch=1,
        epochs=500,
        bars={"PyTorch": 12},
    ),
    Work(
        name="2-16-16-1, batch 32",
        layers=(2, 16, 16, 1),
        activation="tanh",
        last="identity",
        loss="MSELoss",
        data="name: circle, n_samples: 1600",
        batch=32,
        epochs=40,
        bars={"PyTorch": 8, "scikit-learn": 5},
    ),
    Work(
        name="digits 64-64-10, batch 32",
        layers=(64, 64, 10),
        activation="relu",
        last="identity",
        loss="CrossEntropyLoss",
        data="name: digits, standardize: minmax",
        batch=32,
        epochs=20,
        bars={"PyTorch": 6, "scikit-learn": 5},
    ),
)


def ours(work: Work, experiment: Experiment) -> Round:
    def round_of_training() -> float:
        with np.errstate(all="ignore"):
            session = Session(experiment)
            began = time.process_time()
            while session.is_running:
                session.advance(1 << 30)
        return (time.process_time() - began) / session.total

    return round_of_training


def pytorch(work: Work, experiment: Experiment) -> Round:
    torch = import_module("torch")
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    x = torch.tensor(experiment.train.x.reshape(len(experiment.train), -1))
    is_classes = work.loss == "CrossEntropyLoss"
    y = torch.tensor(experiment.train.classes if is_classes else experiment.train.y)
    loss = getattr(torch.nn, work.loss)()

    def round_of_training() -> float:
        network = _torch_network(torch, work)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
        began, steps = time.process_time(), 0
        for _ in range(work.epochs):
            for rows in torch.randperm(len(x)).split(work.batch):
                optimizer.zero_grad()
                loss(network(x[rows]), y[rows]).backward()
                optimizer.step()
                steps += 1
        return (time.process_time() - began) / steps

    return round_of_training


def _torch_network(torch, work: Work):
    kinds = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "identity": torch.nn.Identity}
    layers = []
    for place, (inputs, outputs) in enumerate(zip(work.layers, work.layers[1:], strict=False)):
        is_last = place == len(work.layers) - 2
        layers += [torch.nn.Linear(inputs, outputs), kinds[work.last if is_last else work.activation]()]
    return torch.nn.Sequential(*layers)


def scikit_learn(work: Work, experiment: Experiment) -> Round:
    neural = import_module("sklearn.neural_network")
    is_classes = work.loss == "CrossEntropyLoss"
    kind = neural.MLPClassifier if is_classes else neural.MLPRegressor
    x = experiment.train.x.reshape(len(experiment.train), -1)
    y = experiment.train.classes if is_classes else experiment.train.y[:, 0]
    activation = {"sigmoid": "logistic"}.get(work.activation, work.activation)
    steps = work.epochs * -(-len(x) // work.batch)

    def round_of_training() -> float:
        network = kind(
            hidden_layer_sizes=work.layers[1:-1],
            activation=activation,
            solver="sgd",
            alpha=0.0,
            batch_size=work.batch,
            learning_rate_init=0.05,
            momentum=0.0,
            max_iter=work.epochs,
            tol=0.0,
            n_iter_no_change=10**9,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            began = time.process_time()
            network.fit(x, y)
            return (time.process_time() - began) / steps

    return round_of_training


PEERS = {"PyTorch": ("torch", pytorch), "scikit-learn": ("sklearn", scikit_learn)}


def measure(work: Work, rounds: int) -> list[dict[str, object]]:
    """Time a work with all contenders that are installed: one row a peer, or one without a peer."""
    experiment = work.experiment()
    contenders = {"ours": ours(work, experiment)}
    for name, (module, make) in PEERS.items():
        if find_spec(module) is not None and name in work.bars:
            contenders[name] = make(work, experiment)
    medians = _medians(contenders, rounds)
    mine = medians.pop("ours")
    rows = [_row(work, mine, name, seconds) for name, seconds in medians.items()]
    return rows or [_row(work, mine, None, None)]


def _medians(contenders: dict[str, Round], rounds: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for train in contenders.values():
        train()  # the first round warms up
    for _ in range(rounds):
        for name, train in contenders.items():
            taken[name].append(train())
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def _row(work: Work, mine: float, peer: str | None, seconds: float | None) -> dict[str, object]:
    ratio = seconds / mine if seconds is not None else None
    bar = work.bars[peer] if peer else None
    return {
        "work": work.name,
        "ours_us": round(mine * 1e6, 2),
        "peer": peer,
        "peer_us": None if seconds is None else round(seconds * 1e6, 2),
        "ratio": None if ratio is None else round(ratio, 2),
        "bar": bar,
        "met": None if ratio is None or bar is None else ratio >= bar,
    }


def table(rows: list[dict[str, object]]) -> str:
    """The rows for people."""
    lines = [f"{'work':32}{'ours µs':>10}{'peer':>15}{'peer µs':>10}{'ratio':>8}{'bar':>6}  met"]
    for row in rows:
        cells = [row[name] if row[name] is not None else "–" for name in ("peer", "peer_us", "ratio", "bar")]
        met = {True: "yes", False: "no", None: "–"}[row["met"]]  # type: ignore[index]
        lines.append(
            f"{row['work']:32}{row['ours_us']:>10}{cells[0]:>15}{cells[1]:>10}{cells[2]:>8}{cells[3]:>6}  {met}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench core", description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument("--rounds", type=int, default=7, help="timed rounds of every contender (default 7)")
    arguments = parser.parse_args()
    rows = [row for work in WORKS for row in measure(work, arguments.rounds)]
    sys.stdout.write((json.dumps(rows) if arguments.json else table(rows)) + "\n")


if __name__ == "__main__":
    main()
