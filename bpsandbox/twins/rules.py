"""Rules that are the same in every library: updates, learning rates and stopping, as lines of Python."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .described import Block, Described
from .text import number

SOURCES = {
    "SGD": "stochastic gradient descent",
    "Adam": "Adam: Kingma, Ba, 2014",
    "AdamW": "AdamW: Loshchilov, Hutter, 2017",
    "NAdam": "NAdam: Dozat, 2016",
    "Adamax": "Adamax: Kingma, Ba, 2014",
    "RMSprop": "RMSprop: Tieleman, Hinton, 2012",
    "Adagrad": "Adagrad: Duchi, Hazan, Singer, 2011",
    "Adadelta": "Adadelta: Zeiler, 2012",
    "Lion": "Lion: Chen and others, 2023",
}


@dataclass(frozen=True)
class Update:
    """How an optimiser changes a tensor w with gradient g at step t = 1, 2, … with learning rate lr.

    `lines` set w and the state, tensors like w that begin at the numbers of `state`. They call functions of `xp`:
    sqrt, abs, sign, maximum.
    """

    state: dict[str, float]
    lines: tuple[str, ...]
    title: str

    @property
    def counts_steps(self) -> bool:
        return any(re.search(r"\bt\b", line) for line in self.lines)


def update(block: Block, xp: str) -> Update:
    """Return the update of an optimiser's block."""
    made = _UPDATES[block["type"]](block, xp)
    decay = block.get("weight_decay", 0.0)
    lines = [*_decay(block, decay), *made.lines] if decay else list(made.lines)
    return Update(made.state, tuple(lines), SOURCES[block["type"]])


def is_decoupled(block: Block) -> bool:
    return block["type"] in ("AdamW", "Lion") or bool(block.get("decoupled_weight_decay"))


def _decay(block: Block, decay: float) -> list[str]:
    if is_decoupled(block):
        return [f"w = w - lr * {number(decay)} * w  # weight decay, decoupled"]
    return [f"g = g + {number(decay)} * w  # weight decay"]


def _sgd(block: Block, xp: str) -> Update:
    momentum = number(block["momentum"])
    if not block["momentum"]:
        return Update({}, ("w = w - lr * g",), "")
    if block.get("momentum_form") == "updates":
        move = f"w = w + {momentum} * v - lr * g" if block["nesterov"] else "w = w + v"
        return Update({"v": 0.0}, (f"v = {momentum} * v - lr * g", move), "")
    damped = block["dampening"]
    share = "g"
    if damped and xp in ("np", "torch"):
        share = f"(g if t == 1 else (1 - {number(damped)}) * g)"
    elif damped:
        share = f"{xp}.where(t == 1, g, (1 - {number(damped)}) * g)"
    move = f"w = w - lr * (g + {momentum} * v)" if block["nesterov"] else "w = w - lr * v"
    return Update({"v": 0.0}, (f"v = {momentum} * v + {share}", move), "")


def _means(block: Block) -> tuple[str, str, list[str]]:
    """Return both betas, and the lines of the running means m and v."""
    b1, b2 = map(number, block["betas"])
    return b1, b2, [f"m = {b1} * m + (1 - {b1}) * g", f"v = {b2} * v + (1 - {b2}) * g**2"]


def _adam(block: Block, xp: str) -> Update:
    b1, b2, lines = _means(block)
    eps, state, v = number(block["eps"]), {"m": 0.0, "v": 0.0}, "v"
    if block["amsgrad"]:
        lines.append(f"top = {xp}.maximum(top, v)")
        state["top"], v = 0.0, "top"
    lines.append(f"m_hat = m / (1 - {b1}**t)")
    if block.get("eps_place") == "uncorrected":
        lines.append(f"size = ({xp}.sqrt({v}) + {eps}) / (1 - {b2}**t) ** 0.5")
        return Update(state, (*lines, "w = w - lr * m_hat / size"), "")
    lines.append(f"v_hat = {v} / (1 - {b2}**t)")
    return Update(state, (*lines, f"w = w - lr * m_hat / ({xp}.sqrt(v_hat) + {eps})"), "")


