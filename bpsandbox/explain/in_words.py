"""A canonical config in words, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bpsandbox.messages import _

Config = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One block of a config: what it is about, in words.

    `data_set` names the card that tells more; `language` is that of a text that is never translated.
    """

    label: str
    text: str
    data_set: str = ""
    language: str = ""


def in_words(config: Config, document: dict[str, Any] | None = None) -> tuple[Row, ...]:
    """Say what a config does. A result document adds what only the run knows: sizes and counts."""
    facts = document or {}
    return tuple(row for row in _rows(config, facts) if row.text)


def _rows(config: Config, facts: dict[str, Any]) -> Iterator[Row]:
    data_set = config["dataset"].get("name", "points")
    yield Row(_("Data"), _data(config["dataset"], facts.get("data") or {}), data_set=data_set)
    yield Row(_("Network"), _network(config["model"]["layers"], facts))
    yield Row(_("Start"), _start(config["model"]["layers"]))
    yield Row(_("Loss"), _typed(config["loss"], hidden=_plain_loss(config["loss"])))
    yield Row(_("Penalty"), _penalty(config.get("regularization") or {}))
    yield Row(_("Optimiser"), _typed(config["optimizer"]))
    yield Row(_("Learning rate"), _typed(config.get("lr_scheduler") or {}))
    yield Row(_("Gradient clipping"), _fields(config.get("gradient_clipping") or {}))
    yield Row(_("Training"), _training(config["training"]))
    yield Row(_("Seeds"), _seeds(config["seeds"]))
    yield Row(_("Settings"), _sweep(config.get("sweep") or {}))
    yield Row(_("Stops early"), _("; ").join(_rule(rule) for rule in config.get("stopping") or ()))
    yield Row(_("Measures"), _(", ").join(config.get("metrics") or ()))
    yield Row(_("Numbers"), config.get("dtype", ""))


def _plain_loss(loss: Config) -> tuple[str, ...]:
    """Name the choices of a loss that go without saying."""
    return tuple(name for name, plain in (("reduction", "mean"), ("factor", 1.0)) if loss.get(name) == plain)


def _data(dataset: Config, data: dict[str, Any]) -> str:
    name = dataset.get("name") or _("points in the config")
    hidden = ("name", "points", "split", "features", "standardize", "seed")
    parts = [name, *(f"{key} {_value(value)}" for key, value in dataset.items() if key not in hidden)]
    if data.get("n"):
        parts.append(_("{count} examples of {size} numbers", count=f"{data['n']:,}", size=f"{data['features']:,}"))
    if dataset.get("features"):
        parts.append(_("inputs {names}", names=_(", ").join(dataset["features"])))
    if dataset.get("standardize", "none") != "none":
        parts.append(_("scaled: {way}", way=dataset["standardize"]))
    return _(", ").join([*parts, *_split(dataset.get("split") or {}, data)])


def _split(split: Config, data: dict[str, Any]) -> Iterator[str]:
    for part, sentence in (("val", _("{count} for validation")), ("test", _("{count} for the test"))):
        if split.get(part):
            yield sentence.format(count=f"{data[part]:,}" if data.get(part) else f"{split[part]:.0%}")


def _network(layers: list[Config], facts: dict[str, Any]) -> str:
    words = [_layer(layer) for layer in layers]
    size = (facts.get("data") or {}).get("features")
    chain = " → ".join([str(size), *words] if size else words)
    count = facts.get("parameters")
    return _("; ").join((chain, _("{count} parameters", count=f"{count:,}"))) if count is not None else chain


def _layer(layer: Config) -> str:
    """Write a layer by what it has out of the ordinary, such as "3 sigmoid (no bias)" or "Conv2d 8, kernel_size 3"."""
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
"""Fields of layers that go without saying while they have these values."""


def _start(layers: list[Config]) -> str:
    """Say how weights and biases begin, once where all layers agree."""
    weights = _agreed(layers, "init")
    biases = _agreed(layers, "bias_init")
    parts = [_("weights {start}", start=weights)] if weights else []
    return _("; ").join([*parts, _("biases {start}", start=biases)] if biases else parts)


def _agreed(layers: list[Config], key: str) -> str:
    written = list(dict.fromkeys(_typed(layer[key], hidden=("values",)) for layer in layers if layer.get(key)))
    return " / ".join(written)


def _penalty(regularization: Config) -> str:
    written = _(", ").join(
        f"{name} {_value(regularization[name])}" for name in ("l1", "l2") if regularization.get(name)
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


def _seeds(seeds: list[int]) -> str:
    if len(seeds) > 2 and seeds == list(range(seeds[0], seeds[0] + len(seeds))):
        return _("{count}, from {first} to {last}", count=len(seeds), first=seeds[0], last=seeds[-1])
    return _(", ").join(map(str, seeds))


def _sweep(sweep: Config) -> str:
    """Say what is varied, and whether all combinations are tried."""
    if not sweep:
        return ""
    varied = _("; ").join(f"{name}: {_value(values)}" for name, values in sweep["parameters"].items())
    if sweep["method"] == "grid":
        return varied
    return _("{varied}; at most {count} of them, drawn at random", varied=varied, count=sweep["run_cap"])


def _rule(rule: Config) -> str:
    if rule["type"] == "Target":
        return _("when {name} reaches {value}", name=rule["monitor"], value=_value(rule["value"]))
    sentence = _("when {name} has not improved for {patience} points", name=rule["monitor"], patience=rule["patience"])
    return _(", ").join((sentence, _("best weights kept"))) if rule.get("restore_best_weights") else sentence


def _typed(block: Config, hidden: tuple[str, ...] = ()) -> str:
    """Write a block by its type and the fields that differ from nothing."""
    if not block:
        return ""
    fields = _fields({key: value for key, value in block.items() if key not in (*hidden, "type")})
    return _(", ").join((block["type"], fields)) if fields else block["type"]


def _fields(block: Config) -> str:
    shown = ((key, value) for key, value in block.items() if value not in (None, False, 0, [], {}))
    return _(", ").join(f"{key} {_value(value)}" for key, value in shown)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, dict):
        fields = [f"{name} {_value(inner)}" for name, inner in value.items() if name != "type"]
        return " ".join([str(value.get("type", "")), *fields]).strip()
    return str(value)
