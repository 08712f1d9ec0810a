"""Rules about the loss with the data and the outputs of the network."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.messages import _, sentences
from bpsandbox.spec import fixes
from bpsandbox.spec.draft import Draft, Shape, layer_name
from bpsandbox.spec.facts import Facts
from bpsandbox.spec.fixes import Fix
from bpsandbox.spec.kinds import WRONG
from bpsandbox.spec.language.activation import RECORDS as ACTIVATIONS
from bpsandbox.spec.language.layer import RECORDS
from bpsandbox.spec.language.loss import LOSS
from bpsandbox.spec.layers import outputs_of
from bpsandbox.spec.problems import Path

BOUNDS = {"sigmoid": 1.0, "tanh": 1.0, "softsign": 1.0}
"""Upper bounds of activations."""
DISTANCES = ("MSELoss", "L1Loss", "HuberLoss", "SmoothL1Loss")


def loss_fits_data(draft: Draft) -> None:
    """Some losses need classes, others targets between 0 and 1."""
    loss, facts = draft.get("loss"), draft.facts
    if loss is None or facts is None:
        return
    name, path = loss["type"], ("loss", "type")
    if name in ("CrossEntropyLoss", "hinge") and not facts.classes:
        message = _("{loss} needs classes, but the targets of {name} are continuous. Use MSELoss, or whole numbers as "
                    "y.",
                    loss=name, name=facts.name)  # fmt: skip
        draft.add(path, message, "classes", **_other_loss(draft, "MSELoss"))
    if name in ("CrossEntropyLoss", "hinge") and facts.classes == 1:
        message = _("{loss} needs at least two classes; all targets of {name} are equal.", loss=name, name=facts.name)
        draft.add(path, message, "classes")
    if name in ("BCELoss", "BCEWithLogitsLoss") and not facts.classes and not facts.are_shares:
        message = _("{loss} needs targets between 0 and 1; those of {name} are not.", loss=name, name=facts.name)
        draft.add(path, message, "classes", **_other_loss(draft, "MSELoss"))


def _other_loss(draft: Draft, name: str) -> Fix:
    """Replace the loss, if outputs and fields fit the other one."""
    wanted = _wanted_outputs(name, draft.facts) if draft.facts else []
    block = draft.get("loss") or {}
    written = {field for field in block if ("loss", field) in draft.log.places} - {"type"}
    if draft.outputs not in wanted or not written <= LOSS.records[name].fields.keys():
        return {}
    return fixes.word(draft.log, _named(draft, ("loss",)), name)


def _named(draft: Draft, path: Path) -> Path:
    """Return the path of a block's name: its `type`, or the block itself."""
    return (*path, "type") if (*path, "type") in draft.log.places else path


def _other_activation(draft: Draft, name: str) -> Fix:
    """Replace the activation of the last layer, or the layer if it is one; softmax needs several outputs."""
    if name == "softmax" and draft.outputs == 1:
        return {}
    log, block = draft.log, draft.layers[-1]
    path: Path = ("model", "layers", len(draft.layers) - 1)
    if block["type"] in ACTIVATIONS:
        return fixes.within(log, path, _named(draft, path), name, name)
    written: Path = (*path, "activation")
    if written in log.places:
        return fixes.within(log, path, _named(draft, written), name, f"activation: {name}")
    has_activation = "activation" in RECORDS[block["type"]].fields
    return fixes.field(log, path, "activation", name) if has_activation else {}


