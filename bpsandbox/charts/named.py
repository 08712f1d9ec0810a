"""Every drawing of a result by a name, as a file of its own: the pictures of a state, the records, the sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from bpsandbox.document import Document
from bpsandbox.messages import _

from .answers import Answers
from .coordinates import parallel
from .lr_range import lr_range
from .matrix import confusion_picture, heat_picture, saliency_picture
from .records import activation_pictures, gradient_norms, learning_rate
from .snapshot import snapshot
from .still import still
from .sweep import multiples

OF_SETTING, OF_ACTIVATIONS = "setting-", "activations-"


@dataclass(frozen=True)
class Named:
    """A drawing with the name that it has in addresses. `epoch` and `seed` are those of a state, else None."""

    name: str
    title: str
    drawn: Callable[[], str]
    epoch: int | None = None
    seed: int | None = None

    @property
    def file(self) -> str:
        """Return the drawing as a standalone SVG file; empty if there is none."""
        return still(self.drawn())


def named_pictures(document: Document, answers: Answers, wanted: str = "") -> Iterator[Named]:
    """Yield the drawings of a result besides its curves: of its state, of its records, of its settings.

    The state is the one that `answers` are of: of a sweep, of one of its settings. With the name of a `wanted` drawing,
    no other is drawn.
    """
    look = answers.look
    shot = snapshot(answers.document, answers.canonical, None if look.at is None else int(look.at), look.seed, wanted)
    where = (shot.moment.epoch, shot.moment.seed) if shot else (None, None)
    for view in shot.views if shot else ():
        yield Named(view.kind, view.title, partial(str, view.drawing), *where)
    if document.records.confusion_matrix:
        yield Named("confusion", _("Confusion matrix"), lambda: confusion_picture(answers.confusion.record), *where)
    if document.records.saliency:
        title = _("How much each pixel matters")
        yield Named("saliency", title, lambda: saliency_picture(answers.saliency.record), *where)
    records = {"gradient-norms": gradient_norms, "learning-rate": learning_rate, "lr-range": lr_range}
    for name, draw in records.items():
        picture = draw(document) if wanted in ("", name) else None
        if picture is not None:
            yield Named(name, picture.title, partial(str, picture.drawing))
    for picture in activation_pictures(document) if _may_be(wanted, OF_ACTIVATIONS) else ():
        yield Named(f"{OF_ACTIVATIONS}{picture.statistic}", picture.title, partial(str, picture.drawing))
    yield from _of_sweep(document, wanted)


def _may_be(wanted: str, start: str) -> bool:
    return not wanted or wanted.startswith(start)


def _of_sweep(document: Document, wanted: str) -> Iterator[Named]:
    """Yield every setting of a sweep by itself, its heat map, and all in parallel coordinates."""
    if not document.members:
        return
    number = wanted.removeprefix(OF_SETTING)
    made = multiples(document, only=number) if _may_be(wanted, OF_SETTING) else None
    for each in made.settings if made else ():
        name = f"{OF_SETTING}{each.setting.number}"
        yield Named(name, each.setting.in_full, partial(str, each.drawing))
    if heat := heat_picture(document) if wanted in ("", "heat-map") else "":
        yield Named("heat-map", _("Heat map"), partial(str, heat))
    for way in parallel(document)[:1] if wanted in ("", "parallel-coordinates") else ():
        yield Named("parallel-coordinates", _("Parallel coordinates"), partial(str, way.drawing))
