"""Few runs that have every layer, activation, loss and optimiser, whose scripts CI runs in the libraries themselves.

    python -m tests.bpsandbox.twins.covering [LIBRARY…]

The status is 1 if what a script prints is further from its run than it promises. `./run bench twins` runs them all.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import numpy as np

from bpsandbox import core, spec, twins
from bpsandbox.document import Document
from bpsandbox.spec import Spec
from bpsandbox.twins import files, onnx
from tests.bpsandbox.oracles import rows

from .cases import Config, everything, finished, trained
from .running import LIMIT, SINGLE, gap, outputs

KERAS = {"KERAS_BACKEND": "torch"}
"""Keras in single precision: TensorFlow, on which it computes in double precision, takes minutes to be installed."""
ALONE = {
    "pytorch": ("LBFGS",),
    "numpy": ("LBFGS",),
    "keras": (
        "GRU without bias", "Dropout p 0", "activation silu", "activation softplus", "activation mish",
        "activation softsign", "optimizer Adagrad", "optimizer Adadelta", "keras classes",
    ),
    "sklearn": ("CrossEntropyLoss", "activation sigmoid", "activation relu"),
    "jax": ("LBFGS",),
}  # fmt: skip
"""Runs of `cases` with what no combined run can have in a library."""
WIDE: Config = {
    "seeds": [3, 0],
    "dataset": {"name": "spiral", "n_samples": 60},
    "model": {
        "layers": [{"type": "Linear", "out_features": 200, "activation": "relu"}, {"type": "Linear", "out_features": 3}]
    },
    "loss": {"type": "CrossEntropyLoss"},
    "training": {"epochs": 2},
}
"""A network whose weights are too many for the result."""


def combined() -> dict[str, Config]:
    """Return a run for each kind of layer, each with another activation, loss and optimiser."""
    losses, optimizers = cycle(rows.LOSSES.items()), cycle(rows.OPTIMIZERS.items())
    activations = cycle({**rows.ACTIVATIONS, **rows.SHAPED}.items())
    count = max(len(rows.BODIES), len(rows.ACTIVATIONS), len(rows.LOSSES), len(rows.OPTIMIZERS))
    found: dict[str, Config] = {}
    for (word, body), _ in zip(cycle(rows.BODIES.items()), range(count), strict=False):
        (named, activation), (loss, goal), (optimizer, block) = next(activations), next(losses), next(optimizers)
        network = rows.network(body, activation, goal)
        found[f"{word}, {named}, {loss}, {optimizer}"] = {"seeds": [3, 0], **trained(network, optimizer=block)}
    return found


def features(parsed: Spec) -> set[str]:
    """Return the kinds of layers and activations, the loss and the optimiser of a run."""
    blocks = parsed.config["model"]["layers"]
    inner = [block["activation"] for block in blocks if block.get("activation")]
    kinds = {f"layer {block['type']}" for block in (*blocks, *inner)}
    return kinds | {f"loss {parsed.config['loss']['type']}", f"optimizer {parsed.config['optimizer']['type']}"}


def runs_of(library: str) -> Iterator[tuple[str, Spec, Document]]:
    """Yield the runs that a library can express."""
    cases = everything()
    for name, (parsed, document) in {
        **{name: finished(json.dumps(config)) for name, config in combined().items()},
        **{name: cases[name]() for name in ALONE[library]},
    }.items():
        if not twins.refusal(parsed, document, library):
            yield name, parsed, document


def limit_of(library: str, parsed: Spec) -> float:
    return SINGLE if library == "keras" or parsed.config["dtype"] == "float32" else LIMIT


def failures(library: str) -> list[str]:
    """Run the scripts in this process; return a line for each that is further from its run than it promises."""
    from .record import printed_here

    found, worst, count = [], 0.0, 0
    for name, parsed, document in runs_of(library):
        with contextlib.redirect_stderr(io.StringIO()):  # how far it is
            apart = gap(parsed, document, printed_here(twins.twin(parsed, document, library)))
        worst, count = max(worst, apart), count + 1
        if not apart <= limit_of(library, parsed):
            found.append(f"{library}: {name}: {apart:.1e}")
    print(f"{library:10}{count:>4} scripts, largest relative difference {worst:.1e}", flush=True)
    return found


def onnx_failures() -> list[str]:
    """Run the ONNX file of each seed, made from the weights that a worker stores, as `failures` runs scripts."""
    import onnxruntime

    found, worst, count = [], 0.0, 0
    for name, parsed, document in [*runs_of("numpy"), ("a wide network", *finished(json.dumps(WIDE)))]:
        for each in core.trained_weights(core.run(spec.build(parsed))):
            run = twins.Described(parsed, document)
            arrays = twins.weights(parsed, document, each.place, each.content)
            session = onnxruntime.InferenceSession(onnx.model(run, files.single(arrays)))
            ours = outputs(parsed, each.place)
            theirs = session.run(None, {"input": run.x if run.x.dtype.kind in "iu" else run.x.astype("float32")})[0]
            apart = float(np.abs(theirs.reshape(ours.shape) - ours).max() / max(1.0, np.abs(ours).max()))
            worst, count = max(worst, apart), count + 1
            if not apart <= SINGLE:
                found.append(f"onnx: {name}, seed {document.seeds[each.place]}: {apart:.1e}")
    print(f"{'onnx':10}{count:>4} networks, largest relative difference {worst:.1e}", flush=True)
    return found


def main(asked: list[str]) -> int:
    """Run each library in a process of its own: libraries set each other's precision."""
    if len(asked) == 1:
        lines = onnx_failures() if asked[0] == "onnx" else failures(asked[0])
        print("\n".join(lines), end="\n" * bool(lines))
        return 1 if lines else 0
    status = 0
    for library in asked or (*twins.LIBRARIES, "onnx"):
        began = time.perf_counter()
        command = [sys.executable, "-W", "ignore", "-m", "tests.bpsandbox.twins.covering", library]
        env: dict[str, Any] = {**os.environ, **(KERAS if library == "keras" else {}), "OMP_NUM_THREADS": "1"}
        status = max(status, abs(subprocess.run(command, env=env).returncode))
        print(f"{'':10}{time.perf_counter() - began:.0f} s", flush=True)
    return min(status, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
