r"""A parser of printed equations: LaTeX in, numbers out, with the error bounds their rounding implies.

It shares no code with the printer. A printed number represents every number that rounds to it, so each value is a
centre and a radius, and both sides of an equation agree if their ranges overlap. A number with fewer digits than the
print has room for is exact. In addition each number has the noise of the run's own arithmetic.

    equation    name = expression = … = expression
    expression  products joined by + and -
    product     factors joined by \cdot (of numbers, or a number and a matrix), \odot (elementwise), \star
                (correlation), or nothing (the matrix product, or a number times anything), from left to right
    factor      an atom followed by ^{2}, ^{\top}, …
    atom        a number, a matrix, \frac{}{}, \sqrt{}, \left(…\right), \left|…\right|, \left\lVert…\right\rVert,
                \left\lfloor…\right\rfloor, or a named function with its arguments in \left(…\right)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
TOKEN = re.compile(
    r"\\begin\{bmatrix\}|\\end\{bmatrix\}|\\left\\l(?:Vert|floor)|\\right\\r(?:Vert|floor)"
    r"|\\left\(|\\right\)|\\left\||\\right\||\\left\[|\\right\]|\\text\{NaN\}"
    r"|\\mathbf\{1\}_\{[^{}]*\}|\\math(?:rm|bf|cal)\{[^{}]*\}(?:_\{[^{}]*\})?|\\operatorname\{[^{}]*\}"
    r"|\\[A-Za-z]+|\\[,;:! ]|\\\\"
    r"|\d+(?:\.\d+)?(?:\s*\\times\s*10\^\{-?\d+\})?|[-+=&^_{},()]|[A-Za-z]"
)
SPACES = {r"\,", r"\;", r"\:", r"\!", r"\ "}


class Unreadable(Exception):
    """The text is not an equation this parser supports."""


@dataclass(frozen=True)
class Range:
    """Numbers from centre - radius to centre + radius, elementwise."""

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


def read_number(text: str, noise: float = 0.0) -> Range:
    """Return a printed number, exact up to the relative noise if it has fewer digits than there is room for."""
    mantissa, _, exponent = re.sub(r"\s*\\times\s*10\^\{(-?\d+)\}", r"e\1", text).partition("e")
    decimals = len(mantissa.partition(".")[2])
    value = float(mantissa) * 10.0 ** int(exponent or 0)
    rounding = 0.5001 * 10.0 ** (int(exponent or 0) - decimals) if decimals >= room_for(value, exponent) else 0.0
    return Range(np.asarray(value), np.asarray(rounding + abs(value) * max(noise, 1e-11)))


def room_for(value: float, exponent: str) -> int:
    """Return how many decimals are printed for a number of this size."""
    if exponent:
        return 3
    return 4 if abs(value) >= 0.1 else 5 if abs(value) >= 0.01 else 6


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
    """Apply a function elementwise: its radius is the largest change over the range, sampled at 33 points."""

    def apply(a: Range) -> Range:
        with np.errstate(all="ignore"):
            centre = np.asarray(f(a.centre), dtype=np.float64)
            values = [np.asarray(f(a.centre + s * a.radius), dtype=np.float64) for s in POINTS]
            radius = np.max([np.abs(value - centre) for value in values], axis=0)
        radius = np.where(np.isfinite(radius), radius * 1.1 + 1e-12 * abs(centre), np.inf)
        return Range(np.where(np.isfinite(centre), centre, 0.0), np.where(np.isfinite(centre), radius, np.inf))

    return apply


def softmax(a: Range) -> Range:
    """Return a row or column of probabilities: each is largest with its own logit up and all others down."""
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
    """Return max: of several terms elementwise, of one over all its numbers."""
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
    """Return the cross-correlation at every position where the kernel fits: no flip."""

    def at(k: Array, x: Array) -> Array:
        windows = np.lib.stride_tricks.sliding_window_view(np.atleast_2d(x), np.atleast_2d(k).shape)
        return np.einsum("abij,ij->ab", windows, np.atleast_2d(k))

    radius = at(abs(kernel.centre), image.radius) + at(kernel.radius, abs(image.centre) + image.radius)
    return Range(at(kernel.centre, image.centre), radius)


def selected(f: Callable[..., Array]) -> Callable[..., Range]:
    """Apply a function that moves or omits numbers, or inserts zeros; its other arguments are integers."""

    def apply(a: Range, *numbers: Range) -> Range:
        whole = [int(number.centre) for number in numbers]
        return Range(f(np.atleast_2d(a.centre), *whole), f(np.atleast_2d(a.radius), *whole))

    return apply


def pair(numbers: Sequence[int]) -> tuple[int, int]:
    """Return vertical and horizontal values; a single number means both."""
    first, *others = numbers
    return first, (others[0] if others else first)


def padded(fill: float) -> Callable[..., Range]:
    """Pad an image with rows and columns, or crop it where a number is negative."""

    def pad(image: Array, fill: float, sides: Sequence[int]) -> Array:
        top, bottom, left, right = sides if len(sides) == 4 else (*sides,) * 4
        rows, columns = image.shape
        wide = np.full((rows + top + bottom, columns + left + right), fill)
        for i in range(max(-top, 0), rows + min(bottom, 0)):
            for j in range(max(-left, 0), columns + min(right, 0)):
                wide[i + top, j + left] = image[i, j]
        return wide

    def apply(a: Range, *numbers: Range) -> Range:
        sides = [int(number.centre) for number in numbers]
        return Range(pad(np.atleast_2d(a.centre), fill, sides), pad(np.atleast_2d(a.radius), 0.0, sides))

    return apply


def dilate(image: Array, *steps: int) -> Array:
    down, across = pair(steps)
    wide = np.zeros(((image.shape[0] - 1) * down + 1, (image.shape[1] - 1) * across + 1))
    for (i, j), number in np.ndenumerate(image):
        wide[i * down, j * across] = number
    return wide


def every(image: Array, *steps: int) -> Array:
    down, across = pair(steps)
    return image[::down, ::across]


def windows_of(image: Range, numbers: Sequence[Range]) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Return the windows of a pool: their position, and the image positions of each."""
    sizes = [int(number.centre) for number in numbers]
    height, width, down, across = sizes if len(sizes) == 4 else (sizes[0], sizes[0], sizes[1], sizes[1])
    rows, columns = image.centre.shape
    for u, top in enumerate(range(0, rows - height + 1, down)):
        for v, left in enumerate(range(0, columns - width + 1, across)):
            yield u, v, [(top + i, left + j) for i in range(height) for j in range(width)]


