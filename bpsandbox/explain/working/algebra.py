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

import numpy as np

from bpsandbox.explain.numbers import matrix, number

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
    """One term: `symbols` with names, `numbers` with numbers put in, and its `value`."""

    symbols: str
    numbers: str
    value: Array
    binding: Binding = Binding.ATOM
    numbers_binding: Binding | None = None
    """The binding of `numbers` where it differs: a negative number binds like a sum."""
    operands: tuple[tuple[str, Array], ...] = field(default=(), repr=False)
    """The named matrices in it, for the note that says which were cut."""

    @property
    def is_scalar(self) -> bool:
        return self.value.size == 1

    def symbol(self, least: Binding) -> str:
        """Return `symbols`, in brackets where it binds looser than `least`."""
        return bracketed(self.symbols) if self.binding < least else self.symbols

    def number(self, least: Binding) -> str:
        """Return `numbers`, in brackets where it binds looser than `least`."""
        binding = self.binding if self.numbers_binding is None else self.numbers_binding
        return bracketed(self.numbers) if binding < least else self.numbers


def bracketed(text: str) -> str:
    return rf"\left({text}\right)"


def printed(value: Array) -> str:
    """Write a scalar as a number and a matrix between brackets, large ones cut."""
    return number(float(value.reshape(-1)[0])) if value.size == 1 else matrix(value)


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
    return Term(name, printed(array), array, binding, _binding_of(array), ((name, array),))


def constant(value: Number, text: str | None = None) -> Term:
    """A number that the formula itself contains, such as the 2 of a squared error's slope."""
    array = np.asarray(value, dtype=np.float64)
    shown = printed(array) if text is None else text
    return Term(shown, shown, array, _binding_of(array), _binding_of(array))


def _operands(terms: Iterable[Term]) -> tuple[tuple[str, Array], ...]:
    return tuple({name: value for term in terms for name, value in term.operands}.items())


def plus(first: Term, *others: Term) -> Term:
    """first + others, term by term; matrices must agree in shape or be one number. Of one term, the term itself."""
    if not others:
        return first
    symbols, numbers, value = first.symbols, first.numbers, first.value
    for term in others:
        symbols += f" + {term.symbol(Binding.PRODUCT)}"
        numbers += f" + {_after_sign(term)}"
        value = value + term.value
    return Term(symbols, numbers, value, Binding.SUM, Binding.SUM, _operands((first, *others)))


def minus(first: Term, second: Term) -> Term:
    """first - second"""
    return Term(
        f"{first.symbols} - {second.symbol(Binding.PRODUCT)}",
        f"{first.numbers} - {_after_sign(second)}",
        first.value - second.value,
        Binding.SUM,
        Binding.SUM,
        _operands((first, second)),
    )


def _after_sign(term: Term) -> str:
    """What follows a plus or minus: sums and negative numbers are bracketed."""
    return term.number(Binding.PRODUCT)


def negative(term: Term) -> Term:
    """-term"""
    return Term(
        f"-{term.symbol(Binding.PRODUCT)}",
        f"-{_after_sign(term)}",
        -term.value,
        Binding.SUM,
        Binding.SUM,
        term.operands,
    )


def _joined(first: Term, second: Term, sign: str, numbers_sign: str, value: Array) -> Term:
    """A product of two terms, with these signs between their symbols and between their numbers."""
    symbols = f"{first.symbol(Binding.PRODUCT)}{sign}{second.symbol(Binding.POWER)}"
    numbers = f"{first.number(Binding.PRODUCT)}{numbers_sign}{second.number(Binding.POWER)}"
    return Term(symbols, numbers, value, Binding.PRODUCT, operands=_operands((first, second)))


def matmul(first: Term, second: Term) -> Term:
    """The matrix product; of two scalars, the plain one."""
    if first.is_scalar:
        return _joined(first, second, " ", r" \cdot ", first.value.reshape(-1)[0] * second.value)
    if second.is_scalar:
        return _joined(first, second, " ", r" \cdot ", first.value * second.value.reshape(-1)[0])
    return _joined(first, second, " ", " ", first.value @ second.value)


def times(first: Term, second: Term) -> Term:
    """A product with a number: scalar · anything."""
    return _joined(first, second, r" \, ", r" \cdot ", first.value * second.value)


