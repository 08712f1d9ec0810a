r"""The equation that shows a finding, chosen by the config, and the same with the run's numbers."""

from __future__ import annotations

from collections.abc import Callable
from math import prod, sqrt
from statistics import median
from typing import Any

import numpy as np

from bpsandbox.core import ACTIVATIONS
from bpsandbox.document import Finding
from bpsandbox.explain.numbers import digits_enough, number, rounded

Config = dict[str, Any]
Lines = tuple[str, ...]
SLOPES = {
    "sigmoid": (r"\sigma'(z)", r"\sigma' = a (1 - a) \le \tfrac{1}{4}"),
    "tanh": (r"\tanh'(z)", r"\tanh' = 1 - a^2 \le 1"),
    "relu": (r"\mathrm{relu}'(z)", r"\mathrm{relu}' \in \{0, 1\}"),
}
MOST_FACTORS = 8


def equations(finding: Finding, config: Config) -> tuple[Lines, Lines]:
    """Return lines of LaTeX in symbols, and lines with the numbers of the finding."""
    symbols, numbers = EQUATIONS[finding.kind](finding, config)
    return tuple(filter(None, symbols)), tuple(filter(None, numbers))


def _activation(config: Config) -> str:
    """Return the activation of the hidden layers; empty without one, or with several."""
    found = {_activation_of(layer) for layer in config["model"]["layers"][:-1]} - {"", "identity"}
    return found.pop() if len(found) == 1 else ""


def _activation_of(layer: Config) -> str:
    """Return the activation that a layer has or is; empty for neither."""
    activation = layer.get("activation") or {}
    name = activation.get("type", "") if isinstance(activation, dict) else activation
    return name or (layer["type"] if layer["type"] in ACTIVATIONS else "")


def _way_back(finding: Finding, config: Config) -> tuple[Lines, Lines]:
    evidence: Any = finding.evidence
    if evidence.through == "time":
        return _through_time(evidence)
    slope, bound = SLOPES.get(_activation(config), (r"\phi'(z)", ""))
    last = evidence.layers[-1]
    lines = [_back_through(slope, "z_l", r"W_{l+1}^{\top} ", "z_{l+1}"), bound]
    if _ends_after_activation(evidence):
        slope = SLOPES.get(_activation_of(config["model"]["layers"][last]), (r"\phi'(z)", ""))[0]
        lines.append(_back_through(slope, f"z_{{{last}}}", "", f"a_{{{last}}}"))
    return tuple(lines), (_product(evidence, config),)


def _back_through(slope: str, before: str, weights: str, after: str) -> str:
    line = rf"\frac{{\partial L}}{{\partial {before}}} = {slope.replace('z', before)} \odot {weights}"
    return line + rf"\frac{{\partial L}}{{\partial {after}}}"


def _ends_after_activation(evidence: Any) -> bool:
    """Return whether the last size is that of the gradient after the activation of a layer."""
    return bool(evidence.layers[-2:-1] == evidence.layers[-1:])


def _product(evidence: Any, config: Config) -> str:
    """Write the ratio as a product of one factor for each layer between the two gradients, first layer first."""
    factors = layer_factors(evidence)
    shown = _written(lambda *values: prod(values), evidence.ratio, *factors)
    if len(factors) > MOST_FACTORS:
        shown = [*map(number, factors[: MOST_FACTORS - 2]), r"\cdots", number(factors[-1])]
    first, last = evidence.layers[0], evidence.layers[-1]
    is_activated = _ends_after_activation(evidence) or config["model"]["layers"][last]["type"] in ACTIVATIONS
    ratio = rf"\frac{{\operatorname{{rms}} \partial L / \partial z_{{{first}}}}}{{\operatorname{{rms}} "
    ratio += rf"\partial L / \partial {'a' if is_activated else 'z'}_{{{last}}}}} = "
    if len(shown) < 2:  # rounded on another way than the ratio, so its last digit may be another
        return ratio + number(evidence.ratio)
    return ratio + r" \cdot ".join(shown) + f" = {number(evidence.ratio)}"


def layer_factors(evidence: Any) -> list[float]:
    """Return by what factor the gradient changes on its way back through each layer of the config but the first.

    The factor of a layer is that of its weights and of the slope of the activation before it; after the last layer's
    activation its slope is one more. They multiply to ratio. None if the gradient of some layer is 0: it passed it by.
    """
    sizes, layers = evidence.sizes, evidence.layers
    begins = [i for i in range(len(layers)) if not i or layers[i] != layers[i - 1]]
    ends = [*begins[1:], len(sizes) - 1]
    pairs = [(sizes[begin], sizes[end]) for begin, end in zip(begins, ends, strict=True) if begin != end]
    return [before / after for before, after in pairs] if all(map(all, pairs)) else []


