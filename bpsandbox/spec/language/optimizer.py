"""Optimisers, learning-rate schedules and clipping."""

from __future__ import annotations

from bpsandbox.spec.kinds import Choice, Flag, Form, Integer, ListOf, Mark, Number
from bpsandbox.spec.records import Field, Record, Variant

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
    return Record({"lr": Field(_NOT_NEGATIVE, lr), "weight_decay": Field(_NOT_NEGATIVE, decay), **fields}, _ALIASES)


def _eps_place(*places: str) -> Field:
    """Where eps is added; the first place is PyTorch's and goes without saying."""
    return Field(Form(places), None)


def _betas(first: float = 0.9, second: float = 0.999) -> Field:
    return Field(ListOf(_SHARE, least=2, most=2), [first, second])


def _eps(value: float = 1e-8) -> Field:
    return Field(_NOT_NEGATIVE, value)


_MOMENTUM = Field(_NOT_NEGATIVE, 0.0)
_MOMENTUM_FORM = Field(Form(("gradients", "updates")), None)
_AMSGRAD = Field(Flag(), False)
_ADAM = {"betas": _betas(), "eps": _eps(), "eps_place": _eps_place("corrected", "uncorrected"), "amsgrad": _AMSGRAD}
_ROOT = _eps_place("outside", "inside")

OPTIMIZER = Variant(
    "type",
    {
        "SGD": _optimizer(
            0.01,
            momentum=_MOMENTUM,
            momentum_form=_MOMENTUM_FORM,
            dampening=Field(Number(), 0.0),
            nesterov=Field(Flag(), False),
        ),
        "Adam": _optimizer(1e-3, **_ADAM),
        "AdamW": _decoupled(1e-3, 1e-2, **_ADAM),
        "RMSprop": _optimizer(
            0.01,
            alpha=Field(_SHARE, 0.99),
            eps=_eps(),
            eps_place=_ROOT,
            momentum=_MOMENTUM,
            momentum_form=_MOMENTUM_FORM,
            centered=Field(Flag(), False),
        ),
        "Adagrad": _optimizer(
            0.01,
            lr_decay=Field(_NOT_NEGATIVE, 0.0),
            eps=_eps(1e-10),
            eps_place=_ROOT,
            initial_accumulator_value=Field(_NOT_NEGATIVE, 0.0),
        ),
        "Adadelta": _optimizer(1.0, rho=Field(Number(0.0, 1.0), 0.9), eps=_eps(1e-6)),
        "NAdam": _optimizer(2e-3, betas=_betas(), eps=_eps(), momentum_decay=Field(_NOT_NEGATIVE, 4e-3)),
        "Adamax": _optimizer(2e-3, betas=_betas(), eps=_eps(), eps_place=_eps_place("inside", "outside")),
        "Lion": _decoupled(1e-4, 0.0, betas=_betas(0.9, 0.99)),
        "LBFGS": Record(
            {
                "lr": Field(_NOT_NEGATIVE, 1.0),
                "max_iter": Field(Integer(1, 1000), 20, "Moves a step."),
                "max_eval": Field(Integer(1, 1250), None, "Evaluations a step; a quarter more than max_iter."),
                "tolerance_grad": Field(_NOT_NEGATIVE, 1e-7),
                "tolerance_change": Field(_NOT_NEGATIVE, 1e-9),
                "history_size": Field(Integer(1, 1000), 100),
                "line_search_fn": Field(Choice(("none", "strong_wolfe")), "none"),
            },
            {"learning_rate": "lr"},
        ),
    },
    {"nesterov_adam": "NAdam"},
)

_COUNT = Integer(1)
_GAMMA = Field(_POSITIVE, 0.1)
_PER = Field(Choice(("epoch", "step")), "epoch", "What is counted.")

SCHEDULER = Variant(
    "type",
    {
        "StepLR": Record({"step_size": Field(_COUNT), "gamma": _GAMMA, "per": _PER}),
        "MultiStepLR": Record({"milestones": Field(ListOf(_COUNT, least=1)), "gamma": _GAMMA, "per": _PER}),
        "ExponentialLR": Record({"gamma": Field(_POSITIVE), "per": _PER}),
        "CosineAnnealingLR": Record(
            {
                "T_max": Field(_COUNT, None, "The whole run, when not written."),
                "eta_min": Field(_NOT_NEGATIVE, 0.0),
                "per": _PER,
            }
        ),
        "LinearLR": Record(
            {
                "start_factor": Field(Number(0.0, 1.0, open_low=True), 1.0 / 3.0),
                "end_factor": Field(Number(0.0, 1.0), 1.0),
                "total_iters": Field(_COUNT, 5),
                "per": _PER,
            }
        ),
        "PolynomialLR": Record({"total_iters": Field(_COUNT, 5), "power": Field(_POSITIVE, 1.0), "per": _PER}),
        "ReduceLROnPlateau": Record(
            {
                "monitor": Field(MONITOR, None),
                "mode": MODE,
                "factor": Field(Number(0.0, 1.0, open_low=True, open_high=True), 0.1),
                "patience": Field(Integer(0), 10, "Recorded points."),
                "threshold": Field(_NOT_NEGATIVE, 1e-4),
                "cooldown": Field(Integer(0), 0),
                "min_lr": Field(_NOT_NEGATIVE, 0.0),
            }
        ),
        "OneCycleLR": Record(
            {
                "max_lr": Field(_POSITIVE),
                "total_steps": Field(_COUNT, None, "The whole run, when not written."),
                "pct_start": Field(Number(0.0, 1.0), 0.3),
                "div_factor": Field(_POSITIVE, 25.0),
                "final_div_factor": Field(_POSITIVE, 1e4),
            }
        ),
    },
)

CLIPPING = Record({"norm": Field(_POSITIVE, None), "value": Field(_POSITIVE, None)})
