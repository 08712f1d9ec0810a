"""A twin in Keras 3: its own layers and losses; its own optimisers where they mean the same, others by their rule."""

from __future__ import annotations

import re

from bpsandbox.messages import N_, _
from bpsandbox.twins import rules, training
from bpsandbox.twins.described import Block, Described, Layer, NoTwin, pair, sizes
from bpsandbox.twins.numpy import purpose
from bpsandbox.twins.parts import source
from bpsandbox.twins.text import docstring, number
from bpsandbox.twins.writing import Lines, WrittenByLayer

from .layers import LAYERS
from .losses import LOSSES
from .optimizers import native

DOUBLE = (
    "On TensorFlow it computes in float64, as the run does, and its numbers agree to nine digits. On PyTorch and JAX "
    "Keras turns float64 into float32 in every operation, whatever is asked for, so they agree to about six."
)
"""See keras.src.backend.common.dtypes.BIT64_TO_BIT32_DTYPE: float64 is kept for TensorFlow alone."""
ROUNDED = (
    "On TensorFlow it computes in float64, as the run does, but Keras and TensorFlow round some constants (of "
    "penalties, of Keras's optimisers, of gelu) to float32, so its numbers agree to about six digits. On PyTorch and "
    "JAX all of it is in float32."
)
"""keras.ops.cast makes a float32 tensor of a number before one of float64."""
SINGLE = "The run is in single precision: its numbers agree to about six digits."

DROPOUT = N_("Keras draws the masks of dropout itself, so its curve would be another one.")
TWO_BIASES = N_("Keras trains a second bias in a GRU that resets after the product; this run has one.")
UNBIASED = N_("Keras divides the running variance of batch norm by N, this run by N - 1 as PyTorch does.")
HELD_NORM = N_("Keras runs a batch norm that is not trained in evaluation mode, this run does not.")
TRUNCATED = N_("Keras has no truncated backpropagation through time.")
PADDED_POOL = N_("Keras has no padding of max-pooling by a given number of rows.")
RATES = N_("Keras has one learning rate for the whole network; layers of this run have their own.")
SEARCH = N_("Keras has no LBFGS.")
PER_SAMPLE = N_("Keras does not divide a penalty by the size of the batch.")
HELD_PENALTY = N_("Keras penalises only weights that it trains; this run also penalises others.")
DATA_LOSS = N_("This run watches the loss without its penalties, which Keras does not report apart.")


def refuse(run: Described) -> None:
    """Raise NoTwin for a run that Keras cannot repeat."""
    training.refuse_metrics(run)
    for layer in run.layers:
        reason = _refusal(layer)
        if reason:
            raise NoTwin(_(reason))
    reasons = [
        (run.config["optimizer"]["type"] == "LBFGS", SEARCH),
        (bool(run.own_rates), RATES),
        (bool(run.penalty.get("per_sample")), PER_SAMPLE),
        (bool(run.penalty) and any(layer.tensors and not layer.is_trained for layer in run.layers), HELD_PENALTY),
        (bool(run.penalty) and bool("data_loss" in rules.monitors(run) or run.held_out), DATA_LOSS),
    ]
    for is_so, reason in reasons:
        if is_so:
            raise NoTwin(_(reason))


def _refusal(layer: Layer) -> str:
    block, kind = layer.block, layer.type
    if kind == "Dropout" and block["p"]:
        return DROPOUT
    if kind == "GRU" and block["bias"] and block.get("reset_after", True):
        return TWO_BIASES
    if kind.startswith("BatchNorm"):
        return UNBIASED if block.get("unbiased") is not False else "" if layer.is_trained else HELD_NORM
    if block.get("truncate"):
        return TRUNCATED
    if kind == "MaxPool2d" and pair(block["padding"]) != (0, 0):
        return PADDED_POOL
    return ""


def script(run: Described) -> str:
    refuse(run)
    return Script(run).text()


