"""The formulas that the engine uses, with the choices of a config in them."""

from __future__ import annotations

from typing import Any

from .numbers import number

MEAN, SUM = r"\frac{1}{N} \sum_i", r"\sum_i"
TERMS = {
    "MSELoss": r"(\hat{y}_i - y_i)^2",
    "L1Loss": r"\left| \hat{y}_i - y_i \right|",
    "BCELoss": r"-\left( y_i \log \hat{y}_i + (1 - y_i) \log (1 - \hat{y}_i) \right)",
    "BCEWithLogitsLoss": r"\left( \log(1 + e^{z_i}) - y_i z_i \right)",
    "CrossEntropyLoss": r"-\sum_k t_{ik} \log \mathrm{softmax}(z_i)_k",
    "hinge": r"\max(0, 1 - y_i z_i)",
}
STEPS = {
    "Adam": r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad "
    r"w \leftarrow w - \eta \, \frac{\hat{m}}{\sqrt{\hat{v}} + \varepsilon}",
    "AdamW": r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad "
    r"w \leftarrow (1 - \eta \lambda) w - \eta \, \frac{\hat{m}}{\sqrt{\hat{v}} + \varepsilon}",
    "RMSprop": r"v \leftarrow \alpha v + (1 - \alpha) g^2, \quad "
    r"w \leftarrow w - \eta \, \frac{g}{\sqrt{v} + \varepsilon}",
    "Adagrad": r"s \leftarrow s + g^2, \quad w \leftarrow w - \eta \, \frac{g}{\sqrt{s} + \varepsilon}",
    "Adadelta": r"v \leftarrow \rho v + (1 - \rho) g^2, \quad "
    r"\Delta = \frac{\sqrt{u + \varepsilon}}{\sqrt{v + \varepsilon}} g, \quad "
    r"u \leftarrow \rho u + (1 - \rho) \Delta^2, \quad w \leftarrow w - \eta \Delta",
    "Adamax": r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad u \leftarrow \max(\beta_2 u, |g| + \varepsilon), \quad "
    r"w \leftarrow w - \frac{\eta}{1 - \beta_1^t} \frac{m}{u}",
    "Lion": r"w \leftarrow w - \eta \, \mathrm{sign}(\beta_1 m + (1 - \beta_1) g), \quad "
    r"m \leftarrow \beta_2 m + (1 - \beta_2) g",
}


def loss_formula(loss: dict[str, Any]) -> str:
    """Write the loss over N numbers (rows for cross-entropy); empty for one without a short formula."""
    term = TERMS.get(loss["type"])
    if term is None or loss.get("label_smoothing") or loss.get("class_weight"):
        return ""
    factor = "" if loss.get("factor", 1.0) == 1.0 else rf"{number(loss['factor'])} \cdot "
    sign, term = ("-", term[1:]) if term.startswith("-") else ("", term)
    return f"L = {sign}{factor}{SUM if loss.get('reduction') == 'sum' else MEAN} {term}"


def optimizer_formula(optimizer: dict[str, Any]) -> str:
    """Write one step; g is the gradient, with weight decay in it where the method couples the two."""
    if optimizer["type"] == "SGD":
        return _sgd(optimizer)
    plain = not optimizer.get("amsgrad") and not optimizer.get("centered") and not optimizer.get("momentum")
    return STEPS.get(optimizer["type"], "") if plain else ""


def _sgd(optimizer: dict[str, Any]) -> str:
    gradient = r"g = \frac{\partial L}{\partial w}"
    if optimizer.get("weight_decay"):
        gradient += r" + \lambda w"
    if not optimizer.get("momentum"):
        return rf"{gradient}, \quad w \leftarrow w - \eta g"
    share = r"(1 - \tau) g" if optimizer.get("dampening") else "g"
    step = r"g + \mu v" if optimizer.get("nesterov") else "v"
    along = rf"({step})" if optimizer.get("nesterov") else step
    return rf"{gradient}, \quad v \leftarrow \mu v + {share}, \quad w \leftarrow w - \eta {along}"
