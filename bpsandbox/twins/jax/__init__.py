"""A twin in JAX: pure functions of the weights, whose gradient JAX takes, and an update written out."""

from __future__ import annotations

from bpsandbox.twins import rules, training
from bpsandbox.twins.described import Block, Described, Layer
from bpsandbox.twins.numpy import SEARCH, penalty_terms, purpose
from bpsandbox.twins.parts import source
from bpsandbox.twins.text import WIDTH, docstring, number, wrapped
from bpsandbox.twins.writing import Lines, WrittenByLayer

from .layers import LAYERS
from .losses import LOSSES


def refuse(run: Described) -> None:
    """Raise NoTwin for a run that JAX's script cannot repeat."""
    training.refuse_metrics(run)
    training.refuse_moving_norms(run)


def script(run: Described) -> str:
    refuse(run)
    return Script(run).text()


class Script(WrittenByLayer):
    def __init__(self, run: Described) -> None:
        self.masks: Lines = []
        super().__init__(run)

    def _layer(self, layer: Layer) -> bool:
        make = LAYERS.get(layer.type)
        if make is not None:
            self.forward += make(self, layer)
        return make is not None

    def _activation(self, block: Block) -> str:
        kind = block["type"]
        given = [number(block[key]) for key in ("negative_slope", "alpha", "beta", "threshold", "min_val", "max_val")
                 if key in block]  # fmt: skip
        if kind in ("leaky_relu", "elu", "softplus", "hardtanh", "step"):
            self.parts.add(kind)
            return f"{kind}({', '.join(['x', *given])})"
        if kind == "gelu":
            return f"jax.nn.gelu(x, approximate={block['approximate'] == 'tanh'})"
        return {"tanh": "jnp.tanh(x)", "softsign": "jax.nn.soft_sign(x)"}.get(kind, f"jax.nn.{kind}(x)")

    @property
    def held(self) -> list[str]:
        """Names of tensors that are not trained."""
        return [f"{layer.index}.{t}" for layer in self.run.layers if not layer.is_trained for t in layer.tensors]

    def text(self) -> str:
        run = self.run
        names = {name: name for name in next(iter(run.start.values()))}
        arrays = training.arrays(run, names)
        loss = self._loss()
        loop = self._loop()
        train = training.train(run, loop)
        self.common |= loop.parts | arrays.parts | ({"stream"} if self.is_random else set())
        blocks = [
            "\n".join([*training.constants(run), *self._rates(), *self._names(), *arrays.before]),
            source("common", self.common).rstrip("\n") if self.common else "",
            source("lbfgs", SEARCH).rstrip("\n") if self.is_lbfgs else "",
            source("jax", self.parts).rstrip("\n") if self.parts else "",
            "\n".join(self._network()),
            "\n".join(loss),
            "\n".join(self._update()),
            "\n".join(training.rate_function(run)[2:]),
            "\n".join(train),
            "\n".join(arrays.behind),
            'if __name__ == "__main__":\n'
            "    losses = [point for seed in START for point in train(seed)]\n"
            '    print(json.dumps({"train_loss": losses}))',
        ]
        text = "\n\n\n".join(block for block in blocks if block) + "\n"
        note = ["The run is in single precision: its numbers agree to about six digits."]
        head = docstring(f"{run.title}, in JAX.", purpose(run), *(note if run.dtype == "float32" else []))
        return f"{head}\n{self._imports(text)}\n{text}"

    def _imports(self, text: str) -> str:
        names = [name for name in ("base64", "io", "json", "math") if f"{name}." in text]
        precise = ['jax.config.update("jax_enable_x64", True)  # double precision', ""]
        return "\n".join(
            [
                *(f"import {name}" for name in names),
                "",
                "import jax",
                "import jax.numpy as jnp",
                "import numpy as np",
                "",
                *(precise if self.run.dtype == "float64" else []),
            ]
        )

    def _rates(self) -> Lines:
        run = self.run
        if self.is_lbfgs:
            return []
        names = {
            f"{layer.index}.{tensor}": run.own_rates.get(layer.index, rules.base_rate(run))
            for layer in run.layers
            if layer.is_trained
            for tensor in layer.tensors
        }
        return training.rate_constants(run, names)

    def _names(self) -> Lines:
        lines: Lines = []
        penalty = self.run.penalty
        if penalty:
            chosen = [
                f"{layer.index}.{name}"
                for layer in self.run.layers
                for name, shape in layer.tensors.items()
                if penalty.get("bias") or (layer.is_penalised and len(shape) > 1)
            ]
            lines += f"PENALISED = {wrapped(chosen)}".split("\n")
        if self.held:
            lines += f"HELD = {wrapped(self.held, brackets='{}')}  # not trained".split("\n")
        return lines

    @property
    def extra(self) -> str:
        """Further arguments of forward: running statistics and dropout's masks."""
        return (", running" if self.norms else "") + (", masks=None" if self.is_random else "")

    def _network(self) -> Lines:
        mode = ", training=False" if self.norms else ""
        lines = [f"def forward(w, x{self.extra}{mode}):"]
        if self.norms:
            lines.append("    running = dict(running)")
        lines += [f"    {line}" for line in self.forward]
        lines.append("    return x, running" if self.norms else "    return x")
        return lines

    def _loss(self) -> Lines:
        """Return `objective` and `measure`."""
        run, penalty = self.run, self.run.penalty
        before, value = LOSSES[run.config["loss"]["type"]](self, run.config["loss"])
        share = ", rows" if penalty.get("per_sample") else ""
        passed = self.extra.replace("=None", "")
        lines = [*before, f"def objective(w, x, y{share}{self.extra}{', training=False' if self.norms else ''}):"]
        given = passed.replace(", masks", ", masks") + (", training" if self.norms else "")
        lines.append(f"    y_pred{', running' if self.norms else ''} = forward(w, x{given})")
        lines += [f"    {line}" for line in value[:-1]]
        lines.append(f"    value = {value[-1]}")
        if penalty:
            self.parts |= {"absolute"} if penalty["l1"] else set()
            lines += [
                "    chosen = [w[name] for name in PENALISED]",
                *_fitted("    penalty = sum", f"{penalty_terms(penalty, 'v', 'absolute')} for v in chosen", 0),
                f"    value = value + penalty{' / rows' if share else ''}",
            ]
        lines.append("    return value, running" if self.norms else "    return value")
        mean = f", {number(len(run.x) / run.batches)}" if share else ""
        at = ", running" if self.norms else ""
        pick = "[0]" if self.norms else ""
        slope = "value_and_grad" if self.is_lbfgs else "grad"
        jitted = ["evaluate = jax.jit(objective)", f"gradient = jax.jit(jax.{slope}(objective))"]
        if self.norms:
            jitted = [
                'evaluate = jax.jit(objective, static_argnames="training")',
                "gradient = jax.grad(objective, has_aux=True)",
                'gradient = jax.jit(gradient, static_argnames="training")',
            ]
        lines += ["", "", *jitted]
        lines += ["", "", f"def measure(w, x, y{at}):", f"    return float(evaluate(w, x, y{mean}{at}){pick})"]
        if penalty and (run.held_out or "data_loss" in rules.monitors(run)):
            lines += [
                "",
                "",
                f"def data_loss(w, x, y{at}):",
                f"    y_pred = forward(w, x{at}){pick}",
                *(f"    {line}" for line in value[:-1]),
                f"    return float({value[-1]})",
            ]
        return lines

    def _update(self) -> Lines:
        if self.is_lbfgs:
            return []
        made = rules.update(self.run.config["optimizer"], "jnp")
        names = ", ".join(made.state)
        comma = "," if len(made.state) == 1 else ""
        starts = ", ".join(map(number, made.state.values()))
        lines = ["@jax.jit", "def update(weights, gradients, state, t, lr):"]
        lines.append(f'    """{made.title[0].upper()}{made.title[1:]}."""')
        lines += ["    weights, state = dict(weights), dict(state)", "    for name, g in gradients.items():"]
        lines.append("        w = weights[name]")
        if self.run.own_rates:
            lines.insert(1, lines.pop(1).replace("lr)", "rates)"))
            lines.append("        lr = rates[name]")
        if names:
            lines.append(f"        {names}{comma} = state[name]")
        lines += [f"        {line}" for line in made.lines]
        lines.append("        weights[name] = w")
        if names:
            lines.append(f"        state[name] = {names}{comma}")
        begin = [
            "",
            "",
            "def begin(weights):",
            "    return {",
            f"        name: ({', '.join(f'jnp.full_like(w, {s})' for s in starts.split(', '))}{comma})",
            "        for name, w in weights.items()",
            "    }",
        ]
        if len(begin[4]) > 79:
            begin[4:5] = [
                "        name: (",
                *(f"            jnp.full_like(w, {s})," for s in starts.split(", ")),
                "        )",
            ]
        return [*lines, "    return weights, state", *(begin if names else [])]

    def _loop(self) -> training.Loop:
        run = self.run
        cast = ', "float32"' if run.dtype == "float32" else ""
        prepare = [
            "weights = {",
            f"    name: jnp.array(values{cast})",
            "    for name, values in START[seed].items()",
            "}",
        ]
        if self.is_random:
            prepare.append("rng = stream(seed, 4)  # of dropout")
        if self.norms:
            prepare.append("running = {")
            prepare += [f"    {layer.index}: (0.0, 1.0)," for layer in self.norms]
            prepare.append("}")
        step: Lines = []
        if self.is_random:
            step += ["masks = [", *(f"    {line}," for line in self.masks), "]"]
        share = ", len(x)" if run.penalty.get("per_sample") else ""
        given = (", running" if self.norms else "") + (", masks" if self.is_random else "")
        given += ", training=True" if self.norms else ""
        call = f"gradient(weights, x, y{share}{given})"
        if self.is_lbfgs:
            return self._lbfgs(prepare, call)
        made = rules.update(run.config["optimizer"], "jnp")
        prepare.append("state = begin(weights)" if made.state else "state = {}")
        name, arguments = call.removesuffix(")").split("(", 1)
        step += _fitted(f"{'gradients, running' if self.norms else 'gradients'} = {name}", arguments, 8)
        if self.held:
            step += [
                "gradients = {",
                "    name: g for name, g in gradients.items() if name not in HELD",
                "}",
            ]
        step += self._clip()
        at = ", running" if self.norms else ""
        loop = training.Loop(
            prepare,
            step,
            measure=f"measure(weights, {{x}}, {{y}}{at})",
            data_loss=f"data_loss(weights, {{x}}, {{y}}{at})",
        )
        step += [
            f"lr = {training.rate_variable(run, loop)}" if training.rate_variable(run, loop) != "lr" else "",
            "weights, state = update(weights, gradients, state, step + 1, lr)",
        ]
        loop.step = [line for line in step if line]
        return loop

    def _clip(self) -> Lines:
        clipping = self.run.config.get("gradient_clipping", {})
        lines: Lines = []
        if "value" in clipping:
            c = number(clipping["value"])
            lines += ["gradients = {", f"    name: jnp.clip(g, -{c}, {c}) for name, g in gradients.items()", "}"]
        if "norm" in clipping:
            lines += [
                "norm = jnp.sqrt(sum((g**2).sum() for g in gradients.values()))",
                f"share = jnp.minimum(1.0, {number(clipping['norm'])} / (norm + 1e-6))  # as in PyTorch",
                "gradients = {name: share * g for name, g in gradients.items()}",
            ]
        return lines

    def _lbfgs(self, prepare: Lines, call: str) -> training.Loop:
        block = self.run.config["optimizer"]
        names = ("lr", "max_iter", "max_eval", "tolerance_grad", "tolerance_change", "history_size")
        given = [f"{name}={number(block[name])}" for name in names]
        given.append(f"searches={block['line_search_fn'] == 'strong_wolfe'}")
        prepare += ["optimizer = LBFGS(", *(f"    {each}," for each in given), ")"]
        held = " if name not in HELD" if self.held else ""
        step = [
            "trained = {",
            f"    name: np.array(w) for name, w in weights.items(){held}" if not held else "    name: np.array(w)",
            *(["    for name, w in weights.items()", "    if name not in HELD"] if held else []),
            "}",
            "",
            "def evaluate_at(w):",
            "    weights.update(unflat(w, trained))",
            f"    value, gradients = {call}",
            "    gradients = {name: np.array(gradients[name]) for name in trained}",
            "    return float(value), flat(gradients)",
            "",
            *(["optimizer.lr = lr"] if rules.schedule_unit(self.run) else []),
            "w = optimizer.step(flat(trained), evaluate_at)",
            "weights.update(unflat(w, trained))",
        ]
        return training.Loop(
            prepare, step, measure="measure(weights, {x}, {y})", data_loss="data_loss(weights, {x}, {y})"
        )


def _fitted(call: str, arguments: str, indent: int) -> Lines:
    """Return a call in one line, or in three if it is too long where it will stand."""
    line = f"{call}({arguments})"
    if indent + len(line) <= WIDTH:
        return [line]
    space = " " * (len(call) - len(call.lstrip()))
    return [f"{call}(", f"{space}    {arguments}", f"{space})"]
