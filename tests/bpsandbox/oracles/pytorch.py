"""Run a config with PyTorch, in double precision on one thread: an implementation independent of ours.

Only `record` and `live` import this: it needs torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from .rows import Config, start_of

Tensor = torch.Tensor
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


# === layers: a module for a block and the shape of a sample ===


def _given(block: Config, *names: str) -> Config:
    """Return the fields the config gives; PyTorch has its own defaults for the others."""
    return {name: block[name] for name in names if name in block}


class Reshape(torch.nn.Module):
    def __init__(self, shape: list[int]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), *self.shape)


class LastAxis(torch.nn.Module):
    """A batch norm over the last axis of a sequence as features, not the first."""

    def __init__(self, norm: torch.nn.Module) -> None:
        super().__init__()
        self.norm = norm

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x.transpose(1, 2)).transpose(1, 2)


class Dropout(torch.nn.Module):
    """Masks from a seed's own stream: NumPy's PCG64 by SeedSequence(seed, spawn_key=(4,)), kept where u >= p."""

    def __init__(self, block: Config) -> None:
        super().__init__()
        self.p = block.get("p", 0.5)
        self.rng: Any = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        kept = torch.from_numpy(self.rng.random(tuple(x.shape)) >= self.p)
        return x * kept / (1.0 - self.p)


class Recurrent(torch.nn.Module):
    """PyTorch's recurrent layer, the last state or all; truncated BPTT detaches the state between segments.

    Segments are counted back from the last step, so that the first one may be shorter.
    """

    def __init__(self, block: Config, width: int) -> None:
        super().__init__()
        kind = getattr(torch.nn, block["type"])
        fields = _given(block, "nonlinearity", "bias")
        self.rnn = kind(width, block["hidden_size"], batch_first=True, **fields)
        self.returns, self.truncate = block.get("return", "last"), block.get("truncate")

    def forward(self, x: Tensor) -> Tensor:
        steps, state, outputs = x.shape[1], None, []
        length = self.truncate or steps
        stops = [*range(steps % length, steps + 1, length)]
        for first, stop in zip([0, *stops], stops, strict=False):
            if stop > first:
                output, state = self.rnn(x[:, first:stop], state)
                state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
                outputs.append(output)
        y = torch.cat(outputs, dim=1)
        return y if self.returns == "all" else y[:, -1]


class Straight(torch.autograd.Function):
    """A step with a straight-through gradient."""

    @staticmethod
    def forward(context: Any, z: Tensor) -> Tensor:
        return (z > 0).to(z.dtype)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:
        return gradient


class Step(torch.nn.Module):
    def forward(self, z: Tensor) -> Tensor:
        return Straight.apply(z)


def _batch_norm_1d(block: Config, shape: torch.Size) -> torch.nn.Module:
    norm = torch.nn.BatchNorm1d(shape[-1], **_given(block, "momentum", "eps", "affine"))
    return norm if len(shape) == 2 else LastAxis(norm)


def _layer_norm(block: Config, shape: torch.Size) -> torch.nn.Module:
    affine = {"elementwise_affine": block["affine"]} if "affine" in block else {}
    return torch.nn.LayerNorm(block.get("normalized_shape", shape[-1]), **_given(block, "eps"), **affine)


def _conv(block: Config, shape: torch.Size) -> torch.nn.Module:
    size = _pair(block["kernel_size"])
    fields = {name: _pair(value) for name, value in _given(block, "stride", "padding", "dilation").items()}
    return torch.nn.Conv2d(shape[1], block["out_channels"], size, **fields, **_given(block, "bias"))


def _pool(block: Config, shape: torch.Size) -> torch.nn.Module:
    fields = {name: _pair(value) for name, value in _given(block, "kernel_size", "stride", "padding").items()}
    return getattr(torch.nn, block["type"])(**fields)


def _pair(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


MODULES: dict[str, Callable[[Config, torch.Size], torch.nn.Module]] = {
    "Linear": lambda block, shape: torch.nn.Linear(shape[-1], block["out_features"], **_given(block, "bias")),
    "Flatten": lambda block, shape: torch.nn.Flatten(),
    "Reshape": lambda block, shape: Reshape(block["shape"]),
    "Add": lambda block, shape: torch.nn.Identity(),
    "Conv2d": _conv,
    "MaxPool2d": _pool,
    "AvgPool2d": _pool,
    "RNN": lambda block, shape: Recurrent(block, shape[-1]),
    "LSTM": lambda block, shape: Recurrent(block, shape[-1]),
    "GRU": lambda block, shape: Recurrent(block, shape[-1]),
    "Embedding": lambda block, shape: torch.nn.Embedding(block["num_embeddings"], block["embedding_dim"]),
    "Dropout": lambda block, shape: Dropout(block),
    "BatchNorm1d": _batch_norm_1d,
    "BatchNorm2d": lambda block, shape: torch.nn.BatchNorm2d(shape[1], **_given(block, "momentum", "eps", "affine")),
    "LayerNorm": _layer_norm,
    "identity": lambda block, shape: torch.nn.Identity(),
    "sigmoid": lambda block, shape: torch.nn.Sigmoid(),
    "tanh": lambda block, shape: torch.nn.Tanh(),
    "relu": lambda block, shape: torch.nn.ReLU(),
    "softmax": lambda block, shape: torch.nn.Softmax(dim=-1),
    "leaky_relu": lambda block, shape: torch.nn.LeakyReLU(**_given(block, "negative_slope")),
    "elu": lambda block, shape: torch.nn.ELU(**_given(block, "alpha")),
    "selu": lambda block, shape: torch.nn.SELU(),
    "gelu": lambda block, shape: torch.nn.GELU(**_given(block, "approximate")),
    "silu": lambda block, shape: torch.nn.SiLU(),
    "softplus": lambda block, shape: torch.nn.Softplus(**_given(block, "beta", "threshold")),
    "mish": lambda block, shape: torch.nn.Mish(),
    "softsign": lambda block, shape: torch.nn.Softsign(),
    "hardtanh": lambda block, shape: torch.nn.Hardtanh(**_given(block, "min_val", "max_val")),
    "step": lambda block, shape: Step(),
}


class Layer(torch.nn.Module):
    """A block's module, and its activation."""

    def __init__(self, block: Config, shape: torch.Size) -> None:
        super().__init__()
        self.own = MODULES[block["type"]](block, shape)
        written = block.get("activation", {"type": "identity"})
        self.activation = MODULES[written["type"]](written, shape)

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(self.own(x))


