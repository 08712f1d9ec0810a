"""PyTorch's own optimisers, where they mean the same as the run's."""

from __future__ import annotations

from bpsandbox.twins import rules
from bpsandbox.twins.described import Described

Lines = list[str]

FIELDS: dict[str, dict[str, object]] = {
    "SGD": {"momentum": 0.0, "dampening": 0.0, "nesterov": False, "weight_decay": 0.0},
    "Adam": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "amsgrad": False},
    "AdamW": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01, "amsgrad": False},
    "NAdam": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "momentum_decay": 0.004},
    "Adamax": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0},
    "RMSprop": {"alpha": 0.99, "eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0, "centered": False},
    "Adagrad": {"lr_decay": 0.0, "weight_decay": 0.0, "initial_accumulator_value": 0.0, "eps": 1e-10},
    "Adadelta": {"rho": 0.9, "eps": 1e-6, "weight_decay": 0.0},
    "LBFGS": {
        "max_iter": 20, "max_eval": None, "tolerance_grad": 1e-7, "tolerance_change": 1e-9, "history_size": 100,
    },
}  # fmt: skip
"""The arguments of PyTorch's optimisers, and their defaults."""


def native(run: Described) -> tuple[str, Lines] | None:
    """Return the name and arguments of PyTorch's own optimiser; None where it has none of this form."""
    block = run.config["optimizer"]
    kind, decays = block["type"], bool(block.get("weight_decay"))
    if kind not in FIELDS:
        return None
    is_decoupled = bool(block.get("decoupled_weight_decay")) and decays
    if is_decoupled and kind not in ("Adam", "NAdam"):
        return None
    usual = {"Adam": "corrected", "AdamW": "corrected", "Adamax": "inside"}.get(kind, "outside")
    if block.get("eps_place", usual) != usual:
        return None
    # updates or gradients summed is the same as long as the rate is
    if block.get("momentum_form") == "updates" and (block["momentum"] and rules.schedule_unit(run)):
        return None
    name = "AdamW" if kind == "Adam" and is_decoupled else kind
    given = []
    for field, default in FIELDS[name].items():
        value = tuple(block[field]) if isinstance(block[field], list) else block[field]
        if value != default:
            given.append(f"{field}={value!r}")
    if kind == "NAdam" and is_decoupled:
        given.append("decoupled_weight_decay=True")
    if kind == "LBFGS" and block["line_search_fn"] == "strong_wolfe":
        given.append('line_search_fn="strong_wolfe"')
    return name, given
