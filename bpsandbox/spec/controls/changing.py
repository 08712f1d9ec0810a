"""Change the text of a config as a control says. Every function returns the new text, or raises CannotEdit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection
from typing import Any

from bpsandbox.core.data.datasets import FEATURES
from bpsandbox.spec.editing import CannotEdit, insert, move, put, remove, rename, rename_all
from bpsandbox.spec.language.activation import RECORDS as ACTIVATIONS
from bpsandbox.spec.language.dataset import NAMED
from bpsandbox.spec.language.layer import RECORDS as LAYER_TYPES
from bpsandbox.spec.language.loss import LOSS
from bpsandbox.spec.language.optimizer import OPTIMIZER
from bpsandbox.spec.problems import Path

from . import fitting
from .offering import ADDED, WIDTHS, Offers
from .reading import IN_PLACE, SETTINGS, SIZES, WORDS_OF, draft_of, seeds_of, written

LAYERS: Path = ("model", "layers")
SWEPT: Path = ("sweep", "parameters")
NEW_LAYER = {"type": "Linear", "out_features": 4, "activation": "tanh"}
INDEX = re.compile("0|[1-9][0-9]{0,3}")
IN_LAYER = re.compile(r"(model\.layers[.\[])([0-9]{1,4})(\D.*|)", re.ASCII)
"""A path of a sweep that leads into a layer."""
RATES = 5
"""Values of a rate that is swept, three to a decade, the present one in the middle."""


def change(text: str, name: str, value: str) -> str:
    """Return the text after a control was set; `name` is that of a control, or of a button on a layer."""
    block, _dot, field = name.partition(".")
    act = CHANGES.get(block)
    if act is None or len(value) > 64:
        raise CannotEdit
    return act(text, field, value)


def swept(text: str) -> tuple[str, ...]:
    """Return the paths that the sweep of a text varies."""
    return tuple(draft_of(text).get(*SWEPT) or {})


def number(value: str, *, is_whole: bool = False) -> float | int:
    """Return a number that was typed. Raises CannotEdit."""
    try:
        read = float(value)
    except ValueError:
        raise CannotEdit from None
    if not math.isfinite(read) or abs(read) > 1e12:
        raise CannotEdit
    return int(read) if is_whole or read.is_integer() else float(written(read))


def _data(text: str, field: str, value: str) -> str:
    if field == "name":
        if value not in NAMED.records:
            raise CannotEdit
        return fitting.with_data(text, value)
    if field == "split.test":
        path, share = ("dataset", "split", "test"), number(value)
        return put(text, path, share) if share else remove(text, path)
    if field not in IN_PLACE:
        raise CannotEdit
    return put(text, ("dataset", field), number(value))


def _features(text: str, field: str, value: str) -> str:
    if field not in FEATURES:
        raise CannotEdit
    known = draft_of(text).get("dataset", "features") or ["x", "y"]
    chosen = [name for name in FEATURES if (name in known and name != field) or (name == field and value)]
    if not chosen:
        raise CannotEdit
    if chosen == ["x", "y"]:
        return remove(text, ("dataset", "features"))
    return put(text, ("dataset", "features"), chosen)


def _layers(text: str, field: str, value: str) -> str:
    if field == "add":
        return _added(text, value)
    if field == "move":
        start, _colon, to = value.partition(":")
        return _moved(text, int(number(start)), int(number(to)))
    place, _dot, act = field.partition(".")
    i = _index(place)
    layers = draft_of(text).layers
    if not 0 <= i < len(layers):
        raise CannotEdit
    if act == "remove":
        return _followed(text, remove(text, (*LAYERS, i)), [*range(i), None, *range(i, len(layers) - 1)])
    if act in ("left", "right"):
        return _moved(text, i, i - 1 if act == "left" else i + 1)
    layer = layers[i]
    if act == "type":
        return _retyped(text, i, value)
    if act == "size" and layer:
        size = next((known for known in SIZES if layer.get(known) is not None), "")
        return put(text, (*LAYERS, i, size), number(value, is_whole=size != "p"))
    if act == "activation" and value in ACTIVATIONS:
        path = (*LAYERS, i, "activation")
        if value == "identity":
            return remove(text, path)
        return put(text, path, {"type": value, "straight_through": True} if value == "step" else value)
    if layer and act in SETTINGS.get(layer["type"], ()):
        return _set(text, i, act, value)
    raise CannotEdit


def _set(text: str, index: int, field: str, value: str) -> str:
    path = (*LAYERS, index, field)
    if field == "shape":
        return put(text, path, [int(number(axis, is_whole=True)) for axis in value.split("×")])
    if value in WORDS_OF.get(field, ()) and not value.isdecimal():
        return put(text, path, value)
    return put(text, path, int(number(value, is_whole=True)))


def _moved(text: str, index: int, to: int) -> str:
    order = list(range(len(draft_of(text).layers)))
    if not order:  # they are written, and cannot be read
        raise CannotEdit
    made = move(text, LAYERS, index, to)
    order.insert(to, order.pop(index))
    return _followed(text, made, [order.index(i) for i in range(len(order))])


def _followed(text: str, made: str, places: list[int | None]) -> str:
    """Let what names layers by their numbers go on naming the same ones; `places` are their new numbers, None gone."""
    return _sweep_follows(_sources_follow(text, made, places), places)


def _sweep_follows(text: str, places: list[int | None]) -> str:
    """Let the paths of a sweep follow their layers. Those into a layer that is gone are removed, with a sweep that has
    no others.
    """
    numbers = {name: int(found[2]) for name in swept(text) if (found := IN_LAYER.fullmatch(name))}
    new = {name: places[number] for name, number in numbers.items() if number < len(places)}
    text = _unswept(text, [name for name, place in new.items() if place is None])
    names = {name: IN_LAYER.sub(rf"\g<1>{place}\3", name) for name, place in new.items() if place is not None}
    return rename_all(text, SWEPT, {name: other for name, other in names.items() if name != other})


def _sweep_retyped(text: str, index: int, kind: str, width: str) -> str:
    """Let a sweep over the width of a layer vary that of its new type, named `width`. Paths to fields that the new type
    does not have are removed, with a sweep that has no others.
    """
    names = {}
    for name in swept(text):
        found = IN_LAYER.fullmatch(name)
        if not found or int(found[2]) != index or not (field := found[3].lstrip("].").partition(".")[0]):
            continue
        new = width if width and field in WIDTHS else field
        is_known = new in {**LAYER_TYPES, **ACTIVATIONS}[kind].fields
        names[name] = f"{found[1]}{index}{found[3].replace(field, new, 1)}" if is_known else ""
    text = _unswept(text, [name for name, new in names.items() if not new])
    return rename_all(text, SWEPT, {name: new for name, new in names.items() if new and new != name})


def _unswept(text: str, gone: Collection[str]) -> str:
    """Remove paths from a sweep, with a sweep that has no others."""
    if gone and len(gone) == len(swept(text)):
        return remove(text, SWEPT[:1])
    for name in gone:
        text = remove(text, (*SWEPT, name))
    return text


def _sources_follow(text: str, made: str, places: list[int | None]) -> str:
    """Let layers that add an earlier output go on adding that of the same layer; `places` are the layers' new indices.

    Where that layer is gone, the one before it is added.
    """
    for i, layer in enumerate(draft_of(text).layers):
        source, place = layer["from"] if layer and layer["type"] == "Add" else None, places[i]
        if place is None or not isinstance(source, int) or source >= len(places):
            continue
        new = places[source]
        if new is None:
            new = max(source - 1, 0)
        if new != source:
            made = put(made, (*LAYERS, place, "from"), new)
    return made


def _index(place: str) -> int:
    """Return the number of a layer, written as controls write it. Raises CannotEdit."""
    if not INDEX.fullmatch(place):
        raise CannotEdit
    return int(place)


def _added(text: str, value: str) -> str:
    """Insert a layer: `1:LSTM`, an LSTM before layer 1; without a type the first one that fits, a Linear if it does."""
    place, _colon, kind = value.partition(":")
    draft, index = draft_of(text), _index(place)
    if index >= len(draft.layers) or (kind and kind not in ADDED):
        raise CannotEdit
    offers = Offers(draft)
    kind = kind or next(iter(offers.added(index)), "")
    made = offers.new_layer(kind, index) if kind else None
    if made is None and value != place:
        raise CannotEdit
    count = len(draft.layers)
    text, before = insert(text, LAYERS, index, made or NEW_LAYER), text
    text = _followed(before, text, [*range(index), *range(index + 1, count + 1)])
    return fitting.without_given_weights(text)


def _retyped(text: str, index: int, kind: str) -> str:
    """Give a layer another type: its number of outputs stays, fields that the new type does not have go."""
    draft = draft_of(text)
    offers, old, path = Offers(draft), draft.layers[index], (*LAYERS, index)
    if kind not in offers.instead(index):
        raise CannotEdit
    made = offers.layer_instead(kind, index)
    if made is None or old["type"] == kind:
        return text
    width = next((name for name in WIDTHS if name in made), "")
    text = _sweep_retyped(text, index, kind, width)
    known = {width if width and name in WIDTHS else name for name in ("type", *old.written)}
    for field in old.written:
        if width and field in WIDTHS and field != width:
            text = rename(text, (*path, field), width)
        elif field not in made and field != "type":
            text = remove(text, (*path, field))
    text = put(text, (*path, "type"), kind)
    for field, value in made.items():
        if field not in known or (field in old and field not in ("type", width) and old[field] != value):
            text = put(text, (*path, field), value)
    return fitting.without_given_weights(text)


def _loss(text: str, field: str, value: str) -> str:
    if field != "type" or value not in LOSS.records:
        raise CannotEdit
    return fitting.with_head(fitting.with_type(text, "loss", LOSS, value))


def _optimizer(text: str, field: str, value: str) -> str:
    if field == "lr":
        return put(text, ("optimizer", "lr"), number(value))
    if field == "weight_decay":
        return put(text, ("optimizer", field), number(value))
    if field != "type" or value not in OPTIMIZER.records:
        raise CannotEdit
    made = fitting.with_type(text, "optimizer", OPTIMIZER, value)
    return put(made, ("training", "batch_size"), "full") if value == "LBFGS" else made


def _regularization(text: str, field: str, value: str) -> str:
    if field not in ("l1", "l2", "alpha"):
        raise CannotEdit
    path, share = ("regularization", field), number(value)
    return put(text, path, share) if share else remove(text, path)


def _training(text: str, field: str, value: str) -> str:
    if field == "batch_size":
        return put(text, ("training", field), "full" if value == "full" else number(value, is_whole=True))
    if field not in ("epochs", "steps"):
        raise CannotEdit
    return fitting.within_the_run(put(text, ("training", field), number(value, is_whole=True)))


def _seeds(text: str, field: str, value: str) -> str:
    """Set how many seeds there are, or go on to seeds that have not been tried."""
    draft = draft_of(text)
    one = draft.get("seed")
    seeds = seeds_of(draft)
    if field == "new":
        start, count = max(seeds) + 1, len(seeds)
    elif field == "count":
        start, count = seeds[0], int(number(value, is_whole=True))
    else:
        raise CannotEdit
    if one is not None:
        text = remove(text, ("seed",))
    if not draft.get("seeds") or seeds != list(range(seeds[0], seeds[0] + len(seeds))):
        return put(text, ("seeds",), {"start": start, "count": count})
    try:
        text = put(text, ("seeds", "count"), count)
        return put(text, ("seeds", "start"), start) if field == "new" else text
    except CannotEdit:
        return put(text, ("seeds",), {"start": start, "count": count})


def _sweep(text: str, field: str, value: str) -> str:
    draft = draft_of(text)
    path: str
    values: list[Any]
    if value == "":
        return remove(text, ("sweep",))
    if value == "rate":
        rate = draft.get("optimizer", "lr") or 0.01
        path, values = "optimizer.lr", [_rounded(rate * 10 ** ((k - RATES // 2) / 2)) for k in range(RATES)]
    elif value == "batch":
        path, values = "training.batch_size", [1, 8, 32, "full"]
    elif value == "optimizer":
        rate = draft.get("optimizer", "lr") or 0.01
        path, values = "optimizer", [{"type": name, "lr": rate} for name in ("SGD", "RMSprop", "Adam")]
    elif value == "size":
        hidden = [i for i, layer in enumerate(draft.layers[:-1]) if layer and layer["type"] == "Linear"]
        if not hidden:
            raise CannotEdit
        path, values = f"model.layers[{hidden[0]}].out_features", [1, 2, 4, 8, 16]
    else:
        raise CannotEdit
    return put(text, ("sweep",), {"parameters": {path: values}})


def _record(text: str, field: str, value: str) -> str:
    if field != "lr_range":
        raise CannotEdit
    path = ("record", field)
    return put(text, path, True) if value else remove(text, path)


def _rounded(rate: float) -> float:
    return float(f"{rate:.2g}")


CHANGES: dict[str, Callable[[str, str, str], str]] = {
    "dataset": _data, "features": _features, "layers": _layers, "loss": _loss, "optimizer": _optimizer,
    "regularization": _regularization, "training": _training, "seeds": _seeds, "sweep": _sweep, "record": _record,
}  # fmt: skip
