"""Files of a run besides scripts: trained weights, full series, a notebook, a citation."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable

import numpy as np

from bpsandbox.core.train.result import SMALL
from bpsandbox.document import Document, NamedTensor
from bpsandbox.messages import N_, _
from bpsandbox.spec import Spec

from . import numpy as numpy_twin
from . import onnx
from .described import Described, NoTwin

TOO_MANY = N_(
    "This run did not store its trained weights, because it has more than 500 numbers. Its NumPy script trains them "
    "again."
)
NOT_FINAL = N_(
    "This run stored weights of some epochs, which are in its result as JSON, but not all that its first seed ended "
    "with. Its NumPy script trains them again."
)
NOT_KEPT = N_(
    "The trained weights of this setting were not stored: a sweep keeps those of its first setting. Run this setting "
    "alone, or let its NumPy script train them again."
)


def weights(spec: Spec, document: Document) -> dict[str, np.ndarray]:
    """Return the trained tensors and buffers of the first seed by name. Raises NoTwin if they were not stored."""
    network = document.records.network
    stored = (*network.weights, *(network.state or ())) if network else _recorded(Described(spec, document))
    found = {each.name: np.asarray(each.value, dtype=float) for each in stored}
    if not all(np.isfinite(tensor).all() for tensor in found.values()):
        raise NoTwin(_("The first seed of this run diverged: its weights are not finite."))
    return found


def _recorded(run: Described) -> tuple[NamedTensor, ...]:
    """Return the weights that `record: weights` has of the end of training. Raises NoTwin if it has not.

    It has no buffers, and the end only where that completed an epoch and no best weights were restored.
    """
    network, recorded, stop = run.experiment.network, run.document.records.weights, run.document.stop[0]
    if not recorded:
        raise NoTwin(_(TOO_MANY if network.size > SMALL else NOT_KEPT))
    is_end = recorded[-1].epoch == stop.epoch and stop.step == stop.epoch * run.batches
    if network.buffers or stop.restored_epoch is not None or not is_end:
        raise NoTwin(_(NOT_FINAL))
    return recorded[-1].weights


def weights_npz(spec: Spec, document: Document) -> bytes:
    return _npz(weights(spec, document))


def weights_safetensors(spec: Spec, document: Document) -> bytes:
    """Return the weights in the format safetensors: the length of a JSON header, the header, and the numbers."""
    header: dict[str, object] = {"__metadata__": {"format": "pt", "run": spec.hash}}
    content, start = b"", 0
    for name, tensor in weights(spec, document).items():
        raw = np.ascontiguousarray(tensor, dtype="<f8").tobytes()
        header[name] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [start, start + len(raw)]}
        content, start = content + raw, start + len(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + content


def network_onnx(spec: Spec, document: Document) -> bytes:
    return onnx.model(Described(spec, document), single_weights(spec, document))


def single_weights(spec: Spec, document: Document) -> dict[str, np.ndarray]:
    """Return the trained tensors for a file in single precision. Raises NoTwin if they do not fit."""
    found, most = weights(spec, document), np.finfo(np.float32).max
    if any(np.abs(tensor).max(initial=0.0) > most for tensor in found.values()):
        raise NoTwin(_("The weights of this run are too large for single precision, in which ONNX files are written."))
    return found


def series_npz(spec: Spec, document: Document) -> bytes:
    """Return every curve as an array (points, seeds), NaN once a seed has stopped, with seeds, epochs and steps."""
    curves = {name: np.array(rows, dtype=float) for name, rows in document.curves.items()}
    places = {name: np.array(getattr(document, name)) for name in ("seeds", "epochs", "steps")}
    return _npz(places | curves)


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def notebook(spec: Spec, document: Document, worked: str = "") -> bytes:
    """Return a Jupyter notebook: the NumPy script, a picture of its curve, and a worked step in Markdown if any."""
    run = Described(spec, document)
    code = numpy_twin.script(run)
    head, _, main = code.rpartition('if __name__ == "__main__":\n')
    plot = (
        'import matplotlib.pyplot as plt\n\nfor seed in START:\n    plt.semilogy(train(seed), label=f"seed {seed}")\n'
        'plt.xlabel("recorded point")\nplt.ylabel("training loss")\nplt.legend()'
    )
    lines = [line.removeprefix("    ") for line in main.splitlines()]
    cells = [
        _markdown(f"# {run.title}\n\nRun `{spec.hash}` of Chainrule, in plain NumPy."),
        _code(head.rstrip()),
        _markdown("The training loss at each recorded point, one seed after the other:"),
        _code("\n".join(lines)),
        _markdown("The same as a picture, which needs Matplotlib:"),
        _code(plot),
        *([_markdown(worked)] if worked else []),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = {
        "cells": [{"id": f"cell-{i}", **cell} for i, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(made, indent=1, ensure_ascii=False).encode()


def _markdown(text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(text: str) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": text}


FILES: dict[str, tuple[str, Callable[..., bytes]]] = {
    "notebook.ipynb": ("application/x-ipynb+json", notebook),
    "series.npz": ("application/octet-stream", series_npz),
    "weights.npz": ("application/octet-stream", weights_npz),
    "weights.safetensors": ("application/octet-stream", weights_safetensors),
    "network.onnx": ("application/octet-stream", network_onnx),
}
"""The type and the maker of each file, by name. Makers raise NoTwin."""
