"""Rules about optimizer, length, batches and seeds."""

from __future__ import annotations

from bpsandbox.messages import _
from bpsandbox.spec import fixes
from bpsandbox.spec.draft import Draft, layer_name
from bpsandbox.spec.kinds import WRONG
from bpsandbox.spec.problems import Path
from bpsandbox.spec.rates import default_rate, own_rates, sets_rates


def nesterov_has_momentum(draft: Draft) -> None:
    optimizer = draft.get("optimizer")
    if not optimizer or optimizer["type"] != "SGD" or WRONG in optimizer.values():
        return
    if not optimizer["nesterov"]:
        return
    if not optimizer["momentum"]:
        message = _("nesterov needs momentum above 0: add momentum: 0.9.")
        _add_momentum(draft, message)
    if optimizer["dampening"]:
        path = ("optimizer", "dampening")
        draft.add(path, _("nesterov needs dampening: 0."), "nesterov", **fixes.word(draft.log, path, "0"))


def _add_momentum(draft: Draft, message: str) -> None:
    """Report at momentum if it is given, else at nesterov."""
    written: Path = ("optimizer", "momentum")
    if written in draft.log.places:
        draft.add(written, message, "nesterov", **fixes.word(draft.log, written, "0.9"))
    else:
        path = ("optimizer", "nesterov")
        draft.add(path, message, "nesterov", **fixes.after_word(draft.log, path, "momentum", "0.9"))


def lbfgs_has_a_fixed_objective(draft: Draft) -> None:
    """A step of LBFGS evaluates the same objective several times, so it must not change in between."""
    if draft.get("optimizer", "type") != "LBFGS":
        return
    batch, n = draft.get("training", "batch_size"), draft.train_size()
    if isinstance(batch, int) and n is not None and batch < n:
        message = _("LBFGS needs all examples in every step: write batch_size: full.")
        draft.add(("training", "batch_size"), message, "lbfgs", seen=str(batch), allowed="full", suggestion="full")
    if draft.get("gradient_clipping") is not None:
        message = _("LBFGS estimates curvature from gradients, so they cannot be clipped: leave gradient_clipping out.")
        draft.add(("gradient_clipping",), message, "lbfgs")
    for i, layer in enumerate(draft.layers):
        if layer and layer["type"] == "Dropout" and layer["p"] not in (0.0, WRONG):
            message = _("LBFGS needs the same function at every evaluation, but Dropout changes it: leave it out.")
            draft.add(("model", "layers", i), message, "lbfgs")
        if layer and layer.get("lr") not in (None, WRONG):
            message = _("LBFGS has one learning rate for all layers: leave lr out.")
            draft.add(("model", "layers", i, "lr"), message, "lbfgs")


def momentum_has_one_form(draft: Draft) -> None:
    if draft.get("optimizer", "momentum_form") and draft.get("optimizer", "dampening"):
        message = _("dampening works only with momentum_form: gradients: leave it out.")
        draft.add(("optimizer", "dampening"), message, "momentum")


def penalty_has_one_name(draft: Draft) -> None:
    if draft.get("regularization", "alpha") and draft.get("regularization", "l2"):
        draft.add(("regularization", "alpha"), _("alpha is another way to write l2: write one of them."), "penalty")


def length_is_given_once(draft: Draft) -> None:
    if draft.get("training", "epochs") and draft.get("training", "steps"):
        draft.add(("training", "steps"), _("Give epochs or steps, not both."), "length")


def batches_are_no_larger_than_the_data(draft: Draft) -> None:
    """Note a batch size that exceeds the number of training examples."""
    batch, n = draft.get("training", "batch_size"), draft.train_size()
    if isinstance(batch, int) and n and batch > n and ("training", "batch_size") in draft.log.places:
        draft.log.note(_("batch_size: {batch} is more than the {n} training examples: every batch has all of them, as "
                         "with batch_size: full.", batch=f"{batch:,}", n=f"{n:,}"))  # fmt: skip


def learning_rates_are_above_zero(draft: Draft) -> None:
    """Note learning rates of 0."""
    if draft.get("optimizer", "lr") == 0.0 and draft.get("lr_scheduler", "type") != "OneCycleLR":
        own = any(layer and layer.get("lr") not in (None, WRONG) for layer in draft.layers)
        if own:
            sentence = _("lr: 0 changes no weight of a layer without an lr of its own.")
        else:
            sentence = _("lr: 0 changes no weight: the network stays as it was initialised.")
        draft.log.note(sentence, ("optimizer", "lr"))
    for i, layer in enumerate(draft.layers):
        if layer and layer.get("lr") == 0.0 and layer.get("trainable") is True:
            draft.log.note(_("lr: 0 keeps {layer} as it was initialised; trainable: false is clearer.",
                             layer=layer_name(i, layer)))  # fmt: skip


def eps_keeps_updates_defined(draft: Draft) -> None:
    """Note eps: 0 where an update may divide 0 by 0."""
    optimizer = draft.get("optimizer")
    if optimizer and optimizer.get("eps") == 0.0 and not optimizer.get("initial_accumulator_value"):
        draft.log.note(_("eps: 0 divides 0 by 0 where a weight's gradient is exactly 0, as for a unit that is off for "
                         "every example."), ("optimizer", "eps"))  # fmt: skip


def cycle_is_long_enough(draft: Draft) -> None:
    """A one-cycle schedule must not be shorter than the run; PyTorch raises an error."""
    total, steps = draft.get("lr_scheduler", "total_steps"), draft.steps()
    if total and steps and total < steps:
        message = _("The run has {steps} steps, more than total_steps: write total_steps: {steps}, or leave it out.",
                    steps=steps)  # fmt: skip
        path = ("lr_scheduler", "total_steps")
        draft.add(path, message, "length", seen=str(total), allowed=f"≥ {steps}", suggestion=str(steps))


def rates_have_an_effect(draft: Draft) -> None:
    """Tell of a learning rate that is written and has no effect; PyTorch's users write one beside OneCycleLR."""
    optimizer, own = draft.get("optimizer"), own_rates(draft)
    if WRONG in own:
        return
    rate = optimizer["lr"] if optimizer and "lr" in optimizer.written else None
    is_written = rate not in (None, WRONG) and rate != default_rate(optimizer["type"])
    if sets_rates(draft):
        names = [f"model.layers[{i}].lr" for i, layer in enumerate(draft.layers) if layer and layer.get("lr")]
        for name in ["optimizer.lr", *names] if is_written else names:
            draft.log.note(_("{name} has no effect: OneCycleLR takes every learning rate from max_lr.", name=name))
    elif is_written and own and rate not in own:
        draft.log.note(_("optimizer.lr has no effect: every layer has a learning rate of its own."))


def seeds_are_given_once(draft: Draft) -> None:
    if draft.get("seed") is not None and draft.get("seeds") is not None:
        draft.add(("seed",), _("Give seed or seeds, not both."), "seeds")
    seeds = draft.get("seeds")
    if seeds and len(set(seeds)) < len(seeds):
        draft.add(("seeds",), _("A seed appears twice."), "seeds")


def clipping_has_a_limit(draft: Draft) -> None:
    clipping = draft.get("gradient_clipping")
    if clipping is not None and clipping["norm"] is None and clipping["value"] is None:
        draft.add(("gradient_clipping",), _("Give norm or value."), "clipping")
