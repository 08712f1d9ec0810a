"""The controls of the playground: what they show of a config, and the text after one was set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from time import thread_time
from typing import Any, NamedTuple

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bpsandbox import api

SET, WAS, ACT = "set.", "was.", "act"
MOST_CHANGES, MOST_SECONDS = 24, 0.5
LISTED = 64
IN_SIGHT = ("xor", "circle", "gaussians", "moons", "spiral", "sine")
MORE = ("xor_cloud", "blobs", "plane", "step", "abs", "polynomial")
WORDS: dict[str, Promise] = {
    "n_samples": gettext_lazy("Samples"),
    "noise": gettext_lazy("Noise"),
    "arms": gettext_lazy("Arms"),
    "classes": gettext_lazy("Classes"),
    "cycles": gettext_lazy("Periods"),
    "length": gettext_lazy("Length"),
    "delay": gettext_lazy("Delay"),
    "test": gettext_lazy("Test share"),
    "l1": gettext_lazy("L1 penalty"),
    "l2": gettext_lazy("L2 penalty"),
    "alpha": gettext_lazy("L2 penalty"),
    "weight_decay": gettext_lazy("Weight decay"),
    "lr": gettext_lazy("Learning rate"),
    "epochs": gettext_lazy("Epochs"),
    "steps": gettext_lazy("Steps"),
    "count": gettext_lazy("Seeds"),
}
OF_LAYERS: dict[str, Promise] = {
    "out_features": gettext_lazy("Units"),
    "out_channels": gettext_lazy("Channels"),
    "hidden_size": gettext_lazy("Hidden size"),
    "embedding_dim": gettext_lazy("Dimensions"),
    "num_embeddings": gettext_lazy("Vocabulary"),
    "p": gettext_lazy("Share dropped"),
    "kernel_size": gettext_lazy("Kernel"),
    "stride": gettext_lazy("Stride"),
    "padding": gettext_lazy("Padding"),
    "nonlinearity": gettext_lazy("Activation"),
    "return": gettext_lazy("Returns"),
    "from": gettext_lazy("Adds"),
    "shape": gettext_lazy("Shape"),
}
SWEPT: dict[str, Promise] = {
    "": gettext_lazy("Nothing"),
    "rate": gettext_lazy("Learning rates"),
    "size": gettext_lazy("Layer widths"),
    "batch": gettext_lazy("Batch sizes"),
    "optimizer": gettext_lazy("Optimisers"),
    "own": gettext_lazy("As written"),
}
FEATURES = {"x": "x₁", "y": "x₂", "x^2": "x₁²", "y^2": "x₂²", "x*y": "x₁x₂", "sin(x)": "sin x₁", "sin(y)": "sin x₂"}


@dataclass(frozen=True)
class Slider:
    """A number with its label."""

    control: Any
    label: str


@dataclass(frozen=True)
class Layer:
    """A layer of the drawn row. `number` counts from 1; `control` is of the sandbox."""

    number: int
    control: Any

    @property
    def measure(self) -> Promise | str:
        return OF_LAYERS.get(self.control.measure, "")

    @property
    def settings(self) -> list[tuple[Promise, Any]]:
        return [(OF_LAYERS[each.name.rpartition(".")[2]], each) for each in self.control.settings]

    @property
    def kinds(self) -> list[tuple[Promise, list[str]]]:
        """Return the types that it can have: layers, then activations."""
        options = self.control.kind.options if self.control.kind else ()
        groups = [(gettext_lazy("Layers"), False), (gettext_lazy("Activations"), True)]
        found = [(label, [name for name in options if name.islower() is low]) for label, low in groups]
        return [(label, names) for label, names in found if names]

    @property
    def shape(self) -> str:
        """Return the shape of a sample after it, unless that is a row of as many numbers as it has units."""
        shape, size = self.control.shape, self.control.size
        return by_times(shape) if shape and not (size and shape == (size.value,)) else ""


@dataclass(frozen=True)
class Panel:
    """The context of the controls. `controls` is None for a text that cannot be read."""

    controls: api.Controls | None
    text: str = ""

    @property
    def places(self) -> str:
        """Return where the text has the controls' values, as JSON for an attribute."""
        return json.dumps(in_code_units(self.text, self.controls.places) if self.controls else {})

    @property
    def data(self) -> list[Slider]:
        return [_slider(each) for each in self.controls.data] if self.controls else []

    @property
    def data_line(self) -> str:
        """Return the data and their numbers in a line, for where they are folded."""
        numbers = [f"{each.label} {each.control.text}" for each in self.data]
        return " · ".join([self.controls.dataset, *numbers]) if self.controls else ""

    @property
    def training_line(self) -> str:
        if not self.controls:
            return ""
        shown = self.controls
        numbers = [f"{each.label} {each.control.text}" for each in map(_slider, (shown.epochs, shown.seeds))]
        return " · ".join([shown.optimizer.value, shown.loss.value, *numbers])

    @property
    def layers_line(self) -> str:
        """Return the network in a line, the inputs first: of Linear layers the widths, of others the types too."""
        if not self.controls:
            return ""
        return " – ".join([self.inputs, *map(_layer_words, self.controls.layers)])

    @property
    def layers(self) -> list[Layer]:
        return [Layer(number, each) for number, each in enumerate(self.controls.layers, 1)] if self.controls else []

    @property
    def inputs(self) -> str:
        """Return the shape of a sample."""
        if not self.controls:
            return ""
        shape = self.controls.data_shape or ()
        return by_times(shape) if len(shape) > 1 else str(self.controls.inputs or "?")

    @property
    def rate(self) -> Slider | None:
        return _slider(self.controls.rate) if self.controls else None

    @property
    def penalties(self) -> list[tuple[str, Any]]:
        penalties = self.controls.penalties if self.controls else ()
        return [(str(WORDS[each.name.rpartition(".")[2]]), each) for each in penalties]

    @property
    def penalised(self) -> str:
        """Name the penalties that are not 0; empty if there are none."""
        return pgettext("list", ", ").join(
            f"{label} {each.value}" for label, each in self.penalties if each.value != "0"
        )

    @property
    def epochs(self) -> Slider | None:
        return _slider(self.controls.epochs) if self.controls else None

    @property
    def seeds(self) -> Slider | None:
        return _slider(self.controls.seeds) if self.controls else None

    @property
    def features(self) -> list[tuple[str, str, bool]]:
        return [(name, FEATURES[name], chosen) for name, chosen in self.controls.features] if self.controls else []

    @property
    def sweeps(self) -> list[tuple[str, Any]]:
        return [(name, SWEPT[name]) for name in self.controls.sweep.options] if self.controls else []

    @property
    def pictured(self) -> list[tuple[str, SafeString]]:
        return [(name, thumb(name)) for name in IN_SIGHT]

    @property
    def more_pictured(self) -> list[tuple[str, SafeString]]:
        return [(name, thumb(name)) for name in MORE]

    @property
    def others(self) -> list[str]:
        """Data sets without a picture of points."""
        shown = {*IN_SIGHT, *MORE}
        return [card.name for _title, cards in api.data_shelves() for card in cards if card.name not in shown]

    @property
    def is_more(self) -> bool:
        return bool(self.controls) and self.controls.dataset not in IN_SIGHT  # type: ignore[union-attr]