class Net(torch.nn.Module):
    """The layers of a config in sequence; parameters have the same names as ours."""

    def __init__(self, blocks: list[Config], x: Tensor) -> None:
        super().__init__()
        self.layers, self.blocks = torch.nn.ModuleList(), blocks
        self.eval()  # no randomness or running statistics during shape inference
        for block in blocks:
            with torch.no_grad():
                shape = self(x).shape if len(self.layers) else x.shape
            self.layers.append(Layer(block, shape).eval())
        self.hold_second_biases()
        self.train()

    def forward(self, x: Tensor) -> Tensor:
        outputs: list[Tensor] = []
        for block, layer in zip(self.blocks, self.layers, strict=False):
            if block["type"] == "Add":
                x = x + outputs[block["from"]]
            x = layer(x)
            outputs.append(x)
        return x

    def hold_second_biases(self) -> None:
        """Keep PyTorch's second bias of recurrent layers at 0: ours have one bias vector."""
        for name, parameter in self.named_parameters():
            if "bias_hh" in name:
                parameter.data.zero_()
                parameter.requires_grad_(False)

    def named_tensors(self) -> Iterator[tuple[str, torch.nn.Parameter]]:
        """Map parameters to config names: layers.2.rnn.weight_ih_l0 becomes layers.2.weight_ih."""
        for name, parameter in self.named_parameters():
            if "bias_hh" not in name:
                _, index, *_, tensor = name.split(".")
                yield f"layers.{index}.{tensor.removesuffix('_l0')}", parameter


# === losses, and an optimiser ===


