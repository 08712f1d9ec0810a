"""Rules about the loss with the data and with the end of the network."""

from __future__ import annotations

import math

from bpsandbox.messages import _, sentences
from bpsandbox.spec.draft import Draft, layer_name
from bpsandbox.spec.facts import Facts
from bpsandbox.spec.language.layer import RECORDS
from bpsandbox.spec.layers import outputs_of
from bpsandbox.spec.problems import Path


def loss_fits_data(draft: Draft) -> None:
    """Classes for the losses that need them, and numbers between 0 and 1 for probabilities."""
    loss, facts = draft.get("loss"), draft.facts
    if loss is None or facts is None:
        return
    if loss["type"] in ("CrossEntropyLoss", "hinge") and not facts.classes:
        message = _("{loss} needs classes, but {name} has measurements as targets. Use MSELoss, or whole numbers as y.",
                    loss=loss["type"], name=facts.name)  # fmt: skip
        draft.add(("loss", "type"), message, "classes", suggestion="MSELoss")
    if loss["type"] in ("CrossEntropyLoss", "hinge") and facts.classes == 1:
        message = _(
            "{loss} needs at least two classes; all targets of {name} are the same.", loss=loss["type"], name=facts.name
        )
        draft.add(("loss", "type"), message, "classes")
    if loss["type"] in ("BCELoss", "BCEWithLogitsLoss") and not facts.classes and not facts.are_shares:
        message = _(
            "{loss} needs targets between 0 and 1; those of {name} are not.", loss=loss["type"], name=facts.name
        )
        draft.add(("loss", "type"), message, "classes", suggestion="MSELoss")


def outputs_fit_targets(draft: Draft) -> None:
    """One output a class, or one for a number; the message names the last layer and the data."""
    loss, facts, layers = draft.get("loss"), draft.facts, draft.layers
    if loss is None or facts is None or draft.out_shape is None or not layers or layers[-1] is None:
        return
    wanted = _wanted_outputs(loss["type"], facts)
    last = max((i for i, layer in enumerate(layers) if layer and outputs_of(layer)), default=None)
    if draft.outputs in wanted or not wanted or 0 in wanted or last is None:
        return
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
    """Where the outputs can be made right, how, and what to write there instead of what."""
    path, shape = ("model", "layers", last), draft.out_shape or ()
    if len(shape) > 1 and math.prod(shape) in wanted:
        return ("model", "layers"), _("Add Flatten at the end: {fix}.", fix="{type: Flatten}"), None, None
    steps = [i for i, layer in enumerate(draft.layers) if layer and layer.get("return") == "all"]
    if len(shape) == 2 and steps and shape[1] in wanted:
        named = layer_name(steps[-1], draft.layers[steps[-1]])
        return ("model", "layers", steps[-1], "return"), _("Write return: last on {layer}.", layer=named), "all", "last"
    field = RECORDS[draft.layers[last]["type"]].outputs
    if field == "out_features" and len(shape) == 1:
        return (*path, field), _("Write out_features: {first}.", first=wanted[0]), str(shape[0]), str(wanted[0])
    fix = f"{{type: Linear, out_features: {wanted[0]}}}"
    if len(shape) == 1:
        return path, _("Add a layer at the end: {fix}.", fix=fix), None, None
    return path, _("Add layers at the end: {fix}.", fix="{type: Flatten}, " + fix), None, None


def _described(loss: str) -> str:
    return _("{loss} (one output a class)", loss=loss) if loss == "CrossEntropyLoss" else loss


def _data_words(facts: Facts) -> str:
    if facts.classes:
        return _("{name}, {count} classes,", name=facts.name, count=facts.classes)
    if facts.targets == 1:
        return facts.name
    return _("{name}, {count} numbers a target,", name=facts.name, count=facts.targets)


def _wanted_outputs(loss: str, facts: Facts) -> list[int]:
    if not facts.classes:
        return [] if loss in ("CrossEntropyLoss", "hinge") else [facts.targets]
    if loss == "CrossEntropyLoss":
        return [max(2, facts.classes)]
    if loss in ("BCELoss", "BCEWithLogitsLoss", "hinge"):
        return [1, 2] if facts.classes <= 2 else [facts.classes]
    return [1, facts.classes] if facts.classes > 1 else [1]


def activation_fits_loss(draft: Draft) -> None:
    """Losses that take logits after an activation that makes probabilities, and the other way round."""
    loss, activation = draft.get("loss", "type"), draft.last_activation
    takes_logits = draft.get("loss", "from_logits") is not False
    if loss is None or activation is None or not draft.layers:
        return
    path = ("model", "layers", len(draft.layers) - 1)
    if loss == "CrossEntropyLoss" and not takes_logits and activation not in ("softmax", "sigmoid"):
        message = _("With from_logits: false CrossEntropyLoss takes probabilities, but the last layer ends with "
                    "{activation}. End with softmax, or write from_logits: true.", activation=activation)  # fmt: skip
        draft.add(path, message, "activation_loss", seen=activation, suggestion="softmax")
    if loss == "CrossEntropyLoss" and takes_logits and activation in ("softmax", "sigmoid"):
        message = _("CrossEntropyLoss takes logits and applies softmax itself: remove {activation} at the end.",
                    activation=activation)  # fmt: skip
        draft.add(path, message, "activation_loss", seen=activation, suggestion="identity")
    if loss == "BCEWithLogitsLoss" and activation in ("sigmoid", "softmax"):
        message = _("BCEWithLogitsLoss takes logits and applies sigmoid itself: remove {activation}, or use BCELoss.",
                    activation=activation)  # fmt: skip
        draft.add(path, message, "activation_loss", seen=activation, suggestion="BCELoss")
    if loss == "BCELoss" and activation not in ("sigmoid", "softmax"):
        message = _("BCELoss takes probabilities, but the last layer ends with {activation}. End with sigmoid, or use "
                    "BCEWithLogitsLoss.", activation=activation)  # fmt: skip
        draft.add(path, message, "activation_loss", seen=activation, suggestion="BCEWithLogitsLoss")


def class_weights_fit(draft: Draft) -> None:
    weights = draft.get("loss", "class_weight")
    if weights is None or draft.facts is None or not draft.facts.classes:
        return
    path = ("loss", "class_weight")
    if len(weights) != draft.facts.classes:
        message = _(
            "{seen} weights for {count} classes: give one a class.", seen=len(weights), count=draft.facts.classes
        )
        draft.add(path, message, "class_weight", seen=str(len(weights)), allowed=str(draft.facts.classes))
    elif not any(weights):
        draft.add(path, _("At least one class weight must be above 0."), "class_weight")
