"""Describe a canonical config in words, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bpsandbox.document import DataSummary, LayerSummary, Recorded
from bpsandbox.messages import _
from bpsandbox.spec import price
from bpsandbox.spec.sweep import LENGTH, PINNED, SHARED, Setting

from .layer_table import shape_words
from .swept import few, varies
from .swept import in_words as swept

Config = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """The description of one block of a config.

    `data_set` is the name of the card with more details; `language` is set for text that is never translated.
    """

    label: str
    text: str
    data_set: str = ""
    language: str = ""


@dataclass(frozen=True)
class RunFacts:
    """Facts known only from a result; None or empty if unknown or different between the settings of a sweep."""

    data: DataSummary | None = None
    layers: tuple[LayerSummary, ...] = ()
    parameters: int | str | None = None
    start: str = ""
    """The initializers of a sweep's settings, if they differ without being varied."""
    shared: str = ""
    """What the settings of a sweep have in common."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of one example, as the first layer gets it; empty if unknown."""
        taken = self.layers[0].in_shape if self.layers else None
        return taken or ((self.data.features,) if self.data and self.data.features else ())


def in_words(config: Config, document: Recorded | None = None, settings: Sequence[Setting] = ()) -> tuple[Row, ...]:
    """Describe a config. A result document adds facts known only from a run: sizes and counts.

    For a sweep, `settings` add what differs between them without being varied.
    """
    known = RunFacts(document.data, document.layers, document.parameters) if document else RunFacts()
    link = config["dataset"].get("name", "") if not varies(config, "dataset") else ""
    if config.get("sweep"):
        known = _of_all(config, known, settings)
    return tuple(row for row in _rows(swept(config, value_words), known, link) if row.text)


def _of_all(config: Config, known: RunFacts, settings: Sequence[Setting]) -> RunFacts:
    """Reduce the facts of a sweep, which are those of its first setting, to what all settings share."""
    is_data, is_model = varies(config, "dataset"), varies(config, "model")
    parameters = _parameters(known, settings if is_data or is_model else ())
    known = RunFacts() if is_data else known
    return replace(known, parameters=parameters, start=_starts(config, settings), shared=_shared(config))


def _parameters(known: RunFacts, settings: Sequence[Setting]) -> int | str | None:
    """Return the number of parameters of the settings, or its range."""
    if not settings or known.parameters is None:
        return known.parameters
    found = {price(setting.spec).parameters for setting in settings}
    return f"{min(found):,} – {max(found):,}" if len(found) > 1 else found.pop()


def _starts(config: Config, settings: Sequence[Setting]) -> str:
    """Mention different initializers of settings when no initializer is varied, which is easily overlooked."""
    if any("init" in name for name in config["sweep"]["parameters"]):
        return ""
    numbers: dict[str, int] = {}
    for number, setting in enumerate(settings, 1):
        numbers.setdefault(start_words(setting.spec.config["model"]["layers"]), number)
    if len(numbers) < 2:
        return ""
    starts = few([f"({number}) {start}" for start, number in numbers.items()])
    return _("differs between settings, since each uses its own default: {starts}. Write init to use the same "
             "for all.",
             starts=_("; ").join(starts))  # fmt: skip


def _shared(config: Config) -> str:
    """Describe what a sweep does not vary."""
    blocks = [name for name in (*PINNED, *SHARED) if config.get(name) not in (None, [], {})]
    length = [f"training.{name}" for name in LENGTH if name in config["training"]]
    names = [*blocks, *length, *([] if varies(config, "dataset") else ["dataset"])]
    return _(
        "{names}; initial weights, batches and masks are drawn from the seeds", names=_(", ").join(dict.fromkeys(names))
    )


