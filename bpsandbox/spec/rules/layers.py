"""Rules about the fields of one layer, and about what comes to it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec.draft import Draft, layer_name
from bpsandbox.spec.facts import Facts
from bpsandbox.spec.kinds import WRONG
from bpsandbox.spec.problems import Path

Block = dict[str, Any]


def blocks(draft: Draft, *types: str) -> Iterator[tuple[int, Block]]:
    """The blocks of these types that were read without a mistake, with their places."""
    for i, block in enumerate(draft.layers):
        if block and block["type"] in types and WRONG not in block.values():
            yield i, block


def embedding_looks_up_the_data(draft: Draft) -> None:
    """An embedding takes whole numbers, which only the data can give."""
    for i, block in blocks(draft, "Embedding"):
        path = ("model", "layers", i)
        if draft.shapes[i + 1] is None:
            continue
        if not all(layer is None or layer.is_view for layer in draft.made[:i]):
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


def truncation_cuts(draft: Draft) -> None:
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


def norms_have_company(draft: Draft) -> None:
    """What is normalised with nothing beside it is always 0."""
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


def starts_have_tensors(draft: Draft) -> None:
    """Where something begins, and how fast it is learned, is said of what is there and learned."""
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
