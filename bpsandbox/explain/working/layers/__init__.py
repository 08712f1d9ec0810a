"""How each layer is worked: one module a kind, with the same three functions.

* `forward(place)` yields the steps of the layer's forward rule for the example.
* `backward(place)` yields the steps of its parameters' gradients for the example, then of dL/dx where that is needed.
* `gradients(place, rows)`, for layers with parameters, computes their gradients over some rows of the batch, by the
  same formula, so that the sum over the batch can be shown as a sum.
"""

from __future__ import annotations

from types import ModuleType

from bpsandbox.core.nn import activations
from bpsandbox.core.nn.layers import GRU, LSTM, RNN, Layer, Linear

from . import activation, linear, recurrent

KINDS: dict[type[Layer], ModuleType] = {
    Linear: linear,
    RNN: recurrent,
    LSTM: recurrent,
    GRU: recurrent,
    activations.Identity: activation,
    activations.Sigmoid: activation,
    activations.Tanh: activation,
    activations.ReLU: activation,
}
