"""Rules that look at more than one block of a config. Each adds its problems to the draft's log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bpsandbox.core.metrics import CLASSIFYING
from bpsandbox.messages import _

from .draft import Draft, layer_name
from .kinds import WRONG, shape_of
from .language.activation import RECORDS as ACTIVATIONS
from .language.dataset import MAX_POINTS

Rule = Callable[[Draft], None]


def points_are_whole(draft: Draft) -> None:
    points = draft.get("dataset", "points")
    if points is None or points["x"] is WRONG or points["y"] is WRONG:
        return
    path = ("dataset", "points")
    x, y = points["x"], points["y"]
    if not isinstance(x, list) or not isinstance(y, list) or not x or not y:
        draft.add(path, _("Points need x and y, two lists of equal length, or csv."), "points")
    elif len(x) != len(y):
        message = _("x has {x} samples and y has {y} targets: give one target a sample.", x=len(x), y=len(y))
        draft.add((*path, "y"), message, "points", seen=str(len(y)), allowed=str(len(x)))
    elif len(x) > MAX_POINTS:
        message = _(
            "At most {limit} points can be written into a config; these are {seen}.", limit=MAX_POINTS, seen=len(x)
        )
        draft.add((*path, "x"), message, "points", seen=str(len(x)), allowed=str(MAX_POINTS))
    elif len(shape_of(x) or ()) > 4 or 0 in (shape_of(x) or ()):
        draft.add((*path, "x"), _("A sample is a row of numbers, an image (c, h, w) or a sequence (t, d)."), "points")


def features_need_a_plane(draft: Draft) -> None:
    if draft.get("dataset", "features") and draft.facts and draft.facts.raw_shape != (2,):
        message = _("features need samples of two numbers, (x, y); {name} has others.", name=draft.facts.name)
        draft.add(("dataset", "features"), message, "features")


def split_leaves_training(draft: Draft) -> None:
    if draft.train_size() == 0:
        message = _("val and test hold out all {n} examples: none is left for training.", n=draft.facts.n)
        draft.add(("dataset", "split"), message, "split")
    if draft.get("dataset", "split", "stratify") and draft.facts and not draft.facts.classes:
        message = _("stratify needs classes; {name} has measurements as targets.", name=draft.facts.name)
        draft.add(("dataset", "split", "stratify"), message, "split")


def something_is_trained(draft: Draft) -> None:
    layers = draft.layers
    if not layers or None in layers:
        return
    linear = [layer for layer in layers if layer["type"] == "Linear"]
    if not any(layer["trainable"] for layer in linear):
        message = _("Nothing here can be trained: the model needs a layer with weights, like Linear.")
        draft.add(("model", "layers"), message, "nothing_to_train")


def step_is_straight(draft: Draft) -> None:
    """The step activation must say that its gradient is not one."""
    uses = False
    for i, layer in enumerate(draft.layers):
        for path, activation in _activations(i, layer):
            if activation["type"] == "step":
                uses = True
                if activation["straight_through"] is False:
                    message = _("The derivative of step is 0 everywhere, so nothing would be learned. Write {fix}.",
                                fix="{type: step, straight_through: true}")  # fmt: skip
                    draft.add(path, message, "step", suggestion="straight_through: true")
    if uses and draft.get("checks", "gradient_check"):
        message = _(
            "A straight-through gradient is not a derivative, so gradient_check cannot agree with it: leave it out."
        )
        draft.add(("checks", "gradient_check"), message, "step")


def _activations(i: int, layer: Any) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    if layer is None:
        return []
    path = ("model", "layers", i)
    if layer["type"] in ACTIVATIONS:
        return [(path, layer)]
    activation = layer.get("activation")
    return [((*path, "activation"), activation)] if activation and activation is not WRONG else []


def values_belong_to_a_layer(draft: Draft) -> None:
    for name in ("init", "bias_init"):
        if draft.get(name, "type") == "values":
            message = _("values have the shape of one layer: write them as {name} of that layer.", name=name)
            draft.add((name,), message, "values")


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
    if loss["type"] in ("BCELoss", "BCEWithLogitsLoss") and not facts.classes and not _are_shares(draft):
        message = _(
            "{loss} needs targets between 0 and 1; those of {name} are not.", loss=loss["type"], name=facts.name
        )
        draft.add(("loss", "type"), message, "classes", suggestion="MSELoss")


def _are_shares(draft: Draft) -> bool:
    points = draft.get("dataset", "points")
    return points is not None and all(0.0 <= number <= 1.0 for number in _flat(points["y"]))


def _flat(value: Any) -> list[float]:
    return [number for item in value for number in _flat(item)] if isinstance(value, list) else [value]


def outputs_fit_targets(draft: Draft) -> None:
    """One output a class, or one for a number; the message names the last layer and the data."""
    loss, facts, layers = draft.get("loss"), draft.facts, draft.layers
    if loss is None or facts is None or draft.out_shape is None or not layers or layers[-1] is None:
        return
    last = max((i for i, layer in enumerate(layers) if layer and layer["type"] == "Linear"), default=len(layers) - 1)
    wanted = _wanted_outputs(loss["type"], facts)
    if draft.outputs in wanted or not wanted:
        return
    given = "×".join(map(str, draft.out_shape))
    message = _(
        "{layer} gives {given} outputs, but {loss} on {name} needs {wanted}. Write out_features: {first}.",
        layer=layer_name(last, layers[last]), given=given, loss=_described(loss["type"]), name=_data_words(facts),
        wanted=_(" or ").join(map(str, wanted)), first=wanted[0],
    )  # fmt: skip
    path = ("model", "layers", last, "out_features")
    draft.add(path, message, "outputs", seen=given, allowed=", ".join(map(str, wanted)), suggestion=str(wanted[0]))


def _described(loss: str) -> str:
    return _("{loss} (one output a class)", loss=loss) if loss == "CrossEntropyLoss" else loss


def _data_words(facts: Any) -> str:
    if facts.classes:
        return _("{name} with {count} classes", name=facts.name, count=facts.classes)
    return _("{name} with {count} numbers a target", name=facts.name, count=facts.targets)


def _wanted_outputs(loss: str, facts: Any) -> list[int]:
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
    if loss is None or activation is None or not draft.layers:
        return
    path = ("model", "layers", len(draft.layers) - 1)
    if loss == "CrossEntropyLoss" and activation in ("softmax", "sigmoid"):
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


def momentum_is_there(draft: Draft) -> None:
    optimizer = draft.get("optimizer")
    if not optimizer or optimizer["type"] != "SGD" or WRONG in optimizer.values():
        return
    if optimizer["nesterov"] and (not optimizer["momentum"] or optimizer["dampening"]):
        message = _("nesterov needs momentum above 0 and dampening 0: add momentum: 0.9.")
        draft.add(("optimizer", "nesterov"), message, "nesterov", suggestion="momentum: 0.9")


def metrics_fit_data(draft: Draft) -> None:
    facts, metrics = draft.facts, draft.get("metrics") or []
    for i, name in enumerate(metrics):
        if facts is None:
            return
        if name in CLASSIFYING and not facts.classes:
            message = _("{metric} needs classes; {name} has measurements as targets.", metric=name, name=facts.name)
            draft.add(("metrics", i), message, "metric", seen=name)
        elif name == "roc_auc" and facts.classes != 2:
            message = _("roc_auc needs two classes; {name} has {count}.", name=facts.name, count=facts.classes)
            draft.add(("metrics", i), message, "metric", seen=name)
        elif name not in CLASSIFYING and draft.get("loss", "type") in (
            "CrossEntropyLoss",
            "BCEWithLogitsLoss",
            "hinge",
        ):
            message = _(
                "{metric} compares numbers, but {loss} gives logits: use accuracy.",
                metric=name,
                loss=draft.get("loss", "type"),
            )
            draft.add(("metrics", i), message, "metric", seen=name, suggestion="accuracy")


def monitors_are_measured(draft: Draft) -> None:
    """Whatever is monitored must be recorded: its part must exist, its metric must be asked for."""
    for i, rule in enumerate(draft.get("stopping") or []):
        if rule is not WRONG:
            _check_monitor(draft, ("stopping", i, "monitor"), rule["monitor"])
    scheduler = draft.get("lr_scheduler")
    if scheduler:
        _check_monitor(draft, ("lr_scheduler", "monitor"), scheduler.get("monitor"))


def _check_monitor(draft: Draft, path: tuple[str | int, ...], monitor: Any) -> None:
    if not isinstance(monitor, str):
        return
    part, _sep, metric = monitor.partition("_")
    if part in ("val", "test") and draft.get("dataset", "split", part) == 0.0:
        message = _("{monitor} needs a part to measure it on: add split: {fix} to the dataset.",
                    monitor=monitor, fix=f"{{{part}: 0.2}}")  # fmt: skip
        draft.add(path, message, "monitor", seen=monitor, suggestion="train_loss")
    if metric != "loss" and metric not in (draft.get("metrics") or []):
        message = _("{monitor} is not recorded: add metrics: {fix}.", monitor=monitor, fix=f"[{metric}]")
        draft.add(path, message, "monitor", seen=monitor)
    if monitor == "data_loss" and not draft.has_penalty:
        message = _("data_loss is recorded beside a penalty only; without regularization it is train_loss.")
        draft.add(path, message, "monitor", seen=monitor, suggestion="train_loss")


def length_is_given_once(draft: Draft) -> None:
    if draft.get("training", "epochs") and draft.get("training", "steps"):
        draft.add(("training", "steps"), _("Give epochs or steps, not both."), "length")


def seeds_are_given_once(draft: Draft) -> None:
    if draft.get("seed") is not None and draft.get("seeds") is not None:
        draft.add(("seed",), _("Give seed or seeds, not both."), "seeds")
    seeds = draft.get("seeds")
    if seeds and len(set(seeds)) < len(seeds):
        draft.add(("seeds",), _("A seed stands here twice."), "seeds")


def clipping_says_what(draft: Draft) -> None:
    clipping = draft.get("gradient_clipping")
    if clipping is not None and clipping["norm"] is None and clipping["value"] is None:
        draft.add(("gradient_clipping",), _("Give norm or value."), "clipping")


def example_exists(draft: Draft) -> None:
    sample, n = draft.get("record", "worked_example", "sample"), draft.train_size()
    if sample is not None and n and sample >= n:
        message = _("There are {n} training examples, 0 to {last}.", n=n, last=n - 1)
        draft.add(("record", "worked_example", "sample"), message, "range", seen=str(sample), allowed=f"0…{n - 1}")


def boundary_needs_a_plane(draft: Draft) -> None:
    if draft.get("record", "decision_boundary") and draft.facts and draft.facts.raw_shape != (2,):
        message = _("A decision boundary is drawn in the plane: it needs samples of two numbers; {name} has others.",
                    name=draft.facts.name)  # fmt: skip
        draft.add(("record", "decision_boundary"), message, "boundary")


RULES: tuple[Rule, ...] = (
    points_are_whole,
    features_need_a_plane,
    split_leaves_training,
    something_is_trained,
    step_is_straight,
    values_belong_to_a_layer,
    loss_fits_data,
    outputs_fit_targets,
    activation_fits_loss,
    class_weights_fit,
    momentum_is_there,
    metrics_fit_data,
    monitors_are_measured,
    length_is_given_once,
    seeds_are_given_once,
    clipping_says_what,
    example_exists,
    boundary_needs_a_plane,
)