def _rows(config: Config, known: RunFacts, data_set: str) -> Iterator[Row]:
    yield Row(_("Data"), _data(config["dataset"], known), data_set=data_set)
    yield Row(_("Network"), _network(config["model"]["layers"], known))
    yield Row(_("Initialisation"), known.start or start_words(config["model"]["layers"]))
    yield Row(_("Loss"), typed_words(config["loss"], hidden=_plain_loss(config["loss"])))
    yield Row(_("Penalty"), _penalty(config.get("regularization") or {}))
    yield Row(_("Optimiser"), typed_words(config["optimizer"]))
    yield Row(_("Learning rate"), typed_words(config.get("lr_scheduler") or {}))
    yield Row(_("Gradient clipping"), _fields(config.get("gradient_clipping") or {}))
    yield Row(_("Training"), _training(config["training"]))
    yield Row(_("Seeds"), seeds_words(config["seeds"]))
    yield Row(_("Settings"), _sweep(config.get("sweep") or {}))
    yield Row(_("Shared"), known.shared)
    yield Row(_("Early stopping"), _("; ").join(rule_words(rule) for rule in config.get("stopping") or ()))
    yield Row(_("Metrics"), _(", ").join(config.get("metrics") or ()))
    yield Row(_("Precision"), config.get("dtype", ""))


def _plain_loss(loss: Config) -> tuple[str, ...]:
    """Return the default choices of a loss, which are not mentioned."""
    return tuple(name for name, plain in (("reduction", "mean"), ("factor", 1.0)) if loss.get(name) == plain)


def _data(dataset: Config, known: RunFacts) -> str:
    name = dataset.get("name") or _("points in the config")
    hidden = ("name", "points", "split", "features", "standardize", "seed")
    parts = [name, *(f"{key} {value_words(value)}" for key, value in dataset.items() if key not in hidden)]
    if known.data and known.data.n:
        parts.append(_examples(known.data, known.shape))
    if dataset.get("features"):
        parts.append(_("inputs {names}", names=_(", ").join(dataset["features"])))
    if dataset.get("standardize", "none") != "none":
        parts.append(_("scaled: {way}", way=dataset["standardize"]))
    return _(", ").join([*parts, *_split(dataset.get("split") or {}, known.data)])


def _examples(data: DataSummary, shape: tuple[int, ...]) -> str:
    count = f"{data.n:,}"
    if len(shape) > 1:
        return _("{count} examples of shape {shape}", count=count, shape=shape_words(shape))
    return _("{count} examples of {size} numbers", count=count, size=f"{data.features:,}")


def _split(split: Config, data: DataSummary | None) -> Iterator[str]:
    counts = (data.val, data.test) if data else (None, None)
    sentences = (_("{count} for validation"), _("{count} for testing"))
    for part, sentence, count in zip(("val", "test"), sentences, counts, strict=True):
        if split.get(part):
            yield sentence.format(count=_part(split[part], count))


def _part(share: Any, count: int | None) -> str:
    return f"{count:,}" if count else f"{share:.0%}" if isinstance(share, float) else str(share)


def _network(layers: list[Config], known: RunFacts) -> str:
    shape = known.shape
    chain = " → ".join([shape_words(shape), network_words(layers)] if shape else [network_words(layers)])
    count = known.parameters
    return (
        _("; ").join((chain, _("{count} parameters", count=count if isinstance(count, str) else f"{count:,}")))
        if count is not None
        else chain
    )


def network_words(layers: list[Config]) -> str:
    return " → ".join(map(layer_words, layers))


def layer_words(layer: Config) -> str:
    """Describe a layer without its defaults, such as "3 sigmoid (no bias)" or "Conv2d 8, kernel_size 3"."""
    activation = (layer.get("activation") or {}).get("type", "identity")
    notes = [] if layer.get("bias", True) else [_("no bias")]
    notes += [] if layer.get("trainable", True) else [_("frozen")]
    words = str(layer["out_features"]) if layer["type"] == "Linear" else _other_layer(layer)
    words += f" {activation}" if activation != "identity" else ""
    return f"{words} ({_(', ').join(notes)})" if notes else words


def _other_layer(layer: Config) -> str:
    hidden = ("type", "activation", "init", "bias_init", "bias", "trainable", "lr", *USUAL)
    usual = {name for name, value in USUAL.items() if layer.get(name) == value}
    kept = {name: value for name, value in layer.items() if name not in hidden or (name in USUAL and name not in usual)}
    fields = _fields(kept)
    return _(", ").join((layer["type"], fields)) if fields else layer["type"]