def _through_time(evidence: Any) -> tuple[Lines, Lines]:
    steps = evidence.steps
    factor = evidence.ratio ** (1.0 / max(1, steps - 1))
    line = r"\frac{\partial L}{\partial h_1} = \Bigl( \prod_{k=2}^{T} W_{hh}^{\top} \operatorname{diag} f'(z_k) \Bigr) "
    line += r"\frac{\partial L}{\partial h_T}"
    if evidence.type != "RNN":  # gates carry the state on beside the recurrent weights
        line = r"\frac{\partial L}{\partial s_1} = \Bigl( \prod_{k=2}^{T} "
        line += r"\left( \frac{\partial s_k}{\partial s_{k-1}} \right)^{\top} \Bigr) \frac{\partial L}{\partial s_T}, "
        line += r"\quad s_k = (h_k, c_k)" if evidence.type == "LSTM" else r"\quad s_k = h_k"
    [base] = _written(lambda factor: factor ** (steps - 1), evidence.ratio, factor)
    values = rf"{base}^{{{steps - 1}}} = {number(evidence.ratio)}"
    return (line,), (rf"T = {steps}, \quad {values}",)


def _saturated(finding: Finding, config: Config) -> tuple[Lines, Lines]:
    line, numbers = {
        "sigmoid": (r"\sigma'(z) = a (1 - a)", r"a = 0.99: \quad 0.99 \cdot 0.01 = 0.0099"),
        "softsign": (r"\phi'(z) = (1 - |a|)^2", r"|a| = 0.98: \quad 0.02^{2} = 0.0004"),
        "hardtanh": (r"\phi'(z) = 0 \ \text{if}\ a = a_{\min} \ \text{or}\ a = a_{\max}", ""),
        "LSTM": (
            r"h_t = o_t \odot \tanh(c_t), \quad \tanh'(c_t) = 1 - \tanh^2(c_t) \le 1 - h_t^2",
            r"|h_t| = 0.98: \quad 1 - 0.98^{2} = 0.0396",
        ),
        # h is a mean of the candidates n, weighted by the gates; 1 - n^2 = (1 - n)(1 + n) is at most 2 (1 - n).
        "GRU": (
            r"h_t = \sum_{k \le t} w_k n_k, \quad \sum_k w_k (1 - n_k^2) \le 2 (1 - |h_t|)",
            r"|h_t| = 0.98: \quad 2 \cdot 0.02 = 0.04",
        ),
    }.get(finding.evidence.activation or "", (r"\tanh'(z) = 1 - a^2", r"|a| = 0.98: \quad 1 - 0.98^{2} = 0.0396"))
    return (line,), (numbers,)


def _dead(finding: Finding, config: Config) -> tuple[Lines, Lines]:
    line = (
        r"\frac{\partial L}{\partial W} = \Bigl( \mathrm{relu}'(z) \odot \frac{\partial L}{\partial a} \Bigr) x^{\top}"
    )
    return (line, r"z < 0 \ \Rightarrow\ \mathrm{relu}'(z) = 0 \ \Rightarrow\ \frac{\partial L}{\partial W} = 0"), ()


def _symmetric(finding: Finding, config: Config) -> tuple[Lines, Lines]:
    line = r"w_i = w_j \ \Rightarrow\ a_i = a_j \ \Rightarrow\ \frac{\partial L}{\partial w_i} = "
    return (line + r"\frac{\partial L}{\partial w_j}",), ()


def _plateau(finding: Finding, config: Config) -> tuple[Lines, Lines]:
    evidence: Any = finding.evidence
    loss = median(evidence.losses)
    if evidence.why == "stuck":
        best = evidence.best
        return (r"\frac{L}{L_{\text{best}}}",), (_quotient(loss, best) if best > 0 else "",)
    baseline = evidence.baseline
    is_sum = config["loss"].get("reduction") == "sum"
    line = r"\min_c L(c)" if is_sum else BASELINES.get(config["loss"]["type"], r"\min_c L(c)")
    if evidence.why == "flat":
        counts = rf"{evidence.parameters} \ge {evidence.targets}"
        return (r"\text{parameters} \ge \text{targets}", line), (counts, _against(loss, baseline))
    return (line,), (_against(loss, baseline),)


BASELINES = {
    "CrossEntropyLoss": r"\min_c L(c) = -\sum_k p_k \ln p_k",
    "MSELoss": r"\min_c L(c) = L(\bar{y})",
    "L1Loss": r"\min_c L(c) = L(\operatorname{median} y)",
}


def _against(loss: float, baseline: float | None) -> str:
    return f"L = {number(loss)}" + (rf", \quad \min_c L(c) = {number(baseline)}" if baseline is not None else "")


