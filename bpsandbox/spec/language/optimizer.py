"""Optimisers, learning-rate schedules and gradient clipping."""

from __future__ import annotations

from bpsandbox.spec.kinds import Choice, Flag, Integer, ListOf, Number, OptionalChoice, OptionalFlag
from bpsandbox.spec.records import REQUIRED, Field, Record, Variant

from .measuring import MODE, MONITOR

_SHARE = Number(0.0, 1.0, open_high=True)
_POSITIVE = Number(0.0, open_low=True)
_NOT_NEGATIVE = Number(0.0)
_ALIASES = {"learning_rate": "lr", "learning_rate_init": "lr", "epsilon": "eps", "nesterovs_momentum": "nesterov"}


_DECOUPLED = Field(OptionalFlag(), None, "true: weight decay is applied to the weights, not added to the gradient.")


def _optimizer(lr: float, **fields: Field) -> Record:
    """Declare an optimiser with coupled or decoupled weight decay."""
    return _decoupled(lr, 0.0, **fields, decoupled_weight_decay=_DECOUPLED)


def _decoupled(lr: float, decay: float, **fields: Field) -> Record:
    return Record({"lr": _lr(lr), "weight_decay": _weight_decay(decay), **fields}, _ALIASES)


def _lr(value: float) -> Field:
    return Field(_NOT_NEGATIVE, value, "Learning rate.")


def _weight_decay(value: float) -> Field:
    return Field(_NOT_NEGATIVE, value, "Weight decay coefficient.")


def _eps_place(*places: str) -> Field:
    """Declare where eps is added; the first place is PyTorch's and is left out of the canonical form."""
    return Field(OptionalChoice(places), None, "Where eps is added; the first by default.")


def _betas(first: float = 0.9, second: float = 0.999) -> Field:
    return Field(
        ListOf(_SHARE, min_items=2, max_items=2), [first, second], "Decay rates of the running means of g and g²."
    )


def _eps(value: float = 1e-8) -> Field:
    return Field(_NOT_NEGATIVE, value, "Added to the denominator.")


_MOMENTUM = Field(_NOT_NEGATIVE, 0.0, "Momentum coefficient.")
_MOMENTUM_FORM = Field(
    OptionalChoice(("gradients", "updates")), None, "Whether the velocity accumulates gradients or updates."
)
_AMSGRAD = Field(Flag(), False, "Whether to divide by the largest running mean of g² so far.")
_ADAM = {"betas": _betas(), "eps": _eps(), "eps_place": _eps_place("corrected", "uncorrected"), "amsgrad": _AMSGRAD}
_ROOT = _eps_place("outside", "inside")

OPTIMIZER = Variant(
    "type",
    {
        "SGD": _optimizer(
            0.01,
            momentum=_MOMENTUM,
            momentum_form=_MOMENTUM_FORM,
            dampening=Field(Number(), 0.0, "Dampening of the gradient in the velocity."),
            nesterov=Field(Flag(), False, "Whether to use Nesterov momentum."),
        ),
        "Adam": _optimizer(1e-3, **_ADAM),
        "AdamW": _decoupled(1e-3, 1e-2, **_ADAM),
        "RMSprop": _optimizer(
            0.01,
            alpha=Field(_SHARE, 0.99, "Decay rate of the running mean of g²."),
            eps=_eps(),
            eps_place=_ROOT,
            momentum=_MOMENTUM,
            momentum_form=_MOMENTUM_FORM,
            centered=Field(Flag(), False, "Whether to divide by the running standard deviation of g."),
        ),
        "Adagrad": _optimizer(
            0.01,
            lr_decay=Field(_NOT_NEGATIVE, 0.0, "lr is divided by 1 + lr_decay times the number of steps."),
            eps=_eps(1e-10),
            eps_place=_ROOT,
            initial_accumulator_value=Field(_NOT_NEGATIVE, 0.0, "Initial value of the sum of g²."),
        ),
        "Adadelta": _optimizer(
            1.0, rho=Field(Number(0.0, 1.0), 0.9, "Decay rate of the running means."), eps=_eps(1e-6)
        ),
        "NAdam": _optimizer(
            2e-3,
            betas=_betas(),
            eps=_eps(),
            momentum_decay=Field(_NOT_NEGATIVE, 4e-3, "Decay of the momentum schedule."),
        ),
        "Adamax": _optimizer(2e-3, betas=_betas(), eps=_eps(), eps_place=_eps_place("inside", "outside")),
        "Lion": _decoupled(1e-4, 0.0, betas=_betas(0.9, 0.99)),
        "LBFGS": Record(
            {
                "lr": _lr(1.0),
                "max_iter": Field(Integer(1, 1000), 20, "Maximum number of iterations per step."),
                "max_eval": Field(
                    Integer(1, 1250), None, "Maximum number of evaluations per step; 1.25 times max_iter by default."
                ),
                "tolerance_grad": Field(_NOT_NEGATIVE, 1e-7, "Stops when no element of the gradient is larger."),
                "tolerance_change": Field(_NOT_NEGATIVE, 1e-9, "Stops after a smaller change."),
                "history_size": Field(Integer(1, 1000), 100, "Number of updates used to estimate curvature."),
                "line_search_fn": Field(
                    Choice(("none", "strong_wolfe")), "none", "Step length: none uses lr, strong_wolfe a line search."
                ),
            },
            {"learning_rate": "lr"},
        ),
    },
    {"nesterov_adam": "NAdam"},
    example="{type: SGD, lr: 0.1}",
)

