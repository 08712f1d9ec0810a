"""Say what a run did not record, and how to record it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpsandbox.document import Document
from bpsandbox.messages import _
from bpsandbox.spec import Spec
from bpsandbox.spec.rules.measuring import weights_fit

from .doctor import Cure, record_cure

RECURRENT = ("RNN", "LSTM", "GRU")


@dataclass(frozen=True)
class Wish:
    """What would be shown, the fields of the config that record it, and the change that adds them, if there is one."""

    words: str
    config: str
    cure: Cure | None = None


def unrecorded(document: Document, spec: Spec) -> tuple[Wish, ...]:
    """List the records that this run could have had."""
    return tuple(Wish(words, _field(name), record_cure(spec, name)) for name, words in _missing(document))


def _field(name: str) -> str:
    return f"metrics: [{name}]" if name == "confusion_matrix" else f"record: {{{name}: true}}"


def _missing(document: Document) -> Iterator[tuple[str, str]]:
    records, data = document.records, document.data
    if records.gradients is None:
        is_recurrent = any(layer.type in RECURRENT for layer in document.layers)
        words = _("gradient norms by layer and through time") if is_recurrent else _("gradient norms by layer")
        yield "gradients", words
    if records.activations is None:
        yield "activations", _("statistics of the outputs of each layer")
    if records.histograms is None:
        yield "histograms", _("histograms of weights and gradients over time")
    if records.snapshots is None and not records.weights and weights_fit(document.parameters or 0):
        yield "weights", _("weights at some epochs")
    if data and data.classes and records.confusion_matrix is None:
        yield "confusion_matrix", _("which examples are misclassified")
    if data and data.classes and len(data.shape) == 3 and records.saliency is None:
        yield "saliency", _("how much each pixel matters")
