"""Optimisers, learning-rate schedules and clipping."""

from __future__ import annotations

from bpsandbox.spec.kinds import Choice, Flag, Form, Integer, ListOf, Mark, Number
from bpsandbox.spec.records import REQUIRED, Field, Record, Variant

from .measuring import MODE, MONITOR

_SHARE = Number(0.0, 1.0, open_high=True)
_POSITIVE = Number(0.0, open_low=True)
_NOT_NEGATIVE = Number(0.0)
_ALIASES = {"learning_rate": "lr", "learning_rate_init": "lr", "epsilon": "eps", "nesterovs_momentum": "nesterov"}


_DECOUPLED = Field(Mark(), None, "true: weight decay acts on the weights, beside the gradient.")


def _optimizer(lr: float, **fields: Field) -> Record:
    """An optimiser whose weight decay can be had in both ways."""
    return _decoupled(lr, 0.0, **fields, decoupled_weight_decay=_DECOUPLED)


def _decoupled(lr: float, decay: float, **fields: Field) -> Record:
    return Record({"lr": _lr(lr), "weight_decay": _weight_decay(decay), **fields}, _ALIASES)


def _lr(value: float) -> Field:
    return Field(_NOT_NEGATIVE, value, "Learning rate.")


def _weight_decay(value: float) -> Field:
    return Field(_NOT_NEGATIVE, value, "Pulls every weight towards 0 by this share.")


def _eps_place(*places: str) -> Field:
    """Where eps is added; the first place is PyTorch's and goes without saying."""
    return Field(Form(places), None, "Where eps is added; the first is meant when nothing is written.")


def _betas(first: float = 0.9, second: float = 0.999) -> Field:
    return Field(ListOf(_SHARE, least=2, most=2), [first, second], "How much of the old means of g and of g² is kept.")


def _eps(value: float = 1e-8) -> Field:
    return Field(_NOT_NEGATIVE, value, "Keeps the denominator above 0.")


_MOMENTUM = Field(_NOT_NEGATIVE, 0.0, "How much of the last velocity is kept.")
_MOMENTUM_FORM = Field(Form(("gradients", "updates")), None, "What the velocity sums up.")
_AMSGRAD = Field(Flag(), False, "true divides by the largest mean of g² so far.")
_ADAM = {"betas": _betas(), "eps": _eps(), "eps_place": _eps_place("corrected", "uncorrected"), "amsgrad": _AMSGRAD}
_ROOT = _eps_place("outside", "inside")