def outputs_fit_targets(draft: Draft) -> None:
    """The number of outputs must fit the targets."""
    loss, facts, layers = draft.get("loss"), draft.facts, draft.layers
    if loss is None or facts is None or draft.out_shape is None or not layers or layers[-1] is None:
        return
    wanted = _wanted_outputs(loss["type"], facts)
    sized = [i for i, layer in enumerate(layers) if layer and (outputs_of(layer) or layer.get("trainable"))]
    if draft.outputs in wanted or not wanted or 0 in wanted or not sized:
        return
    last = max((i for i in sized if outputs_of(layers[i])), default=len(layers) - 1)
    given = "×".join(map(str, draft.out_shape))
    path, fix, seen, suggestion = _repair(draft, last, wanted)
    values = {"layer": layer_name(last, layers[last]), "loss": _described(loss["type"]), "name": _data_words(facts),
              "wanted": _(" or ").join(map(str, wanted))}  # fmt: skip
    if given == "1":
        message = _("{layer} gives 1 output, but {loss} on {name} needs {wanted}.", **values)
    else:
        message = _("{layer} gives {given} outputs, but {loss} on {name} needs {wanted}.", given=given, **values)
    message = sentences(message, fix)
    allowed = ", ".join(map(str, wanted))
    draft.add(path, message, "outputs", seen=seen or given, allowed=allowed, suggestion=suggestion)


def _repair(draft: Draft, last: int, wanted: list[int]) -> tuple[Path, str, str | None, str | None]:
    """Return path and sentence of a repair, and the text edit (seen, suggestion)."""
    path, shape = ("model", "layers", last), draft.out_shape or ()
    if len(shape) > 1 and math.prod(shape) in wanted:
        return ("model", "layers"), _("Add Flatten at the end: {fix}.", fix="{type: Flatten}"), None, None
    steps = [i for i, layer in enumerate(draft.layers) if layer and layer.get("return") == "all"]
    if len(shape) == 2 and steps and shape[1] in wanted:
        named = layer_name(steps[-1], draft.layers[steps[-1]])
        fix = "last" if _fits_behind(draft, steps[-1], wanted) else None
        return ("model", "layers", steps[-1], "return"), _("Write return: last on {layer}.", layer=named), "all", fix
    record = RECORDS.get(draft.layers[last]["type"])
    field = record.outputs if record else ""
    if field == "out_features" and len(shape) == 1:
        sentence = _("Write out_features: {first}.", first=wanted[0])
        return (*path, field), sentence, str(shape[0]), None if _is_tied(draft, last) else str(wanted[0])
    fix = f"{{type: Linear, out_features: {wanted[0]}}}"
    if len(shape) == 1:
        return path, _("Add a layer at the end: {fix}.", fix=fix), None, None
    return path, _("Add layers at the end: {fix}.", fix="{type: Flatten}, " + fix), None, None


def _fits_behind(draft: Draft, i: int, wanted: list[int]) -> bool:
    """Return whether the layers after layer i accept its last state, and give as many outputs as are wanted."""
    shape: Shape = (draft.layers[i]["hidden_size"],)
    try:
        for layer in draft.core_layers[i + 1 :]:
            shape = layer.output_shape(shape) if layer else shape
    except ShapeMismatch:
        return False
    return len(shape) == 1 and shape[0] in wanted


def _is_tied(draft: Draft, i: int) -> bool:
    """Return whether the number of outputs of layer i is also fixed by given values or by a later Add."""
    starts = [draft.get("model", "layers", i, name, "type") for name in ("init", "bias_init")]
    return "values" in starts or any(block and block["type"] == "Add" for block in draft.layers[i:])


def _described(loss: str) -> str:
    return _("{loss} (one output per class)", loss=loss) if loss == "CrossEntropyLoss" else loss


def _data_words(facts: Facts) -> str:
    if facts.classes:
        return _("{name}, {count} classes,", name=facts.name, count=facts.classes)
    if facts.targets == 1:
        return facts.name
    return _("{name}, {count} numbers per target,", name=facts.name, count=facts.targets)


def _wanted_outputs(loss: str, facts: Facts) -> list[int]:
    if not facts.classes:
        return [] if loss in ("CrossEntropyLoss", "hinge") else [facts.targets]
    if loss == "CrossEntropyLoss":
        return [max(2, facts.classes)]
    if loss in ("BCELoss", "BCEWithLogitsLoss", "hinge"):
        return [1, 2] if facts.classes <= 2 else [facts.classes]
    return [1, facts.classes] if facts.classes > 1 else [1]