_COUNT = Integer(1)
_GAMMA = Field(_POSITIVE, 0.1, "Factor on the learning rate.")
_PER = Field(Choice(("epoch", "step")), "epoch", "Unit of the schedule.")

SCHEDULER = Variant(
    "type",
    {
        "StepLR": Record(
            {"step_size": Field(_COUNT, REQUIRED, "Interval between factors."), "gamma": _GAMMA, "per": _PER}
        ),
        "MultiStepLR": Record(
            {
                "milestones": Field(
                    ListOf(_COUNT, min_items=1, max_items=100), REQUIRED, "Moments at which the factor is applied."
                ),
                "gamma": _GAMMA,
                "per": _PER,
            }
        ),
        "ExponentialLR": Record({"gamma": Field(_POSITIVE, REQUIRED, "Factor on the learning rate."), "per": _PER}),
        "CosineAnnealingLR": Record(
            {
                "T_max": Field(_COUNT, None, "Length of the schedule; the whole run by default."),
                "eta_min": Field(_NOT_NEGATIVE, 0.0, "Learning rate at the end."),
                "per": _PER,
            }
        ),
        "LinearLR": Record(
            {
                "start_factor": Field(Number(0.0, 1.0, open_low=True), 1.0 / 3.0, "Factor at the start."),
                "end_factor": Field(Number(0.0, 1.0), 1.0, "Factor at the end."),
                "total_iters": Field(_COUNT, 5, "Length of the schedule."),
                "per": _PER,
            }
        ),
        "PolynomialLR": Record(
            {
                "total_iters": Field(_COUNT, 5, "Length of the schedule."),
                "power": Field(_POSITIVE, 1.0, "Exponent of the remaining fraction."),
                "per": _PER,
            }
        ),
        "ReduceLROnPlateau": Record(
            {
                "monitor": Field(MONITOR, None, "val_loss where there is a validation part, else train_loss."),
                "mode": MODE,
                "factor": Field(Number(0.0, 1.0, open_low=True, open_high=True), 0.1, "Factor on the learning rate."),
                "patience": Field(
                    Integer(0), 10, "Number of recorded points without improvement before the rate is reduced."
                ),
                "threshold": Field(_NOT_NEGATIVE, 1e-4, "Smallest relative change that counts as an improvement."),
                "cooldown": Field(Integer(0), 0, "Number of recorded points to wait after a reduction."),
                "min_lr": Field(_NOT_NEGATIVE, 0.0, "Lower bound of the learning rate."),
            }
        ),
        "OneCycleLR": Record(
            {
                "max_lr": Field(_POSITIVE, REQUIRED, "The highest learning rate."),
                "total_steps": Field(_COUNT, None, "Length of the schedule; the whole run by default."),
                "pct_start": Field(Number(0.0, 1.0), 0.3, "Fraction of the cycle in which the rate rises."),
                "div_factor": Field(_POSITIVE, 25.0, "Initial learning rate is max_lr divided by this."),
                "final_div_factor": Field(_POSITIVE, 1e4, "Final learning rate is the initial one divided by this."),
            }
        ),
    },
    suggested={"cosine": "CosineAnnealingLR", "plateau": "ReduceLROnPlateau"},
    example="{type: StepLR, step_size: 30}",
)

CLIPPING = Record(
    {
        "norm": Field(_POSITIVE, None, "Maximum norm; a longer gradient is scaled down."),
        "value": Field(_POSITIVE, None, "Maximum absolute value of each element."),
    },
    is_nonempty=True,
    example="{norm: 1.0}",
)
