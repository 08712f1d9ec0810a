"""Write the formulas of initializers."""

from __future__ import annotations

from typing import Any

from bpsandbox.explain.numbers import number
from bpsandbox.messages import _

from .formula import Formula

Config = dict[str, Any]

UNIFORM = r"w \sim \mathcal{U}(-l, l)"
NORMAL = r"w \sim \mathcal{N}(0, s^2)"
GLOROT = (UNIFORM, r"l = \sqrt{\frac{6}{n_{in} + n_{out}}}")
STARTS: dict[str, tuple[str, ...]] = {
    "ones": ("w = 1",),
    "constant": ("w = c",),
    "uniform": (r"w \sim \mathcal{U}(a, b)",),
    "normal": (r"w \sim \mathcal{N}(\mu, s^2)",),
    "truncated_normal": (r"w \sim \mathcal{N}(\mu, s^2)", r"|w - \mu| \le 2 s"),
    "zeros": ("w = 0",),
    "xavier_uniform": (UNIFORM, r"l = g \sqrt{\frac{6}{n_{in} + n_{out}}}"),
    "xavier_normal": (NORMAL, r"s = g \sqrt{\frac{2}{n_{in} + n_{out}}}"),
    "kaiming_uniform": (UNIFORM, r"l = g \sqrt{\frac{3}{n_{in}}}"),
    "kaiming_normal": (NORMAL, r"s = \frac{g}{\sqrt{n_{in}}}"),
    "lecun_uniform": (UNIFORM, r"l = g \sqrt{\frac{3}{n_{in}}}"),
    "lecun_normal": (NORMAL, r"s = \frac{g}{\sqrt{n_{in}}}"),
    "orthogonal": (r"W W^{\top} = g^2 I \; \text{or} \; W^{\top} W = g^2 I",),
}
RECURRENT = ("RNN", "LSTM", "GRU")
NORMS = ("BatchNorm1d", "BatchNorm2d", "LayerNorm")
LETTERS = {"gain": "g", "value": "c", "a": "a", "b": "b", "mean": r"\mu", "std": "s"}


def start_meaning(layer: Config) -> Formula | None:
    """Return the formula of a layer's initial weights; None without weights, for norms (1 and 0) and given numbers."""
    init = layer.get("init")
    if not init or layer["type"] in NORMS or init["type"] == "values":
        return None
    library = LIBRARIES.get(init["type"])
    lines = library(layer) if library else STARTS[init["type"]]
    if init.get("mode") == "fan_out":
        lines = tuple(line.replace("n_{in}", "n_{out}") for line in lines)
    numbers = tuple(f"{letter} = {number(init[name])}" for name, letter in LETTERS.items() if name in init)
    return Formula(_("Initialisation"), init["type"], lines, numbers, _note(layer, init["type"], lines))


def _torch(layer: Config) -> tuple[str, ...]:
    if layer["type"] == "Embedding":
        return (r"w \sim \mathcal{N}(0, 1)",)
    return UNIFORM, r"l = \frac{1}{\sqrt{h}}" if layer["type"] in RECURRENT else r"l = \frac{1}{\sqrt{n_{in}}}"


def _keras(layer: Config) -> tuple[str, ...]:
    if layer["type"] == "Embedding":
        return (r"w \sim \mathcal{U}(-0.05, 0.05)",)
    return (*GLOROT, r"W_{hh} W_{hh}^{\top} = I") if layer["type"] in RECURRENT else GLOROT


def _sklearn(layer: Config) -> tuple[str, ...]:
    count = 2 if (layer.get("activation") or {}).get("type") == "sigmoid" else 6
    return UNIFORM, rf"l = \sqrt{{\frac{{{count}}}{{n_{{in}} + n_{{out}}}}}}"


LIBRARIES = {"torch_default": _torch, "keras_default": _keras, "sklearn_default": _sklearn}


def _note(layer: Config, kind: str, lines: tuple[str, ...]) -> str:
    said = []
    if "n_{in}" in lines[-1]:
        said.append(_("n_in is the number of inputs to one output."))
    if "n_{out}" in lines[-1]:
        said.append(_("n_out is the number of outputs of one input."))
    if lines[-1].endswith("{h}}"):
        said.append(_("h is the hidden size."))
    if (layer.get("bias_init") or {}).get("type") == "zeros":
        said.append(_("Biases start at 0."))
    elif kind in ("torch_default", "sklearn_default") and layer.get("bias_init"):
        said.append(_("Biases are initialised the same way."))
    elif kind == "keras_default":
        said.append(
            _("The bias of the forget gate starts at 1, the others at 0.")
            if layer["type"] == "LSTM"
            else _("Biases start at 0.")
        )
    return " ".join(said)
