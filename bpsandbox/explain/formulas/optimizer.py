"""One step of an optimiser, in the form that a config chose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bpsandbox.messages import _

from .formula import Formula, values

Config = dict[str, Any]

NEXT = r", \quad "
M = r"m \leftarrow \beta_1 m + (1 - \beta_1) g"
V = r"v \leftarrow \beta_2 v + (1 - \beta_2) g^2"
TOP = r"\bar{v} \leftarrow \max(\bar{v}, v)"
COUPLED = r"g \leftarrow g + \lambda w"
DECAY = r"w \leftarrow (1 - \eta \lambda) w"


def optimizer_formula(optimizer: Config) -> str:
    """Write one step; g is the gradient, with weight decay in it where the method couples the two."""
    return NEXT.join(_lines(optimizer))


def optimizer_meaning(optimizer: Config) -> Formula:
    return Formula(_("Optimiser"), optimizer["type"], tuple(_lines(optimizer)), _numbers(optimizer), _note(optimizer))


def _lines(optimizer: Config) -> Iterator[str]:
    kind = optimizer["type"]
    if kind == "SGD":
        yield from _sgd(optimizer)
        return
    is_decoupled = optimizer.get("decoupled_weight_decay") or kind in ("AdamW", "Lion")
    if optimizer.get("weight_decay"):
        yield DECAY if is_decoupled else COUPLED
    yield from STEPS[kind](optimizer)


def _sgd(optimizer: Config) -> Iterator[str]:
    is_decoupled = optimizer.get("decoupled_weight_decay") and optimizer.get("weight_decay")
    gradient = r"g = \frac{\partial L}{\partial w}"
    yield gradient if is_decoupled or not optimizer.get("weight_decay") else gradient + r" + \lambda w"
    if is_decoupled:
        yield DECAY
    if not optimizer.get("momentum"):
        yield r"w \leftarrow w - \eta g"
    elif optimizer.get("momentum_form") == "updates":
        yield r"v \leftarrow \mu v - \eta g"
        yield r"w \leftarrow w + " + (r"\mu v - \eta g" if optimizer.get("nesterov") else "v")
    else:
        yield r"v \leftarrow \mu v + " + (r"(1 - \tau) g" if optimizer.get("dampening") else "g")
        yield r"w \leftarrow w - \eta " + (r"(g + \mu v)" if optimizer.get("nesterov") else "v")


def _root(of: str, optimizer: Config) -> str:
    if optimizer.get("eps_place") == "inside":
        return rf"\sqrt{{{of} + \varepsilon}}"
    return rf"\sqrt{{{of}}} + \varepsilon"


def _adam(optimizer: Config) -> Iterator[str]:
    yield from (M, V)
    top = "v"
    if optimizer.get("amsgrad"):
        yield TOP
        top = r"\bar{v}"
    if optimizer.get("eps_place") == "uncorrected":
        correction = r"\frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}"
        yield rf"w \leftarrow w - \eta \, {correction} \frac{{m}}{{\sqrt{{{top}}} + \varepsilon}}"
        return
    yield rf"\hat{{m}} = \frac{{m}}{{1 - \beta_1^t}}, \; \hat{{v}} = \frac{{{top}}}{{1 - \beta_2^t}}"
    yield r"w \leftarrow w - \eta \, \frac{\hat{m}}{\sqrt{\hat{v}} + \varepsilon}"


def _nadam(optimizer: Config) -> Iterator[str]:
    yield from (M, V)
    yield r"\mu_t = \beta_1 \left( 1 - \frac{1}{2} \cdot 0.96^{t \psi} \right), \; M_t = \prod_{i=1}^{t} \mu_i"
    yield (
        r"w \leftarrow w - \eta \, \frac{\frac{1 - \mu_t}{1 - M_t} g + \frac{\mu_{t+1}}{1 - M_{t+1}} m}"
        r"{\sqrt{\hat{v}} + \varepsilon}"
    )
    yield r"\hat{v} = \frac{v}{1 - \beta_2^t}"


def _adamax(optimizer: Config) -> Iterator[str]:
    is_outside = optimizer.get("eps_place") == "outside"
    yield M
    yield r"u \leftarrow \max(\beta_2 u, |g|)" if is_outside else r"u \leftarrow \max(\beta_2 u, |g| + \varepsilon)"
    below = r"u + \varepsilon" if is_outside else "u"
    yield rf"w \leftarrow w - \frac{{\eta}}{{1 - \beta_1^t}} \frac{{m}}{{{below}}}"


def _rmsprop(optimizer: Config) -> Iterator[str]:
    yield r"v \leftarrow \alpha v + (1 - \alpha) g^2"
    size = "v"
    if optimizer.get("centered"):
        yield r"\bar{g} \leftarrow \alpha \bar{g} + (1 - \alpha) g"
        size = r"v - \bar{g}^2"
    step = rf"\frac{{g}}{{{_root(size, optimizer)}}}"
    if not optimizer.get("momentum"):
        yield rf"w \leftarrow w - \eta \, {step}"
    elif optimizer.get("momentum_form") == "updates":
        yield rf"b \leftarrow \mu b + \eta \, {step}"
        yield r"w \leftarrow w - b"
    else:
        yield rf"b \leftarrow \mu b + {step}"
        yield r"w \leftarrow w - \eta b"


def _adagrad(optimizer: Config) -> Iterator[str]:
    yield r"s \leftarrow s + g^2"
    rate = r"\frac{\eta}{1 + (t - 1) \kappa}" if optimizer.get("lr_decay") else r"\eta"
    yield rf"w \leftarrow w - {rate} \, \frac{{g}}{{{_root('s', optimizer)}}}"


def _adadelta(optimizer: Config) -> Iterator[str]:
    yield r"v \leftarrow \rho v + (1 - \rho) g^2"
    yield r"\Delta = \frac{\sqrt{u + \varepsilon}}{\sqrt{v + \varepsilon}} g"
    yield r"u \leftarrow \rho u + (1 - \rho) \Delta^2"
    yield r"w \leftarrow w - \eta \Delta"


def _lion(optimizer: Config) -> Iterator[str]:
    yield r"w \leftarrow w - \eta \, \mathrm{sign}(\beta_1 m + (1 - \beta_1) g)"
    yield r"m \leftarrow \beta_2 m + (1 - \beta_2) g"


def _lbfgs(optimizer: Config) -> Iterator[str]:
    yield r"d = -H g"
    yield r"w \leftarrow w + t d"
    yield r"H \approx \left( \frac{\partial^2 L}{\partial w^2} \right)^{-1}"


STEPS = {
    "Adam": _adam,
    "AdamW": _adam,
    "NAdam": _nadam,
    "Adamax": _adamax,
    "RMSprop": _rmsprop,
    "Adagrad": _adagrad,
    "Adadelta": _adadelta,
    "Lion": _lion,
    "LBFGS": _lbfgs,
}


def _numbers(optimizer: Config) -> tuple[str, ...]:
    beta1, beta2 = optimizer.get("betas") or (None, None)
    eps = None if optimizer["type"] == "LBFGS" else optimizer.get("eps")
    some = ("momentum", "dampening", "weight_decay", "lr_decay")
    return values(
        lr=optimizer["lr"],
        beta1=beta1,
        beta2=beta2,
        alpha=optimizer.get("alpha"),
        rho=optimizer.get("rho"),
        eps=eps,
        momentum_decay=optimizer.get("momentum_decay"),
        **{name: optimizer.get(name) or None for name in some},
    )


def _note(optimizer: Config) -> str:
    kind = optimizer["type"]
    if kind == "LBFGS":
        search = optimizer.get("line_search_fn") == "strong_wolfe"
        said = _("H is built from the last {count} steps and gradient changes, with {moves} iterations per step.",
                 count=optimizer["history_size"], moves=optimizer["max_iter"])  # fmt: skip
        return (
            said
            + " "
            + (_("A strong Wolfe line search finds t.") if search else _("t is η, less in the first iteration."))
        )
    if kind == "SGD" and optimizer.get("momentum"):
        return (
            _("The velocity v starts at 0, and the first step uses g without dampening.")
            if optimizer.get("dampening")
            else ""
        )
    if kind == "Adagrad":
        return _("s starts at {value}.", value=f"{optimizer.get('initial_accumulator_value', 0.0):g}")
    return _("Moments start at 0; t counts steps from 1.") if "betas" in optimizer and kind != "Lion" else ""