def as_matrix(a: Range) -> Range:
    return Range(np.atleast_2d(a.centre), np.atleast_2d(a.radius))


def max_pool(image: Range, *numbers: Range) -> Range:
    image = as_matrix(image)
    found = {(u, v): seen for u, v, seen in windows_of(image, numbers)}
    shape = tuple(np.max(list(found), axis=0) + 1)
    centre, radius = np.zeros(shape), np.zeros(shape)
    for place, seen in found.items():
        centre[place] = max(image.centre[one] for one in seen)
        radius[place] = max(image.radius[one] for one in seen)
    return Range(centre, radius)


def unpool(gradient: Range, image: Range, *numbers: Range) -> Range:
    """Put each number at the first maximum of its window; the printed digits may leave it ambiguous."""
    gradient, image = as_matrix(gradient), as_matrix(image)
    centre, radius = np.zeros(image.centre.shape), np.zeros(image.centre.shape)
    for u, v, seen in windows_of(image, numbers):
        greatest = max(seen, key=lambda one: image.centre[one])
        centre[greatest] += gradient.centre[u, v]
        radius[greatest] += gradient.radius[u, v]
        rivals = [one for one in seen if one != greatest and could_be_greater(image, one, greatest)]
        for one in [*rivals, greatest] if rivals else []:
            radius[one] += abs(gradient.centre[u, v]) + gradient.radius[u, v]
    return Range(centre, radius)


