"""Changes to a config that often cure a finding. Each is checked: what is not a valid config is not offered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from bpsandbox.document import Finding, LearningRateRange
from bpsandbox.messages import _
from bpsandbox.spec import InvalidConfig, Spec, parse, shortest

Config = dict[str, Any]
BOUNDED = ("sigmoid", "tanh", "softsign", "hardtanh")
LINEAR = ("Linear", "Conv2d")
RECURRENT = ("RNN", "LSTM", "GRU")
STEP = 10.0
"""Factor by which a learning rate is changed."""
WIDER = 4
PATIENCE_SHARE = 10
"""Early stopping waits for one tenth of the recorded points, at least FEWEST."""
FEWEST = 3
RATE_NAME = re.compile(r"lr=([0-9]{1,9}(?:\.[0-9]{1,12})?(?:e[+-]?[0-9]{1,2})?)")
"""A change that sets the learning rate, as `lr=0.01` and `lr=1e-05`."""
LOWER, HIGHER = 1000.0, 100.0
"""Factors by which the range of the learning rate finder is begun lower, and ended higher."""
RECORDS = ("gradients", "activations", "histograms", "weights", "confusion_matrix", "saliency")
"""What a run may not have recorded, each with a change `record_NAME`."""
EFFECTS = {
    "plateau": {"vanishing", "exploding", "saturated", "dead", "symmetric"},
    "diverged": {"exploding"},
    "saturated": {"diverged"},
    "dead": {"diverged"},
}
"""Findings that are effects of others, which have the cures, if those are in all of their seeds."""


UNDEFINED = {"zero_update": "default_eps", "zero_weights": "full_batch"}
"""The change against a division of 0 by 0."""


@dataclass(frozen=True)
class Cure:
    """A changed config: `name` is that of the change, `setting` the setting of a sweep that is changed, or 0."""

    name: str
    words: str
    setting: int = 0


def cures(finding: Finding, others: tuple[Finding, ...], spec: Spec) -> tuple[Cure, ...]:
    """Return at most two cures of a finding of this config; none for the effect of another finding."""
    setting = finding.evidence.settings[0] if finding.evidence.settings else 0
    alone = setting_of(finding, spec)
    causes: set[str] = {other.kind for other in others if {*other.seeds} >= {*finding.seeds}}
    names = dict.fromkeys(_names(finding, causes, alone.config))
    made = (Cure(name, _words(name), setting) for name in names if cured(alone, name) is not None)
    return tuple(made)[:2]


def setting_of(finding: Finding, spec: Spec) -> Spec:
    """Return the setting of a sweep that the evidence of a finding is from; any other spec unchanged."""
    setting = finding.evidence.settings[0] if finding.evidence.settings else 0
    return spec.settings[setting - 1].spec if 0 < setting <= len(spec.settings) else spec


def range_cures(record: LearningRateRange, spec: Spec) -> tuple[Cure, ...]:
    """Return what to change where the learning rate finder suggests no rate, or one from an end of its range."""
    names = [] if record.rates else ["default_start", "standardize"]
    if record.begins_too_high or record.suggests_below:
        names = ["lower_range"]
    elif record.ends_too_low:
        names = ["higher_range"]
    return tuple(Cure(name, _words(name)) for name in names if cured(spec, name) is not None)


def record_cure(spec: Spec, name: str) -> Cure | None:
    """Return the change that records something of RECORDS; None if the config cannot."""
    change = f"record_{name}"
    return Cure(change, _("Record it")) if cured(spec, change) is not None else None


def cured(spec: Spec, name: str) -> Config | None:
    """Return the shortest config with a change, by its name; None for one that does not apply or is not valid."""
    change = _set_rate(name) or CHANGES.get(name)
    if change is None or spec.written is not None:
        return None
    short = json.loads(json.dumps(shortest(spec)))
    if not change(short, spec.config):
        return None
    try:
        found = parse(json.dumps(short))
    except InvalidConfig:
        return None
    return short if found.hash != spec.hash else None


def _names(finding: Finding, causes: set[str], config: Config) -> Iterator[str]:
    """Yield the names of the changes for a finding, the best first."""
    evidence: Any = finding.evidence
    kind = finding.kind
    if causes & EFFECTS.get(kind, set()):
        return
    if kind == "vanishing":
        yield from ("lstm",) if evidence.through == "time" else ("default_start", "relu")
        yield "adam"
    elif kind == "exploding":
        yield from ("default_start", "clipping", "smaller_rate")
    elif kind in ("saturated", "dead"):
        began = (evidence.start or 0.0) >= 0.5
        yield from ("default_start", "standardize") if began else ("smaller_rate", "default_start", "standardize")
        yield "relu" if kind == "saturated" else "leaky_relu"
    elif kind == "symmetric":
        yield "default_start"
    elif kind == "plateau":
        yield from _against_a_plateau(evidence, config)
    elif evidence.why in UNDEFINED:
        yield UNDEFINED[evidence.why]
    elif kind == "diverged":
        yield from ("smaller_rate", "standardize", "default_start")
    else:
        yield "early_stopping" if kind == "overfitting" else "smaller_rate"


def _against_a_plateau(evidence: Any, config: Config) -> Iterator[str]:
    if not any(_is_nonlinear(layer) for layer in config["model"]["layers"][:-1]):
        yield "hidden_layer"
    if evidence.why == "baseline" and abs(evidence.moved or 0.0) < 0.05:
        yield from ("larger_rate", "standardize")
    yield from ("adam", "wider", "default_start")


def _words(name: str) -> str:
    """Return what a change does, as on a button."""
    return {
        "relu": _("Use relu"),
        "leaky_relu": _("Use leaky_relu"),
        "lstm": _("Use LSTM"),
        "default_start": _("Use the default initialisation"),
        "standardize": _("Standardise the inputs"),
        "clipping": _("Clip the gradient norm to 1"),
        "smaller_rate": _("Divide the learning rate by 10"),
        "larger_rate": _("Multiply the learning rate by 10"),
        "adam": _("Use Adam"),
        "wider": _("Make hidden layers four times as wide"),
        "hidden_layer": _("Add a hidden layer"),
        "early_stopping": _("Stop early and restore the best weights"),
        "default_eps": _("Use the default eps"),
        "full_batch": _("Put all examples in every batch"),
        "lower_range": _("Begin the range a thousand times lower"),
        "higher_range": _("End the range a hundred times higher"),
    }[name]


# the changes: each takes the short config, which it changes, and the canonical one; it returns whether it applies


def _activation_of(layer: Config) -> str:
    activation = layer.get("activation")
    return activation["type"] if isinstance(activation, dict) else activation or ""


def _is_nonlinear(layer: Config) -> bool:
    return layer["type"] not in (*LINEAR, "Flatten", "Reshape", "Dropout", "AvgPool2d") or bool(_activation_of(layer))


def _replace_activations(short: Config, old: tuple[str, ...], new: str) -> bool:
    """Replace hidden activations; the output's is kept."""
    changed = False
    for layer in short["model"]["layers"][:-1]:
        if layer["type"] in old:
            layer.clear()
            layer["type"], changed = new, True
        elif _activation_of(layer) in old:
            layer["activation"], changed = {"type": new}, True
    return changed


