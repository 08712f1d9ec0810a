"""Types of layers that fit at a place of a model: they take its samples, and the layers after them take theirs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from bpsandbox.spec.draft import Draft, Shape
from bpsandbox.spec.language.activation import RECORDS as ACTIVATIONS
from bpsandbox.spec.language.layer import RECORDS
from bpsandbox.spec.layers import Block
from bpsandbox.spec.limits import Caps
from bpsandbox.spec.mismatch import accepted

WIDTHS = ("out_features", "out_channels", "hidden_size", "embedding_dim")
"""Fields with the number of outputs: a layer that becomes one of another type keeps the number."""
VIEWS = ("Flatten", "Reshape")
"""Layers that may come before an embedding, which takes the numbers of the data."""
POOLS = ("MaxPool2d", "AvgPool2d")
ACTIVATION = "relu"
"""The activation that is added as a layer; its type can be changed."""
ADDED = (*RECORDS, ACTIVATION)
NEW_WIDTHS = {"out_features": 4, "out_channels": 4}
NEW_WIDTH, WINDOW = 8, 3


class Offers:
    """What fits where in a model. Nothing is offered for a model with more layers than a run may have."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.ends: dict[tuple[int, Shape], Shape | None] = {}

    def added(self, index: int) -> tuple[str, ...]:
        """Return the types that fit between layer `index` and the one before it."""
        if len(self.draft.layers) >= Caps.layers:
            return ()
        return tuple(kind for kind in ADDED if self.new_layer(kind, index))

    def instead(self, index: int) -> tuple[str, ...]:
        """Return the types that layer `index` can have, its own among them.

        The output keeps its type, unless it is an activation, which can be another one.
        """
        layer = self.draft.layers[index]
        if layer is None:
            return ()
        own, is_output = layer["type"], index == len(self.draft.layers) - 1
        if len(self.draft.layers) > Caps.layers or (is_output and own not in ACTIVATIONS):
            return (own,)
        kinds = ACTIVATIONS if is_output else {**RECORDS, **ACTIVATIONS}
        return tuple(kind for kind in kinds if kind == own or self.layer_instead(kind, index))

    def new_layer(self, kind: str, index: int) -> Block | None:
        """Return a layer of a type as it is written before layer `index`; None if none fits there."""
        return self._fitting(kind, index, index, {})

    def layer_instead(self, kind: str, index: int) -> Block | None:
        """Return a layer of a type as it is written in the place of layer `index`; None if none fits there."""
        return self._fitting(kind, index, index + 1, self.draft.layers[index] or {})

    def settings(self, index: int, field: str, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words that a field of layer `index` can be, for the layers after it."""
        layer, shape = self.draft.layers[index], self.draft.shapes[index]
        values = {word: int(word) if word.isdecimal() else word for word in words}
        return tuple(
            word for word, value in values.items() if shape and self._fits({**layer, field: value}, shape, index + 1)
        )

    def sources(self, index: int) -> list[int]:
        """Return the layers whose outputs layer `index` can add to those of the layer before it."""
        shapes = self.draft.shapes
        return [i for i in range(index - 1) if shapes[i + 1] is not None and shapes[i + 1] == shapes[index]]

    def reshapes(self, index: int) -> list[Shape]:
        """Return the shapes that samples before layer `index` can be given there, and the next layers take."""
        shape = self.draft.shapes[index]
        return [other for other in _reshapes(shape) if self._goes_on(index + 1, other)] if shape else []

    def _fitting(self, kind: str, index: int, then: int, old: Block) -> Block | None:
        shape = self.draft.shapes[index]
        if shape is None:
            return None
        written = list(self._written(kind, index, shape, old))
        kept = _kept(kind, old)
        blocks = [*(block | kept for block in written), *(written if kept else ())]
        return next((block for block in blocks if self._fits(block, shape, then)), None)

    def _fits(self, block: Block, shape: Shape, then: int) -> bool:
        after = accepted(block, shape)
        if block["type"] == "Flatten" and len(shape) == 1:  # has nothing to do
            return False
        is_view = block["type"] in VIEWS
        if not is_view and any(each and each["type"] == "Embedding" for each in self.draft.layers[then:]):
            return False
        return after is not None and self._may_be(block, shape) and self._goes_on(then, after)

    def _goes_on(self, index: int, shape: Shape) -> bool:
        """Return whether the layers from `index` on take samples of a shape, and the model's output keeps its shape.

        In a model that does not fit as it is, a layer has to fit the samples before it alone.
        """
        return not self._is_whole or self._end(index, shape) == self.draft.out_shape

    @cached_property
    def _is_whole(self) -> bool:
        blocks, shapes = self.draft.layers, self.draft.shapes
        if None in blocks or None in shapes:
            return False
        ends = [accepted(block, shape or ()) for block, shape in zip(blocks, shapes[:-1], strict=True)]
        return ends == shapes[1:]

    def _end(self, index: int, shape: Shape) -> Shape | None:
        """Return the shape of the model's output for samples of a shape before layer `index`, if all take them."""
        passed: list[tuple[int, Shape]] = []
        end: Shape | None = shape
        for i in range(index, len(self.draft.layers)):
            if end is None:
                break
            if (i, end) in self.ends:
                end = self.ends[i, end]
                break
            passed.append((i, end))
            block = self.draft.layers[i]
            end = accepted(block, end) if self._may_be(block, end) and self._adds_alike(i, end) else None
        self.ends |= dict.fromkeys(passed, end)
        return end

    def _adds_alike(self, index: int, shape: Shape) -> bool:
        return self.draft.layers[index]["type"] != "Add" or shape == self.draft.shapes[index]

    def _may_be(self, block: Block, shape: Shape) -> bool:
        """Return whether a layer makes sense for samples of a shape that it takes."""
        kind, draft = block["type"], self.draft
        if kind == "LayerNorm":
            return math.prod(shape[-len(block.get("normalized_shape") or (1,)) :]) > 1
        if kind == "softmax":
            return shape[-1] > 1
        if kind in ("BatchNorm1d", "BatchNorm2d") and math.prod(shape) == shape[0]:
            n, batch = draft.train_size(), draft.batch_size()
            return not n or not batch or 1 not in (batch, n % batch)
        return True

    def _written(self, kind: str, index: int, shape: Shape, old: Block) -> Iterator[dict[str, Any]]:
        """Yield layers of a type as they would be written, the most usual first."""
        match kind:
            case "Linear":
                size = {"out_features": self._width("out_features", index, old)}
                yield {"type": kind, **size, **self._activated(index, old, "tanh")}
            case "Conv2d":
                size = {"out_channels": self._width("out_channels", index, old)}
                window = {"kernel_size": WINDOW, "padding": WINDOW // 2}
                yield {"type": kind, **size, **window, **self._activated(index, old, "relu")}
            case "MaxPool2d" | "AvgPool2d":
                yield {"type": kind, "kernel_size": 2}
            case "Reshape":
                yield from ({"type": kind, "shape": list(other)} for other in _reshapes(shape))
            case "RNN" | "LSTM" | "GRU":
                recurrent = {"type": kind, "hidden_size": self._width("hidden_size", index, old)}
                yield recurrent
                yield {**recurrent, "return": "all"}
            case "Embedding" if self._has_symbols(index):
                assert self.draft.facts
                width = self._width("embedding_dim", index, old)
                yield {"type": kind, "num_embeddings": self.draft.facts.symbols, "embedding_dim": width}
            case "Dropout":
                yield {"type": kind, "p": 0.2}
            case "Add" if sources := self.sources(index):
                yield {"type": kind, "from": sources[-1]}
            case "step" if self.draft.get("checks", "gradient_check"):
                return
            case "step":
                yield {"type": kind, "straight_through": True}
            case "Embedding" | "Add":
                return
            case _:
                yield {"type": kind}

    def _width(self, field: str, index: int, old: Block) -> int:
        """Return the number of outputs of a new layer: that of the hidden layer like it. A changed one keeps it."""
        for block in (old, *reversed(self._hidden_before(index))):
            known = (field,) if block is not old else WIDTHS
            width = next((block[name] for name in known if isinstance(block.get(name), int)), None)
            if width:
                return int(width)
        return NEW_WIDTHS.get(field, NEW_WIDTH)

    def _hidden_before(self, index: int) -> list[Block]:
        return [block for block in self.draft.layers[: min(index, len(self.draft.layers) - 1)] if block]

    def _activated(self, index: int, old: Block, usual: str) -> dict[str, str]:
        """Return the activation of a new layer: that of the hidden layer before it. A changed layer keeps its own."""
        if old:
            return {}
        for block in reversed(self._hidden_before(index)):
            activation = block.get("activation")
            if isinstance(activation, dict) and activation["type"] not in ("identity", "softmax", "step"):
                return {"activation": activation["type"]}
        return {"activation": usual}

    def _has_symbols(self, index: int) -> bool:
        """Return whether samples before layer `index` are whole numbers of the data."""
        draft, facts = self.draft, self.draft.facts
        if not facts or not facts.symbols or draft.get("dataset", "standardize") not in (None, "none"):
            return False
        return all(layer is not None and layer.is_view for layer in draft.core_layers[:index])


def _kept(kind: str, old: Block) -> Block:
    """Return the fields of a layer that it has as one of another type, too."""
    known = {**RECORDS, **ACTIVATIONS}[kind].fields
    is_other_window = (kind in POOLS) != (old.get("type") in POOLS)
    left_out = {"type", *WIDTHS, *(("kernel_size", "stride", "padding") if is_other_window else ())}
    return {name: old[name] for name in getattr(old, "written", ()) if name in known and name not in left_out}


def _reshapes(shape: Shape) -> list[Shape]:
    """Return other shapes of equally many numbers: images as rows of pixels, rows as images or sequences."""
    size = math.prod(shape)
    side = math.isqrt(size)
    square = [(1, side, side), (side, side)] if side * side == size and side > 1 else []
    rows = [(shape[0] * shape[1], shape[2])] if len(shape) == 3 else []
    others = [*rows, *([(1, *shape)] if len(shape) == 2 else []), *square, (size,), (size, 1)]
    return [other for other in dict.fromkeys(others) if other != shape]
