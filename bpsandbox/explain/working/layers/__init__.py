"""How each layer is worked: one module a kind, with the same functions.

* `forward(place)` yields the steps of the layer's forward rule for the example.
* `backward(place)` yields the steps of its parameters' gradients for the example, then of dL/dx where that is needed.
* `gradients(place, rows)`, for layers with parameters, computes their gradients over some rows of the batch, by the
  same formula, so that the sum over the batch can be shown as a sum.
* `update_buffers(place)`, for layers with buffers, yields the steps of their new values.
"""

from __future__ import annotations

from types import ModuleType

from bpsandbox.core.nn.activations import Softmax
from bpsandbox.core.nn.layers import (
    GRU,
    LSTM,
    RNN,
    Add,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    LayerNorm,
    Linear,
    MaxPool2d,
    Reshape,
)

from . import (
    activations,
    add,
    batch_norm,
    conv2d,
    dropout,
    embedding,
    layer_norm,
    linear,
    pools,
    recurrent,
    shape,
    softmax,
)

KINDS: dict[type[Layer], ModuleType] = {
    Linear: linear,
    Conv2d: conv2d,
    MaxPool2d: pools,
    AvgPool2d: pools,
    Flatten: shape,
    Reshape: shape,
    Dropout: dropout,
    BatchNorm1d: batch_norm,
    BatchNorm2d: batch_norm,
    LayerNorm: layer_norm,
    RNN: recurrent,
    LSTM: recurrent,
    GRU: recurrent,
    Embedding: embedding,
    Add: add,
    **dict.fromkeys(activations.RULES, activations),
    Softmax: softmax,
}