def could_be_greater(image: Range, one: tuple[int, int], other: tuple[int, int]) -> bool:
    return bool(image.centre[other] - image.centre[one] < image.radius[one] + image.radius[other] - 1e-9)


def one_hot(tokens: Range, count: Range) -> Range:
    """Return a one-hot row for each token."""
    return exactly(np.eye(int(count.centre))[tokens.centre.reshape(-1).astype(int)])


def same(a: Range, b: Range) -> Range:
    """Return 1 where two numbers are equal."""
    return exactly((scalar(a).centre == scalar(b).centre).astype(float))


def clipped(a: Range, low: Range, high: Range) -> Range:
    return least(most(a, low), high)


def sigmoid(z: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-z))


erf = np.vectorize(math.erf, otypes=[float])


INDICATOR = re.compile(r"\\mathbf\{1\}_\{(>|<|\\le|\\ge)\s*(-?[\d.]+)\}")
COMPARISONS = {">": np.greater, "<": np.less, r"\le": np.less_equal, r"\ge": np.greater_equal}


def indicator(name: str) -> Callable[[Range], Range] | None:
    r"""Return \mathbf{1}_{>0}, 1 for each number above 0; with any comparison and number."""
    found = INDICATOR.fullmatch(name)
    if found is None:
        return None
    return mapped(lambda z: COMPARISONS[found[1]](z, float(found[2])).astype(float))


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
    r"\mathbf{1}_{=}": same,
    r"\mathrm{erf}": mapped(erf),
    r"\mathrm{softplus}": mapped(lambda z: np.logaddexp(0.0, z)),
    r"\mathrm{clip}": clipped,
    r"\mathrm{reshape}": selected(lambda a, rows, columns: a.reshape(rows, columns)),
    r"\mathrm{diag}": selected(lambda a: np.diag(a.reshape(-1))),
    r"\mathrm{onehot}": one_hot,
    r"\mathrm{pad}": padded(0.0),
    r"\mathrm{pad}_{-\infty}": padded(-np.inf),
    r"\mathrm{dilate}": selected(dilate),
    r"\mathrm{down}": selected(every),
    r"\mathrm{flip}": selected(lambda a: a[::-1, ::-1]),
    r"\mathrm{maxpool}": max_pool,
    r"\mathrm{unpool}": unpool,
}


def named(token: str) -> Callable[..., Range] | None:
    """Return the function of a name, if there is one."""
    return FUNCTIONS.get(token) or indicator(token)


CONSTANTS = {r"\pi": math.pi, r"\infty": math.inf, r"\text{NaN}": math.nan}

# the grammar


class Reader:
    """Parses the right-hand side of an equation, from left to right."""

    def __init__(self, text: str, noise: float = 0.0) -> None:
        self.noise = noise
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
        """Return the values of all sides but the name."""
        try:
            found = [self.expression()]
            while self.next:
                self.take("=")
                found.append(self.expression())
        except ValueError as reason:
            raise Unreadable(f"{reason}: {self.text}") from reason
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
            or token in (r"\begin{bmatrix}", r"\left(", r"\left|", r"\left\lVert", r"\left\lfloor", r"\frac", r"\sqrt")
            or token in CONSTANTS
            or named(token) is not None
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
            return read_number(token, self.noise)
        if token in CONSTANTS:
            return exactly(CONSTANTS[token])
        if token == r"\begin{bmatrix}":
            return self.matrix()
        if token == r"\left(":
            return self.until(r"\right)")
        if token == r"\left|":
            return mapped(np.abs)(self.until(r"\right|"))
        if token == r"\left\lVert":
            return length(self.until(r"\right\rVert"))
        if token == r"\left\lfloor":
            return mapped(np.floor)(self.until(r"\right\rfloor"))
        if token == r"\sqrt":
            return mapped(np.sqrt)(self.braced())
        if token == r"\frac":
            above, below = self.braced(), self.braced()
            return divide(above, below)
        called = named(token)
        if called is not None:
            return self.function(called)
        raise Unreadable(f"{token!r} begins nothing: {self.text}")

    def until(self, end: str) -> Range:
        value = self.expression()
        self.take(end)
        return value

    def braced(self) -> Range:
        self.take("{")
        return self.until("}")

    def function(self, called: Callable[..., Range]) -> Range:
        self.take(r"\left(")
        arguments = [self.expression()]
        while self.next == ",":
            self.take()
            arguments.append(self.expression())
        self.take(r"\right)")
        return called(*arguments)

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
    """The result for one equation: `gap` is the distance of its sides beyond rounding, 0 if they agree.

    `sharpness` is the largest radius relative to the largest number: an imprecise equation could hide a wrong one.
    `askew` is how far from the printed result one who computes with the printed numbers ends, in its last places.
    """

    gap: float
    sharpness: float
    askew: float


