"""Rules about the fields of a layer and about its input."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec.draft import Draft, layer_name
from bpsandbox.spec.facts import Facts
from bpsandbox.spec.kinds import WRONG
from bpsandbox.spec.problems import Path

Block = dict[str, Any]
Size = int | list[int]
Found = list[tuple[str, str, str]]
"""Field, code and sentence of a problem."""


def blocks(draft: Draft, *types: str) -> Iterator[tuple[int, Block]]:
    """Yield the correct blocks of these types, with their indices."""
    for i, block in enumerate(draft.layers):
        if block and block["type"] in types and WRONG not in block.values():
            yield i, block


def embedding_takes_whole_numbers(draft: Draft) -> None:
    """An embedding takes whole numbers from the data, so it must be the first layer."""
    for i, block in blocks(draft, "Embedding"):
        path = ("model", "layers", i)
        if draft.shapes[i + 1] is None:
            continue
        if not all(layer is None or layer.is_view for layer in draft.core_layers[:i]):
            message = _("{layer} takes whole numbers, so it must be the first layer.", layer=layer_name(i, block))
            draft.add(path, message, "embedding")
        elif draft.facts:
            _check_symbols(draft, draft.facts, path, block)


def _check_symbols(draft: Draft, facts: Facts, path: Path, block: Block) -> None:
    size, symbols = block["num_embeddings"], facts.symbols
    layer, last = layer_name(int(path[-1]), block), symbols - 1
    if not symbols or draft.get("dataset", "standardize") not in (None, "none"):
        message = _("{layer} takes whole numbers from 0 to {last}; {name} has other inputs.",
                    layer=layer, last=size - 1, name=facts.name)  # fmt: skip
        draft.add(path, message, "embedding", allowed=f"0…{size - 1}")
    elif symbols > size:
        message = _("{layer} takes whole numbers from 0 to {last}, but {name} goes to {largest}: write "
                    "num_embeddings: {fix}.", layer=layer, last=size - 1, name=facts.name, largest=last,
                    fix=symbols)  # fmt: skip
        draft.add((*path, "num_embeddings"), message, "embedding", seen=str(size), suggestion=str(symbols))


def truncation_is_shorter_than_the_sequence(draft: Draft) -> None:
    for i, block in blocks(draft, "RNN", "LSTM", "GRU"):
        shape, truncate = draft.shapes[i], block["truncate"]
        if truncate and shape and len(shape) == 2 and truncate >= shape[0]:
            message = _("Sequences have {steps} steps, so truncate: {seen} has no effect. Leave it out, or write a "
                        "smaller number.",
                        steps=shape[0], seen=truncate)  # fmt: skip
            path = ("model", "layers", i, "truncate")
            draft.add(path, message, "truncate", seen=str(truncate), allowed=f"1…{shape[0] - 1}")
        elif truncate and draft.get("checks", "gradient_check"):
            message = _("A truncated gradient is not the exact derivative, so gradient_check would fail: leave it "
                        "out.")  # fmt: skip
            draft.add(("checks", "gradient_check"), message, "truncate")


def norms_need_several_values(draft: Draft) -> None:
    """Normalising a single value always gives 0."""
    for i, block in blocks(draft, "BatchNorm1d", "BatchNorm2d"):
        _check_batch(draft, i, block)
    for i, block in blocks(draft, "LayerNorm"):
        shape, axes = draft.shapes[i], len(block["normalized_shape"] or (1,))
        if shape and draft.shapes[i + 1] and math.prod(shape[-axes:]) == 1:
            message = _("{layer} normalises a single number, which is then always 0.", layer=layer_name(i, block))
            draft.add(("model", "layers", i), message, "lonely")


def _check_batch(draft: Draft, i: int, block: Block) -> None:
    shape, n, batch = draft.shapes[i], draft.train_size(), draft.batch_size()
    if not shape or not n or not batch or draft.shapes[i + 1] is None:
        return
    is_alone = len(shape) == 1 or (len(shape) == 3 and shape[1:] == (1, 1))
    if not is_alone or 1 not in (batch, n % batch):
        return
    if batch == 1:
        message = _("{layer} needs several examples in a batch, but batches have one: write batch_size: 2 or more.",
                    layer=layer_name(i, block))  # fmt: skip
    else:
        message = _("{layer} needs several examples in a batch, but with {n} examples in batches of {batch} the last "
                    "batch has one: write another batch_size.",
                    layer=layer_name(i, block), n=n, batch=batch)  # fmt: skip
    draft.add(("training", "batch_size"), message, "lonely", seen=str(batch))


def initialisation_has_a_parameter(draft: Draft) -> None:
    """Initialisation and learning rate belong to parameters that exist and are trained."""
    for i, block in enumerate(draft.layers):
        if not block or WRONG in block.values():
            continue
        path = ("model", "layers", i)
        for switch, names in (("bias", ("bias_init",)), ("affine", ("init", "bias_init"))):
            for name in names:
                if block.get(switch) is False and block.get(name):
                    message = _(
                        "{name} has no effect: {switch}: false removes the parameter.", name=name, switch=switch
                    )
                    draft.add((*path, name), message, "unused")
        if block.get("trainable") is False and block.get("lr") is not None:
            message = _("lr has no effect on a layer with trainable: false.")
            draft.add((*path, "lr"), message, "unused")


def has_consistent_fields(draft: Draft, i: int) -> bool:
    """Return whether the fields of layer i fit together; if not, report why."""
    block = draft.layers[i]
    for field, code, sentence in CHECKS.get(block["type"], _no_problems)(block):
        draft.add(("model", "layers", i, field), sentence, code, seen=str(block[field]))
        return False
    return True


def _no_problems(block: Block) -> Found:
    return []


def _conv(block: Block) -> Found:
    if block["padding"] != "same" or block["stride"] == 1:
        return []
    return [("padding", "padding", _("padding: same needs stride: 1."))]


def _pool(block: Block) -> Found:
    """Padding must be at most half of the window."""
    pairs = zip(both(block["padding"]), both(block["kernel_size"]), strict=True)
    if all(2 * pad <= side for pad, side in pairs):
        return []
    return [("padding", "padding", _("padding can be at most half of kernel_size."))]


def _reshape(block: Block) -> Found:
    if block["shape"].count(-1) <= 1:
        return []
    return [("shape", "reshape", _("Only one axis can be -1; its size is computed from the others."))]


def both(size: Size) -> tuple[int, int]:
    down, across = (size, size) if isinstance(size, int) else size
    return down, across


CHECKS: dict[str, Callable[[Block], Found]] = {
    "Conv2d": _conv,
    "MaxPool2d": _pool,
    "AvgPool2d": _pool,
    "Reshape": _reshape,
}
