"""Files of a run besides scripts: trained weights, full series, a notebook, a citation."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import numpy as np

from bpsandbox.document import NUMPY_TYPES, Document, NamedTensor, RawTensor, from_safetensors, to_safetensors
from bpsandbox.messages import N_, _
from bpsandbox.spec import Spec

from . import numpy as numpy_twin
from . import onnx
from .described import Described, NoTwin

NOT_STORED = N_(
    "The trained weights of seed {seed} are not stored, because this run is from before all were, or because they made "
    "room for newer ones. Run it again to have them stored, or let its NumPy script train them again."
)
NOT_ALL_FIT = N_(
    "The trained weights of {count} of the {all} seeds of this run are stored; those of seed {seed} would be too "
    "many. Run it with this seed alone to have them stored, or let its NumPy script train them again."
)
DIVERGED = N_("Seed {seed} of this run diverged: its weights are not finite.")
TOO_LARGE = N_("The weights of this run are too large for single precision, in which ONNX files are written.")
LARGEST_SINGLE = float(np.finfo(np.float32).max)

Arrays = dict[str, np.ndarray]


def weights(spec: Spec, document: Document, place: int = 0, content: bytes | None = None) -> Arrays:
    """Return the trained tensors and buffers of a seed by name, given its place and what is stored of it.

    Of older runs the first seed's may be in the result. Raises NoTwin if they are nowhere.
    """
    if content is not None:
        return {
            name: np.frombuffer(each.raw, NUMPY_TYPES[each.dtype]).reshape(each.shape)
            for name, each in from_safetensors(content).items()
        }
    refusal = weights_refusal(spec, document, place, is_removed=True)
    if refusal:
        raise NoTwin(refusal)
    return {each.name: np.asarray(each.value, dtype=float) for each in _in_result(spec, document)}


def weights_refusal(spec: Spec, document: Document, place: int, *, is_removed: bool = False) -> str:
    """Return why there are no trained weights of a seed, in one sentence; empty if there are.

    `is_removed`: they are not stored, whatever the result says.
    """
    kept, seed = document.stored_weights or (), document.seeds[place]
    if kept and kept[place] is not None and not is_removed:
        return ""
    found = _in_result(spec, document) if place == 0 else ()
    if found and all(np.isfinite(np.asarray(each.value, dtype=float)).all() for each in found):
        return ""
    if document.stop[place].reason == "diverged":
        return _(DIVERGED, seed=seed)
    count = len(kept) - kept.count(None)
    if count and kept[place] is None:
        return _(NOT_ALL_FIT, count=count, all=len(kept), seed=seed)
    return _(NOT_STORED, seed=seed)


def _in_result(spec: Spec, document: Document) -> tuple[NamedTensor, ...]:
    """Return the final weights of the first seed as far as the result has them: of a small network, or recorded.

    `record: weights` has no buffers, and the end only where that completed an epoch and no best weights were restored.
    """
    network, recorded, stop = document.records.network, document.records.weights, document.stop[0]
    if network:
        return (*network.weights, *(network.state or ()))
    if not recorded or stop.restored_epoch is not None or recorded[-1].epoch != stop.epoch:
        return ()
    run = Described(spec, document)
    is_end = stop.step == stop.epoch * run.batches and not run.experiment.network.buffers
    return recorded[-1].weights if is_end else ()


def is_single(document: Document, place: int) -> bool:
    """Return whether the weights of a seed fit into single precision, as far as that is known without them."""
    kept = document.stored_weights
    return not kept or (kept[place] or 0.0) <= LARGEST_SINGLE


def weights_npz(spec: Spec, document: Document, found: Arrays) -> bytes:
    """Return the arrays, not compressed: trained numbers hardly become smaller."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **found)
    return file.getvalue()


def weights_safetensors(spec: Spec, document: Document, found: Arrays) -> bytes:
    """Return the weights as a file in the format safetensors, in the precision in which they were trained."""
    tensors = {
        name: RawTensor("F32", tensor.shape, tensor.astype("<f4").tobytes())
        if tensor.dtype.itemsize == 4
        else RawTensor("F64", tensor.shape, tensor.astype("<f8").tobytes())
        for name, tensor in found.items()
    }
    return to_safetensors(tensors, run=spec.hash)


def network_onnx(spec: Spec, document: Document, found: Arrays) -> bytes:
    return onnx.model(Described(spec, document), single(found))


def single(found: Arrays) -> Arrays:
    """Return trained tensors for a file in single precision. Raises NoTwin if they do not fit."""
    if any(np.abs(tensor).max(initial=0.0) > LARGEST_SINGLE for tensor in found.values()):
        raise NoTwin(_(TOO_LARGE))
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
    head, _, _main = code.rpartition('if __name__ == "__main__":\n')
    train = "losses = {seed: train(seed) for seed in START}\n{seed: points[-1] for seed, points in losses.items()}"
    plot = (
        "import matplotlib.pyplot as plt\n\nfor seed, points in losses.items():\n"
        '    plt.semilogy(points, label=f"seed {seed}")\n'
        'plt.xlabel("recorded point")\nplt.ylabel("training loss")\nplt.legend()'
    )
    cells = [
        _markdown(f"# {run.title}\n\nRun `{spec.hash}` of Chainrule, in plain NumPy."),
        _code(head.rstrip()),
        _markdown("The training, and the last recorded training loss of each seed:"),
        _code(train),
        _markdown("The curves, for which Matplotlib is needed:"),
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
}
"""The type and the maker of each file, by name. Makers raise NoTwin."""
OF_WEIGHTS: dict[str, tuple[str, Callable[[Spec, Document, Arrays], bytes]]] = {
    "weights.npz": ("application/octet-stream", weights_npz),
    "weights.safetensors": ("application/octet-stream", weights_safetensors),
    "network.onnx": ("application/octet-stream", network_onnx),
}
"""The same of the files of a seed's trained weights."""