USUAL = {"stride": 1, "padding": 0, "dilation": 1, "eps": 1e-5, "momentum": 0.1, "affine": True, "return": "last",
         "reset_after": True}  # fmt: skip
"""Default values of layer fields, which are not mentioned."""


def start_words(layers: list[Config]) -> str:
    """Describe the initial weights and biases, once if all layers agree."""
    weights = _agreed(layers, "init")
    biases = _agreed(layers, "bias_init")
    parts = [_("weights {start}", start=weights)] if weights else []
    return _("; ").join([*parts, _("biases {start}", start=biases)] if biases else parts)


def _agreed(layers: list[Config], key: str) -> str:
    """Describe a field of all layers once, or each value with the numbers of its layers."""
    places: dict[str, list[str]] = {}
    for number, layer in enumerate(layers):
        if layer.get(key):
            places.setdefault(typed_words(layer[key], hidden=("values",)), []).append(str(number))
    if len(places) < 2:
        return "".join(places)
    return _(", ").join(_("{start} (layer {numbers})", start=start, numbers=_(", ").join(numbers))
                        for start, numbers in places.items())  # fmt: skip


def _penalty(regularization: Config) -> str:
    written = _(", ").join(
        f"{name} {value_words(regularization[name])}" for name in ("l1", "l2") if regularization.get(name)
    )
    return _("{penalty}, divided by the batch's size", penalty=written) if regularization.get("per_sample") else written


def _training(training: Config) -> str:
    batch = training["batch_size"]
    batches = {"full": _("all examples at once"), 1: _("one example at a time")}.get(
        batch, _("{count} examples at a time", count=batch)
    )
    if "steps" in training:
        length = _("{count} steps", count=f"{training['steps']:,}")
    else:
        length = _("{count} epochs", count=f"{training['epochs']:,}")
    order = "" if training.get("shuffle", True) or batch == "full" else _("in fixed order")
    return _(", ").join(part for part in (length, batches, order) if part)


def seeds_words(seeds: list[int]) -> str:
    if len(seeds) > 2 and seeds == list(range(seeds[0], seeds[0] + len(seeds))):
        return _("{count}, from {first} to {last}", count=len(seeds), first=seeds[0], last=seeds[-1])
    return _(", ").join(map(str, seeds))


def _sweep(sweep: Config) -> str:
    """Describe what is varied, and whether all combinations are tried."""
    if not sweep:
        return ""
    varied = _("; ").join(f"{name}: {value_words(values)}" for name, values in sweep["parameters"].items())
    if sweep["method"] == "grid":
        return varied
    return _("{varied}; at most {count} of them, chosen at random", varied=varied, count=sweep["run_cap"])


def rule_words(rule: Config) -> str:
    if rule["type"] == "Target":
        return _("when {name} reaches {value}", name=rule["monitor"], value=value_words(rule["value"]))
    sentence = _("when {name} has not improved for {patience} points", name=rule["monitor"], patience=rule["patience"])
    return _(", ").join((sentence, _("best weights kept"))) if rule.get("restore_best_weights") else sentence


def typed_words(block: Config, hidden: tuple[str, ...] = ()) -> str:
    """Describe a block by its type and its fields that are not zero, false or none."""
    if not block:
        return ""
    fields = _fields({key: value for key, value in block.items() if key not in (*hidden, "type")})
    return _(", ").join((block["type"], fields)) if fields else block["type"]


def _fields(block: Config) -> str:
    shown = ((key, value) for key, value in block.items() if value not in (None, False, 0, [], {}))
    return _(", ").join(f"{key} {value_words(value)}" for key, value in shown)


def value_words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return ", ".join(map(value_words, value))
    if isinstance(value, dict):
        fields = [f"{name} {value_words(inner)}" for name, inner in value.items() if name != "type"]
        return " ".join([str(value.get("type", "")), *fields]).strip()
    return str(value)
