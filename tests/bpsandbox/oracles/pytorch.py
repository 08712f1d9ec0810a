"""Plays a config with PyTorch, in double precision on one thread: an implementation that shares no line with ours.

Only `record` and `live` import this: it needs torch.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import torch

from .rows import Config

Tensor = torch.Tensor
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


# === layers: a module for a block and the shape of a sample ===


def _given(block: Config, *names: str) -> Config:
    """The fields that the config gives; PyTorch has its own defaults for the others."""
    return {name: block[name] for name in names if name in block}


class Reshape(torch.nn.Module):
    def __init__(self, shape: list[int]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), *self.shape)


class Straight(torch.autograd.Function):
    """A step whose gradient passes straight through."""

    @staticmethod
    def forward(context: Any, z: Tensor) -> Tensor:
        return (z > 0).to(z.dtype)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:
        return gradient


class Step(torch.nn.Module):
    def forward(self, z: Tensor) -> Tensor:
        return Straight.apply(z)


MODULES: dict[str, Callable[[Config, torch.Size], torch.nn.Module]] = {
    "Linear": lambda block, shape: torch.nn.Linear(shape[-1], block["out_features"], **_given(block, "bias")),
    "Flatten": lambda block, shape: torch.nn.Flatten(),
    "Reshape": lambda block, shape: Reshape(block["shape"]),
    "Add": lambda block, shape: torch.nn.Identity(),
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


class Net(torch.nn.Module):
    """The layers of a config in a row; its parameters bear the names that ours have."""

    def __init__(self, blocks: list[Config], x: Tensor) -> None:
        super().__init__()
        self.layers, self.blocks = torch.nn.ModuleList(), blocks
        for block in blocks:
            with torch.no_grad():
                shape = self(x).shape if len(self.layers) else x.shape
            self.layers.append(MODULES[block["type"]](block, shape))
        self.hold_second_biases()

    def forward(self, x: Tensor) -> Tensor:
        outputs: list[Tensor] = []
        for block, layer in zip(self.blocks, self.layers, strict=False):
            x = layer(x) + outputs[block["from"]] if block["type"] == "Add" else layer(x)
            outputs.append(x)
        return x

    def hold_second_biases(self) -> None:
        """Our recurrent layers have one bias vector: PyTorch's second one stays 0."""
        for name, parameter in self.named_parameters():
            if "bias_hh" in name:
                parameter.data.zero_()
                parameter.requires_grad_(False)

    def named_tensors(self) -> Iterator[tuple[str, torch.nn.Parameter]]:
        """Parameters by the config's names: layers.2.rnn.weight_ih_l0 is layers.2.weight_ih there."""
        for name, parameter in self.named_parameters():
            if "bias_hh" not in name:
                _, index, *_, tensor = name.split(".")
                yield f"layers.{index}.{tensor.removesuffix('_l0')}", parameter


# === losses ===


class Lion(torch.optim.Optimizer):
    """PyTorch has none: from the formulas of Chen and others, 2023, algorithm 2."""

    def __init__(self, params: Any, lr: float, betas: tuple[float, float] = (0.9, 0.99), weight_decay: float = 0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
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
    """Whole numbers stay whole: they are classes or tokens."""
    tensor = torch.tensor(values)
    return tensor if tensor.dtype == torch.int64 else tensor.to(torch.float64)


def draw_start(word: str, net: Net) -> dict[str, Any]:
    """Numbers with three decimals for every parameter, always the same for a word."""
    rng = random.Random(word)

    def draw(axes: tuple[int, ...]) -> Any:
        return [draw(axes[1:]) for _ in range(axes[0])] if axes else round(rng.uniform(-0.7, 0.7), 3)

    return {name: draw(tuple(parameter.shape)) for name, parameter in net.named_tensors()}


class Run:
    """A config being played."""

    def __init__(self, config: Config, start_word: str) -> None:
        self.config = config
        points = config["dataset"]["points"]
        self.x, self.y = _tensor(points["x"]), _tensor(points["y"])
        self.blocks = config["model"]["layers"]
        self.net = Net(self.blocks, self.x)
        self.start = draw_start(start_word, self.net) | config.get("start", {})
        for name, parameter in self.net.named_tensors():
            parameter.data.copy_(torch.tensor(self.start[name]))
        self.loss = LOSSES[config["loss"]["type"]](config["loss"])
        self.optimizer = self._optimizer()
        self.scheduler, self.per = self._scheduler()

    def _optimizer(self) -> torch.optim.Optimizer:
        fields = {name: value for name, value in self.config["optimizer"].items() if name != "type"}
        fields = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
        kind = self.config["optimizer"]["type"]
        cls = Lion if kind == "Lion" else getattr(torch.optim, kind)
        return cls(list(self._groups()), **fields)

    def _groups(self) -> Iterator[dict[str, Any]]:
        """A group a parameter; layers may have a rate of their own, or not be trained."""
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
        for name, w in self.net.named_tensors():
            if block.get("bias") or "bias" not in name.split(".")[-1]:
                total = total + block.get("l1", 0.0) * w.abs().sum() + 0.5 * block.get("l2", 0.0) * (w * w).sum()
        return total

    def objective(self, rows: slice) -> Tensor:
        return self.loss(self.net(self.x[rows]), self._targets(rows)) + self.penalty()

    def measured(self) -> float:
        """The loss over all examples, as the net is used afterwards: running statistics, no dropout."""
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
        self.optimizer.zero_grad()
        objective = self.objective(rows)
        objective.backward()
        self.clip()
        self.optimizer.step()
        if self.per == "step":
            self.scheduler.step()
        return float(objective.detach())

    def end_epoch(self) -> None:
        if self.per != "epoch":
            return
        is_plateau = isinstance(self.scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)
        self.scheduler.step(*((self.measured(),) if is_plateau else ()))

    def train(self) -> list[float]:
        """Do all steps, and give the loss that each was computed from."""
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
    """Train with PyTorch: the start, the loss of every step, the loss measured in the end, the parameters then."""
    torch.manual_seed(0)
    run = Run(config, start_word)
    losses = run.train()
    end = {name: parameter.detach().tolist() for name, parameter in run.net.named_tensors()}
    return {"start": run.start, "losses": losses, "measured": run.measured(), "end": end}
