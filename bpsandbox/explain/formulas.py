"""The formulas that the engine uses, with the choices of a config in them."""

from __future__ import annotations

from typing import Any

from .numbers import number

SUMS = {"mean": r"\frac{1}{N} \sum_i", "sum": r"\sum_i", "batchmean": r"\frac{1}{N} \sum_n \sum_i"}
PROBABILITIES = r"-\sum_k t_{ik} \log \hat{y}_{ik}"
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
    "LBFGS": r"w \leftarrow w + t d, \quad d = -H g",
    "Lion": r"w \leftarrow w - \eta \, \mathrm{sign}(\beta_1 m + (1 - \beta_1) g), \quad "
    r"m \leftarrow \beta_2 m + (1 - \beta_2) g",
}

FORMS = {
    (
        "Adam",
        "uncorrected",
    ): r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, "
    r"\quad w \leftarrow w - \eta \, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \frac{m}{\sqrt{v} + \varepsilon}",
    ("RMSprop", "inside"): r"v \leftarrow \alpha v + (1 - \alpha) g^2, \quad "
    r"w \leftarrow w - \eta \, \frac{g}{\sqrt{v + \varepsilon}}",
    ("Adagrad", "inside"): r"s \leftarrow s + g^2, \quad w \leftarrow w - \eta \, \frac{g}{\sqrt{s + \varepsilon}}",
    ("Adamax", "outside"): r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad u \leftarrow \max(\beta_2 u, |g|), \quad "
    r"w \leftarrow w - \frac{\eta}{1 - \beta_1^t} \frac{m}{u + \varepsilon}",
}
"""Steps in another library's form, by the place of eps."""
DECAY = r"w \leftarrow (1 - \eta \lambda) w, \quad "


def loss_formula(loss: dict[str, Any]) -> str:
    """Write the loss over N numbers (rows for cross-entropy); empty for one without a short formula."""
    term = PROBABILITIES if loss.get("from_logits") is False else TERMS.get(loss["type"])
    if term is None or loss.get("label_smoothing") or loss.get("class_weight"):
        return ""
    factor = "" if loss.get("factor", 1.0) == 1.0 else rf"{number(loss['factor'])} \cdot "
    sign, term = ("-", term[1:]) if term.startswith("-") else ("", term)
    return f"L = {sign}{factor}{SUMS[loss.get('reduction', 'mean')]} {term}"


def optimizer_formula(optimizer: dict[str, Any]) -> str:
    """Write one step; g is the gradient, with weight decay in it where the method couples the two."""
    if optimizer["type"] == "SGD":
        return _sgd(optimizer)
    plain = not optimizer.get("amsgrad") and not optimizer.get("centered") and not optimizer.get("momentum")
    if not plain:
        return ""
    kind, place = optimizer["type"], optimizer.get("eps_place")
    step = FORMS.get((kind, place), "") if place else STEPS.get(kind, "")
    return DECAY + step if optimizer.get("decoupled_weight_decay") and step else step


def _sgd(optimizer: dict[str, Any]) -> str:
    gradient = r"g = \frac{\partial L}{\partial w}"
    if optimizer.get("decoupled_weight_decay"):
        gradient += r", \quad " + DECAY.removesuffix(r", \quad ")
    elif optimizer.get("weight_decay"):
        gradient += r" + \lambda w"
    if not optimizer.get("momentum"):
        return rf"{gradient}, \quad w \leftarrow w - \eta g"
    if optimizer.get("momentum_form") == "updates":
        move = r"\mu v - \eta g" if optimizer.get("nesterov") else "v"
        return rf"{gradient}, \quad v \leftarrow \mu v - \eta g, \quad w \leftarrow w + {move}"
    share = r"(1 - \tau) g" if optimizer.get("dampening") else "g"
    step = r"g + \mu v" if optimizer.get("nesterov") else "v"
    along = rf"({step})" if optimizer.get("nesterov") else step
    return rf"{gradient}, \quad v \leftarrow \mu v + {share}, \quad w \leftarrow w - \eta {along}"
