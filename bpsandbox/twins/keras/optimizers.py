"""Keras's own optimisers, where they mean the same as the run's."""

from __future__ import annotations

from bpsandbox.twins import rules
from bpsandbox.twins.described import Described
from bpsandbox.twins.text import number

Lines = list[str]


def native(run: Described) -> tuple[str, Lines] | None:
    """Return the name and arguments of Keras's own optimiser; None where it means something else."""
    block = run.config["optimizer"]
    decay = block.get("weight_decay", 0.0)
    given = [f"weight_decay={number(decay)}"] if decay else []
    if decay and not rules.is_decoupled(block):
        return None
    if block["type"] == "SGD":
        if not block["momentum"]:
            return "SGD", given
        is_same = block.get("momentum_form") == "updates" or not rules.schedule_unit(run)
        if not is_same or block["dampening"]:
            return None
        given = [f"momentum={number(block['momentum'])}", *(["nesterov=True"] if block["nesterov"] else []), *given]
        return "SGD", given
    if block["type"] in ("Adam", "AdamW") and block.get("eps_place") == "uncorrected":
        b1, b2 = map(number, block["betas"])
        given = [f"beta_1={b1}", f"beta_2={b2}", f"epsilon={number(block['eps'])}", *given]
        return "Adam", [*given, *(["amsgrad=True"] if block["amsgrad"] else [])]
    return None
