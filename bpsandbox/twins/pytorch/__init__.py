"""A twin in PyTorch: its own layers, losses, optimisers and schedules wherever they mean the same."""

from __future__ import annotations

from bpsandbox.messages import _
from bpsandbox.twins import rules, training
from bpsandbox.twins.described import Block, Described, Layer, NoTwin
from bpsandbox.twins.numpy import purpose
from bpsandbox.twins.parts import source
from bpsandbox.twins.text import docstring, number, wrapped
from bpsandbox.twins.writing import Lines, WrittenByLayer

from .layers import ACTIVATIONS, LAYERS, written
from .losses import LOSSES
from .optimizers import native


def script(run: Described) -> str:
    refuse(run)
    return Script(run).text()


def refuse(run: Described) -> None:
    """Raise NoTwin for a run that PyTorch cannot repeat."""
    training.refuse_metrics(run)
    norms = run.kinds & {"BatchNorm1d", "BatchNorm2d"}
    if norms and run.config["optimizer"]["type"] == "LBFGS":
        raise NoTwin(
            _("PyTorch's LBFGS updates the running statistics of batch norm at every evaluation, this run once a step.")
        )
    rest = len(run.experiment.train) % run.batch_size or run.batch_size
    if any(layer.type.startswith("BatchNorm") and rest * _positions(layer) == 1 for layer in run.layers):
        raise NoTwin(_("PyTorch refuses batch norm of a single number, and a batch of this run has one example."))


def _positions(layer: Layer) -> int:
    """Return how many numbers of each feature an example has."""
    if layer.type == "BatchNorm2d":
        return layer.before[1] * layer.before[2]
    return layer.before[0] if layer.is_sequence else 1


