"""Every drawing of a result by a name, as a file of its own: the pictures of a state, the records, the sweep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpsandbox.document import Document
from bpsandbox.messages import _

from .coordinates import parallel
from .lr_range import lr_range
from .records import activation_pictures, gradient_norms, learning_rate
from .snapshot import snapshot
from .still import still
from .sweep import multiples


@dataclass(frozen=True)
class Named:
    """A drawing with the name that it has in addresses. `epoch` and `seed` are those of a state, else None."""

    name: str
    title: str
    drawing: str
    epoch: int | None = None
    seed: int | None = None

    @property
    def file(self) -> str:
        """Return the drawing as a standalone SVG file."""
        return still(self.drawing)


def named_pictures(
    document: Document, canonical: str, epoch: int | None = None, seed: int | None = None
) -> Iterator[Named]:
    """Yield the drawings of a result besides its curves: of its state at an epoch, of its records, of its settings."""
    shot = snapshot(document, canonical, epoch, seed)
    if shot is not None:
        for view in shot.views:
            yield Named(view.kind, view.title, view.drawing, shot.moment.epoch, shot.moment.seed)
    records = {"gradient-norms": gradient_norms, "learning-rate": learning_rate, "lr-range": lr_range}
    for name, draw in records.items():
        picture = draw(document)
        if picture is not None:
            yield Named(name, picture.title, picture.drawing)
    for picture in activation_pictures(document):
        yield Named(f"activations-{picture.statistic}", picture.title, picture.drawing)
    yield from _of_sweep(document)


def _of_sweep(document: Document) -> Iterator[Named]:
    """Yield every setting of a sweep by itself, and all in parallel coordinates."""
    made = multiples(document) if document.members else None
    for each in made.settings if made else ():
        yield Named(f"setting-{each.setting.number}", each.setting.in_full, each.drawing)
    for way in parallel(document)[:1] if document.members else ():
        yield Named("parallel-coordinates", _("Parallel coordinates"), way.drawing)
