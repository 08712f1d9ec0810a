"""Tensors as a file in the format safetensors: the length of a JSON header, the header, and the numbers.

Source: https://huggingface.co/docs/safetensors. Little-endian, one tensor after the other, without gaps.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InvalidDocument

ITEM_BYTES = {"F64": 8, "F32": 4}
"""Bytes of one number of each type that is written here."""
NUMPY_TYPES = {"F64": "<f8", "F32": "<f4"}
"""NumPy's names of the types of numbers."""
MOST_HEADER_BYTES = 100_000
MOST_AXES = 8
NAME = re.compile(r"(?=.{1,100}\Z)[a-z0-9_]+(\.[a-z0-9_]+)+")
"""Of a layer's tensor. Without a dot, a name could be that of an argument of `numpy.savez`."""


@dataclass(frozen=True, slots=True)
class RawTensor:
    """A tensor's type, a key of ITEM_BYTES, its shape, and its numbers as bytes."""

    dtype: str
    shape: tuple[int, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class SeedWeights:
    """The trained tensors of one seed as such a file. `place`: the index of the seed in the result's `seeds`."""

    place: int
    content: bytes


def to_safetensors(tensors: Mapping[str, RawTensor], **metadata: str) -> bytes:
    """Return the file with the tensors in their order."""
    header: dict[str, object] = {"__metadata__": {"format": "pt", **metadata}}
    start = 0
    for name, tensor in tensors.items():
        stop = start + len(tensor.raw)
        header[name] = {"dtype": tensor.dtype, "shape": list(tensor.shape), "data_offsets": [start, stop]}
        start = stop
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *(tensor.raw for tensor in tensors.values())])


def from_safetensors(content: bytes) -> dict[str, RawTensor]:
    """Return the tensors of a file as `to_safetensors` writes it. Raises InvalidDocument for any other bytes."""
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(MOST_HEADER_BYTES, len(content) - 8):
        raise InvalidDocument("weights", "the header has another length")
    try:
        header = json.loads(content[8 : 8 + length])
        header.pop("__metadata__", None)
        entries = list(header.items())
    except (ValueError, RecursionError, AttributeError, TypeError) as error:
        raise InvalidDocument("weights", "the header cannot be read") from error
    found, start = {}, 8 + length
    for name, entry in entries:
        found[name] = _tensor(name, entry, content, start)
        start += len(found[name].raw)
    if start != len(content):
        raise InvalidDocument("weights", "bytes after the last tensor")
    return found


def _tensor(name: str, entry: Any, content: bytes, start: int) -> RawTensor:
    """Return one tensor, whose numbers begin at `start`."""
    given = entry if isinstance(entry, dict) else {}
    dtype, shape = given.get("dtype"), given.get("shape")
    is_shape = isinstance(shape, list) and len(shape) <= MOST_AXES and all(map(_is_size, shape))
    if not (isinstance(dtype, str) and dtype in ITEM_BYTES and isinstance(shape, list) and is_shape):
        raise InvalidDocument(f"weights.{name[:100]}", "no tensor of numbers")
    if not NAME.fullmatch(name):
        raise InvalidDocument("weights", "no name of a tensor")
    stop = start + math.prod(shape) * ITEM_BYTES[dtype]
    if stop > len(content):
        raise InvalidDocument(f"weights.{name}", "too few numbers")
    return RawTensor(dtype, tuple(shape), content[start:stop])


def _is_size(value: object) -> bool:
    return type(value) is int and 0 < value < 2**31