def _relu(short: Config, config: Config) -> bool:
    changed = _replace_activations(short, BOUNDED, "relu")
    _default_start(short, config)
    return changed


def _leaky_relu(short: Config, config: Config) -> bool:
    return _replace_activations(short, ("relu",), "leaky_relu")


def _lstm(short: Config, config: Config) -> bool:
    plain = [layer for layer in short["model"]["layers"] if layer["type"] == "RNN"]
    for layer in plain:
        layer["type"] = "LSTM"
        for name in ("nonlinearity", "init", "bias_init"):
            layer.pop(name, None)
    if plain:
        _default_start(short, config)
    return bool(plain)


def _default_start(short: Config, config: Config) -> bool:
    blocks = [short, *short["model"]["layers"]]
    found = [name for block in blocks for name in ("init", "bias_init") if block.pop(name, None) is not None]
    return bool(found)


def _standardize(short: Config, config: Config) -> bool:
    if config["dataset"].get("standardize", "none") != "none":
        return False
    short["dataset"]["standardize"] = "standard"
    return True


def _clipping(short: Config, config: Config) -> bool:
    if "gradient_clipping" in config:
        return False
    short["gradient_clipping"] = {"norm": 1.0}
    return True


def _scaled_rate(short: Config, config: Config, factor: float) -> bool:
    _write_rate(short, config, config["optimizer"]["lr"] * factor)
    _scale_other_rates(short, factor)
    return True


