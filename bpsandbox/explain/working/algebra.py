r"""Terms of equations: each is written with names, written with numbers, and evaluated, all from one expression.

Whoever explains a layer builds the right-hand side of its formula once, from named quantities, and gets the formula,
the same with the numbers put in, and its value. So a printed equation cannot say anything other than what is computed.

Values are float64 scalars, shape (), or matrices, shape (rows, columns); a vector is a matrix of one column or one row.
A number beside a matrix in a sum or as an argument of \max, \min or \mathrm{clip} stands for a matrix full of it.

Named functions are written \log\left(…\right), \exp, \max, \min, \mathrm{clip}, \mathrm{sign}, \mathbf{1}_{>0} and
\mathbf{1}_{=}\left(a, b\right) (1 where a is b), all element by element; \mathrm{sum} adds all numbers of a matrix, and
\mathrm{softmax} is exp divided by the sum of exp over all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import partial, reduce
from typing import Protocol

import numpy as np

from bpsandbox.explain.numbers import DIGITS, matrix, number, rounded

Array = np.ndarray
Number = float | int | np.floating


SUPERSCRIPT = re.compile(r"\^\{[^{}]*\}(_\{[^{}]*\})?$")
"""A name that ends so takes no second superscript: W^{[1]} to the power of two is (W^{[1]})^2."""


class Binding(IntEnum):
    """How tightly the outermost operation of a term binds; a looser one is bracketed inside a tighter one."""

    SUM = 0
    PRODUCT = 1
    POWER = 2
    ATOM = 3


@dataclass(frozen=True)
class Term:
    """One term: `symbols` with names, `numbers_at` with numbers of so many digits put in, and its `value`."""

    symbols: str
    value: Array
    numbers_at: Callable[[int], str] = field(repr=False)
    value_at: Callable[[int], Array] = field(repr=False)
    """What whoever computes with the numbers that are printed gets."""
    binding: Binding = Binding.ATOM
    numbers_binding: Binding = Binding.ATOM
    """The binding of the numbers, which may differ: a negative one binds like a sum."""
    operands: tuple[tuple[str, Array], ...] = field(default=(), repr=False)
    """The named matrices in it, for the note that says which were cut."""

    @property
    def is_scalar(self) -> bool:
        return self.value.size == 1

    @property
    def numbers(self) -> str:
        return self.numbers_at(DIGITS)

    def symbol(self, least: Binding = Binding.SUM) -> str:
        """Return `symbols`, in brackets where it binds looser than `least`."""
        return bracketed(self.symbols) if self.binding < least else self.symbols

    def number(self, least: Binding, digits: int) -> str:
        """Return the numbers, in brackets where they bind looser than `least`."""
        return bracketed(self.numbers_at(digits)) if self.numbers_binding < least else self.numbers_at(digits)


class Write(Protocol):
    """Writes a term that is part of another, in brackets where it binds looser than `least`."""

    def __call__(self, term: Term, least: Binding = Binding.SUM) -> str: ...


def made(
    f: Callable[..., Array],
    terms: Sequence[Term],
    layout: Callable[[Write], str],
    binding: Binding = Binding.ATOM,
    *,
    numbers: Callable[[Write], str] | None = None,
) -> Term:
    """Return f of terms. `layout` puts together what it writes of them, `numbers` does where numbers look different."""

    def numbers_at(digits: int) -> str:
        return (numbers or layout)(lambda term, least=Binding.SUM: term.number(least, digits))

    def value_at(digits: int) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(f(*(term.value_at(digits) for term in terms)), dtype=np.float64)

    with np.errstate(all="ignore"):
        value = np.asarray(f(*(term.value for term in terms)), dtype=np.float64)
    symbols = layout(lambda term, least=Binding.SUM: term.symbol(least))
    return Term(symbols, value, numbers_at, value_at, binding, binding, _operands(terms))


def bracketed(text: str) -> str:
    return rf"\left({text}\right)"


def printed(value: Array, digits: int = DIGITS) -> str:
    """Write a scalar as a number and a matrix between brackets, large ones cut."""
    return number(float(value.reshape(-1)[0]), digits) if value.size == 1 else matrix(value, digits)


def _binding_of(value: Array) -> Binding:
    """A negative number needs brackets in a product, one that is written with a power of ten as a factor or base."""
    if value.size != 1:
        return Binding.ATOM
    if float(value.reshape(-1)[0]) < 0:
        return Binding.SUM
    return Binding.PRODUCT if r"\times" in printed(value) else Binding.ATOM


def named(name: str, value: Array | Number) -> Term:
    """A quantity with a name: a scalar, or a matrix."""
    array = np.asarray(value, dtype=np.float64)
    binding = Binding.POWER if SUPERSCRIPT.search(name) else Binding.ATOM
    return replace(_stored(name, array), binding=binding, operands=((name, array),))


def constant(value: Number, text: str | None = None) -> Term:
    """A number that the formula itself contains, such as the 2 of a squared error's slope."""
    array = np.asarray(value, dtype=np.float64)
    if text is not None:
        return Term(text, array, lambda digits: text, lambda digits: array, _binding_of(array), _binding_of(array))
    return replace(_stored(printed(array), array), binding=_binding_of(array))