class Lion(torch.optim.Optimizer):
    """Lion, which PyTorch lacks: from Chen and others, 2023, algorithm 2."""

    def __init__(self, params: Any, lr: float, betas: tuple[float, float] = (0.9, 0.99), weight_decay: float = 0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], Tensor]) -> None:
        with torch.enable_grad():
            closure()
        for group in self.param_groups:
            for w in group["params"]:
                m = self.state[w].setdefault("m", torch.zeros_like(w))
                (b1, b2), lr = group["betas"], group["lr"]
                update = torch.sign(b1 * m + (1.0 - b1) * w.grad)
                w.sub_(lr * (update + group["weight_decay"] * w))
                m.copy_(b2 * m + (1.0 - b2) * w.grad)


def _cross_entropy(block: Config) -> Callable[[Tensor, Tensor], Tensor]:
    weight = torch.tensor(block["class_weight"]) if "class_weight" in block else None
    return torch.nn.CrossEntropyLoss(weight=weight, **_given(block, "label_smoothing", "reduction"))


def _hinge(block: Config) -> Callable[[Tensor, Tensor], Tensor]:
    many = torch.nn.MultiMarginLoss(**_given(block, "reduction"))
    reduce = torch.sum if block.get("reduction") == "sum" else torch.mean

    def loss(z: Tensor, y: Tensor) -> Tensor:
        return many(z, y) if z.shape[1] > 1 else reduce(torch.relu(1.0 - z[:, 0] * (2.0 * y - 1.0)))

    return loss


def _mean_square(block: Config) -> Callable[[Tensor, Tensor], Tensor]:
    square = torch.nn.MSELoss(**_given(block, "reduction"))
    return lambda p, y: block.get("factor", 1.0) * square(p, y)


LOSSES: dict[str, Callable[[Config], Callable[[Tensor, Tensor], Tensor]]] = {
    "MSELoss": _mean_square,
    "L1Loss": lambda block: torch.nn.L1Loss(**_given(block, "reduction")),
    "HuberLoss": lambda block: torch.nn.HuberLoss(**_given(block, "delta", "reduction")),
    "SmoothL1Loss": lambda block: torch.nn.SmoothL1Loss(**_given(block, "beta", "reduction")),
    "CrossEntropyLoss": _cross_entropy,
    "BCELoss": lambda block: torch.nn.BCELoss(**_given(block, "reduction")),
    "BCEWithLogitsLoss": lambda block: torch.nn.BCEWithLogitsLoss(**_given(block, "reduction")),
    "hinge": _hinge,
}


# === a run ===


def _tensor(values: Any) -> Tensor:
    """Keep integers as integers: they are classes or tokens."""
    tensor = torch.tensor(values)
    return tensor if tensor.dtype == torch.int64 else tensor.to(torch.float64)