NOISE = {"float64": 1e-9, "float32": 1e-6}
"""How far a run's own arithmetic may be off, as a share of the numbers that it adds up or multiplies."""
SMALLEST = {"float64": 1e-300, "float32": 1.2e-38}
"""What is smaller, a run cannot tell from 0."""


def judged(text: str, dtype: str = "float64") -> Verdict | None:
    """Compare the sides of a printed equation; None for a name with only one side."""
    with np.errstate(all="ignore"):  # a diverging seed has infinities
        *others, last = Reader(text, NOISE[dtype]).sides()
        if not others:
            return None
        found = max(gap(side, last, text, NOISE[dtype], SMALLEST[dtype]) for side in others)
        return Verdict(found, max(sharpness(side, last) for side in others), max(askew(side, last) for side in others))


def judged_line(line: str) -> list[Verdict]:
    """Judge the equations of a line that has several; those that give a name to a number, and dots, prove nothing."""
    found = []
    for piece in re.split(r"[,:]? ?\\(?:quad)? ", line):
        if " = " in piece and r"\cdots" not in piece:
            left = re.sub(r"\\[A-Za-z]+", "", piece.partition(" = ")[0])
            is_all_numbers = re.search(r"\d", left) and not re.search(r"[A-Za-z|]", left)
            found.append(judged(f"x = {piece}" if is_all_numbers else piece))
    return [verdict for verdict in found if verdict is not None]


def gap(side: Range, last: Range, text: str, noise: float, smallest: float) -> float:
    if side.centre.size != last.centre.size:
        raise Unreadable(f"{side.centre.shape} = {last.centre.shape} in {text}")
    if side.centre.ndim == 2 and last.centre.ndim == 2 and side.centre.shape != last.centre.shape:
        raise Unreadable(f"{side.centre.shape} = {last.centre.shape} in {text}")
    a, b = side.centre.reshape(-1), last.centre.reshape(-1)
    is_alike = ~np.isfinite(a) & ~np.isfinite(b)
    allowed = side.radius.reshape(-1) + last.radius.reshape(-1) + noise * scale_of(last) + smallest
    apart = np.where(is_alike, 0.0, np.abs(a - b) - allowed)
    return max(float(np.nanmax(apart, initial=0.0)) / scale_of(last), 0.0)


def sharpness(side: Range, last: Range) -> float:
    return float(np.max(side.radius)) / scale_of(last)


def askew(side: Range, last: Range) -> float:
    a, b = side.centre.reshape(-1), last.centre.reshape(-1)
    places = np.array([last_place(float(number)) for number in b])
    return float(np.nanmax(np.where(np.isfinite(a) & np.isfinite(b), np.abs(a - b) / places, 0.0), initial=0.0))


def last_place(value: float) -> float:
    if not math.isfinite(value) or value == 0:
        return math.inf
    if 1e-3 <= abs(value) < 1e5:
        return 10.0 ** -room_for(value, "")
    return 10.0 ** (math.floor(math.log10(abs(value))) - 3)


def scale_of(last: Range) -> float:
    sizes = np.abs(last.centre[np.isfinite(last.centre)])
    return max(float(np.max(sizes, initial=0.0)), 1e-300)
