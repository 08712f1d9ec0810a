"""Layers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec.kinds import WRONG, Axis, Choice, Flag, Integer, ListOf, Number, OptionalFlag, Size
from bpsandbox.spec.nodes import Node, Sequence
from bpsandbox.spec.problems import Log, Path
from bpsandbox.spec.records import REQUIRED, Alias, Field, Record, Variant

from . import activation
from .initialisation import BIAS_INIT, INIT


@dataclass(frozen=True)
class LayerRecord(Record):
    """The fields of a layer, and properties that the rules need."""

    role: str = ""
    """Role of its weights, which determines their initialisation: product, recurrent, lookup or norm; empty for a layer
    without parameters."""
    inputs: str = ""
    """The optional field with the number of inputs or channels; it is checked and left out of the canonical form."""
    input_axis: int = 0
    """The axis of a sample that `inputs` counts."""
    outputs: str = ""
    """The field with the number of outputs or channels."""


_SIZE = Integer(1)
_BIAS = Field(Flag(), True, "Whether the layer has a bias.")
_EPS = Field(Number(0.0, open_low=True), 1e-5, "Added to the variance.")
_AFFINE = Field(Flag(), True, "Whether the layer has a learned scale and shift.")
_ACTIVATION = {"activation": Field(activation.ACTIVATION, None, "Activation applied to the outputs.")}
_LEARNED = {
    "trainable": Field(Flag(), True, "false freezes the layer."),
    "lr": Field(Number(0.0), None, "Learning rate of this layer, instead of the optimiser's."),
}
_STARTS = {
    "init": Field(
        INIT, None, "Initialisation of the weight; by default the model's `init`, else chosen by the activation."
    ),
    "bias_init": Field(BIAS_INIT, None, "Initialisation of the bias; by default the model's `bias_init`, else zeros."),
}
_OWN_STARTS = {
    "init": Field(INIT, None, "Initialisation of the scale; ones by default."),
    "bias_init": Field(BIAS_INIT, None, "Initialisation of the shift; zeros by default."),
}
_KERAS: dict[str, str | Alias] = {
    "kernel_initializer": "init",
    "bias_initializer": "bias_init",
    "use_bias": "bias",
    "learning_rate": "lr",
}
_KERAS_NORM: dict[str, str | Alias] = {
    "epsilon": "eps",
    "gamma_initializer": "init",
    "beta_initializer": "bias_init",
    "learning_rate": "lr",
}

LINEAR = LayerRecord(
    {
        "out_features": Field(_SIZE, REQUIRED, "Number of outputs."),
        "in_features": Field(_SIZE, None, "Number of inputs; inferred when not given."),
        "bias": _BIAS,
        **_ACTIVATION,
        **_STARTS,
        **_LEARNED,
    },
    {"units": "out_features", **_KERAS},
    role="product",
    inputs="in_features",
    input_axis=-1,
    outputs="out_features",
)

_KERNEL = Field(Size(), REQUIRED, "Height and width of the window.")
_WORDS: dict[str, int | str] = {"valid": 0}
CONV = LayerRecord(
    {
        "out_channels": Field(_SIZE, REQUIRED, "Number of output channels."),
        "in_channels": Field(_SIZE, None, "Number of input channels; inferred when not given."),
        "kernel_size": _KERNEL,
        "stride": Field(Size(), 1, "Distance between windows."),
        "padding": Field(
            Size(0, {"same": "same", **_WORDS}), 0, "Zeros added on each side; `same` keeps the size of the image."
        ),
        "dilation": Field(Size(), 1, "Distance between the elements of a window."),
        "bias": _BIAS,
        **_ACTIVATION,
        **_STARTS,
        **_LEARNED,
    },
    {"filters": "out_channels", "strides": "stride", "dilation_rate": "dilation", **_KERAS},
    role="product",
    inputs="in_channels",
    outputs="out_channels",
)
POOL = LayerRecord(
    {
        "kernel_size": _KERNEL,
        "stride": Field(Size(), None, "Distance between windows; `kernel_size` by default."),
        "padding": Field(Size(0, _WORDS), 0, "Rows and columns added on each side, at most half of kernel_size."),
    },
    {"pool_size": "kernel_size", "strides": "stride"},
)
RESHAPE = LayerRecord(
    {"shape": Field(ListOf(Axis(), min_items=1, max_items=3), REQUIRED, "Shape of one sample; one axis may be -1.")},
    {"target_shape": "shape"},
)

_RETURN = {
    "return": Field(Choice(("last", "all")), "last", "Output: the last state, or the states of all steps."),
    "truncate": Field(_SIZE, None, "Number of steps of truncated backpropagation through time; all by default."),
}
_RECURRENT = {
    "hidden_size": Field(_SIZE, REQUIRED, "Size of the hidden state."),
    "input_size": Field(_SIZE, None, "Number of inputs per step; inferred when not given."),
}
_THROUGH_TIME = {**_RETURN, "bias": _BIAS, **_STARTS, **_LEARNED}
_KERAS_RECURRENT: dict[str, str | Alias] = {
    "units": "hidden_size",
    "return_sequences": Alias("return", {True: "all", False: "last"}),
    **_KERAS,
}
RNN = LayerRecord(
    {
        **_RECURRENT,
        "nonlinearity": Field(Choice(("tanh", "relu")), "tanh", "Activation of the hidden state."),
        **_THROUGH_TIME,
    },
    {"activation": "nonlinearity", **_KERAS_RECURRENT},
    role="recurrent",
    inputs="input_size",
    input_axis=-1,
    outputs="hidden_size",
)
LSTM = LayerRecord(
    {**_RECURRENT, **_THROUGH_TIME},
    _KERAS_RECURRENT,
    role="recurrent",
    inputs="input_size",
    input_axis=-1,
    outputs="hidden_size",
)
_RESET_AFTER = Field(Flag(), True, "false applies the reset gate before the matrix product, as in the paper.")
GRU = replace(LSTM, fields={**_RECURRENT, "reset_after": _RESET_AFTER, **_THROUGH_TIME})
EMBEDDING = LayerRecord(
    {
        "num_embeddings": Field(
            _SIZE, REQUIRED, "Number of rows of the table: inputs are whole numbers from 0 to one less."
        ),
        "embedding_dim": Field(_SIZE, REQUIRED, "Size of each embedding vector."),
        "init": Field(INIT, None, "Initialisation of the table; by default the model's `init`, else normal(0, 1)."),
        **_LEARNED,
    },
    {"input_dim": "num_embeddings", "output_dim": "embedding_dim", "embeddings_initializer": "init"},
    role="lookup",
    outputs="embedding_dim",
)

DROPOUT = LayerRecord(
    {"p": Field(Number(0.0, 1.0, open_high=True), 0.5, "Probability that an element is set to 0.")}, {"rate": "p"}
)


def _batch_norm(axis: int) -> LayerRecord:
    size = Field(_SIZE, None, "Number of input features or channels; inferred when not given.")
    momentum = Field(Number(0.0, 1.0), 0.1, "Weight of the new batch in the running statistics.")
    unbiased = Field(
        OptionalFlag(kept=False), None, "false: the running variance is biased, as in Keras (divided by N)."
    )
    more = {"eps": _EPS, "affine": _AFFINE, "unbiased": unbiased, **_ACTIVATION, **_OWN_STARTS, **_LEARNED}
    fields = {"num_features": size, "momentum": momentum, **more}
    return LayerRecord(fields, _KERAS_NORM, role="norm", inputs="num_features", input_axis=axis)


LAYER_NORM = LayerRecord(
    {
        "normalized_shape": Field(
            ListOf(_SIZE, min_items=1, max_items=3, accepts_single=True),
            None,
            "Sizes of the last axes, which are normalised together.",
        ),
        "eps": _EPS,
        "affine": _AFFINE,
        **_ACTIVATION,
        **_OWN_STARTS,
        **_LEARNED,
    },
    {"elementwise_affine": "affine", **_KERAS_NORM},
    role="norm",
)
ADD = LayerRecord(
    {"from": Field(Integer(0), REQUIRED, "Index of the layer, from 0, whose output is added."), **_ACTIVATION}
)

RECORDS: dict[str, LayerRecord] = {
    "Linear": LINEAR,
    "Conv2d": CONV,
    "MaxPool2d": POOL,
    "AvgPool2d": POOL,
    "Flatten": LayerRecord({}),
    "Reshape": RESHAPE,
    "RNN": RNN,
    "LSTM": LSTM,
    "GRU": GRU,
    "Embedding": EMBEDDING,
    "Dropout": DROPOUT,
    "BatchNorm1d": _batch_norm(-1),
    "BatchNorm2d": _batch_norm(0),
    "LayerNorm": LAYER_NORM,
    "Add": ADD,
}

ALIASES = {
    "Dense": "Linear",
    "fc": "Linear",
    "FullyConnected": "Linear",
    "Convolution2D": "Conv2d",
    "MaxPooling2D": "MaxPool2d",
    "AveragePooling2D": "AvgPool2d",
    "SimpleRNN": "RNN",
    "BatchNormalization": "BatchNorm1d",
    "LayerNormalization": "LayerNorm",
}

LAYER = Variant(
    "type",
    {**RECORDS, **activation.RECORDS},
    ALIASES | activation.ALIASES,
    example="{type: Linear, out_features: 3, activation: sigmoid}",
)
LAYERS = ListOf(LAYER, min_items=1, example="[{type: Linear, out_features: 3, activation: sigmoid}, …]")


@dataclass(frozen=True)
class ModelRecord(Record):
    """The model block; a bare list of layers gets a message of its own."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Sequence):
            return super().read(node, path, log)
        message = _("Write the layers of a model under layers: {example}.", example=self.example)
        before, here = log.split(node.at)
        more = {}
        if here.startswith("- ") and not before.strip():
            more = {"seen": "- ", "suggestion": f"layers:\n{before}- ", "label": "layers:"}
        log.add(path, message, "type", at=node.at, allowed=self.describe(), **more)
        return WRONG


MODEL = ModelRecord(
    {"layers": Field(LAYERS, REQUIRED, "The layers, in order.")}, example=f"{{layers: {LAYERS.example}}}"
)
