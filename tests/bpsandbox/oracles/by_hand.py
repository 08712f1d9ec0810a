"""Feed-forward networks in fifty-digit decimals, computed as on paper.

`delta` is dL/dz of a layer. The rules are the four of Nielsen's chapter 2: the output's delta, a layer's from the next
one's, and both gradients from delta. No array, no library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, getcontext
from typing import Any, NamedTuple

getcontext().prec = 50
D = Decimal
Vector = list[Decimal]
Matrix = list[Vector]


class Activation(NamedTuple):
    value: Callable[[Vector], Vector]
    slope: Callable[[Decimal, Decimal], Decimal]
    """f'(z) from z and a = f(z)."""


def each(function: Callable[[Decimal], Decimal]) -> Callable[[Vector], Vector]:
    return lambda z: [function(x) for x in z]


SIGMOID = Activation(each(lambda z: 1 / (1 + (-z).exp())), lambda z, a: a * (1 - a))
RELU = Activation(each(lambda z: max(z, D(0))), lambda z, a: D(int(z > 0)))
IDENTITY = Activation(each(lambda z: z), lambda z, a: D(1))


def decimals(values: Any) -> Any:
    """Return nested lists of numbers as decimals of their written form."""
    return [decimals(value) for value in values] if isinstance(values, list) else D(str(values))


class Layer(NamedTuple):
    weight: Matrix
    bias: Vector
    activation: Activation


class Net:
    """A sequence of layers, and the results of the last pass."""

    def __init__(self, layers: Sequence[tuple[Any, Any, Activation]]) -> None:
        self.layers = [Layer(decimals(weight), decimals(bias), activation) for weight, bias, activation in layers]

    def forward(self, x: Vector) -> Vector:
        self.a, self.z = [x], []
        for layer in self.layers:
            pairs = zip(layer.weight, layer.bias, strict=True)
            self.z.append([sum(w * a for w, a in zip(row, self.a[-1], strict=True)) + b for row, b in pairs])
            self.a.append(layer.activation.value(self.z[-1]))
        return self.a[-1]

    def backward(self, d_output: Vector) -> list[tuple[Matrix, Vector]]:
        """Return gradients of every layer's weight and bias, from dL/da of the output."""
        gradients: list[tuple[Matrix, Vector]] = []
        da = d_output
        for place in reversed(range(len(self.layers))):
            layer, z, a, before = self.layers[place], self.z[place], self.a[place + 1], self.a[place]
            delta = [d * layer.activation.slope(*at) for d, at in zip(da, zip(z, a, strict=True), strict=True)]
            gradients.insert(0, ([[d * x for x in before] for d in delta], delta))
            da = [sum(row[k] * d for row, d in zip(layer.weight, delta, strict=True)) for k in range(len(before))]
        return gradients

    def parameters(self) -> list[list[Vector]]:
        """Return all learned rows: each layer's weight, then its bias."""
        return [[*layer.weight, layer.bias] for layer in self.layers]

    def move(self, steps: list[tuple[Matrix, Vector]]) -> None:
        """Apply w = w + step, for all weights and biases."""
        for layer, (d_weight, d_bias) in zip(self.layers, steps, strict=True):
            for row, by in zip([*layer.weight, layer.bias], [*d_weight, d_bias], strict=True):
                row[:] = [w + d for w, d in zip(row, by, strict=True)]


def combined(function: Callable[..., Decimal], *parts: Any) -> Any:
    """Apply a function to the numbers of equally nested lists."""
    if isinstance(parts[0], list | tuple):
        return type(parts[0])(combined(function, *some) for some in zip(*parts, strict=True))
    return function(*parts)


def total(gradients: list[Any]) -> Any:
    """Return the sum of the gradients of several examples."""
    return combined(lambda *numbers: sum(numbers), *gradients)
