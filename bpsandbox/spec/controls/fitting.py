"""Change what belongs to a choice: fields that the new block does not have, and a head that fits the data."""

from __future__ import annotations

import re

from bpsandbox.core.train.metrics import CLASSIFYING
from bpsandbox.spec.checking import reading_of
from bpsandbox.spec.draft import Draft
from bpsandbox.spec.editing import insert, put, remove
from bpsandbox.spec.editing.tree import find, tree_of
from bpsandbox.spec.language.dataset import NAMED
from bpsandbox.spec.problems import Path
from bpsandbox.spec.records import Variant

from .reading import FEWEST_TO_SPLIT, draft_of

OF_NUMBERS = ("MSELoss", "L1Loss", "HuberLoss", "SmoothL1Loss")
OF_TWO_CLASSES = ("BCELoss", "BCEWithLogitsLoss", "hinge")
OF_IMAGES = ("Conv2d", "MaxPool2d", "AvgPool2d", "BatchNorm2d", "Flatten", "Reshape")
OF_SEQUENCES = ("RNN", "LSTM", "GRU", "Embedding")
AT_EPOCHS = ("decision_boundary", "weights")
LAYERS: Path = ("model", "layers")
GIVEN = re.compile(r"model\.layers\[(\d+)\]\.(?:bias_)?init")
"""The path of a problem with the initialisation of a layer."""


def with_type(text: str, block: str, kind: Variant, word: str) -> str:
    """Set the type of a block and remove the fields that the new type does not have."""
    old = draft_of(text).values.get(block)
    made = put(text, (block, kind.tag), word)
    known = kind.records[word].fields
    for field in getattr(old, "written", ()):
        if field not in known and field != kind.tag:
            made = remove(made, (block, field))
    return made


def with_data(text: str, name: str) -> str:
    """Choose a data set: its fields, the first layers, the last one, the loss and the metrics follow."""
    draft = draft_of(text)
    old = draft.values.get("dataset")
    tree = tree_of(text)
    if find(tree, ("dataset", "name")) is None:
        made = put(text, ("dataset",), {"name": name})
    else:
        made = put(text, ("dataset", "name"), name)
        known = NAMED.records[name].fields
        for field in getattr(old, "written", ()):
            if field not in known and field != "name":
                made = remove(made, ("dataset", field))
    facts = draft_of(made).facts
    if facts and facts.raw_shape != (2,):
        made = remove(made, ("dataset", "features"))
    if facts and not facts.classes:
        made = remove(made, ("dataset", "split", "stratify"))
    if facts and facts.n < FEWEST_TO_SPLIT:
        made = remove(made, ("dataset", "split"))
    return _pictures_follow(_metrics_follow(without_given_weights(with_head(_first_layers(made)))))


def with_head(text: str) -> str:
    """Give the last layer the number of outputs and the activation that data and loss need."""
    draft = draft_of(text)
    facts, loss, last = draft.facts, draft.get("loss", "type"), draft.layers[-1] if draft.layers else None
    if facts is None or last is None or last["type"] != "Linear":
        return text
    if not facts.classes and loss not in OF_NUMBERS and not facts.are_shares:
        text, loss = put(text, ("loss",), {"type": "MSELoss"}), "MSELoss"
    elif facts.are_shares and loss == "CrossEntropyLoss":
        text, loss = put(text, ("loss",), {"type": "BCEWithLogitsLoss"}), "BCEWithLogitsLoss"
    elif (facts.classes > 2 and loss != "CrossEntropyLoss") or not loss:
        text, loss = put(text, ("loss",), {"type": "CrossEntropyLoss"}), "CrossEntropyLoss"
    outputs = facts.targets if not facts.classes else facts.classes if loss == "CrossEntropyLoss" else 1
    path = (*LAYERS, len(draft.layers) - 1)
    if last.get("out_features") != outputs:
        text = put(text, (*path, "out_features"), outputs)
    block = last.get("activation")
    now = block["type"] if isinstance(block, dict) else "identity"
    wanted = _last_activation(loss, now, is_classified=bool(facts.classes), are_shares=facts.are_shares)
    if wanted == now:
        return text
    return remove(text, (*path, "activation")) if wanted == "identity" else put(text, (*path, "activation"), wanted)


def _last_activation(loss: str, now: str, *, is_classified: bool, are_shares: bool) -> str:
    if loss == "BCELoss" or (loss in OF_NUMBERS and (are_shares or (is_classified and now == "identity"))):
        return "sigmoid"
    if loss in OF_NUMBERS and is_classified:
        return now
    return "identity"


def _first_layers(text: str) -> str:
    """Remove first layers that the samples do not fit, or flatten the samples."""
    draft = draft_of(text)
    if draft.facts is None:
        return text
    dimensions = len(draft.facts.shape)
    types = [layer["type"] if layer else "" for layer in draft.layers]
    foreign = {1: OF_IMAGES + OF_SEQUENCES, 2: OF_IMAGES, 3: OF_SEQUENCES}.get(dimensions, ())
    kept = len(types)
    for i in reversed(range(len(types))):
        if types[i] in foreign and not (types[i] in ("Flatten", "Reshape") and dimensions > 1) and kept > 1:
            text, kept = remove(text, (*LAYERS, i)), kept - 1
    types = [kind for kind in types if kind not in foreign]
    if dimensions > 1 and types and types[0] == "Linear":
        return insert(text, LAYERS, 0, {"type": "Flatten"})
    return text


def without_given_weights(text: str) -> str:
    """Remove weights that are written in the config where they no longer fit their layer."""
    reading = reading_of(text)
    draft = reading.draft
    if draft is None:
        return text
    for i in {int(found[1]) for problem in reading.log.problems if (found := GIVEN.match(problem.path))}:
        layer = draft.layers[i]
        for field in ("init", "bias_init"):
            block = layer.get(field) if layer else None
            if isinstance(block, dict) and block["type"] == "values":
                text = remove(text, (*LAYERS, i, field))
    return text


def _metrics_follow(text: str) -> str:
    """Remove metrics that the data do not have."""
    draft = draft_of(text)
    metrics, facts = draft.get("metrics") or [], draft.facts
    if not facts or not metrics:
        return text
    fit = [name for name in metrics if (name in CLASSIFYING) == bool(facts.classes)]
    if facts.classes != 2:
        fit = [name for name in fit if name != "roc_auc"]
    if fit == metrics:
        return text
    return put(text, ("metrics",), fit) if fit else remove(text, ("metrics",))


def is_drawn(draft: Draft) -> bool:
    """Return whether samples are points of a line or of the plane."""
    facts = draft.facts
    return facts is not None and len(facts.raw_shape) == 1 and facts.raw_shape[0] in (1, 2)


def _pictures_follow(text: str) -> str:
    """Remove pictures that need points of a line or of the plane; shorten lists of epochs."""
    draft = draft_of(text)
    if not is_drawn(draft):
        text = remove(text, ("record", "decision_boundary"))
    return within_the_run(text)


def within_the_run(text: str) -> str:
    """Leave out recorded epochs that come after the end of the run; the end takes their place."""
    draft = draft_of(text)
    last = draft.last_epoch()
    if last is None:
        return text
    for name in AT_EPOCHS:
        epochs = draft.get("record", name)
        if isinstance(epochs, list) and max(epochs) > last:
            text = put(text, ("record", name), [*(epoch for epoch in epochs if epoch < last), last])
    return text