def activation_fits_loss(draft: Draft) -> None:
    """Losses of logits need no final activation, losses of probabilities need one."""
    loss, activation = draft.get("loss", "type"), draft.last_activation
    takes_logits = draft.get("loss", "from_logits") is not False
    if loss is None or activation is None or not draft.layers:
        return
    path = ("model", "layers", len(draft.layers) - 1)
    if loss == "CrossEntropyLoss" and not takes_logits and activation not in ("softmax", "sigmoid"):
        message = _("With from_logits: false CrossEntropyLoss takes probabilities, but the last layer ends with "
                    "{activation}. End with softmax, or write from_logits: true.", activation=activation)  # fmt: skip
        draft.add(path, message, "activation_loss", **_other_activation(draft, "softmax"))
    if loss == "CrossEntropyLoss" and takes_logits and activation in ("softmax", "sigmoid"):
        message = _("CrossEntropyLoss takes logits and applies softmax itself: remove {activation} at the end.",
                    activation=activation)  # fmt: skip
        draft.add(path, message, "activation_loss", **_other_activation(draft, "identity"))
    if loss == "BCEWithLogitsLoss" and activation in ("sigmoid", "softmax"):
        message = _("BCEWithLogitsLoss takes logits and applies sigmoid itself: remove {activation}, or use BCELoss.",
                    activation=activation)  # fmt: skip
        draft.add(path, message, "activation_loss", **_other_activation(draft, "identity"))
    if loss == "BCELoss" and activation not in ("sigmoid", "softmax"):
        message = _("BCELoss takes probabilities, but the last layer ends with {activation}. End with sigmoid, or use "
                    "BCEWithLogitsLoss.", activation=activation)  # fmt: skip
        draft.add(path, message, "activation_loss", **_other_activation(draft, "sigmoid"))


def classes_can_be_reached(draft: Draft) -> None:
    """Note the classes that a single bounded output can never reach, for losses that compare class numbers."""
    labels, loss = _labels(draft), draft.get("loss", "type")
    if draft.outputs != 1 or len(labels) < 2 or loss not in DISTANCES or not (draft.layers and draft.layers[-1]):
        return
    most = _largest_output(draft.layers[-1])
    lost = [here for before, here in pairwise(labels) if most is not None and (before + here) / 2.0 >= most]
    if lost:
        draft.log.note(_("One {activation} output is at most {most}, so class {classes} can never be predicted: use "
                         "CrossEntropyLoss and one output per class.", activation=draft.last_activation,
                         most=f"{most:g}", classes=", ".join(map(str, lost))))  # fmt: skip


def _labels(draft: Draft) -> list[int]:
    """Return the class labels in order; empty for regression."""
    if draft.facts is None or not draft.facts.classes:
        return []
    y = draft.get("dataset", "points", "y")
    return sorted(set(y)) if y else list(range(draft.facts.classes))


def _largest_output(layer: dict[str, Any]) -> float | None:
    """Return the upper bound of a layer's activation; None where it has none."""
    activation = layer if layer["type"] in ACTIVATIONS else layer.get("activation") or {}
    if activation is WRONG or WRONG in activation.values():
        return None
    bound: float | None = activation.get("max_val", BOUNDS.get(activation.get("type", "")))
    return bound


def class_weights_fit(draft: Draft) -> None:
    weights = draft.get("loss", "class_weight")
    if weights is None or draft.facts is None or not draft.facts.classes:
        return
    path = ("loss", "class_weight")
    if len(weights) != draft.facts.classes:
        message = _(
            "{seen} weights for {count} classes: write one per class.", seen=len(weights), count=draft.facts.classes
        )
        draft.add(path, message, "class_weight", seen=str(len(weights)), allowed=str(draft.facts.classes))
    elif not any(weights):
        draft.add(path, _("At least one class weight must be above 0."), "class_weight")
    elif 0.0 in weights and draft.get("loss", "reduction") == "mean" and _has_small_batches(draft):
        draft.log.note(_("A batch in which every example has the class weight 0 has no mean loss: write batch_size: "
                         "full, or reduction: sum."), path)  # fmt: skip


def _has_small_batches(draft: Draft) -> bool:
    batch, n = draft.get("training", "batch_size"), draft.train_size()
    return isinstance(batch, int) and n is not None and batch < n
