r"""A reader of printed equations: LaTeX in, numbers out, with how far their rounding lets them be off.

It shares nothing with the code that prints. A printed number stands for every number that rounds to it, so each value
is a centre and a radius, and both sides of an equation agree when their ranges touch. A number with fewer digits than
the print has room for is exact.

    equation    name = expression = … = expression
    expression  products joined by + and -
    product     factors joined by \cdot (of numbers, or a number and a matrix), \odot (element by element), \star
                (correlation), or nothing (the matrix product, or a number times anything), from left to right
    factor      an atom with ^{2}, ^{\top}, … behind it
    atom        a number, a matrix, \frac{}{}, \sqrt{}, \left(…\right), \left|…\right|, \left\lVert…\right\rVert, or a
                named function with its arguments in \left(…\right)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
TOKEN = re.compile(
    r"\\begin\{bmatrix\}|\\end\{bmatrix\}|\\left\\lVert|\\right\\rVert|\\left\(|\\right\)|\\left\||\\right\||\\left\[|\\right\]"
    r"|\\mathbf\{1\}_\{[^{}]*\}|\\math(?:rm|bf|cal)\{[^{}]*\}(?:_\{[^{}]*\})?|\\operatorname\{[^{}]*\}"
    r"|\\[A-Za-z]+|\\[,;:! ]|\\\\"
    r"|\d+(?:\.\d+)?(?:\s*\\times\s*10\^\{-?\d+\})?|[-+=&^_{},()]|[A-Za-z]"
)
SPACES = {r"\,", r"\;", r"\:", r"\!", r"\ "}


class Unreadable(Exception):
    """The text is no equation of the kind that this reader knows."""


@dataclass(frozen=True)
class Range:
    """Numbers from centre - radius to centre + radius, each of an array."""

    centre: Array
    radius: Array

    @property
    def is_number(self) -> bool:
        return self.centre.size == 1


def exactly(value: float | Array) -> Range:
    centre = np.asarray(value, dtype=np.float64)
    return Range(centre, np.zeros_like(centre))


def scalar(one: Range) -> Range:
    return Range(one.centre.reshape(()), one.radius.reshape(())) if one.is_number else one


def read_number(text: str) -> Range:
    """A printed number; with fewer digits than the print has room for it is exact."""
    mantissa, _, exponent = re.sub(r"\s*\\times\s*10\^\{(-?\d+)\}", r"e\1", text).partition("e")
    decimals = len(mantissa.partition(".")[2])
    value = float(mantissa) * 10.0 ** int(exponent or 0)
    if exponent:
        room = 3
    else:
        size = abs(value)
        room = 4 if size >= 0.1 else 5 if size >= 0.01 else 6
    if decimals < room:
        return Range(np.asarray(value), np.asarray(abs(value) * 1e-11))
    return Range(np.asarray(value), np.asarray(0.5001 * 10.0 ** (int(exponent or 0) - decimals)))


# operations


def add(a: Range, b: Range) -> Range:
    a, b = scalar(a), scalar(b)
    return Range(a.centre + b.centre, a.radius + b.radius + 0 * a.centre + 0 * b.centre)


def negative(a: Range) -> Range:
    return Range(-a.centre, a.radius)


def multiply(a: Range, b: Range) -> Range:
    if a.centre.shape != b.centre.shape:
        a, b = scalar(a), scalar(b)
    if a.centre.ndim and b.centre.ndim and a.centre.shape != b.centre.shape:
        raise Unreadable(f"element by element of {a.centre.shape} and {b.centre.shape}")
    radius = abs(a.centre) * b.radius + abs(b.centre) * a.radius + a.radius * b.radius
    return Range(a.centre * b.centre, radius)


def matrix_product(a: Range, b: Range) -> Range:
    if a.is_number or b.is_number:
        return multiply(scalar(a), scalar(b))
    radius = abs(a.centre) @ b.radius + a.radius @ abs(b.centre) + a.radius @ b.radius
    return Range(a.centre @ b.centre, radius)


def divide(a: Range, b: Range) -> Range:
    if a.centre.shape != b.centre.shape:
        a, b = scalar(a), scalar(b)
    with np.errstate(all="ignore"):
        least = abs(b.centre) - b.radius
        centre = a.centre / b.centre
        radius = np.where(least > 0, (a.radius + abs(centre) * b.radius) / np.where(least > 0, least, 1.0), np.inf)
    return Range(np.where(np.isfinite(centre), centre, 0.0), np.where(np.isfinite(centre), radius, np.inf))


def power(a: Range, exponent: float) -> Range:
    if float(exponent).is_integer() and exponent >= 0:
        found = exactly(np.ones_like(a.centre))
        for _ in range(int(exponent)):
            found = multiply(found, a)
        return found
    return mapped(lambda x: np.power(x, exponent))(a)


POINTS = np.linspace(-1.0, 1.0, 33)


def mapped(f: Callable[[Array], Array]) -> Callable[[Range], Range]:
    """A function element by element: its radius is the largest change over the range, looked at in 33 places."""

    def apply(a: Range) -> Range:
        with np.errstate(all="ignore"):
            centre = np.asarray(f(a.centre), dtype=np.float64)
            values = [np.asarray(f(a.centre + s * a.radius), dtype=np.float64) for s in POINTS]
            radius = np.max([np.abs(value - centre) for value in values], axis=0)
        radius = np.where(np.isfinite(radius), radius * 1.1 + 1e-12 * abs(centre), np.inf)
        return Range(np.where(np.isfinite(centre), centre, 0.0), np.where(np.isfinite(centre), radius, np.inf))

    return apply


def softmax(a: Range) -> Range:
    """A row or column of shares: each is at its largest with its own logit up and all others down."""
    flat, radius = a.centre.reshape(-1), a.radius.reshape(-1)
    found = np.exp(flat - flat.max())
    found /= found.sum()
    low, high = np.empty_like(found), np.empty_like(found)
    for i in range(len(flat)):
        for out, sign in ((high, 1.0), (low, -1.0)):
            moved = flat - sign * radius
            moved[i] = flat[i] + sign * radius[i]
            shares = np.exp(moved - moved.max())
            out[i] = shares[i] / shares.sum()
    spread = np.maximum(high - found, found - low) + 1e-12
    return Range(found.reshape(a.centre.shape), spread.reshape(a.centre.shape))


def total(a: Range) -> Range:
    return Range(np.asarray(a.centre.sum()), np.asarray(a.radius.sum()))


def length(a: Range) -> Range:
    norm = float(np.sqrt((a.centre**2).sum()))
    return Range(np.asarray(norm), np.asarray(float(np.sqrt((a.radius**2).sum()))))


def mean(a: Range) -> Range:
    return Range(np.asarray(a.centre.mean()), np.asarray(a.radius.mean()))


def most(*terms: Range) -> Range:
    """max: of several terms element by element, of one over all its numbers."""
    if len(terms) == 1:
        (a,) = terms
        return Range(np.asarray(a.centre.max()), np.asarray(a.radius.max()))
    found = scalar(terms[0])
    for term in map(scalar, terms[1:]):
        radius = np.maximum(found.radius, term.radius) + 0 * found.centre + 0 * term.centre
        found = Range(np.maximum(found.centre, term.centre), radius)
    return found


def least(*terms: Range) -> Range:
    return negative(most(*map(negative, terms)))


def correlate(kernel: Range, image: Range) -> Range:
    """The kernel laid over every place of the image where it fits, products summed up: no flip."""

    def at(k: Array, x: Array) -> Array:
        windows = np.lib.stride_tricks.sliding_window_view(np.atleast_2d(x), np.atleast_2d(k).shape)
        return np.einsum("abij,ij->ab", windows, np.atleast_2d(k))

    radius = at(abs(kernel.centre), image.radius) + at(kernel.radius, abs(image.centre) + image.radius)
    return Range(at(kernel.centre, image.centre), radius)


def sigmoid(z: Array) -> Array:
    return 0.5 * (1.0 + np.tanh(0.5 * z))


erf = np.vectorize(math.erf, otypes=[float])
STEP = 1e-9


def above(z: Array) -> Array:
    return (z > 0).astype(float)


FUNCTIONS: dict[str, Callable[..., Range]] = {
    r"\sigma": mapped(sigmoid),
    r"\tanh": mapped(np.tanh),
    r"\exp": mapped(np.exp),
    r"\log": mapped(np.log),
    r"\ln": mapped(np.log),
    r"\cos": mapped(np.cos),
    r"\sin": mapped(np.sin),
    r"\max": most,
    r"\min": least,
    r"\mathrm{sum}": total,
    r"\mathrm{mean}": mean,
    r"\mathrm{softmax}": softmax,
    r"\mathrm{sign}": mapped(np.sign),
    r"\mathrm{ReLU}": mapped(lambda z: np.maximum(z, 0.0)),
    r"\mathbf{1}_{>0}": mapped(above),
    r"\mathrm{erf}": mapped(erf),
}


# the grammar


class Reader:
    """Reads what stands right of an equation's name, from left to right."""

    def __init__(self, text: str) -> None:
        _name, equals, text = text.partition(" = ")
        if not equals:
            raise Unreadable(f"no equation: {_name}")
        found = TOKEN.findall(text)
        rest = TOKEN.sub("", text).strip()
        if rest:
            raise Unreadable(f"{rest!r} in {text}")
        self.text, self.at = text, 0
        self.tokens = [token for token in found if token not in SPACES]

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.next
        if wanted and token not in wanted:
            raise Unreadable(f"{token!r} at {self.at} where {wanted} was due: {self.text}")
        self.at += 1
        return token

    def sides(self) -> list[Range]:
        """The values of all sides but the name."""
        found = [self.expression()]
        while self.next:
            self.take("=")
            found.append(self.expression())
        return found

    def expression(self) -> Range:
        value = negative(self.product()) if self.next == "-" and self.take() else self.product()
        while self.next in ("+", "-"):
            sign = self.take()
            term = self.product()
            value = add(value, term if sign == "+" else negative(term))
        return value

    def product(self) -> Range:
        value = self.factor()
        while True:
            if self.next in (r"\cdot", r"\odot", r"\star"):
                operation = {r"\cdot": matrix_product, r"\odot": multiply, r"\star": correlate}[self.take()]
                value = operation(value, self.factor())
            elif self.begins_factor():
                value = matrix_product(value, self.factor())
            else:
                return value

    def begins_factor(self) -> bool:
        token = self.next
        return bool(token) and (
            token[0].isdigit()
            or token in (r"\begin{bmatrix}", r"\left(", r"\left|", r"\left\lVert", r"\frac", r"\sqrt", r"\pi")
            or token in FUNCTIONS
        )

    def factor(self) -> Range:
        value = self.atom()
        while self.next == "^":
            self.take()
            self.take("{")
            if self.next == r"\top":
                self.take()
                value = Range(value.centre.T, value.radius.T)
            else:
                value = power(value, float(self.expression().centre))
            self.take("}")
        return value

    def atom(self) -> Range:
        token = self.take()
        if token and token[0].isdigit():
            return read_number(token)
        if token == r"\pi":
            return exactly(math.pi)
        if token == r"\begin{bmatrix}":
            return self.matrix()
        if token == r"\left(":
            return self.until(r"\right)")
        if token == r"\left|":
            return mapped(np.abs)(self.until(r"\right|"))
        if token == r"\left\lVert":
            return length(self.until(r"\right\rVert"))
        if token == r"\sqrt":
            return mapped(np.sqrt)(self.braced())
        if token == r"\frac":
            above, below = self.braced(), self.braced()
            return divide(above, below)
        if token in FUNCTIONS:
            return self.function(token)
        raise Unreadable(f"{token!r} begins nothing: {self.text}")

    def until(self, end: str) -> Range:
        value = self.expression()
        self.take(end)
        return value

    def braced(self) -> Range:
        self.take("{")
        return self.until("}")

    def function(self, name: str) -> Range:
        self.take(r"\left(")
        arguments = [self.expression()]
        while self.next == ",":
            self.take()
            arguments.append(self.expression())
        self.take(r"\right)")
        return FUNCTIONS[name](*arguments)

    def matrix(self) -> Range:
        rows = [[self.expression()]]
        while self.next != r"\end{bmatrix}":
            if self.take("&", r"\\") == "&":
                rows[-1].append(self.expression())
            else:
                rows.append([self.expression()])
        self.take()

        def block(part: str) -> Array:
            return np.block([[np.atleast_2d(getattr(cell, part)) for cell in row] for row in rows])

        return Range(block("centre"), block("radius"))


@dataclass(frozen=True)
class Verdict:
    """How one equation came out: `gap` is how far its sides are apart beyond their rounding, 0 where they agree.

    `sharpness` is the largest radius as a share of the largest number: a blunt equation could hide a wrong one.
    """

    gap: float
    sharpness: float


def judged(text: str) -> Verdict | None:
    """Compare the sides of a printed equation; None where there is a name and one side alone."""
    sides = [side for side in Reader(text).sides()]
    if len(sides) < 2:
        return None
    last = sides[-1]
    gap = sharpness = 0.0
    for side in sides[:-1]:
        centre, radius = side.centre, side.radius
        if centre.size != last.centre.size:
            raise Unreadable(f"{centre.shape} = {last.centre.shape} in {text}")
        centre, radius = centre.reshape(last.centre.shape), radius.reshape(last.centre.shape)
        scale = max(float(np.max(np.abs(last.centre))), 1e-300)
        apart = np.abs(centre - last.centre) - radius - last.radius
        apart -= 1e-9 * np.maximum(np.abs(centre), np.abs(last.centre))
        gap = max(gap, float(np.max(apart)) / scale)
        sharpness = max(sharpness, float(np.max(radius)) / scale)
    return Verdict(max(gap, 0.0), sharpness)
