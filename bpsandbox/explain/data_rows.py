"""The samples of a data set as a table of its first rows, and as a whole CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from bpsandbox.core.data.datasets import Dataset
from bpsandbox.messages import _
from bpsandbox.numbers import short

MOST_ROWS = 8
MOST_COLUMNS = 16
"""Of a sample with more numbers, the first are shown."""


@dataclass(frozen=True)
class FirstRows:
    """Headers and cells; `hidden` numbers of each sample are left out."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    hidden: int


def first_rows(dataset: Dataset) -> FirstRows:
    """Return the first samples with their targets, rounded."""
    names = columns(dataset)
    count = len(names) if len(names) <= MOST_COLUMNS else MOST_COLUMNS // 2
    flat = dataset.x[:MOST_ROWS].reshape(min(MOST_ROWS, len(dataset)), -1)[:, :count].tolist()
    rows = tuple((*(short(value, 4) for value in row), _target(dataset, i)) for i, row in enumerate(flat))
    return FirstRows((*names[:count], _("target")), rows, len(names) - count)


def columns(dataset: Dataset) -> list[str]:
    """Name each number of a sample: by its feature, or x with its place, such as x2 or x0_3_7."""
    shape = dataset.shape
    if len(dataset.features) == shape[0] and len(shape) == 1:
        return list(dataset.features)
    if len(shape) == 1:
        return ["x"] if shape == (1,) else [f"x{i + 1}" for i in range(shape[0])]
    return [f"x{'_'.join(map(str, place))}" for place in product(*map(range, shape))]


def _target(dataset: Dataset, i: int) -> str:
    if dataset.is_classified:
        return str(dataset.labels[dataset.y[i]])
    shown = [short(value, 4) for value in dataset.y[i, :4].tolist()]
    return _(", ").join([*shown, "…"] if dataset.y.shape[1] > 4 else shown)


def csv_lines(dataset: Dataset) -> Iterator[str]:
    """Yield all samples as CSV: a comment with the name and the hash, a header, a row for each sample.

    Numbers are written so that they read back as the same ones.
    """
    targets = ["class"] if dataset.is_classified else [f"y{i + 1}" for i in range(dataset.y.shape[1])]
    yield f"# {dataset.name}, content hash {dataset.hash}\n"
    yield ",".join([*map(_quoted, columns(dataset)), *(["y"] if targets == ["y1"] else targets)]) + "\n"
    for x, y in zip(dataset.x.reshape(len(dataset), -1).tolist(), dataset.y.tolist(), strict=True):
        ends = [_quoted(str(dataset.labels[y]))] if dataset.is_classified else list(map(_number, y))
        yield ",".join([*map(_number, x), *ends]) + "\n"


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"' if set(word) & set(',"\n\r') else word
