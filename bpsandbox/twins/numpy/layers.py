"""Layers in NumPy: the lines of forward and backward of each, written out.

In forward, `w` holds the weights; what backward needs is kept as an attribute. In backward, `d` is dL/dy of the layer
and becomes dL/dx; gradients go to `g`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bpsandbox.twins.described import Block, Layer, padding_of, pair, sizes, stride_of
from bpsandbox.twins.text import number

Lines = list[str]


@dataclass
class Place:
    """A layer in the script: the variables of its input and output, and which gradients it must give."""

    layer: Layer
    x: str
    y: str
    is_trained: bool
    passes_back: bool
    """Whether a layer before it needs a gradient."""
    parts: set[str] = field(default_factory=set)
    """Names of functions that its lines call."""

    @property
    def i(self) -> int:
        return self.layer.index

    @property
    def block(self) -> Block:
        return self.layer.block

    def w(self, tensor: str) -> str:
        return f'w["{self.i}.{tensor}"]'

    def g(self, tensor: str) -> str:
        return f'g["{self.i}.{tensor}"]'

    def uses(self, *names: str) -> None:
        self.parts.update(names)


Emitted = tuple[Lines, Lines]
"""Lines of forward and of backward."""


def linear(at: Place) -> Emitted:
    bias = f" + {at.w('bias')}" if "bias" in at.layer.tensors else ""
    forward, backward = [f"{at.y} = {at.x} @ {at.w('weight')}.T{bias}"], []
    d, x = "d", at.x
    if at.layer.is_sequence:
        at.uses("rows")
        d, x = "rows(d)", f"rows({at.x})"
    if at.is_trained:
        backward.append(f"{at.g('weight')} = {d}.T @ {x}")
        backward += [f"{at.g('bias')} = {d}.sum(axis=0)"] if bias else []
    if at.passes_back:
        backward.append(f"d = d @ {at.w('weight')}")
    return forward, backward


def flatten(at: Place) -> Emitted:
    return [f"{at.y} = {at.x}.reshape(len({at.x}), -1)"], _if_back(at, f"d = d.reshape({at.x}.shape)")


def reshape(at: Place) -> Emitted:
    shape = ", ".join(map(str, at.layer.after))
    return [f"{at.y} = {at.x}.reshape(-1, {shape})"], _if_back(at, f"d = d.reshape({at.x}.shape)")


def _if_back(at: Place, *lines: str) -> Lines:
    return list(lines) if at.passes_back else []


def dropout(at: Place) -> Emitted:
    p = number(at.block["p"])
    forward = [
        f"if training:  # keep a number with probability {number(1.0 - at.block['p'])}",
        f"    kept = self.rng.random({at.x}.shape) >= {p}",
        f"    self.mask{at.i} = (kept / (1 - {p})).astype({at.x}.dtype)",
        f"{at.y} = {at.x} * self.mask{at.i} if training else {at.x}",
    ]
    return forward, _if_back(at, f"d = d * self.mask{at.i}")


def batch_norm(at: Place) -> Emitted:
    i, block = at.i, at.block
    is_image = at.layer.type == "BatchNorm2d"
    axis = "(0, 2, 3)" if is_image else "(0, 1)" if at.layer.is_sequence else "0"
    momentum, eps = number(block["momentum"]), number(block["eps"])
    count = f"{at.x}.size / mean.size"
    share = f"{momentum} * var" if block.get("unbiased") is False else f"{momentum} * var * n / max(n - 1, 1)"
    unbiased = [] if block.get("unbiased") is False else [f"    n = {count}  # the running variance is unbiased"]
    at.uses("normalise")
    forward = [
        "if training:",
        f"    norm = normalise({at.x}, {axis}, {eps})",
        f"    self.xhat{i}, mean, var, self.std{i} = norm",
        *unbiased,
        f"    self.mean{i} = (1 - {momentum}) * self.mean{i} + {momentum} * mean",
        f"    self.var{i} = (1 - {momentum}) * self.var{i} + {share}",
        "else:",
        f"    std = np.sqrt(self.var{i} + {eps})",
        f"    self.xhat{i} = ({at.x} - self.mean{i}) / std",
        *_scaled(at, "[:, None, None]" if is_image else ""),
    ]
    return forward, _back_norm(at, axis, axis, "[:, None, None]" if is_image else "")


def _scaled(at: Place, lift: str) -> Lines:
    if not at.layer.tensors:
        return [f"{at.y} = self.xhat{at.i}"]
    return [
        f"scale, shift = {at.w('weight')}, {at.w('bias')}",
        f"{at.y} = scale{lift} * self.xhat{at.i} + shift{lift}",
    ]


def _back_norm(at: Place, axis: str, over: str, lift: str) -> Lines:
    lines = []
    if at.is_trained:
        lines = [
            f"{at.g('weight')} = (d * self.xhat{at.i}).sum(axis={over})",
            f"{at.g('bias')} = d.sum(axis={over})",
        ]
    if at.passes_back:
        at.uses("back_normalise")
        scaled = f"d * {at.w('weight')}{lift}" if at.layer.tensors else "d"
        lines += [f"d = {scaled}"] if scaled != "d" else []
        lines.append(f"d = back_normalise(d, self.xhat{at.i}, self.std{at.i}, {axis})")
    return lines


def layer_norm(at: Place) -> Emitted:
    count = len(at.block.get("normalized_shape", (1,)))
    last = ", ".join(str(-k) for k in range(count, 0, -1))
    axis = f"({last})" if count > 1 else last
    axes = len(at.layer.before) + 1 - count
    over = "0" if axes == 1 else f"({', '.join(map(str, range(axes)))})"
    at.uses("normalise")
    forward = [
        f"norm = normalise({at.x}, {axis}, {number(at.block['eps'])})",
        f"self.xhat{at.i}, _, _, self.std{at.i} = norm",
        *_scaled(at, ""),
    ]
    return forward, _back_norm(at, axis, over, "")


def embedding(at: Place) -> Emitted:
    backward = []
    if at.is_trained:
        backward = [
            f"{at.g('weight')} = np.zeros_like({at.w('weight')})",
            f"np.add.at({at.g('weight')}, {at.x}, d)  # rows of the same token add up",
        ]
    return [f"{at.y} = {at.w('weight')}[{at.x}]"], backward


def add(at: Place) -> Emitted:
    return [f"{at.y} = {at.x} + {{from}}"], []


def conv2d(at: Place) -> Emitted:
    geometry = f"{sizes(stride_of(at.layer))}, {padding_of(at.layer)}, {sizes(pair(at.block['dilation']))}"
    at.uses("conv2d")
    bias = f" + {at.w('bias')}[:, None, None]" if "bias" in at.layer.tensors else ""
    forward = [
        f"how = {geometry}  # stride, padding, dilation",
        f"{at.y} = conv2d({at.x}, {at.w('weight')}, *how)",
        *([f"{at.y} = {at.y}{bias}"] if bias else []),
    ]
    backward = []
    if at.is_trained or at.passes_back:
        at.uses("back_conv2d")
        backward.append(f"how = {geometry}")
        backward.append(f"dx, dW = back_conv2d(d, {at.x}, {at.w('weight')}, *how)")
    if at.is_trained:
        backward.append(f"{at.g('weight')} = dW")
        backward += [f"{at.g('bias')} = d.sum(axis=(0, 2, 3))"] if bias else []
    return forward, [*backward, *_if_back(at, "d = dx")]


def pool(at: Place) -> Emitted:
    name = "max_pool2d" if at.layer.type == "MaxPool2d" else "avg_pool2d"
    geometry = f"{sizes(pair(at.block['kernel_size']))}, {sizes(stride_of(at.layer))}, {padding_of(at.layer)}"
    at.uses(name)
    forward = [f"how = {geometry}  # kernel, stride, padding", f"{at.y} = {name}({at.x}, *how)"]
    if not at.passes_back:
        return forward, []
    at.uses(f"back_{name}")
    y = f", {at.y}" if name == "max_pool2d" else ""
    return forward, [f"how = {geometry}", f"d = back_{name}(d, {at.x}{y}, *how)"]


def recurrent(at: Place) -> Emitted:
    i, kind = at.i, at.layer.type.lower()
    weights = f"{at.w('weight_ih')}, {at.w('weight_hh')}"
    bias = at.w("bias_ih") if at.block["bias"] else "0.0"
    kept, extra, back_extra = {
        "rnn": (f"self.h{i}", ", {f}", ""),
        "lstm": (f"self.h{i}, self.c{i}, self.gates{i}", "", ""),
        "gru": (f"self.h{i}, self.gates{i}", f", {at.block.get('reset_after', True)}", ""),
    }[kind]
    back_extra = ""
    if kind == "rnn":
        f = at.block["nonlinearity"]
        extra, back_extra = f", {f}", f", slope_of_{f}"
        at.uses(f, f"slope_of_{f}")
    elif kind == "gru":
        back_extra = extra
    at.uses(kind)
    # the cells and gates of lstm and gru are wanted in backward, after the states
    output = f"np.stack(self.h{i}[1:], axis=1)" if at.block["return"] == "all" else f"self.h{i}[-1]"
    forward = [
        f"weights = {weights}",
        f"{kept} = {kind}({at.x}, *weights, {bias}{extra})",
        f"{at.y} = {output}",
    ]
    if not (at.is_trained or at.passes_back):
        return forward, []
    return forward, _back_recurrent(at, kind, kept, weights, back_extra)


def _back_recurrent(at: Place, kind: str, kept: str, weights: str, extra: str) -> Lines:
    steps, cut = at.layer.before[0], at.block.get("truncate")
    spread = "each_step(d)" if at.block["return"] == "all" else f"only_last(d, {steps})"
    at.uses(f"back_{kind}", spread.partition("(")[0])
    lines = [f"dh = {spread}"]
    if cut:
        lines += [
            f"# the gradient stops after every {cut} steps, counted from the last",
            "def passes(k):",
            f"    return ({steps} - k) % {cut} != 0",
            "",
        ]
    else:
        lines += ["passes = bool  # to every step but from the first"]
    lines += [
        f"weights = {weights}",
        f"states = {at.x}, {kept}",
        f"back = back_{kind}(dh, *states, *weights{extra}, passes)",
        "dx, dW_ih, dW_hh, db = back",
    ]
    if at.is_trained:
        lines += [f"{at.g('weight_ih')}, {at.g('weight_hh')} = dW_ih, dW_hh"]
        lines += [f"{at.g('bias_ih')} = db"] if at.block["bias"] else []
    return [*lines, *_if_back(at, "d = dx")]


LAYERS: dict[str, Callable[[Place], Emitted]] = {
    "Linear": linear,
    "Flatten": flatten,
    "Reshape": reshape,
    "Dropout": dropout,
    "BatchNorm1d": batch_norm,
    "BatchNorm2d": batch_norm,
    "LayerNorm": layer_norm,
    "Embedding": embedding,
    "Add": add,
    "Conv2d": conv2d,
    "MaxPool2d": pool,
    "AvgPool2d": pool,
    "RNN": recurrent,
    "LSTM": recurrent,
    "GRU": recurrent,
}


# activations

ARGUMENTS = ("negative_slope", "alpha", "beta", "threshold", "min_val", "max_val")


def activation(block: Block, z: str, a: str, parts: set[str]) -> Emitted:
    """Return the lines of an activation from z to a."""
    name = "gelu_tanh" if block.get("approximate") == "tanh" else block["type"]
    if name == "identity":
        return [f"{a} = {z}"], []
    given = "".join(f", {number(block[key])}" for key in ARGUMENTS if key in block)
    parts.add(name)
    forward = [f"{a} = {name}({z}{given})"]
    if name == "step":
        return forward, ["# straight through: the gradient passes the step unchanged"]
    if name == "softmax":
        parts.add("back_softmax")
        return forward, [f"d = back_softmax(d, {z})"]
    parts.add(f"deriv_{name}")
    return forward, [f"d = d * deriv_{name}({z}{given})"]