def _stored(symbols: str, array: Array) -> Term:
    """A term that is nothing but its numbers."""
    return Term(
        symbols,
        array,
        lambda digits: printed(array, digits),
        lambda digits: rounded(array, digits),
        numbers_binding=_binding_of(array),
    )


def _operands(terms: Iterable[Term]) -> tuple[tuple[str, Array], ...]:
    return tuple({name: value for term in terms for name, value in term.operands}.items())


def plus(first: Term, *others: Term) -> Term:
    """first + others, term by term; matrices must agree in shape or be one number. Of one term, the term itself."""
    if not others:
        return first
    return made(
        lambda *values: reduce(np.add, values),
        (first, *others),
        lambda write: " + ".join([write(first), *(write(term, Binding.PRODUCT) for term in others)]),
        Binding.SUM,
    )


def minus(first: Term, second: Term) -> Term:
    """first - second"""
    return made(
        np.subtract,
        (first, second),
        lambda write: f"{write(first)} - {write(second, Binding.PRODUCT)}",
        Binding.SUM,
    )


def negative(term: Term) -> Term:
    """-term"""
    return made(np.negative, (term,), lambda write: f"-{write(term, Binding.PRODUCT)}", Binding.SUM)


def _joined(f: Callable[..., Array], first: Term, second: Term, sign: str, numbers_sign: str) -> Term:
    """A product of two terms, with these signs between their symbols and between their numbers."""

    def layout(write: Write, sign: str = sign) -> str:
        return f"{write(first, Binding.PRODUCT)}{sign}{write(second, Binding.POWER)}"

    return made(f, (first, second), layout, Binding.PRODUCT, numbers=partial(layout, sign=numbers_sign))


def matmul(first: Term, second: Term) -> Term:
    """The matrix product; of a number and a matrix, or of two numbers, the plain one."""
    if first.is_scalar:
        return _joined(lambda a, b: a.reshape(-1)[0] * b, first, second, " ", r" \cdot ")
    if second.is_scalar:
        return _joined(lambda a, b: a * b.reshape(-1)[0], first, second, " ", r" \cdot ")
    return _joined(np.matmul, first, second, " ", " ")


def times(first: Term, second: Term) -> Term:
    """A product with a number: scalar · anything."""
    return _joined(np.multiply, first, second, r" \, ", r" \cdot ")


def hadamard(first: Term, second: Term) -> Term:
    """The product element by element, ⊙; of two scalars, the plain one."""
    sign = r" \cdot " if first.is_scalar and second.is_scalar else r" \odot "
    return _joined(np.multiply, first, second, sign, sign)


def fraction(above: Term, below: Term) -> Term:
    r"""A fraction; of matrices, element by element, of a number and a matrix with the number for each element."""
    return made(np.divide, (above, below), lambda write: rf"\frac{{{write(above)}}}{{{write(below)}}}")


def _base(text: str) -> str:
    """What a power is taken of; a fraction, and a derivative written as one, is bracketed."""
    return bracketed(text) if text.startswith(r"\frac") else text


def power(term: Term, exponent: int) -> Term:
    """term to a whole power, element by element."""
    return raised(term, constant(exponent, str(exponent)))


def raised(term: Term, exponent: Term) -> Term:
    r"""term to the power of a named number, as in \beta_1^{t}; element by element."""
    return made(
        lambda base, exponent: base**exponent,
        (term, exponent),
        lambda write: rf"{_base(write(term, Binding.ATOM))}^{{{write(exponent)}}}",
        Binding.POWER,
    )


def root(term: Term) -> Term:
    """The square root, element by element."""
    return _enclosed(r"\sqrt{", "}", np.sqrt, term)


