"""Activations."""

from __future__ import annotations

from typing import Any

from bpsandbox.explain.numbers import number
from bpsandbox.messages import _

from .formula import Formula, values

Config = dict[str, Any]


def _piecewise(positive: str, negative: str) -> str:
    return rf"\begin{{cases}} {positive} & z > 0 \\ {negative} & z \le 0 \end{{cases}}"


FORMULAS = {
    "sigmoid": r"\sigma(z) = \frac{1}{1 + e^{-z}}",
    "tanh": r"\tanh(z) = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}",
    "relu": r"\mathrm{ReLU}(z) = \max(0, z)",
    "softmax": r"\mathrm{softmax}(z)_k = \frac{e^{z_k}}{\sum_j e^{z_j}}",
    "leaky_relu": r"\mathrm{LeakyReLU}(z) = " + _piecewise("z", "a z"),
    "elu": r"\mathrm{ELU}(z) = " + _piecewise("z", r"\alpha (e^{z} - 1)"),
    "selu": r"\mathrm{SELU}(z) = 1.0507 \cdot " + _piecewise("z", r"1.6733 \, (e^{z} - 1)"),
    "gelu": r"\mathrm{GELU}(z) = z \, \Phi(z) = \frac{z}{2} \left( 1 + \mathrm{erf} \frac{z}{\sqrt{2}} \right)",
    "silu": r"\mathrm{SiLU}(z) = z \, \sigma(z)",
    "softplus": r"\mathrm{softplus}(z) = \frac{1}{\beta} \log(1 + e^{\beta z})",
    "mish": r"\mathrm{Mish}(z) = z \tanh(\log(1 + e^{z}))",
    "softsign": r"\mathrm{softsign}(z) = \frac{z}{1 + |z|}",
    "hardtanh": r"\mathrm{hardtanh}(z) = \max(a, \min(b, z))",
    "step": r"\mathrm{step}(z) = [z > 0]",
}
TANH_GELU = (
    r"\mathrm{GELU}(z) = \frac{z}{2} \left( 1 + \tanh\left( \sqrt{\frac{2}{\pi}} \, (z + 0.044715 z^3) \right) \right)"
)


def activation_meaning(activation: Config) -> Formula:
    name = activation["type"]
    line = TANH_GELU if activation.get("approximate") == "tanh" else FORMULAS[name]
    letters = values(
        slope=activation.get("negative_slope"),
        alpha=activation.get("alpha"),
        beta=activation.get("beta"),
        low=activation.get("min_val"),
        high=activation.get("max_val"),
    )
    return Formula(_("Activation"), name, (line,), letters, _note(activation))


def _note(activation: Config) -> str:
    name = activation["type"]
    if name == "relu":
        return _("Its derivative at 0 is 0.")
    if name == "step":
        return _("Backpropagation uses 1 as its derivative (straight through).")
    if name == "softplus":
        limit = number(activation["threshold"])
        return _("Where βz is above {threshold}, it is z itself.", threshold=limit)
    return ""
