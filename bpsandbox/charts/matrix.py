"""Draw what a page shows as tables with shaded cells, or as many small pictures, in one picture each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bpsandbox.document import ConfusionMatrix, Saliency
from bpsandbox.messages import _
from bpsandbox.numbers import grouped

from . import svg
from .confusion import confusion
from .glyphs import salient
from .series import Drawable
from .sweep import heat_map

CELL_WIDTH, CELL_HEIGHT, LABEL, LETTER = 56, 32, 24, 7.5
PICTURE, GAP, WORDS, ACROSS = 112, 16, 44, 3
MOST_LETTERS = 24


@dataclass(frozen=True)
class Shade:
    """A cell: its text, how strong its colour is, 0 to 9, and whether it has that of an error; no shade, no colour."""

    text: str
    level: int | None = None
    is_wrong: bool = False


def matrix(
    title: str, down: str, across: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[Shade]]]
) -> str:
    """Draw a matrix with the names of its rows and columns; `down` and `across` say what these are."""
    left = LABEL + LETTER * max(len(_short(label)) for label, _cells in rows)
    width = max(CELL_WIDTH, LABEL + LETTER * max(len(_short(label)) for label in columns))
    top, right = 2 * LABEL, left + width * len(columns)
    parts = [
        svg.text(across, x=left, y=LABEL - 8.0, class_="name"),
        svg.text(down, x=0, y=top - 8.0, class_="name"),
    ]
    for place, label in enumerate(columns):
        parts.append(svg.text(_short(label), x=left + width * (place + 0.5), y=top - 8.0, text_anchor="middle"))
    for number, (label, cells) in enumerate(rows):
        middle = top + CELL_HEIGHT * (number + 0.5) + 4
        parts.append(svg.text(_short(label), x=left - 8, y=middle, text_anchor="end"))
        parts += [_cell(cell, left + width * place, top + CELL_HEIGHT * number, width, middle)
                  for place, cell in enumerate(cells)]  # fmt: skip
    height = top + CELL_HEIGHT * len(rows)
    return svg.tag(
        "svg", "".join(parts), class_="matrix", viewBox=f"0 0 {max(right, LETTER * len(across) + left):g} {height:g}",
        role="img", aria_label=title,
    )  # fmt: skip


def _cell(cell: Shade, x: float, y: float, width: float, middle: float) -> str:
    shade = "" if cell.level is None else f" share-{cell.level} {'is-wrong' if cell.is_wrong else 'is-right'}"
    ground = svg.tag("rect", x=x, y=y, width=width, height=CELL_HEIGHT, class_=f"cell{shade}")
    return ground + svg.text(cell.text, x=x + width / 2, y=middle, text_anchor="middle", class_="number")


def _short(label: str) -> str:
    return label if len(label) <= MOST_LETTERS else f"{label[: MOST_LETTERS - 1]}…"


def confusion_picture(record: ConfusionMatrix | None) -> str:
    """Draw a confusion matrix; empty without one."""
    made = confusion(record)
    if made is None:
        return ""
    rows = [
        (row.label, [Shade(grouped(cell.count), cell.level if cell.count else None, cell.kind == "miss")
                     for cell in row.cells])
        for row in made.rows
    ]  # fmt: skip
    return matrix(_("Confusion matrix"), _("true class"), _("predicted class"), made.labels, rows)


def heat_picture(document: Drawable) -> str:
    """Draw the heat map of a sweep of two fields; empty for any other run."""
    made = heat_map(document)
    if made is None:
        return ""
    rows = [
        (label, [Shade("") if cell is None else Shade(cell.text, cell.shade) for cell in cells])
        for label, cells in made.rows
    ]
    return matrix(made.caption, made.row_name, made.column_name, made.columns, rows)


def saliency_picture(record: Saliency | None) -> str:
    """Draw every picture of a record beside the slopes of its predicted class; empty without one."""
    glyphs = salient(record)
    if not glyphs:
        return ""
    width, height = 2 * PICTURE + 2 * GAP, PICTURE + WORDS
    parts = []
    for place, glyph in enumerate(glyphs):
        x, y = place % ACROSS * width, place // ACROSS * height
        told = _("class {truth}, predicted {predicted}", truth=glyph.truth, predicted=glyph.predicted)
        for column, drawing in enumerate((glyph.drawing, glyph.slopes)):
            parts.append(svg.tag("svg", drawing, x=x + column * (PICTURE + 8), y=y, width=PICTURE, height=PICTURE))
        parts += [svg.text(words, x=x, y=y + PICTURE + 14 + 15 * line) for line, words in enumerate((glyph.name, told))]
    size = f"0 0 {min(len(glyphs), ACROSS) * width} {-(-len(glyphs) // ACROSS) * height}"
    title = _("How much each pixel matters")
    return svg.tag("svg", "".join(parts), class_="saliency", viewBox=size, role="img", aria_label=title)
