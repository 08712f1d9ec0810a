"""Infer the shapes of a sample through the layers, and report mismatches."""

from __future__ import annotations

from typing import Any

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.core.nn.layers import Layer
from bpsandbox.messages import _, sentences

from .draft import Draft, Shape, layer_name
from .facts import Facts
from .kinds import WRONG, shape_of
from .language.layer import RECORDS
from .layers import Block, in_order, layer_of
from .mismatch import remedy
from .rules.layers import has_consistent_fields


def infer_shapes(draft: Draft) -> None:
    """Fill `draft.shapes` and `draft.core_layers`."""
    draft.shapes = [draft.facts.shape if draft.facts else None]
    for i, block in enumerate(draft.layers):
        layer = layer_of(block) if block else None
        layer = layer if layer and has_consistent_fields(draft, i) else None
        draft.core_layers.append(layer)
        draft.shapes.append(_output_shape(draft, i, layer) if layer else _known_shape(block))


def _output_shape(draft: Draft, i: int, layer: Layer) -> Shape | None:
    """Return the output shape of layer i."""
    shape, block = draft.shapes[i], draft.layers[i]
    if shape is None:
        return _known_shape(block)
    try:
        after = layer.output_shape(shape)
        tensors = layer.parameter_shapes(shape)
    except ShapeMismatch as error:
        return _refuse(draft, i, error) or _known_shape(block)
    _check_inputs(draft, i, shape)
    _check_source(draft, i, shape)
    for name, begins in (("init", "weight"), ("bias_init", "bias")):
        _check_values(draft, i, name, {tensor: shape for tensor, shape in tensors.items() if tensor.startswith(begins)})
    return after


def _known_shape(block: Block | None) -> Shape | None:
    """Return the output shape of a layer if it does not depend on the input: a row of known size."""
    if not block or block["type"] not in RECORDS:
        return None
    size = block.get("out_features", block.get("hidden_size"))
    return (size,) if isinstance(size, int) and block.get("return") != "all" else None


def _refuse(draft: Draft, i: int, error: ShapeMismatch) -> Shape | None:
    """Report that layer i does not accept its input; return its output shape after the remedy."""
    shape, block = draft.shapes[i] or (), draft.layers[i]
    message = _(
        "{layer} expects {wanted}, but {before} gives samples of shape {shape}.",
        layer=layer_name(i, block), wanted=_(error.expected, **error.values), before=_input_name(draft, i),
        shape=format_shape(shape),
    )  # fmt: skip
    way_out = remedy(draft, i, error)
    more = {"seen": format_shape(shape)} | way_out.fix
    draft.add(way_out.path, sentences(message, way_out.sentence), "shape", **more)
    return way_out.after


def _check_inputs(draft: Draft, i: int, shape: Shape) -> None:
    """Check the number of inputs, if given."""
    block = draft.layers[i]
    record = RECORDS.get(block["type"])
    wanted = block.get(record.inputs) if record else None
    if record is None or wanted in (None, WRONG) or wanted == shape[record.input_axis]:
        return
    given = shape[record.input_axis]
    message = _(
        "{layer} expects {wanted} inputs, but {before} gives {given}. Write {field}: {given}, or leave it out.",
        layer=layer_name(i, block), wanted=wanted, before=_input_name(draft, i), given=given, field=record.inputs,
    )  # fmt: skip
    path = ("model", "layers", i, record.inputs)
    draft.add(path, message, "shape", seen=str(wanted), allowed=str(given), suggestion=str(given))


def _check_source(draft: Draft, i: int, shape: Shape) -> None:
    """Check that the added output is that of an earlier layer and has the same shape."""
    layer = draft.core_layers[i]
    if layer is None or layer.source is None:
        return
    source = layer.source
    path = ("model", "layers", i, "from")
    if source >= i:
        message = _("{layer} can only add the output of an earlier layer: from must be below {place}.",
                    layer=layer_name(i, draft.layers[i]), place=i)  # fmt: skip
        draft.add(path, message, "source", seen=str(source), allowed=f"0…{i - 1}" if i else None)
        return
    other = draft.shapes[source + 1]
    if other is not None and other != shape:
        message = _(
            "{layer} adds the outputs of {before} and {source}, but their shapes {shape} and {other} differ.",
            layer=layer_name(i, draft.layers[i]), before=_input_name(draft, i), shape=format_shape(shape),
            source=_input_name(draft, source + 1), other=format_shape(other),
        )  # fmt: skip
        draft.add(path, message, "shape", seen=format_shape(other), allowed=format_shape(shape))


def _check_values(draft: Draft, i: int, name: str, wanted: dict[str, Shape]) -> None:
    """Check the shapes of given initial values, and their names where there are several."""
    init = draft.layers[i].get(name)
    if not init or init is WRONG or init["type"] != "values" or init["values"] is WRONG:
        return
    values, path = init["values"], ("model", "layers", i, name, "values")
    if not isinstance(values, dict) and len(wanted) == 1:
        _check_tensor(draft, i, path, values, next(iter(wanted.values())))
    elif not isinstance(values, dict) or values.keys() != wanted.keys():
        message = _(
            "{layer} has the tensors {names}: write values: {fix}.", layer=layer_name(i, draft.layers[i]),
            names=", ".join(wanted) or "–", fix="{" + ", ".join(f"{tensor}: […]" for tensor in wanted) + "}",
        )  # fmt: skip
        draft.add(path, message, "tensors", allowed=", ".join(wanted))
    else:
        for tensor, shape in wanted.items():
            _check_tensor(draft, i, (*path, tensor), values[tensor], shape)


def _check_tensor(draft: Draft, i: int, path: tuple[str | int, ...], values: Any, wanted: Shape) -> None:
    given = shape_of(values) or ()
    if given == wanted:
        return
    message = _(
        "These values have shape {given}, but {layer} needs {wanted}: outputs first, then inputs.",
        given=format_shape(given), layer=layer_name(i, draft.layers[i]), wanted=format_shape(wanted),
    )  # fmt: skip
    draft.add(path, message, "shape", seen=format_shape(given), allowed=format_shape(wanted))


def _input_name(draft: Draft, i: int) -> str:
    """Return the name of what layer i gets its input from, for messages."""
    if i == 0:
        return _("the data ({name})", name=draft.facts.name if draft.facts else "?")
    block = draft.layers[i - 1]
    return layer_name(i - 1, block) if block else f"layers[{i - 1}]"


def format_shape(shape: Shape) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def with_input_shapes(blocks: list[Block], facts: Facts) -> list[tuple[Layer, Shape]]:
    """Return every layer of a canonical config with its input shape; activations are layers of their own."""
    shape: Shape = facts.shape
    given = []
    for layer in in_order(blocks):
        given.append((layer, shape))
        shape = layer.output_shape(shape)
    return given