def _nadam(block: Block, xp: str) -> Update:
    b1, b2, lines = _means(block)
    decay, eps = number(block["momentum_decay"]), number(block["eps"])
    lines += [
        f"mu = {b1} * (1 - 0.5 * 0.96 ** (t * {decay}))",
        f"mu_next = {b1} * (1 - 0.5 * 0.96 ** ((t + 1) * {decay}))",
        "product = product * mu",
        "ahead = mu_next / (1 - product * mu_next) * m",
        "ahead = ahead + (1 - mu) / (1 - product) * g",
        f"v_hat = v / (1 - {b2}**t)",
        f"w = w - lr * ahead / ({xp}.sqrt(v_hat) + {eps})",
    ]
    return Update({"m": 0.0, "v": 0.0, "product": 1.0}, tuple(lines), "")


def _adamax(block: Block, xp: str) -> Update:
    b1, b2 = map(number, block["betas"])
    eps, size, largest = number(block["eps"]), "u", f"{xp}.abs(g)"
    if block.get("eps_place") == "outside":
        size = f"(u + {eps})"
    else:
        largest += f" + {eps}"
    lines = (
        f"m = {b1} * m + (1 - {b1}) * g",
        f"u = {xp}.maximum({b2} * u, {largest})",
        f"w = w - lr / (1 - {b1}**t) * m / {size}",
    )
    return Update({"m": 0.0, "u": 0.0}, lines, "")


def _root(v: str, block: Block, xp: str) -> str:
    eps = number(block["eps"])
    return f"{xp}.sqrt({v} + {eps})" if block.get("eps_place") == "inside" else f"({xp}.sqrt({v}) + {eps})"


def _rmsprop(block: Block, xp: str) -> Update:
    alpha, momentum = number(block["alpha"]), number(block["momentum"])
    state, lines, v = {"v": 0.0}, [f"v = {alpha} * v + (1 - {alpha}) * g**2"], "v"
    if block["centered"]:
        state["mean"], v = 0.0, "v - mean**2"
        lines.append(f"mean = {alpha} * mean + (1 - {alpha}) * g")
    quotient = f"g / {_root(v, block, xp)}"
    if not block["momentum"]:
        return Update(state, (*lines, f"w = w - lr * {quotient}"), "")
    state["velocity"] = 0.0
    if block.get("momentum_form") == "updates":
        return Update(state, (*lines, f"velocity = {momentum} * velocity + lr * {quotient}", "w = w - velocity"), "")
    return Update(state, (*lines, f"velocity = {momentum} * velocity + {quotient}", "w = w - lr * velocity"), "")


def _adagrad(block: Block, xp: str) -> Update:
    lines = ["v = v + g**2"]
    rate = "lr"
    if block["lr_decay"]:
        rate = f"lr / (1 + (t - 1) * {number(block['lr_decay'])})"
    lines.append(f"w = w - {rate} * g / {_root('v', block, xp)}")
    return Update({"v": block["initial_accumulator_value"]}, tuple(lines), "")


def _adadelta(block: Block, xp: str) -> Update:
    rho, eps = number(block["rho"]), number(block["eps"])
    lines = (
        f"v = {rho} * v + (1 - {rho}) * g**2",
        f"d = {xp}.sqrt(u + {eps}) / {xp}.sqrt(v + {eps}) * g",
        f"u = {rho} * u + (1 - {rho}) * d**2",
        "w = w - lr * d",
    )
    return Update({"v": 0.0, "u": 0.0}, lines, "")


def _lion(block: Block, xp: str) -> Update:
    b1, b2 = map(number, block["betas"])
    lines = (f"w = w - lr * {xp}.sign({b1} * m + (1 - {b1}) * g)", f"m = {b2} * m + (1 - {b2}) * g")
    return Update({"m": 0.0}, lines, "")


_UPDATES: dict[str, Callable[[Block, str], Update]] = {
    "SGD": _sgd,
    "Adam": _adam,
    "AdamW": _adam,
    "NAdam": _nadam,
    "Adamax": _adamax,
    "RMSprop": _rmsprop,
    "Adagrad": _adagrad,
    "Adadelta": _adadelta,
    "Lion": _lion,
}


# learning rates


def rate_lines(run: Described) -> list[str]:
    """Return the body of `rate(base, t)`: the learning rate after t epochs or steps from the first one, base."""
    block = run.config["lr_scheduler"]
    return _RATES[block["type"]]({name: number(v) for name, v in block.items() if not isinstance(v, str | list)}, block)