class Run:
    """The run of a config."""

    def __init__(self, config: Config, start_word: str) -> None:
        self.config = config
        points = config["dataset"]["points"]
        self.x, self.y = _tensor(points["x"]), _tensor(points["y"])
        self.blocks = config["model"]["layers"]
        self.net = Net(self.blocks, self.x)
        self.start = start_of(start_word, {name: tuple(w.shape) for name, w in self.net.named_tensors()})
        for name, parameter in self.net.named_tensors():
            parameter.data.copy_(torch.tensor(self.start[name]))
        self._give_streams(config.get("seed", 0))
        self.loss = LOSSES[config["loss"]["type"]](config["loss"])
        self.optimizer = self._optimizer()
        self.scheduler, self.per = self._scheduler()

    def _give_streams(self, seed: int) -> None:
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(4,))))
        for module in self.net.modules():
            if isinstance(module, Dropout):
                module.rng = rng

    def _optimizer(self) -> torch.optim.Optimizer:
        fields = {name: value for name, value in self.config["optimizer"].items() if name != "type"}
        fields = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
        kind = self.config["optimizer"]["type"]
        cls = Lion if kind == "Lion" else getattr(torch.optim, kind)
        is_one_vector = kind == "LBFGS"
        return cls(self.net.parameters() if is_one_vector else list(self._groups()), **fields)

    def _groups(self) -> Iterator[dict[str, Any]]:
        """Return one group per parameter; layers can have their own rate, or be frozen."""
        for name, parameter in self.net.named_tensors():
            block = self.blocks[int(name.split(".")[1])]
            if block.get("trainable") is False:
                parameter.requires_grad_(False)
            else:
                yield {"params": [parameter], **_given(block, "lr")}

    def _scheduler(self) -> tuple[Any, str]:
        block = self.config.get("lr_scheduler")
        if block is None:
            return None, ""
        fields = {name: value for name, value in block.items() if name not in ("type", "per", "monitor")}
        if block["type"] == "OneCycleLR":
            fields["cycle_momentum"] = False
        per = "step" if block["type"] == "OneCycleLR" else block.get("per", "epoch")
        return getattr(torch.optim.lr_scheduler, block["type"])(self.optimizer, **fields), per

    def _targets(self, rows: slice) -> Tensor:
        y = self.y[rows]
        return y[:, None] if y.dtype == torch.float64 and y.ndim == 1 else y

    def penalty(self) -> Tensor:
        block = self.config.get("regularization", {})
        total = torch.zeros(())
        for _, w in self.net.named_tensors():
            if block.get("bias") or w.ndim > 1:
                total = total + block.get("l1", 0.0) * w.abs().sum() + 0.5 * block.get("l2", 0.0) * (w * w).sum()
        return total

    def objective(self, rows: slice) -> Tensor:
        return self.loss(self.net(self.x[rows]), self._targets(rows)) + self.penalty()

    def measured(self) -> float:
        """Return the loss over all examples in evaluation mode: running statistics, no dropout."""
        self.net.eval()
        with torch.no_grad():
            value = float(self.objective(slice(None)))
        self.net.train()
        return value

    def clip(self) -> None:
        block = self.config.get("gradient_clipping", {})
        if "value" in block:
            torch.nn.utils.clip_grad_value_(self.net.parameters(), block["value"])
        if "norm" in block:
            torch.nn.utils.clip_grad_norm_(self.net.parameters(), block["norm"])

    def step(self, rows: slice) -> float:
        """Update once, and return the objective before the update."""
        values: list[float] = []

        def evaluate() -> Tensor:
            self.optimizer.zero_grad()
            objective = self.objective(rows)
            objective.backward()
            self.clip()
            values.append(float(objective.detach()))
            return objective

        self.optimizer.step(evaluate)
        if self.per == "step":
            self.scheduler.step()
        return values[0]

    def end_epoch(self) -> None:
        if self.per != "epoch":
            return
        is_plateau = isinstance(self.scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)
        self.scheduler.step(*((self.measured(),) if is_plateau else ()))

    def train(self) -> list[float]:
        """Run all steps, and return the loss of each before its update."""
        training, n = self.config["training"], len(self.x)
        batch = n if training["batch_size"] == "full" else training["batch_size"]
        starts = range(0, n, batch)
        total = training["steps"] or training["epochs"] * len(starts)
        losses: list[float] = []
        while len(losses) < total:
            for first in list(starts)[: total - len(losses)]:
                losses.append(self.step(slice(first, first + batch)))
            if len(losses) % len(starts) == 0 and len(losses) < total:
                self.end_epoch()
        return losses


def play(config: Config, start_word: str) -> dict[str, Any]:
    """Train with PyTorch: initial values, the loss of every step, the final loss and parameters."""
    torch.manual_seed(0)
    run = Run(config, start_word)
    losses = run.train()
    end = {name: parameter.detach().tolist() for name, parameter in run.net.named_tensors()}
    return {"start": run.start, "losses": losses, "measured": run.measured(), "end": end}


def gradients(config: Config, start_word: str) -> dict[str, Any]:
    """Return the gradient of the first batch's loss by every trained tensor, by name."""
    torch.manual_seed(0)
    run = Run(config, start_word)
    run.objective(slice(0, config["training"]["batch_size"])).backward()
    return {name: w.grad.tolist() for name, w in run.net.named_tensors() if w.grad is not None}