class Script(WrittenByLayer):
    def __init__(self, run: Described) -> None:
        self.modules: Lines = []
        super().__init__(run)

    def _layer(self, layer: Layer) -> bool:
        make = LAYERS.get(layer.type)
        if make is not None:
            made, y = make(self, layer)
            if made:
                self.modules.append(f"self.layer{layer.index} = {made}")
            self.forward.append(f"x = {y}")
        return make is not None

    def _activation(self, block: Block) -> str:
        self.parts |= {"step"} if block["type"] == "step" else set()
        return ACTIVATIONS[block["type"]](block).format(x="x")

    def text(self) -> str:
        run = self.run
        arrays = training.arrays(run, self._names(), "torch.tensor({})")
        loss = self._loss()
        optimizer = self._own_optimizer()
        loop = self._loop()
        train = training.train(run, loop)
        self.common |= loop.parts | arrays.parts | ({"stream"} if self.is_random else set())
        common = source("common", self.common) if self.common else ""
        parts = source("pytorch", self.parts) if self.parts else ""
        blocks = [
            "\n".join([*training.constants(run), *self._rate(), *self._penalised(), *arrays.before]),
            common.rstrip("\n"),
            parts.rstrip("\n"),
            "\n".join(self._network()),
            "\n".join(loss),
            "\n".join(optimizer),
            "\n".join(train),
            "\n".join(arrays.behind),
            'if __name__ == "__main__":\n'
            "    losses = [point for seed in START for point in train(seed)]\n"
            '    print(json.dumps({"train_loss": losses}))',
        ]
        text = "\n\n\n".join(block for block in blocks if block) + "\n"
        head = docstring(f"{run.title}, in PyTorch.", purpose(run), *self._notes())
        return f"{head}\n{self._imports(text)}\n{text}"

    def _notes(self) -> list[str]:
        notes = []
        if self.run.dtype == "float32":
            notes.append("The run is in single precision: its numbers agree to about six digits.")
        if any(layer.type in ("RNN", "LSTM", "GRU") and layer.block["bias"] for layer in self.run.layers):
            notes.append(
                "PyTorch adds two bias vectors in a recurrent layer, the run has one: the second stays at 0 here."
            )
        return notes

    def _imports(self, text: str) -> str:
        names = [name for name in ("base64", "io", "json", "math") if f"{name}." in text]
        numpy = ["import numpy as np"] if "np." in text else []
        functional = ["from torch.nn import functional as F"] if "F." in text else []
        return "\n".join(
            [
                *(f"import {name}" for name in names),
                "",
                *numpy,
                "import torch",
                "from torch import nn",
                *functional,
                "",
                f"torch.set_default_dtype(torch.{self.run.dtype})",
                "torch.set_num_threads(1)  # a small network needs no more",
                "",
            ]
        )

    def _names(self) -> dict[str, str]:
        """Return PyTorch's name of each tensor."""
        names: dict[str, str] = {}
        for layer in self.run.layers:
            suffix = "_l0" if layer.type in ("RNN", "LSTM", "GRU") else ""
            names |= {f"{layer.index}.{name}": f"layer{layer.index}.{name}{suffix}" for name in layer.tensors}
        return names

    def _rate(self) -> Lines:
        return [f"LR = {number(rules.base_rate(self.run))}"]

    def _penalised(self) -> Lines:
        penalty = self.run.penalty
        if not penalty:
            return []
        names = self._names()
        chosen = [
            names[f"{layer.index}.{name}"]
            for layer in self.run.layers
            for name, shape in layer.tensors.items()
            if penalty.get("bias") or (layer.is_penalised and len(shape) > 1)
        ]
        return f"PENALISED = {wrapped(chosen)}".split("\n")

    def _network(self) -> Lines:
        seed = ", seed" if self.is_random else ""
        has_second = any(layer.type in ("RNN", "LSTM", "GRU") and layer.block["bias"] for layer in self.run.layers)
        held = [layer for layer in self.run.layers if layer.tensors and not layer.is_trained]
        load = [
            "with torch.no_grad():",
            "    for name, values in start.items():",
            "        self.get_parameter(name).copy_(torch.tensor(values))",
        ]
        if has_second:
            load += [
                "for name, bias in self.named_parameters():",
                '    if "bias_hh" in name:  # the run has one bias',
                "        nn.init.zeros_(bias).requires_grad_(False)",
            ]
        load += [f"self.layer{layer.index}.requires_grad_(False)" for layer in held]
        load += ["self.rng = stream(seed, 4)  # of dropout"] if self.is_random else []
        return [
            "class Network(nn.Module):",
            f"    def __init__(self, start{seed}):",
            "        super().__init__()",
            *(f"        {line}" for module in self.modules for line in module.split("\n")),
            *(f"        {line}" for line in load),
            "",
            "    def forward(self, x):",
            *(f"        {line}" for line in self.forward),
            "        return x",
        ]

    def _loss(self) -> Lines:
        """Return `objective` and `measure`."""
        run = self.run
        setup, value = LOSSES[run.config["loss"]["type"]](self, run.config["loss"])
        lines = [*setup, *(["", ""] if setup else [])]
        penalty, share = run.penalty, ""
        name = "data_loss" if penalty else "objective"
        *before, last = value
        lines += [f"def {name}(network, x, y):", *(f"    {line}" for line in before), f"    return {last}"]
        if penalty:
            share = ", rows" if penalty.get("per_sample") else ""
            terms = []
            terms += [f"{number(penalty['l1'])} * w.abs().sum()"] if penalty["l1"] else []
            terms += [f"{number(penalty['l2'])} / 2 * w.square().sum()"] if penalty["l2"] else []
            lines += [
                "",
                "",
                f"def objective(network, x, y{share}):",
                "    chosen = [network.get_parameter(name) for name in PENALISED]",
                *_sum_over(terms),
                f"    return data_loss(network, x, y) + penalty{' / rows' if share else ''}",
            ]
        mean = f", {number(len(run.x) / run.batches)}" if share else ""
        return [
            *lines,
            "",
            "",
            "@torch.no_grad()",
            "def measure(network, x, y, value=objective):",
            "    network.eval()",
            f"    result = value(network, x, y{mean}).item()",
            "    network.train()",
            "    return result",
        ]

    # the optimiser

    def _own_optimizer(self) -> Lines:
        """Return a class for an optimiser that PyTorch does not have, or has in another form."""
        block = self.run.config["optimizer"]
        if native(self.run):
            return []
        made = rules.update(block, "torch")
        update = [
            "w, g, state = p, p.grad, self.state[p]",
            't = state["t"] = state.get("t", 0) + 1',
            "if t == 1:",
            *(f'    state["{name}"] = torch.full_like(p, {number(start)})' for name, start in made.state.items()),
            *(f'{name} = state["{name}"]' for name in made.state),
            *made.lines,
            "p.copy_(w)",
            *(f'state["{name}"] = {name}' for name in made.state),
        ]
        if not made.state:
            update.remove("if t == 1:")
        return [
            f"class {block['type']}(torch.optim.Optimizer):",
            f'    """{made.title[0].upper()}{made.title[1:]}; not in this form in PyTorch."""',
            "",
            "    def __init__(self, params, lr):",
            '        super().__init__(params, {"lr": lr})',
            "",
            "    @torch.no_grad()",
            "    def step(self, closure=None):",
            "        for group in self.param_groups:",
            '            lr = group["lr"]',
            '            for p in group["params"]:',
            "                if p.grad is None:",
            "                    continue",
            *(f"                {line}" for line in update),
        ]

    def _optimizer(self) -> Lines:
        run = self.run
        block = run.config["optimizer"]
        given = native(run)
        name = f"torch.optim.{given[0]}" if given else block["type"]
        arguments = ["lr=LR", *(given[1] if given else [])]
        groups = self._groups()
        if not groups:
            call = f"optimizer = {name}(network.parameters(), {', '.join(arguments)})"
            if len(call) < 72:
                return [call]
            return [f"optimizer = {name}(", "    network.parameters(),", *(f"    {each}," for each in arguments), ")"]
        return [
            f"optimizer = {name}(",
            "    [",
            *(f"        {group}," for group in groups),
            "    ],",
            *(f"    {each}," for each in arguments),
            ")",
        ]

    def _groups(self) -> Lines:
        """Return the groups of parameters where layers have rates of their own."""
        run = self.run
        if not run.own_rates:
            return []
        return [
            f'{{"params": network.layer{layer.index}.parameters(), "lr": {number(run.own_rates[layer.index])}}}'
            if layer.index in run.own_rates
            else f'{{"params": network.layer{layer.index}.parameters()}}'
            for layer in run.layers
            if layer.is_trained
        ]

    def _loop(self) -> training.Loop:
        run = self.run
        seed = ", seed" if self.is_random else ""
        prepare = [f"network = Network(START[seed]{seed})", *self._optimizer(), *self._scheduler()]
        objective = "objective(network, x, y, len(x))" if run.penalty.get("per_sample") else "objective(network, x, y)"
        if self.is_lbfgs:
            step = [
                "def evaluate():",
                "    optimizer.zero_grad()",
                f"    value = {objective}",
                "    value.backward()",
                "    return value",
                "",
                "optimizer.step(evaluate)",
            ]
        else:
            step = ["optimizer.zero_grad()", f"{objective}.backward()", *self._clip(), "optimizer.step()"]
        step += self._scheduled()
        return training.Loop(prepare, step, data_loss="measure({network}, {x}, {y}, data_loss)", sets_rate=False)

    def _clip(self) -> Lines:
        clipping = self.run.config.get("gradient_clipping", {})
        lines = []
        for kind in ("value", "norm"):
            if kind in clipping:
                call = f"nn.utils.clip_grad_{kind}_(network.parameters(), {number(clipping[kind])})"
                lines.append(call)
        return lines

    def _scheduler(self) -> Lines:
        block = self.run.config.get("lr_scheduler")
        if block is None:
            return []
        names = {name: value for name, value in block.items() if name not in ("type", "per", "monitor")}
        given = [f"{name}={written(value)}" for name, value in names.items()]
        if block["type"] == "OneCycleLR":
            given.append("cycle_momentum=False")
        if block["type"] == "ReduceLROnPlateau":
            given.append("eps=0.0")
        lines = [f"scheduler = torch.optim.lr_scheduler.{block['type']}(", "    optimizer,"]
        lines += [*(f"    {each}," for each in given), ")"]
        return [*lines, *(["observed = []"] if rules.is_plateau(self.run) else [])]

    def _scheduled(self) -> Lines:
        unit = rules.schedule_unit(self.run)
        if not unit or rules.is_plateau(self.run):
            return []
        if unit == "step" or self.run.batches == 1:
            return ["scheduler.step()"]
        return ["if batch == BATCHES - 1:", "    scheduler.step()"]


def _sum_over(terms: Lines) -> Lines:
    line = f"    penalty = sum({' + '.join(terms)} for w in chosen)"
    if len(line) <= 79:
        return [line]
    return ["    penalty = sum(", f"        {' + '.join(terms)}", "        for w in chosen", "    )"]