def _cosine(f: dict[str, str], block: Block) -> list[str]:
    low = f["eta_min"]
    share = f"share = (1 + math.cos(math.pi * t / {f['T_max']})) / 2"
    return [share, f"return {low} + (base - {low}) * share" if block["eta_min"] else "return base * share"]


def _one_cycle(f: dict[str, str], block: Block) -> list[str]:
    start = block["max_lr"] / block["div_factor"]
    end = start / block["final_div_factor"]
    peak, last = block["pct_start"] * block["total_steps"] - 1.0, block["total_steps"] - 1.0
    rise = [f"    low, high, share = {number(start)}, {f['max_lr']}, t / {number(peak)}"]
    if peak <= 0:
        rise = [f"    low, high, share = {number(start)}, {f['max_lr']}, 1.0"]
    return [
        f"if t <= {number(peak)}:  # up, half a cosine",
        *rise,
        "else:  # and down",
        f"    low, high = {f['max_lr']}, {number(end)}",
        f"    share = (t - {number(peak)}) / ({number(last)} - {number(peak)})",
        "return high + (low - high) / 2 * (1 + math.cos(math.pi * share))",
    ]


_RATES: dict[str, Callable[[dict[str, str], Block], list[str]]] = {
    "StepLR": lambda f, block: [f"return base * {f['gamma']} ** (t // {f['step_size']})"],
    "MultiStepLR": lambda f, block: [
        f"reached = sum(t >= milestone for milestone in {block['milestones']})",
        f"return base * {f['gamma']}**reached",
    ],
    "ExponentialLR": lambda f, block: [f"return base * {f['gamma']}**t"],
    "CosineAnnealingLR": _cosine,
    "LinearLR": lambda f, block: [
        f"share = min(t, {f['total_iters']}) / {f['total_iters']}",
        f"return base * ({f['start_factor']} + ({f['end_factor']} - {f['start_factor']}) * share)",
    ],
    "PolynomialLR": lambda f, block: [
        f"return base * (1 - min(t, {f['total_iters']}) / {f['total_iters']}) ** {f['power']}"
    ],
    "OneCycleLR": _one_cycle,
}


def schedule_unit(run: Described) -> str:
    """Return what a schedule counts: "epoch" or "step"; empty without one."""
    block = run.config.get("lr_scheduler")
    if block is None:
        return ""
    return "step" if block["type"] == "OneCycleLR" else block.get("per", "epoch")


def base_rate(run: Described) -> float:
    return run.config["optimizer"]["lr"]


# stopping


def rule_names(run: Described) -> list[str]:
    """Return the classes of the stopping rules that need one: those with patience."""
    return ["Patience"] if any(rule["type"] != "Target" for rule in run.rules) else []


def watched(rule: Block) -> str:
    """Return the variable that holds the last value of a rule's monitor."""
    return rule["monitor"]


def stop_condition(run: Described) -> tuple[list[str], list[str]]:
    """Return lines that make the rules before training, and the conditions under which a seed stops."""
    made, conditions = [], []
    for place, rule in enumerate(run.rules):
        if rule["type"] == "Target":
            sign = ">=" if rule["mode"] == "max" else "<="
            conditions.append(f"{watched(rule)} {sign} {number(rule['value'])}")
            continue
        name = "stopping" if len(rule_names(run)) and len(run.rules) == 1 else f"stopping_{place + 1}"
        arguments = f"patience={rule['patience']}, min_delta={number(rule['min_delta'])}"
        if rule["mode"] == "max":
            arguments += ", sign=-1"
        made.append(f"{name} = Patience({arguments})")
        conditions.append(f"{name}.is_over({watched(rule)})")
    return made, conditions


def is_plateau(run: Described) -> bool:
    return run.config.get("lr_scheduler", {}).get("type") == "ReduceLROnPlateau"


def plateau_arguments(block: Block) -> str:
    names = ("factor", "patience", "threshold", "cooldown")
    given = [f"{name}={number(block[name])}" for name in names]
    return ", ".join([*given, *(["sign=-1"] if block["mode"] == "max" else [])])


def monitors(run: Described, *, rules_too: bool = True) -> set[str]:
    """Return the curves that decide on the learning rate, and on the end of training."""
    found = {rule["monitor"] for rule in run.rules} if rules_too else set()
    return found | ({run.config["lr_scheduler"]["monitor"]} if is_plateau(run) else set())