class Script(WrittenByLayer):
    def __init__(self, run: Described) -> None:
        self.weights: Lines = []
        self.has_gelu = False
        super().__init__(run)

    def _layer(self, layer: Layer) -> bool:
        make = LAYERS.get(layer.type)
        if make is not None:
            made, weights = make(self, layer)
            self.forward += made
            if weights:
                self.weights.append(f'"layer{layer.index}": [{", ".join(weights)}],')
        return make is not None

    def _activation(self, block: Block) -> str:
        kind = block["type"]
        given = "".join(f", {number(block[key])}" for key in OPTIONS.get(kind, ()))
        if kind in ("leaky_relu", "softplus", "hardtanh", "step"):
            self.parts.add(kind)
            return f"keras.layers.Lambda(lambda z: {kind}(z{given}))(x)" if given else f"keras.layers.Lambda({kind})(x)"
        if kind == "elu":
            return f"keras.layers.ELU(alpha={number(block['alpha'])})(x)"
        if kind == "gelu":
            self.has_gelu = True
            exact = block["approximate"] == "tanh"
            return f"keras.layers.Lambda(lambda z: ops.gelu(z, approximate={exact}))(x)"
        return f'keras.layers.Activation("{kind}")(x)'

    def regularizer(self, field: str) -> str:
        """Return the argument for a penalty on a tensor of a layer."""
        penalty = self.run.penalty
        if not penalty or ("bias" in field and not penalty["bias"]):
            return ""
        return f"{field}=PENALTY"

    def text(self) -> str:
        run = self.run
        names = {name: name for name in next(iter(run.start.values()))}
        arrays = training.arrays(run, names)
        loss = self._loss()
        optimizer = self._own_optimizer()
        loop = self._loop()
        train = training.train(run, loop)
        self.common |= loop.parts | arrays.parts
        blocks = [
            "\n".join(
                [*training.constants(run), f"LR = {number(rules.base_rate(run))}", *self._penalty(), *arrays.before]
            ),
            source("common", self.common).rstrip("\n") if self.common else "",
            source("keras", self.parts).rstrip("\n") if self.parts else "",
            "\n".join(self._network()),
            "\n".join([*loss, *MEASURE]),
            "\n".join(optimizer),
            "\n".join(training.rate_function(run)[2:]),
            "\n".join(train),
            "\n".join(arrays.behind),
            'if __name__ == "__main__":\n'
            "    losses = [point for seed in START for point in train(seed)]\n"
            '    print(json.dumps({"train_loss": losses}))',
        ]
        text = "\n\n\n".join(block for block in blocks if block) + "\n"
        head = docstring(f"{run.title}, in Keras 3.", purpose(run), self._precision())
        return f"{head}\n{self._imports(text)}\n{text}"

    def _precision(self) -> str:
        run = self.run
        if run.dtype == "float32":
            return SINGLE
        has_settings = not run.config.get("gradient_clipping") and bool((native(run) or ("", []))[1])
        return ROUNDED if has_settings or run.penalty or self.has_gelu else DOUBLE

    def _imports(self, text: str) -> str:
        names = [name for name in ("base64", "io", "json", "math") if f"{name}." in text]
        return "\n".join(
            [
                *(f"import {name}" for name in names),
                "import os",
                "from importlib.util import find_spec",
                "",
                "# Keras computes with another library: the first of these that is here.",
                'BACKENDS = ("tensorflow", "torch", "jax")',
                "found = [name for name in BACKENDS if find_spec(name)]",
                'os.environ.setdefault("KERAS_BACKEND", found[0])',
                "",
                "import keras  # noqa: E402",
                "import numpy as np  # noqa: E402",
                *(["from keras import ops  # noqa: E402"] if "ops." in text else []),
                *(DOUBLE_PRECISION if self.run.dtype == "float64" else []),
                "",
            ]
        )

    def _penalty(self) -> Lines:
        penalty = self.run.penalty
        if not penalty:
            return []
        half = " / 2  # Keras has no factor 1/2" if penalty["l2"] else ""
        return [
            "PENALTY = keras.regularizers.L1L2(",
            f"    l1={number(penalty['l1'])},",
            f"    l2={number(penalty['l2'])}{half.replace('  #', ',  #') if half else ','}",
            ")",
        ]

    def _network(self) -> Lines:
        run = self.run
        shape = run.x.shape[1:]
        is_tokens = run.layers[0].type == "Embedding"
        held = [layer for layer in run.layers if layer.tensors and not layer.is_trained]
        tokens = ', dtype="int64"' if is_tokens else ""
        return [
            "def network(w):",
            f"    x = inputs = keras.Input({sizes(shape)}{tokens})",
            *(f"    {line}" for line in self.forward),
            "    model = keras.Model(inputs, x)",
            "    w = {name: np.array(values) for name, values in w.items()}",
            "    start = {  # Keras keeps weights as (in, out), the run as (out, in)",
            *(f"        {line}" for weights in self.weights for line in _fitting(weights)),
            "    }",
            "    for name, tensors in start.items():",
            "        layer = model.get_layer(name)",
            "        rest = layer.get_weights()[len(tensors) :]",
            "        layer.set_weights([*tensors, *rest])",
            *(f'    model.get_layer("layer{layer.index}").trainable = False' for layer in held),
            "    return model",
        ]

    def _loss(self) -> Lines:
        return LOSSES[self.run.config["loss"]["type"]](self, self.run.config["loss"])

    def _own_optimizer(self) -> Lines:
        """Return a class for an optimiser that Keras has in another form, or not at all."""
        run = self.run
        block = run.config["optimizer"]
        clipping = run.config.get("gradient_clipping", {})
        name, base = block["type"], "keras.optimizers.Optimizer"
        made = rules.update(block, "ops")
        if native(run) and not clipping:
            return []
        lines = [f"class {name}({base}):", f'    """{made.title[0].upper()}{made.title[1:]}."""', ""]
        if made.state:
            lines += ["    def build(self, variables):", "        super().build(variables)"]
            for state, start in made.state.items():
                lines += [
                    f"        self.{state} = [",
                    "            self.add_variable_from_reference(",
                    f'                v, "{state}", initializer=keras.initializers.Constant({number(start)})',
                    "            )",
                    "            for v in variables",
                    "        ]",
                ]
            lines.append("")
        if clipping:
            lines += ["    def apply(self, grads, trainable_variables=None):"]
            if "value" in clipping:
                c = number(clipping["value"])
                lines.append(f"        grads = [ops.clip(g, -{c}, {c}) for g in grads]")
            if "norm" in clipping:
                self.parts.add("clip_norm")
                lines.append(f"        grads = clip_norm(grads, {number(clipping['norm'])})")
            lines += ["        super().apply(grads, trainable_variables)", ""]
        update = ["lr = ops.cast(learning_rate, variable.dtype)"]
        if made.counts_steps:
            update.append("t = ops.cast(self.iterations + 1, variable.dtype)")
        update += ["w = ops.convert_to_tensor(variable)", "g = ops.cast(gradient, variable.dtype)"]
        if made.state:
            update.append("i = self._get_variable_index(variable)")
            update += [f"{state} = ops.convert_to_tensor(self.{state}[i])" for state in made.state]
        update += [*made.lines, "self.assign(variable, w)"]
        update += [f"self.assign(self.{state}[i], {state})" for state in made.state]
        lines += ["    def update_step(self, gradient, variable, learning_rate):"]
        return [*lines, *(f"        {line}" for line in update)]

    def _loop(self) -> training.Loop:
        run = self.run
        made = native(run) if not run.config.get("gradient_clipping") else None
        name = f"keras.optimizers.{made[0]}" if made else run.config["optimizer"]["type"]
        arguments = ["learning_rate=LR", *(made[1] if made else [])]
        call = f"optimizer = {name}({', '.join(arguments)})"
        prepare = [
            "model = network(START[seed])",
            *([call] if len(call) <= 75 else [f"optimizer = {name}(", *(f"    {each}," for each in arguments), ")"]),
            "model.compile(optimizer=optimizer, loss=loss)",
        ]
        step: Lines = []
        loop = training.Loop(prepare, step, network="model")
        if rules.schedule_unit(run):
            step.append("optimizer.learning_rate = lr")
        step.append("model.train_on_batch(x, y)")
        return loop


DOUBLE_PRECISION = [
    "",
    'if keras.config.backend() == "tensorflow":',
    '    keras.config.set_floatx("float64")',
]
MEASURE = [
    "",
    "",
    "def measure(model, x, y):",
    "    return float(model.evaluate(x, y, batch_size=len(x), verbose=0))",
]


def _fitting(line: str) -> Lines:
    if len(line) <= 71:
        return [line]
    name, _, rest = line.partition(": [")
    items = re.split(r", (?=w\[|gates)", rest.removesuffix("],"))
    return [f"{name}: [", *(f"    {item}," for item in items), "],"]


OPTIONS = {"leaky_relu": ("negative_slope",), "softplus": ("beta", "threshold"), "hardtanh": ("min_val", "max_val")}
