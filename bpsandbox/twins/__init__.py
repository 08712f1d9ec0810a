"""Twins: a run as a script in another library, from the same start weights, over the same batches.

`twin(spec, document, "numpy")` returns the text of a script that stands alone. It raises NoTwin with one sentence if
the library cannot express the run: there is never a twin that computes something else.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from bpsandbox.document import Document
from bpsandbox.spec import Spec

from .described import Described, NoTwin
from .files import FILES, OF_WEIGHTS, is_single, weights, weights_refusal

LIBRARIES = {
    "pytorch": "PyTorch",
    "numpy": "NumPy",
    "keras": "Keras",
    "sklearn": "scikit-learn",
    "jax": "JAX",
}
"""The names of the libraries, as in addresses and as people write them."""


def twin(spec: Spec, document: Document, library: str) -> str:
    """Return the script of a run in a library. Raises NoTwin."""
    return script_of(library)(Described(spec, document))


def refusal(spec: Spec, document: Document, library: str) -> str:
    """Return why a run has no script in a library, in one sentence; empty if it has one."""
    try:
        run = Described(spec, document)
        run.refuse_large()
        import_module(f".{library}", __package__).refuse(run)
    except NoTwin as error:
        return str(error)
    return ""


def script_of(library: str) -> Callable[[Described], str]:
    return import_module(f".{library}", __package__).script


__all__ = [
    "FILES",
    "LIBRARIES",
    "OF_WEIGHTS",
    "Described",
    "NoTwin",
    "is_single",
    "refusal",
    "twin",
    "weights",
    "weights_refusal",
]