class Edited(NamedTuple):
    """A text after changes, a sentence if some cannot be made, and those that may be asked for again.

    `said` is what else was changed.
    """

    text: str
    message: str
    left: dict[str, str]
    said: str = ""

    @property
    def told(self) -> str:
        """Return the sentences for a page without script, which does not ask again."""
        return " ".join(filter(None, [self.message, _left_out(self.left)]))


def by_times(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _layer_words(layer: Any) -> str:
    if layer.type == "Linear" and layer.size:
        return str(layer.size.text)
    has_width = layer.size and layer.measure in ("out_channels", "hidden_size", "embedding_dim")
    return f"{layer.type} {layer.size.text}" if has_width else str(layer.type)


def _slider(control: Any) -> Slider:
    return Slider(control, str(WORDS[control.name.rpartition(".")[2]]))


@cache
def thumb(name: str) -> SafeString:
    card = api.data_card(name)
    return mark_safe(api.data_thumb(card)) if card else SafeString("")


def panel(text: str) -> Panel:
    return Panel(api.config_controls(text), text)


def rendered(shown: Panel) -> SafeString:
    return render_to_string("experiments/playground_controls.html", {"panel": shown})


def answer(text: str) -> dict[str, Any]:
    """Return the controls for a script: their HTML, and where the text has their values, in UTF-16 code units."""
    shown = panel(text)
    if shown.controls is None:
        return {"controls": None}
    return {"controls": rendered(shown), "places": in_code_units(text, shown.controls.places)}


def in_code_units(text: str, places: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    if text.isascii():
        return dict(places)
    units = [0]
    for sign in text:
        units.append(units[-1] + (2 if ord(sign) > 0xFFFF else 1))
    return {name: (units[start], units[end]) for name, (start, end) in places.items()}


def edited(text: str, sent: QueryDict) -> Edited:
    """Return the text after the changes of a form, as many as a request may make.

    A form without script sends every control with its value before; one that is as it was changes nothing.
    """
    start, is_refused, is_unswept = thread_time(), False, False
    left: dict[str, str] = {}
    for made, (name, value) in enumerate(changes(sent)):
        if made >= MOST_CHANGES or (made and thread_time() - start >= MOST_SECONDS):
            left[name] = value
            continue
        try:
            changed = api.change_config(text, name, value)
        except api.CannotEdit:
            is_refused = True
            continue
        is_unswept |= name.startswith("layers.") and len(api.swept(changed)) < len(api.swept(text))
        text = changed
    message = _("The config could not be changed like this. Check its text first.") if is_refused else ""
    said = _("The sweep varied a setting that no longer exists: it was removed from the sweep.") if is_unswept else ""
    return Edited(text, message, left, said)


def _left_out(left: Mapping[str, str]) -> str:
    """Return a sentence that has what was typed, for a page without script draws the controls anew."""
    if not left:
        return ""
    listed = ", ".join(f"{name[:LISTED]}: {value[:LISTED]}" for name, value in list(left.items())[:LISTED])
    return _("Too many changes at once. These are not made yet: {changes}.").format(changes=listed)


def changes(sent: QueryDict) -> Iterator[tuple[str, str]]:
    """Yield the changed controls of a form, then the button that was pressed."""
    names = [name for name in sent if name.startswith((SET, WAS))]
    for name in dict.fromkeys(name.partition(".")[2] for name in names):
        value, before = sent.get(SET + name, ""), sent.get(WAS + name)
        if value != before:
            yield name, value
    act, _equals, value = sent.get(ACT, "").partition("=")
    if act:
        yield act, value