def transposed(term: Term) -> Term:
    """term transposed; the number of a scalar stays as it is."""

    def layout(write: Write) -> str:
        return rf"{write(term, Binding.ATOM)}^{{\top}}"

    made_of_it = made(np.transpose, (term,), layout, Binding.POWER)
    if term.is_scalar:
        return replace(made_of_it, numbers_at=term.numbers_at, numbers_binding=term.numbers_binding)
    return made_of_it


def function(name: str, f: Callable[..., Array], *terms: Term) -> Term:
    """A named function of terms: `name(…)`. `name` is LaTeX, such as \\sigma or \\max."""
    return _enclosed(rf"{name}\left(", r"\right)", f, *terms)


def _enclosed(opening: str, closing: str, f: Callable[..., Array], *terms: Term) -> Term:
    """Terms between delimiters, separated by commas."""
    return made(f, terms, lambda write: f"{opening}{', '.join(map(write, terms))}{closing}")


def absolute(term: Term) -> Term:
    """The absolute value, element by element."""
    return _enclosed(r"\left|", r"\right|", np.abs, term)


def norm(term: Term) -> Term:
    """The Euclidean length of all numbers of a matrix."""
    return _enclosed(r"\left\lVert ", r" \right\rVert", lambda values: np.sqrt(np.sum(values**2)), term)


def total(term: Term) -> Term:
    r"""The sum of all numbers of a matrix, \mathrm{sum}(…)."""
    return function(r"\mathrm{sum}", np.sum, term) if not term.is_scalar else term


def maximum(first: Term, second: Term) -> Term:
    r"""\max(…, …), element by element."""
    return function(r"\max", np.maximum, first, second)


def minimum(first: Term, second: Term) -> Term:
    r"""\min(…, …), element by element."""
    return function(r"\min", np.minimum, first, second)


def clip(term: Term, low: Term, high: Term) -> Term:
    r"""Each number kept between low and high, \mathrm{clip}(…, low, high)."""
    return function(r"\mathrm{clip}", np.clip, term, low, high)


def sign(term: Term) -> Term:
    r"""-1, 0 or 1 for each number, \mathrm{sign}(…)."""
    return function(r"\mathrm{sign}", np.sign, term)


def positive(term: Term) -> Term:
    r"""1 for each number above 0, else 0: \mathbf{1}_{>0}(…)."""
    return function(r"\mathbf{1}_{>0}", lambda values: (values > 0).astype(float), term)


def logarithm(term: Term, value: Array | None = None) -> Term:
    r"""The natural logarithm, \log(…); `value` where the caller has it more exactly than from the rounded term."""
    log = function(r"\log", np.log, term)
    return log if value is None else replace(log, value=np.asarray(value, dtype=np.float64))


def sigmoid(values: Array) -> Array:
    """1 / (1 + exp(-z)); where exp overflows to infinity, its reciprocal is the right 0."""
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(-values))


PI = constant(np.pi, r"\pi")


def floored(term: Term) -> Term:
    r"""The whole part of a number, \left\lfloor … \right\rfloor."""
    return _enclosed(r"\left\lfloor ", r" \right\rfloor", np.floor, term)


def scaled(term: Term, number: float, below: Mapping[str, float], above: Term | None = None) -> Term:
    r"""A term times number / (product of `below`), whose keys are symbols: \frac{1}{N \, K} term.

    Divisors and factors of 1 are left out, and half is written \frac{1}{2}. `above` is a factor with a name, which goes
    above the line.
    """
    divisors = [named(symbol, count) for symbol, count in below.items() if count != 1]
    if number == 0.5:
        number, divisors = 1.0, [constant(2), *divisors]
    factors = ([] if number == 1.0 else [constant(number)]) + ([] if above is None else [above])
    if divisors:
        share = fraction(_product(factors) if factors else constant(1), _product(divisors))
        return times(share, term)
    return times(_product(factors), term) if factors else term


def _product(terms: Sequence[Term]) -> Term:
    product = terms[0]
    for term in terms[1:]:
        product = times(product, term)
    return product


def stacked(*terms: Term) -> Term:
    r"""Matrices on top of each other, as one block matrix: \begin{bmatrix} A \\ B \end{bmatrix}."""
    return made(
        lambda *values: np.concatenate([np.atleast_2d(value) for value in values]),
        terms,
        lambda write: rf"\begin{{bmatrix}} {r' \\ '.join(map(write, terms))} \end{{bmatrix}}",
    )
