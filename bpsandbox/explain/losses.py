"""How a loss and its slope are written, with the numbers of one example."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from .numbers import Vector, added, column, number, scalar_or_column


@dataclass(frozen=True)
class Written:
    symbols: str
    numbers: str = ""


@dataclass(frozen=True)
class Case:
    """One example at the loss: what came out, what was wanted."""

    kind: str
    y_hat: Vector
    y: Vector
    loss: float

    @property
    def count(self) -> int:
        return len(self.y_hat)

    @property
    def share(self) -> str:
        return "" if self.count == 1 else rf"\frac{{1}}{{{self.count}}}"


def written_loss(case: Case) -> Written:
    """Write L; a constant factor in the config is found back from the stored loss."""
    writer, value = LOSSES.get(case.kind, (_named, None))
    written = writer(case)
    base = value(case) if value else None
    factor = _factor(case.loss, base)
    if base is not None and factor is None:
        return Written(f"L = {_named(case).symbols}", number(case.loss))
    prefix = f"{factor} \\cdot " if factor else ""
    equals = f"{prefix}{written.numbers} = " if written.numbers else ""
    return Written(f"L = {prefix}{written.symbols}", equals + number(case.loss))


def _factor(loss: float, base: float | None) -> str | None:
    """Return the factor as text, empty when there is none, None when the formula does not fit."""
    if base is None or math.isclose(loss, base, rel_tol=1e-9, abs_tol=1e-15):
        return ""
    ratio = loss / base if base else math.nan
    return number(round(ratio, 6)) if math.isclose(ratio, round(ratio, 6), rel_tol=1e-9) else None


def _squares(case: Case) -> Written:
    if case.count == 1:
        return Written(r"(y - \hat{y})^2", rf"\left({number(case.y[0])} - {added(case.y_hat)}\right)^2")
    inner = rf"\left\lVert {column(case.y)} - {column(case.y_hat)} \right\rVert^2"
    return Written(rf"{case.share} \sum_k (y_k - \hat{{y}}_k)^2", case.share + inner)


def _distances(case: Case) -> Written:
    if case.count == 1:
        return Written(r"\left| y - \hat{y} \right|", rf"\left| {number(case.y[0])} - {added(case.y_hat)} \right|")
    return Written(rf"{case.share} \sum_k \left| y_k - \hat{{y}}_k \right|")


def _cross_entropy(case: Case) -> Written:
    return Written(r"-\sum_k t_k \log \mathrm{softmax}(\hat{y})_k")


def _binary(case: Case) -> Written:
    if case.count > 1:
        return Written(rf"-{case.share} \sum_k \left( y_k \log \hat{{y}}_k + (1 - y_k) \log (1 - \hat{{y}}_k) \right)")
    y, p = number(case.y[0]), number(case.y_hat[0])
    return Written(
        r"-\left( y \log \hat{y} + (1 - y) \log (1 - \hat{y}) \right)",
        rf"-\left( {y} \log {p} + (1 - {y}) \log (1 - {p}) \right)",
    )


def _binary_logits(case: Case) -> Written:
    if case.count > 1:
        return Written(rf"{case.share} \sum_k \left( \log(1 + e^{{\hat{{y}}_k}}) - y_k \hat{{y}}_k \right)")
    y, z = number(case.y[0]), number(case.y_hat[0])
    return Written(
        r"\log(1 + e^{\hat{y}}) - y \hat{y}", rf"\log\left(1 + e^{{{z}}}\right) - {y} \cdot {added(case.y_hat)}"
    )


def _named(case: Case) -> Written:
    name = case.kind.removesuffix("Loss") or "loss"
    return Written(rf"\mathrm{{{name}}}(\hat{{y}}, y)")


def _mean(term: Callable[[float, float], float]) -> Callable[[Case], float]:
    return lambda case: sum(term(p, y) for p, y in zip(case.y_hat, case.y, strict=True)) / case.count


def _entropy(p: float, y: float) -> float:
    return -(y * max(math.log(p), -100.0) if p > 0 else -100.0 * y) - (
        (1 - y) * (max(math.log1p(-p), -100.0) if p < 1 else -100.0)
    )


def _softplus(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def _class_loss(case: Case) -> float:
    top = max(case.y_hat)
    log_sum = top + math.log(sum(math.exp(z - top) for z in case.y_hat))
    return sum(t * (log_sum - z) for t, z in zip(case.y, case.y_hat, strict=True))


LOSSES: dict[str, tuple[Callable[[Case], Written], Callable[[Case], float] | None]] = {
    "MSELoss": (_squares, _mean(lambda p, y: (p - y) ** 2)),
    "L1Loss": (_distances, _mean(lambda p, y: abs(p - y))),
    "CrossEntropyLoss": (_cross_entropy, _class_loss),
    "BCELoss": (_binary, _mean(_entropy)),
    "BCEWithLogitsLoss": (_binary_logits, _mean(lambda z, y: _softplus(z) - y * z)),
}


def written_slope(case: Case, slope: Vector, last: str) -> Written:
    """Write ∂L/∂ŷ, with numbers in between where the plain formula gives the stored ones."""
    formulas: dict[str, tuple[str, str, Callable[[float, float], float]]] = {
        "MSELoss": (
            rf"{_two(case)}(\hat{{y}} - y)",
            rf"{_two(case)}\left({scalar_or_column(case.y_hat)} - {added(case.y)}\right)",
            lambda p, y: 2 * (p - y) / case.count,
        ),
        "BCELoss": (
            rf"{case.share}\frac{{\hat{{y}} - y}}{{\hat{{y}} (1 - \hat{{y}})}}",
            "",
            lambda p, y: (p - y) / max(p * (1 - p), 1e-12) / case.count,
        ),
        "BCEWithLogitsLoss": (
            rf"{case.share}\left(\sigma({last}) - y\right)",
            rf"{case.share}\left(\sigma\left({scalar_or_column(case.y_hat)}\right) - {added(case.y)}\right)",
            lambda z, y: (math.exp(min(0.0, z)) / (1 + math.exp(-abs(z))) - y) / case.count,
        ),
    }
    if case.kind == "CrossEntropyLoss":
        return _class_slope(case, slope, last)
    if case.kind not in formulas:
        return Written("", scalar_or_column(slope))
    symbols, numbers, value = formulas[case.kind]
    factor = _common_factor(slope, [value(p, y) for p, y in zip(case.y_hat, case.y, strict=True)])
    if factor is None:
        return Written("", scalar_or_column(slope))
    return _joined(factor, symbols, numbers, slope)


def _class_slope(case: Case, slope: Vector, last: str) -> Written:
    top = max(case.y_hat)
    total = sum(math.exp(z - top) for z in case.y_hat)
    plain = [math.exp(z - top) / total - t for z, t in zip(case.y_hat, case.y, strict=True)]
    factor = _common_factor(slope, plain)
    if factor is None:
        return Written("", scalar_or_column(slope))
    numbers = rf"\mathrm{{softmax}}\left({column(case.y_hat)}\right) - {column(case.y)}"
    return _joined(factor, rf"\mathrm{{softmax}}({last}) - t", numbers, slope)


def _joined(factor: str, symbols: str, numbers: str, slope: Vector) -> Written:
    result = scalar_or_column(slope)
    if factor:
        symbols = rf"{factor} \cdot {_bracket(symbols)}"
        numbers = rf"{factor} \cdot {_bracket(numbers)}" if numbers else ""
    return Written(symbols, f"{numbers} = {result}" if numbers else result)


def _bracket(text: str) -> str:
    return rf"\left({text}\right)" if " - " in text and not text.startswith(("2", r"\left(", r"\frac{")) else text


def _common_factor(stored: Vector, plain: Vector) -> str | None:
    """Return the one factor between two vectors as text: empty for 1, None when there is none."""
    largest = max(range(len(plain)), key=lambda i: abs(plain[i]))
    ratio = stored[largest] / plain[largest] if plain[largest] else 1.0
    if not all(math.isclose(s, ratio * p, rel_tol=1e-7, abs_tol=1e-12) for s, p in zip(stored, plain, strict=True)):
        return None
    return "" if math.isclose(ratio, 1.0, rel_tol=1e-9) else number(round(ratio, 9))


def _two(case: Case) -> str:
    return "2" if case.count == 1 else rf"\frac{{2}}{{{case.count}}}"
