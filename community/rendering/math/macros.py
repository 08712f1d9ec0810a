"""Predefined macros, in addition to those a post defines."""

from __future__ import annotations

from dataclasses import dataclass

from .tokens import Token, tokenize


@dataclass(frozen=True, slots=True)
class Macro:
    """`default` is the value of an optional first argument, or None if there is none."""

    arguments: int
    body: tuple[Token, ...]
    default: tuple[Token, ...] | None = None


def _macro(body: str, arguments: int = 0) -> Macro:
    return Macro(arguments, tuple(tokenize(body)))


SITE: dict[str, Macro] = {
    r"\grad": _macro(r"\nabla"),
    r"\pd": _macro(r"\frac{\partial #1}{\partial #2}", 2),
    r"\dv": _macro(r"\frac{\mathrm{d}#1}{\mathrm{d}#2}", 2),
    r"\dd": _macro(r"\mathrm{d}"),
    r"\Loss": _macro(r"\mathcal{L}"),
    r"\had": _macro(r"\odot"),
    r"\hadamard": _macro(r"\odot"),
    r"\T": _macro(r"\mathsf{T}"),
    r"\R": _macro(r"\mathbb{R}"),
    r"\E": _macro(r"\mathbb{E}"),
    r"\norm": _macro(r"\left\lVert #1\right\rVert", 1),
    r"\abs": _macro(r"\left\lvert #1\right\rvert", 1),
    r"\set": _macro(r"\left\{#1\right\}", 1),
    r"\softmax": _macro(r"\operatorname{softmax}"),
    r"\sigmoid": _macro(r"\operatorname{sigmoid}"),
    r"\relu": _macro(r"\operatorname{ReLU}"),
    r"\ReLU": _macro(r"\operatorname{ReLU}"),
    r"\diag": _macro(r"\operatorname{diag}"),
    r"\Tr": _macro(r"\operatorname{Tr}"),
    r"\tr": _macro(r"\operatorname{tr}"),
    r"\rank": _macro(r"\operatorname{rank}"),
    r"\sgn": _macro(r"\operatorname{sgn}"),
    r"\sign": _macro(r"\operatorname{sign}"),
    r"\Var": _macro(r"\operatorname{Var}"),
    r"\Cov": _macro(r"\operatorname{Cov}"),
    r"\argmin": _macro(r"\operatorname*{arg\,min}"),
    r"\argmax": _macro(r"\operatorname*{arg\,max}"),
}
