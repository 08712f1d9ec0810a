"""Rules about the layers of a model."""

from __future__ import annotations

from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec import fixes
from bpsandbox.spec.draft import Draft
from bpsandbox.spec.kinds import WRONG
from bpsandbox.spec.language.activation import RECORDS as ACTIVATIONS
from bpsandbox.spec.problems import Path


def something_is_trained(draft: Draft) -> None:
    layers = draft.layers
    if not layers or None in layers:
        return
    if not any(layer.get("trainable") and draft.has_tensors(i) for i, layer in enumerate(layers)):
        message = _("This model has nothing to train: add a layer with weights, such as Linear.")
        draft.add(("model", "layers"), message, "nothing_to_train")


def step_is_straight_through(draft: Draft) -> None:
    """The step activation must be declared as straight-through."""
    uses = False
    for i, layer in enumerate(draft.layers):
        for path, activation in _activations(i, layer):
            if activation["type"] == "step":
                uses = True
                if activation["straight_through"] is False:
                    message = _("The derivative of step is 0 everywhere, so the network could not learn. Write {fix}.",
                                fix="{type: step, straight_through: true}")  # fmt: skip
                    draft.add(path, message, "step", **_straightened(draft, path))
    if uses and draft.get("checks", "gradient_check"):
        message = _("A straight-through gradient is not a derivative, so gradient_check would fail: leave it out.")
        draft.add(("checks", "gradient_check"), message, "step")


def _straightened(draft: Draft, path: Path) -> dict[str, str]:
    """Return the text edit that adds straight_through: true; empty where none is simple."""
    places = draft.log.places
    if (*path, "straight_through") in places:
        return {"suggestion": "straight_through: true"}
    if (*path, "type") not in places:
        return {"seen": "step", "suggestion": "{type: step, straight_through: true}"}
    before, here = draft.log.around(path)
    if here.startswith("type: step"):
        indent = " " * len(before)
        return {"seen": "type: step", "suggestion": f"type: step\n{indent}straight_through: true"}
    is_first = here.startswith("{type: step")
    return {"seen": "{type: step", "suggestion": "{type: step, straight_through: true"} if is_first else {}


def _activations(i: int, layer: Any) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    if layer is None:
        return []
    path = ("model", "layers", i)
    if layer["type"] in ACTIVATIONS:
        return [(path, layer)]
    activation = layer.get("activation")
    return [((*path, "activation"), activation)] if activation and activation is not WRONG else []


def softmax_has_several_outputs(draft: Draft) -> None:
    """The softmax of a single number is always 1, with gradient 0."""
    for i, layer in enumerate(draft.layers):
        shape = draft.shapes[i + 1]
        for path, activation in _activations(i, layer):
            if activation["type"] == "softmax" and shape and shape[-1] == 1:
                message = _("The softmax of a single number is always 1, so the network could not learn. Use sigmoid.")
                named = (*path, "type") if (*path, "type") in draft.log.places else path
                draft.add(named, message, "softmax", **fixes.word(draft.log, named, "sigmoid"))


def bounds_are_ordered(draft: Draft) -> None:
    """The lower bound of an activation or of a uniform distribution must be below the upper bound."""
    for i, layer in enumerate(draft.layers):
        for path, activation in _activations(i, layer):
            _check_bounds(draft, path, activation, "min_val", "max_val")
        for name in ("init", "bias_init"):
            _check_bounds(draft, ("model", "layers", i, name), (layer or {}).get(name), "a", "b")
    for name in ("init", "bias_init"):
        _check_bounds(draft, (name,), draft.get(name), "a", "b")


def _check_bounds(draft: Draft, path: Path, block: Any, low: str, high: str) -> None:
    if (
        not block
        or block is WRONG
        or low not in block
        or WRONG in (block[low], block[high])
        or block[low] < block[high]
    ):
        return
    message = _("{low} must be below {high}.", low=low, high=high)
    draft.add((*path, low), message, "bounds", seen=f"{block[low]:g}", allowed=f"< {block[high]:g}")


def values_belong_to_a_layer(draft: Draft) -> None:
    for name in ("init", "bias_init"):
        if draft.get(name, "type") == "values":
            message = _("values have the shape of one layer: write them in the {name} of that layer.", name=name)
            draft.add((name,), message, "values")
