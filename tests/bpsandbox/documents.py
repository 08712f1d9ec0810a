"""Documents for tests: read from JSON, or a small one with some parts changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_type_hints

from bpsandbox.document import Document, reading

HINTS = get_type_hints(Document, include_extras=True)
DATA = {
    "name": "xor", "n": 4, "train": 4, "val": 0, "test": 0, "features": 2, "shape": [2], "hash": "abc",
}  # fmt: skip
LAYER = {"index": 0, "type": "Linear", "in": 2, "out": 3, "activation": None, "parameters": 9}


def typed(plain: dict[str, Any]) -> Document:
    return Document.from_json(plain)


def changed(document: Document, **parts: Any) -> Document:
    """Return a document with some parts, given as JSON, replaced. Consistency is not checked."""
    return replace(document, **{name: reading.reader(HINTS[name])(part, name) for name, part in parts.items()})


def blank(**parts: Any) -> Document:
    """Return a document without seeds and points, with these parts."""
    empty = Document(
        spec_hash="", engine="1", seeds=(), epochs=(), steps=(), curves={}, final={}, best={}, best_epoch={}, stop=()
    )
    return changed(empty, **parts)
