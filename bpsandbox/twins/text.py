"""Write Python: numbers, arrays and lines of at most 79 columns."""

from __future__ import annotations

import base64
import io
import json
import textwrap
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

WIDTH = 79
STAMP = (1980, 1, 1, 0, 0, 0)
"""The time in an archive, so that the same arrays give the same text."""


def number(value: Any) -> str:
    """Return the shortest text that reads back as the same number."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def nested(value: Any) -> str:
    """Write nested lists of numbers in one line."""
    if isinstance(value, list):
        return "[" + ", ".join(map(nested, value)) + "]"
    return number(value)


def array(values: np.ndarray, before: str = "", indent: int = 0, after: str = "") -> str:
    """Write an array as nested lists, one row per line where one line is too short."""
    text = f"{' ' * indent}{before}{nested(values.tolist())}{after}"
    if len(text) <= WIDTH:
        return text
    inner = " " * (indent + 4)
    if values.ndim > 1:
        items = "\n".join(array(row, "", indent + 4, ",") for row in values)
    else:
        items = textwrap.fill(
            ", ".join(map(number, values.tolist())) + ",", WIDTH, initial_indent=inner, subsequent_indent=inner
        )
    return f"{' ' * indent}{before}[\n{items}\n{' ' * indent}]{after}"


def packed(arrays: Mapping[str, np.ndarray]) -> str:
    """Return arrays as the text of an NPZ file in base64, the same for the same arrays."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, values in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(values), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", STAMP), content.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return "\n".join(textwrap.wrap(base64.b64encode(file.getvalue()).decode(), 76))


def small(values: np.ndarray) -> np.ndarray:
    """Return whole numbers in the smallest type that holds them."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0)))) if values.dtype.kind in "iu" else values


def wrapped(values: list[Any], brackets: str = "[]") -> str:
    """Write a list, in several lines if it is long."""
    text = json.dumps(values)[1:-1]
    if len(text) < WIDTH - 16:
        return brackets[0] + text + brackets[1]
    inner = textwrap.fill(f"{text},", WIDTH, initial_indent="    ", subsequent_indent="    ")
    return f"{brackets[0]}\n{inner}\n{brackets[1]}"


def indented(lines: Iterable[str], by: int = 4) -> str:
    """Return lines as a block; empty lines stay empty."""
    return "\n".join(f"{' ' * by}{line}" if line else "" for line in lines)


def comment(text: str, indent: int = 0) -> list[str]:
    """Return a text as lines of comment."""
    return textwrap.wrap(text, WIDTH - indent - 2, initial_indent="# ", subsequent_indent="# ", break_long_words=False)


def docstring(title: str, *paragraphs: str) -> str:
    filled = "\n\n".join(textwrap.fill(paragraph, WIDTH - 2) for paragraph in paragraphs)
    heads = textwrap.fill(f'"""{title}', WIDTH - 4)
    return f'{heads}\n\n{filled}\n"""\n'
