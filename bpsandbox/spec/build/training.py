"""From the other blocks to loss, plan, schedule, penalty and what is kept."""

from __future__ import annotations

from typing import Any

from bpsandbox import core
from bpsandbox.core.data.datasets import Dataset
from bpsandbox.core.nn import losses
from bpsandbox.core.optim.schedules import SCHEDULES, Schedule

from .table import Config, make


def make_loss(block: Config, outputs: int) -> core.Loss:
    if block["type"] == "hinge":
        kind = losses.HingeLoss if outputs == 1 else losses.MultiClassHingeLoss
        return kind(reduction=block["reduction"])
    if block.get("from_logits") is False:
        own = {name: value for name, value in block.items() if name != "from_logits"}
        return make(vars(losses), {**own, "type": "CrossEntropyOfProbabilities"})
    if block["reduction"] != "batchmean":
        return make(vars(losses), block)
    loss = make(vars(losses), {**block, "reduction": "mean"})
    loss.factor *= outputs
    return loss


def make_plan(block: Config) -> core.Plan:
    batch = None if block["batch_size"] == "full" else block["batch_size"]
    return core.Plan(block.get("epochs"), block.get("steps"), batch, block["shuffle"], block["eval_every"])


def make_penalty(block: Config) -> core.Penalty | None:
    return core.Penalty(**block) if block["l1"] or block["l2"] else None


def make_schedule(config: Config) -> Schedule:
    if "lr_scheduler" not in config:
        return Schedule()
    block = dict(config["lr_scheduler"])
    per = block.pop("per", None)
    schedule = make(SCHEDULES, block)
    if per is not None:
        schedule.per = per
    return schedule


def make_gradient_check(block: Config) -> core.GradientCheck | None:
    check = block.get("gradient_check")
    return core.GradientCheck(check["h"], check["samples_per_tensor"], tuple(check["at"])) if check else None


def make_recording(block: Config) -> core.Recording:
    return core.Recording(
        gradients="gradients" in block, activations="activations" in block, weights=tuple(block.get("weights", ()))
    )


def make_overfit_tiny(block: Config) -> core.OverfitTiny | None:
    return core.OverfitTiny(**block["overfit_tiny"]) if "overfit_tiny" in block else None


def make_boundary(block: Config, raw: Dataset, prepare: Any) -> core.Boundary | None:
    if "decision_boundary" not in block:
        return None
    return core.Boundary(tuple(block["decision_boundary"]), raw, prepare)
