"""Write the formulas of layers."""

from __future__ import annotations

from typing import Any

from bpsandbox.messages import _

from .formula import Formula, values

Config = dict[str, Any]

WINDOW = r"c,\, s u + i - p,\, s v + j - p"


def layer_meaning(layer: Config) -> Formula | None:
    """Return the formula of a layer of a canonical config; None for one that only changes a shape."""
    made = FORMULAS.get(layer["type"])
    return made(layer) if made else None


def _bias(layer: Config, name: str = "b") -> str:
    return f" + {name}" if layer.get("bias", True) else ""


def _linear(layer: Config) -> Formula:
    return Formula(_("Layer"), "Linear", (f"z = W x{_bias(layer)}",), (), _("W has one row per output."))


def _conv(layer: Config) -> Formula:
    taken = r"x_{c,\, s u + d i - p,\, s v + d j - p}"
    begin = "b_o + " if layer.get("bias", True) else ""
    line = rf"z_{{o,u,v}} = {begin}\sum_{{c,i,j}} W_{{o,c,i,j}} \, {taken}"
    letters = {name: value for name in ("stride", "padding", "dilation") if _is_number(value := layer[name])}
    note = _("Cross-correlation: the kernel is not flipped. Outside the image x is 0.")
    return Formula(_("Layer"), "Conv2d", (line,), values(**letters), note)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _pooled(layer: Config, line: str, note: str) -> Formula:
    stride = layer.get("stride", layer["kernel_size"])
    letters = {"stride": stride, "padding": layer.get("padding", 0)}
    kept = {name: value for name, value in letters.items() if _is_number(value)}
    return Formula(_("Layer"), layer["type"], (line,), values(**kept), note)


def _max_pool(layer: Config) -> Formula:
    note = _("If several are equal, the first receives the gradient.")
    return _pooled(layer, rf"y_{{c,u,v}} = \max_{{i,j}} x_{{{WINDOW}}}", note)


def _mean_pool(layer: Config) -> Formula:
    line = rf"y_{{c,u,v}} = \frac{{1}}{{k_h k_w}} \sum_{{i,j}} x_{{{WINDOW}}}"
    return _pooled(layer, line, _("Padding zeros count as elements of the window."))


def _recurrent(layer: Config, lines: tuple[str, ...], *notes: str) -> Formula:
    said = [*notes, _("One bias vector, where PyTorch trains two and adds them.")] if layer.get("bias", True) else notes
    cut = layer.get("truncate")
    if cut:
        lines = (*lines, r"\frac{\partial h_k}{\partial h_{k-1}} := 0 \; \text{if} \; (t - k + 1) \bmod \tau = 0")
        said = [*said, _("Backpropagation is cut every τ = {steps} steps, counted from the last.", steps=cut)]
    return Formula(_("Layer"), layer["type"], lines, (), " ".join(filter(None, said)))


def _rnn(layer: Config) -> Formula:
    function = r"\tanh" if layer["nonlinearity"] == "tanh" else r"\mathrm{ReLU}"
    line = rf"h_k = {function}\left( W_{{ih}} x_k + W_{{hh}} h_{{k-1}}{_bias(layer)} \right)"
    return _recurrent(layer, (line, "h_0 = 0"))


def _gate(layer: Config, gate: str, function: str) -> str:
    bias = _bias(layer, f"b_{gate}")
    return rf"{gate} = {function}\left( W_{{i{gate}}} x_k + W_{{h{gate}}} h_{{k-1}}{bias} \right)"


def _lstm(layer: Config) -> Formula:
    gates = (("i", r"\sigma"), ("f", r"\sigma"), ("g", r"\tanh"), ("o", r"\sigma"))
    lines = tuple(_gate(layer, *gate) for gate in gates)
    state = (r"c_k = f \odot c_{k-1} + i \odot g", r"h_k = o \odot \tanh(c_k)", "h_0 = c_0 = 0")
    return _recurrent(layer, lines + state, _("Gates are in the order i f g o."))


def _gru(layer: Config) -> Formula:
    after = r"r \odot (W_{hn} h_{k-1})" if layer.get("reset_after", True) else r"W_{hn} (r \odot h_{k-1})"
    new = rf"n = \tanh\left( W_{{in}} x_k{_bias(layer, 'b_n')} + {after} \right)"
    lines = (_gate(layer, "r", r"\sigma"), _gate(layer, "z", r"\sigma"), new)
    state = (r"h_k = (1 - z) \odot n + z \odot h_{k-1}", "h_0 = 0")
    reset = (
        _("The reset gate is applied after the product.")
        if layer.get("reset_after", True)
        else _("The reset gate is applied first.")
    )
    return _recurrent(layer, lines + state, _("Gates are in the order r z n."), reset)


def _embedding(layer: Config) -> Formula:
    return Formula(_("Layer"), "Embedding", (r"y_k = W_{x_k}",), (), _("Row x of the table W represents the number x."))


def _dropout(layer: Config) -> Formula:
    lines = (r"y = \frac{m \odot x}{1 - p}", r"m_i \sim \mathrm{Bernoulli}(1 - p)")
    return Formula(
        _("Layer"), "Dropout", lines, values(p=layer["p"]), _("Only during training; in evaluation mode y = x.")
    )


def _scaled(layer: Config) -> str:
    hat = r"\frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}"
    return rf"y = \gamma \odot {hat} + \beta" if layer.get("affine", True) else f"y = {hat}"


def _batch_norm(layer: Config) -> Formula:
    corrected = "" if layer.get("unbiased") is False else r"\frac{N}{N - 1} "
    lines = (
        r"\mu = \frac{1}{N} \sum_n x_n, \; \sigma^2 = \frac{1}{N} \sum_n (x_n - \mu)^2",
        _scaled(layer),
        r"\bar{\mu} \leftarrow (1 - m) \bar{\mu} + m \mu",
        rf"\bar{{\sigma}}^2 \leftarrow (1 - m) \bar{{\sigma}}^2 + m {corrected}\sigma^2",
    )
    note = _(
        "Per feature, over the batch; m is the weight of the new batch. Evaluation mode uses the running "
        "mean and variance."
    )
    return Formula(_("Layer"), layer["type"], lines, values(share=layer["momentum"], eps=layer["eps"]), note)


def _layer_norm(layer: Config) -> Formula:
    lines = (r"\mu = \frac{1}{d} \sum_j x_j, \; \sigma^2 = \frac{1}{d} \sum_j (x_j - \mu)^2", _scaled(layer))
    return Formula(
        _("Layer"), "LayerNorm", lines, values(eps=layer["eps"]), _("Over the d elements of a row of each example.")
    )


def _add(layer: Config) -> Formula:
    note = _("s is the output of layer {place}, including its activation.", place=layer["from"])
    return Formula(_("Layer"), "Add", ("y = x + s",), (), note)


FORMULAS = {
    "Linear": _linear,
    "Conv2d": _conv,
    "MaxPool2d": _max_pool,
    "AvgPool2d": _mean_pool,
    "RNN": _rnn,
    "LSTM": _lstm,
    "GRU": _gru,
    "Embedding": _embedding,
    "Dropout": _dropout,
    "BatchNorm1d": _batch_norm,
    "BatchNorm2d": _batch_norm,
    "LayerNorm": _layer_norm,
    "Add": _add,
}
