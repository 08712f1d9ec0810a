"""Build loss, plan, schedule and penalty from their blocks."""

from __future__ import annotations

from bpsandbox import core
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
    loss.summed = outputs
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