def hadamard(first: Term, second: Term) -> Term:
    """The product element by element, ⊙; of two scalars, the plain one."""
    sign = r" \cdot " if first.is_scalar and second.is_scalar else r" \odot "
    return _joined(first, second, sign, sign, first.value * second.value)


def fraction(above: Term, below: Term) -> Term:
    r"""A fraction; of matrices, element by element, of a number and a matrix with the number for each element."""
    with np.errstate(all="ignore"):
        value = above.value / below.value
    return Term(
        rf"\frac{{{above.symbols}}}{{{below.symbols}}}",
        rf"\frac{{{above.numbers}}}{{{below.numbers}}}",
        value,
        Binding.ATOM,
        Binding.ATOM,
        _operands((above, below)),
    )


def _base(text: str) -> str:
    """What a power is taken of; a fraction, and a derivative written as one, is bracketed."""
    return bracketed(text) if text.startswith(r"\frac") else text


def power(term: Term, exponent: int) -> Term:
    """term to a whole power, element by element."""
    return raised(term, constant(exponent, str(exponent)))


def raised(term: Term, exponent: Term) -> Term:
    r"""term to the power of a named number, as in \beta_1^{t}; element by element."""
    return Term(
        rf"{_base(term.symbol(Binding.ATOM))}^{{{exponent.symbols}}}",
        rf"{_base(term.number(Binding.ATOM))}^{{{exponent.numbers}}}",
        term.value**exponent.value,
        Binding.POWER,
        Binding.POWER,
        _operands((term, exponent)),
    )


def root(term: Term) -> Term:
    """The square root, element by element."""
    return _enclosed(r"\sqrt{", "}", np.sqrt(term.value), term)


def transposed(term: Term) -> Term:
    """term transposed; a scalar stays as it is."""
    if term.is_scalar:
        return Term(
            rf"{term.symbol(Binding.ATOM)}^{{\top}}",
            term.numbers,
            term.value.T,
            Binding.POWER,
            term.numbers_binding if term.numbers_binding is not None else term.binding,
            term.operands,
        )
    return Term(
        rf"{term.symbol(Binding.ATOM)}^{{\top}}",
        rf"{term.number(Binding.ATOM)}^{{\top}}",
        term.value.T,
        Binding.POWER,
        Binding.POWER,
        term.operands,
    )


def function(name: str, f: Callable[..., Array], *terms: Term) -> Term:
    """A named function of terms: `name(…)`. `name` is LaTeX, such as \\sigma or \\max."""
    with np.errstate(all="ignore"):
        value = np.asarray(f(*(term.value for term in terms)), dtype=np.float64)
    return _enclosed(rf"{name}\left(", r"\right)", value, *terms)


def _enclosed(opening: str, closing: str, value: Array, *terms: Term) -> Term:
    """Terms between delimiters, separated by commas."""
    symbols, numbers = ", ".join(term.symbols for term in terms), ", ".join(term.numbers for term in terms)
    return Term(f"{opening}{symbols}{closing}", f"{opening}{numbers}{closing}", value, operands=_operands(terms))


def absolute(term: Term) -> Term:
    """The absolute value, element by element."""
    return _enclosed(r"\left|", r"\right|", np.abs(term.value), term)


def norm(term: Term) -> Term:
    """The Euclidean length of all numbers of a matrix."""
    return _enclosed(r"\left\lVert ", r" \right\rVert", np.asarray(np.sqrt(np.sum(term.value**2))), term)


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
    made = function(r"\log", np.log, term)
    return made if value is None else replace(made, value=np.asarray(value, dtype=np.float64))


def sigmoid(values: Array) -> Array:
    """1 / (1 + exp(-z)); where exp overflows to infinity, its reciprocal is the right 0."""
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(-values))


PI = Term(r"\pi", r"\pi", np.asarray(np.pi))


def floored(term: Term) -> Term:
    r"""The whole part of a number, \left\lfloor … \right\rfloor."""
    return _enclosed(r"\left\lfloor ", r" \right\rfloor", np.floor(term.value), term)


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
    blocks = (r" \\ ".join(term.symbols for term in terms), r" \\ ".join(term.numbers for term in terms))
    symbols, numbers = (rf"\begin{{bmatrix}} {block} \end{{bmatrix}}" for block in blocks)
    value = np.concatenate([np.atleast_2d(term.value) for term in terms])
    return Term(symbols, numbers, value, Binding.ATOM, Binding.ATOM, _operands(terms))