OPTIMIZER = Variant(
    "type",
    {
        "SGD": _optimizer(
            0.01,
            momentum=_MOMENTUM,
            momentum_form=_MOMENTUM_FORM,
            dampening=Field(Number(), 0.0, "Share of the gradient that the velocity leaves out."),
            nesterov=Field(Flag(), False, "true looks one velocity ahead."),
        ),
        "Adam": _optimizer(1e-3, **_ADAM),
        "AdamW": _decoupled(1e-3, 1e-2, **_ADAM),
        "RMSprop": _optimizer(
            0.01,
            alpha=Field(_SHARE, 0.99, "How much of the old mean of g² is kept."),
            eps=_eps(),
            eps_place=_ROOT,
            momentum=_MOMENTUM,
            momentum_form=_MOMENTUM_FORM,
            centered=Field(Flag(), False, "true divides by the standard deviation of g."),
        ),
        "Adagrad": _optimizer(
            0.01,
            lr_decay=Field(_NOT_NEGATIVE, 0.0, "Divides lr by 1 + this, times the steps done."),
            eps=_eps(1e-10),
            eps_place=_ROOT,
            initial_accumulator_value=Field(_NOT_NEGATIVE, 0.0, "What the sum of g² begins with."),
        ),
        "Adadelta": _optimizer(
            1.0, rho=Field(Number(0.0, 1.0), 0.9, "How much of the old means is kept."), eps=_eps(1e-6)
        ),
        "NAdam": _optimizer(
            2e-3,
            betas=_betas(),
            eps=_eps(),
            momentum_decay=Field(_NOT_NEGATIVE, 4e-3, "How fast the first beta grows to its value."),
        ),
        "Adamax": _optimizer(2e-3, betas=_betas(), eps=_eps(), eps_place=_eps_place("inside", "outside")),
        "Lion": _decoupled(1e-4, 0.0, betas=_betas(0.9, 0.99)),
        "LBFGS": Record(
            {
                "lr": _lr(1.0),
                "max_iter": Field(Integer(1, 1000), 20, "Moves a step."),
                "max_eval": Field(Integer(1, 1250), None, "Evaluations a step; a quarter more than max_iter."),
                "tolerance_grad": Field(_NOT_NEGATIVE, 1e-7, "No move where no gradient is larger."),
                "tolerance_change": Field(_NOT_NEGATIVE, 1e-9, "No further move after a smaller change."),
                "history_size": Field(Integer(1, 1000), 100, "Changes that the curvature is taken from."),
                "line_search_fn": Field(
                    Choice(("none", "strong_wolfe")), "none", "How far a move goes: lr, or a search."
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
_PER = Field(Choice(("epoch", "step")), "epoch", "What is counted.")

SCHEDULER = Variant(
    "type",
    {
        "StepLR": Record(
            {"step_size": Field(_COUNT, REQUIRED, "From one factor to the next."), "gamma": _GAMMA, "per": _PER}
        ),
        "MultiStepLR": Record(
            {
                "milestones": Field(ListOf(_COUNT, least=1), REQUIRED, "When the factor is applied."),
                "gamma": _GAMMA,
                "per": _PER,
            }
        ),
        "ExponentialLR": Record({"gamma": Field(_POSITIVE, REQUIRED, "Factor on the learning rate."), "per": _PER}),
        "CosineAnnealingLR": Record(
            {
                "T_max": Field(_COUNT, None, "The whole run, when not written."),
                "eta_min": Field(_NOT_NEGATIVE, 0.0, "Learning rate at the end."),
                "per": _PER,
            }
        ),
        "LinearLR": Record(
            {
                "start_factor": Field(Number(0.0, 1.0, open_low=True), 1.0 / 3.0, "Factor at the start."),
                "end_factor": Field(Number(0.0, 1.0), 1.0, "Factor at the end."),
                "total_iters": Field(_COUNT, 5, "How long it takes."),
                "per": _PER,
            }
        ),
        "PolynomialLR": Record(
            {
                "total_iters": Field(_COUNT, 5, "How long it takes."),
                "power": Field(_POSITIVE, 1.0, "Of what is left of the way."),
                "per": _PER,
            }
        ),
        "ReduceLROnPlateau": Record(
            {
                "monitor": Field(MONITOR, None, "val_loss where there is a validation part, else train_loss."),
                "mode": MODE,
                "factor": Field(Number(0.0, 1.0, open_low=True, open_high=True), 0.1, "Factor on the learning rate."),
                "patience": Field(Integer(0), 10, "Recorded points."),
                "threshold": Field(_NOT_NEGATIVE, 1e-4, "Relative change that counts as better."),
                "cooldown": Field(Integer(0), 0, "Recorded points to wait after a change."),
                "min_lr": Field(_NOT_NEGATIVE, 0.0, "The learning rate goes no lower."),
            }
        ),
        "OneCycleLR": Record(
            {
                "max_lr": Field(_POSITIVE, REQUIRED, "The highest learning rate."),
                "total_steps": Field(_COUNT, None, "The whole run, when not written."),
                "pct_start": Field(Number(0.0, 1.0), 0.3, "Share of the way up."),
                "div_factor": Field(_POSITIVE, 25.0, "The start is max_lr divided by this."),
                "final_div_factor": Field(_POSITIVE, 1e4, "The end is the start divided by this."),
            }
        ),
    },
    near={"cosine": "CosineAnnealingLR", "plateau": "ReduceLROnPlateau"},
    example="{type: StepLR, step_size: 30}",
)

CLIPPING = Record(
    {
        "norm": Field(_POSITIVE, None, "Scales a longer gradient down to this length."),
        "value": Field(_POSITIVE, None, "Cuts every number of the gradient off at this."),
    },
    is_never_empty=True,
    example="{norm: 1.0}",
)
