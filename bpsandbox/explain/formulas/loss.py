"""Losses, with the choices of a config in them."""

from __future__ import annotations

from typing import Any

from bpsandbox.explain.numbers import number
from bpsandbox.messages import _

from .formula import Formula, values

Config = dict[str, Any]

SUMS = {"mean": r"\frac{1}{N} \sum_i", "sum": r"\sum_i", "batchmean": r"\frac{1}{N} \sum_n \sum_i"}
PROBABILITIES = r"-\sum_k t_{ik} \log \hat{y}_{ik}"
HUBER = r"\begin{{cases}} {near} & \left| d_i \right| \le {limit} \\ {far} & \text{{else}} \end{{cases}}"
TERMS = {
    "MSELoss": r"(\hat{y}_i - y_i)^2",
    "L1Loss": r"\left| \hat{y}_i - y_i \right|",
    "BCELoss": r"-\left( y_i \log \hat{y}_i + (1 - y_i) \log (1 - \hat{y}_i) \right)",
    "BCEWithLogitsLoss": r"\left( \log(1 + e^{z_i}) - y_i z_i \right)",
    "CrossEntropyLoss": r"-\sum_k t_{ik} \log \mathrm{softmax}(z_i)_k",
    "HuberLoss": HUBER.format(
        near=r"\frac{1}{2} d_i^2", limit=r"\delta", far=r"\delta \left( |d_i| - \frac{1}{2} \delta \right)"
    ),
    "SmoothL1Loss": HUBER.format(near=r"\frac{1}{2 \beta} d_i^2", limit=r"\beta", far=r"|d_i| - \frac{1}{2} \beta"),
    "hinge": r"\max(0, 1 - y_i z_i)",
}
MARGINS = r"\frac{1}{K} \sum_{k \ne y_i} \max(0, 1 - z_{i y_i} + z_{ik})"
DISTANCES = ("HuberLoss", "SmoothL1Loss")


def loss_formula(loss: Config, outputs: int = 1) -> str:
    """Write the loss over N numbers (rows, for classification losses)."""
    term = PROBABILITIES if loss.get("from_logits") is False else TERMS[loss["type"]]
    term = MARGINS if loss["type"] == "hinge" and outputs > 1 else term
    factor = "" if loss.get("factor", 1.0) == 1.0 else rf"{number(loss['factor'])} \cdot "
    sign, term = ("-", term[1:]) if term.startswith("-") else ("", term)
    return f"L = {sign}{factor}{_sum(loss)} {term}"


def _sum(loss: Config) -> str:
    is_weighed = loss.get("class_weight") and loss.get("reduction", "mean") == "mean"
    return r"\frac{1}{\sum_i w_{y_i}} \sum_i" if is_weighed else SUMS[loss.get("reduction", "mean")]


def loss_meaning(loss: Config, outputs: int = 1) -> Formula:
    lines = (loss_formula(loss, outputs), *_targets(loss))
    if loss["type"] in DISTANCES:
        lines = (*lines, r"d_i = \hat{y}_i - y_i")
    letters = values(delta=loss.get("delta"), beta=loss.get("beta"), smoothing=loss.get("label_smoothing") or None)
    return Formula(_("Loss"), loss["type"], lines, letters, _note(loss, outputs))


def _targets(loss: Config) -> tuple[str, ...]:
    """Return the formula of t if it is not simply 1 for the class and 0 elsewhere."""
    smoothed = r"(1 - \epsilon) [k = y_i] + \frac{\epsilon}{K}" if loss.get("label_smoothing") else "[k = y_i]"
    if loss.get("class_weight"):
        bracketed = rf"\left( {smoothed} \right)" if loss.get("label_smoothing") else smoothed
        return (rf"t_{{ik}} = w_k {bracketed}",)
    return (f"t_{{ik}} = {smoothed}",) if loss["type"] == "CrossEntropyLoss" else ()


def _note(loss: Config, outputs: int) -> str:
    rows = loss["type"] == "CrossEntropyLoss" or (loss["type"] == "hinge" and outputs > 1)
    if loss["type"] == "CrossEntropyLoss" and loss.get("from_logits") is not False:
        return _("z are logits, in nats; i runs over the N examples of the batch, k over the K classes.")
    if loss["type"] == "BCELoss":
        return _("Logarithms are clipped at −100; i runs over the N elements of the batch.")
    if rows:
        return _("i runs over the N examples of the batch, k over the K classes.")
    if loss.get("reduction") == "batchmean":
        return _("n runs over the N examples of the batch, i over the elements of one.")
    return _("i runs over the N elements of the batch: all outputs of all its examples.")