UPDATES = {
    "Adadelta": (r"\frac{\sqrt{u + \epsilon}}{\sqrt{v + \epsilon}} \, g", r"\frac{0}{0} \cdot 0"),
    "Adamax": (r"\frac{m}{\max(\beta_2 u, |g| + \epsilon)}", r"\frac{0}{0}"),
    "RMSprop": (r"\frac{g}{\sqrt{v} + \epsilon}", r"\frac{0}{0 + 0}"),
    "Adagrad": (r"\frac{g}{\sqrt{v} + \epsilon}", r"\frac{0}{0 + 0}"),
}
"""What an optimiser multiplies by the learning rate, and its value where all gradients were 0 and eps is; see Adam."""


def _diverged(finding: Finding, config: Config) -> tuple[Lines, Lines]:
    optimizer, growth = config["optimizer"], finding.evidence.growth
    if finding.evidence.why == "zero_update":
        adam = (r"\frac{\hat m}{\sqrt{\hat v} + \epsilon}", r"\frac{0}{0 + 0}")
        line, value = UPDATES.get(optimizer["type"], adam)
        return (rf"w \leftarrow w - \eta \, {line}",), (rf"g = 0, \ \epsilon = 0: \quad {value}",)
    if finding.evidence.why == "zero_weights":
        line = r"L = \frac{\sum_i w_{y_i} \ell_i}{\sum_i w_{y_i}}"
        return (line,), (r"w_{y_i} = 0 \ \text{for all}\ i: \quad \frac{0}{0}",)
    is_plain = _is_plain_descent(config)
    step = r"w \leftarrow w - \eta \, \frac{\partial L}{\partial w}" if is_plain else ""
    error = r"e \leftarrow (1 - \eta \lambda) \, e, \quad |1 - \eta \lambda| > 1 \ \text{if}\ \eta \lambda > 2"
    return (step, error), _growth(growth, optimizer["lr"] if is_plain else None)


def _is_plain_descent(config: Config) -> bool:
    """Return whether every step is the gradient times one rate, which stays the same."""
    optimizer = config["optimizer"]
    if optimizer["type"] != "SGD" or optimizer.get("momentum") or optimizer.get("weight_decay"):
        return False
    has_own_rates = any("lr" in layer for layer in config["model"]["layers"])
    return not (has_own_rates or config.get("lr_scheduler") or config.get("gradient_clipping"))


def _growth(growth: float | None, rate: Any) -> Lines:
    """Write the growth of the loss per step; for plain gradient descent also the curvature that would cause it."""
    if growth is None:
        return ()
    line = rf"\frac{{L_{{t+1}}}}{{L_t}} = {number(growth)}"
    if not isinstance(rate, int | float) or not rate:
        return (line,)
    product = 1.0 + sqrt(growth)
    [grown] = _written(lambda growth: 1.0 + np.sqrt(growth), product, growth)
    return (line, rf"\eta \lambda = 1 + \sqrt{{{grown}}} = {number(product)}, \quad \lambda = {number(product / rate)}")


def _overfitting(finding: Finding, config: Config) -> tuple[Lines, Lines]:
    evidence: Any = finding.evidence
    part, gap = evidence.part, evidence.last - evidence.train
    line = rf"L_{{\text{{{part}}}}} - L_{{\text{{train}}}}"
    last, train = _written(np.subtract, gap, evidence.last, evidence.train)
    return (line,), (f"{last} - {train} = {number(gap)}",)


def _chaotic(finding: Finding, config: Config) -> tuple[Lines, Lines]:
    evidence: Any = finding.evidence
    error = r"e \leftarrow (1 - \eta \lambda) \, e, \quad 1 - \eta \lambda < -1 \ \text{if}\ \eta \lambda > 2"
    compared = "L_0" if evidence.why == "start" else r"\min_c L(c)"
    line = rf"\frac{{\operatorname{{median}} |L_{{i+1}} - L_i|}}{{{compared}}}"
    return (error, line), (_quotient(evidence.jump, evidence.scale) if evidence.scale else "",)


def _quotient(above: float, below: float) -> str:
    shown = _written(np.divide, above / below, above, below)
    return rf"\frac{{{shown[0]}}}{{{shown[1]}}} = {number(above / below)}"


def _written(f: Callable[..., Any], result: float, *operands: float) -> list[str]:
    """Write operands with so many digits that f of what is written is the result as it is written."""

    def value_at(digits: int) -> np.ndarray:
        return np.asarray(f(*(rounded(np.asarray(each), digits) for each in operands)))

    digits = digits_enough(value_at, np.asarray(result))
    return [number(each, digits) for each in operands]


EQUATIONS = {
    "vanishing": _way_back,
    "exploding": _way_back,
    "saturated": _saturated,
    "dead": _dead,
    "symmetric": _symmetric,
    "plateau": _plateau,
    "diverged": _diverged,
    "overfitting": _overfitting,
    "chaotic": _chaotic,
}