def _write_rate(short: Config, config: Config, rate: float) -> None:
    optimizer = short.setdefault("optimizer", {"type": config["optimizer"]["type"]})
    optimizer["lr"] = _rounded(rate)


def _scale_other_rates(short: Config, factor: float) -> None:
    scheduler = short.get("lr_scheduler")
    if scheduler and "max_lr" in scheduler:  # OneCycleLR sets the rate alone
        scheduler["max_lr"] = _rounded(scheduler["max_lr"] * factor)
    for layer in short["model"]["layers"]:
        if "lr" in layer:
            layer["lr"] = _rounded(layer["lr"] * factor)


def _set_rate(name: str) -> Callable[[Config, Config], bool] | None:
    """Return the change lr=0.01, which sets the learning rate and scales the other rates; None for other names."""
    found = RATE_NAME.fullmatch(name)
    rate = float(found[1]) if found else 0.0

    def change(short: Config, config: Config) -> bool:
        old = config["optimizer"]["lr"]
        _write_rate(short, config, rate)
        if old > 0:
            _scale_other_rates(short, rate / old)
        return True

    return change if rate > 0 else None


def _rounded(rate: float) -> float:
    return float(f"{rate:.3g}")


def _adam(short: Config, config: Config) -> bool:
    if config["optimizer"]["type"] in ("Adam", "AdamW", "NAdam", "LBFGS"):
        return False
    short["optimizer"] = {"type": "Adam", "lr": 0.01}
    return True


def _default_eps(short: Config, config: Config) -> bool:
    return short.get("optimizer", {}).pop("eps", None) is not None


def _full_batch(short: Config, config: Config) -> bool:
    short.setdefault("training", {})["batch_size"] = "full"
    return True


def _wider(short: Config, config: Config) -> bool:
    hidden = [layer for layer in short["model"]["layers"][:-1] if layer["type"] in ("Linear", *RECURRENT)]
    for layer in hidden:
        name = "out_features" if "out_features" in layer else "hidden_size"
        layer[name] *= WIDER
    return bool(hidden)


def _hidden_layer(short: Config, config: Config) -> bool:
    layers = short["model"]["layers"]
    if not layers or layers[-1]["type"] != "Linear":
        return False
    layers.insert(len(layers) - 1, {"type": "Linear", "out_features": 16, "activation": {"type": "tanh"}})
    return True


def _early_stopping(short: Config, config: Config) -> bool:
    if config["dataset"]["split"]["val"] == 0:
        short["dataset"].setdefault("split", {})["val"] = 0.2
    training = config["training"]
    points = (training.get("steps") or training["epochs"]) // training["eval_every"]
    patience = max(FEWEST, points // PATIENCE_SHARE)
    rule = {"type": "EarlyStopping", "monitor": "val_loss", "patience": patience, "restore_best_weights": True}
    short["stopping"] = [*(one for one in short.get("stopping", []) if one["type"] != "EarlyStopping"), rule]
    return True


def _other_range(short: Config, config: Config, name: str, factor: float) -> bool:
    wanted = config["record"].get("lr_range")
    if wanted:
        short["record"]["lr_range"] = {**wanted, name: _rounded(wanted[name] * factor)}
    return bool(wanted)


def _recorded(short: Config, config: Config, name: str) -> bool:
    if name == "confusion_matrix":
        short["metrics"] = [*config.get("metrics", []), name]
    else:
        short.setdefault("record", {})[name] = True
    return True


CHANGES: dict[str, Callable[[Config, Config], bool]] = {
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "lstm": _lstm,
    "default_start": _default_start,
    "standardize": _standardize,
    "clipping": _clipping,
    "smaller_rate": lambda short, config: _scaled_rate(short, config, 1.0 / STEP),
    "larger_rate": lambda short, config: _scaled_rate(short, config, STEP),
    "adam": _adam,
    "default_eps": _default_eps,
    "full_batch": _full_batch,
    "wider": _wider,
    "hidden_layer": _hidden_layer,
    "early_stopping": _early_stopping,
    "lower_range": lambda short, config: _other_range(short, config, "low", 1.0 / LOWER),
    "higher_range": lambda short, config: _other_range(short, config, "high", HIGHER),
    **{f"record_{name}": partial(_recorded, name=name) for name in RECORDS},
}
