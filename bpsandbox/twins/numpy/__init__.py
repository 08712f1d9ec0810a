"""A twin in plain NumPy: a class with `forward` and `backward` written out layer by layer, and `train`."""

from __future__ import annotations

from bpsandbox.twins import rules, training
from bpsandbox.twins.described import Described
from bpsandbox.twins.parts import source
from bpsandbox.twins.text import comment, docstring, number, wrapped
from bpsandbox.twins.writing import Lines, Written

from .layers import LAYERS, Place, activation
from .losses import written

SEARCH = ("LBFGS", "flat", "unflat")
"""The parts of a script that takes its steps with LBFGS."""

PURPOSE = (
    "A twin of run {name} of Chainrule: the same start weights, the same batches in the same order, the same "
    "numbers. The last line printed is a JSON object with the training loss at each recorded point, one seed after "
    "the other."
)

ALONE = ("    losses = [point for seed in START for point in train(seed)]",)
PROGRESS = (
    "    losses = []",
    "    for done, seed in enumerate(START):",
    '        print(f"seed {seed}: {done} of {len(START)} done", file=sys.stderr)',
    "        losses += train(seed)",
)
"""How all seeds are trained: one alone, and several, which say how far they are."""


def purpose(run: Described) -> str:
    return PURPOSE.format(name=run.spec.hash[:12])


def refuse(run: Described) -> None:
    """Raise NoTwin for a run that NumPy's script cannot repeat."""
    training.refuse_metrics(run)
    training.refuse_moving_norms(run)


def script(run: Described) -> str:
    refuse(run)
    return Script(run).text()


class Script(Written):
    def __init__(self, run: Described) -> None:
        super().__init__(run)
        self.backward: Lines = []
        self._walk()

    @property
    def has_modes(self) -> bool:
        """Whether training and evaluation differ."""
        return self.is_random or bool(self.norms)

    def _walk(self) -> None:
        """Write forward from the first layer to the last, and backward from the last to the first."""
        x = "x"
        outputs: dict[int, str] = {}
        pieces: list[Lines] = []
        takers = [(layer.index, layer.block["from"]) for layer in self.run.layers if layer.type == "Add"]
        first = self.run.first_trained
        for layer in self.run.layers:
            i = layer.index
            inner, piece = layer.activation, Lines()
            if layer.type in LAYERS:
                is_product = layer.type in ("Linear", "Conv2d")
                y = f"self.{'z' if inner or is_product else 'y'}{i}"
                at = Place(layer, x, y, layer.is_trained, i > first)
                forward, backward = LAYERS[layer.type](at)
                self.parts |= at.parts
                if layer.type == "Add":
                    source_of = layer.block["from"]
                    forward = [forward[0].replace("{from}", outputs[source_of])]
                    backward = [f"skip{i} = d  # also goes to layer {source_of}"] if source_of >= first else []
                self.forward += forward
                piece = backward
            else:
                inner, y = layer.block, x
            if inner:
                a = f"self.a{i}"
                forward, slope = activation(inner, y, a, self.parts)
                self.forward += forward
                piece = [*slope, *piece]
                y = a
            added = [f"d = d + skip{taker}" for taker, origin in takers if origin == i and i >= first]
            pieces.append([*added, *piece])
            outputs[i] = x = y
        self.output = x
        for piece in reversed(pieces[first:] if first < len(pieces) else []):
            self.backward += piece

    # the pieces of the text

    def text(self) -> str:
        run = self.run
        arrays = training.arrays(run, {name: name for name in next(iter(run.start.values()))})
        loss = written(run)
        body = [*self._network(), *self._measure(), *self._update(), *training.rate_function(run)]
        loop = self._loop()
        train = training.train(run, loop)
        self.common |= loop.parts | arrays.parts | ({"stream"} if self.is_random else set())
        parts = source("numpy", self.parts | loss.parts)
        search = source("lbfgs", SEARCH) if self.is_lbfgs else ""
        common = source("common", self.common) if self.common else ""
        code = "\n".join([*body, "", "", *train])
        main = [
            *arrays.behind,
            *(["", ""] if arrays.behind else []),
            'if __name__ == "__main__":',
            *(PROGRESS if len(run.seeds) > 1 else ALONE),
            '    print(json.dumps({"train_loss": losses}))',
        ]
        pieces = [
            "\n".join([*training.constants(run), *self._rates(), *self._names(), *arrays.before]) + "\n",
            common,
            parts,
            search,
            "\n".join(loss.lines) + "\n",
            code + "\n",
        ]
        written_out = "\n\n".join(piece for piece in pieces if piece)
        text = f"{written_out}\n\n" + "\n".join(main) + "\n"
        head = docstring(f"{run.title}, in plain NumPy.", purpose(run), *self._notes())
        return f"{head}\n{self._imports(text)}\n{text}"

    def _notes(self) -> list[str]:
        if self.run.dtype == "float32":
            return ["The run is in single precision: its numbers agree to about six digits."]
        return []

    def _imports(self, text: str) -> str:
        names = [name for name in ("base64", "io", "json", "math", "sys") if f"{name}." in text]
        quiet = ["", 'np.seterr(over="ignore")  # exp may overflow: 1 / inf is 0'] if "def sigmoid(" in text else []
        return "\n".join([*(f"import {name}" for name in names), "", "import numpy as np", *quiet, ""])

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
        if not self.run.penalty:
            return []
        return f"PENALISED = {wrapped(self.penalised, brackets='{}')}".split("\n")

    def _network(self) -> Lines:
        start = ["self.weights = {"]
        cast = ', "float32"' if self.run.dtype == "float32" else ""
        start += [f"    name: np.array(values{cast}) for name, values in start.items()", "}"]
        start += ["self.rng = stream(seed, 4)  # of dropout"] if self.is_random else []
        start += [f"self.mean{layer.index}, self.var{layer.index} = 0.0, 1.0  # running" for layer in self.norms]
        seed = ", seed" if self.is_random else ""
        mode = ", training=False" if self.has_modes else ""
        needs_w = any('w["' in line for line in self.forward)
        backward_w = any('w["' in line for line in self.backward)
        unused = [] if self.backward else ["# nothing is trained"]
        return [
            "class Network:",
            f"    def __init__(self, start{seed}):",
            *(f"        {line}" for line in start),
            "",
            f"    def forward(self, x{mode}):",
            *(["        w = self.weights"] if needs_w else []),
            *(f"        {line}" for line in self.forward),
            f"        return {self.output}",
            "",
            "    def backward(self, x, y_true, y_pred):",
            '        """Return dL/dw for every weight, by the chain rule."""',
            f"        {'w, g = self.weights, {}' if backward_w else 'g = {}'}",
            *(["        d = deriv_loss(y_true, y_pred)  # dL/dy_pred"] if self.backward else []),
            *(f"        {line}" if line else "" for line in [*unused, *self.backward]),
            "        return g",
            "",
            "",
        ]

    @property
    def penalised(self) -> list[str]:
        """Names of the tensors that are penalised."""
        bias = self.run.penalty.get("bias")
        return [
            f"{layer.index}.{name}"
            for layer in self.run.layers
            for name, shape in layer.tensors.items()
            if bias or (layer.is_penalised and len(shape) > 1)
        ]

    def _measure(self) -> Lines:
        run = self.run
        value = "loss(y, network.forward(x))"
        if not run.penalty:
            return ["def measure(network, x, y):", f"    return float({value})"]
        share = f" / {number(len(run.x) / run.batches)}" if run.penalty.get("per_sample") else ""
        note = comment("scikit-learn divides by the examples of a batch, here their mean", 4) if share else []
        terms = penalty_terms(run.penalty, "w", "np.abs")
        return [
            "def penalty(weights):",
            "    chosen = [weights[name] for name in PENALISED]",
            f"    return sum({terms} for w in chosen)",
            "",
            "",
            "def data_loss(network, x, y):",
            f"    return float({value})",
            "",
            "",
            "def measure(network, x, y):",
            *(f"    {line}" for line in note),
            f"    whole = data_loss(network, x, y) + penalty(network.weights){share}",
            "    return float(whole)",
        ]

    def _update(self) -> Lines:
        if self.is_lbfgs:
            return []
        made = rules.update(self.run.config["optimizer"], "np")
        if made.lines == ("w = w - lr * g",):
            return self._plain_descent()
        names, counted = ", ".join(made.state), made.counts_steps
        comma = "," if len(made.state) == 1 else ""
        starts = ", ".join(map(number, made.state.values()))
        begin = ["self.t = 0"] if counted else []
        begin += ["self.state = {}"] if names else []
        return [
            "",
            "",
            "class Optimizer:",
            f'    """{made.title[0].upper()}{made.title[1:]}."""',
            "",
            *(["    def __init__(self):", *(f"        {line}" for line in begin), ""] if begin else []),
            f"    def step(self, weights, gradients, {'rates' if self.run.own_rates else 'lr'}):",
            *(["        self.t += 1", "        t = self.t"] if counted else []),
            "        for name, g in gradients.items():",
            "            w = weights[name]",
            *(["            lr = rates[name]"] if self.run.own_rates else []),
            *([f"            {names}{comma} = self.state.get(name, ({starts}{comma}))"] if names else []),
            *(f"            {line}" for line in made.lines),
            "            weights[name] = w",
            *([f"            self.state[name] = {names}{comma}"] if names else []),
        ]

    def _plain_descent(self) -> Lines:
        rate = "lr[name]" if self.run.own_rates else "lr"
        return [
            "",
            "",
            "class Optimizer:",
            '    """Stochastic gradient descent."""',
            "",
            "    def step(self, weights, gradients, lr):",
            "        for name, g in gradients.items():",
            f"            weights[name] -= {rate} * g",
        ]

    def _loop(self) -> training.Loop:
        run = self.run
        seed = ", seed" if self.is_random else ""
        prepare = [f"network = Network(START[seed]{seed})"]
        step = self._gradients()
        if self.is_lbfgs:
            prepare += self._lbfgs()
            step = self._lbfgs_step(step)
        else:
            prepare.append("optimizer = Optimizer()")
        loop = training.Loop(prepare, step)
        if not self.is_lbfgs:
            step.append(f"optimizer.step(network.weights, gradients, {training.rate_variable(run, loop)})")
        return loop

    def _gradients(self) -> Lines:
        run = self.run
        mode = ", training=True" if self.has_modes else ""
        lines = [f"y_pred = network.forward(x{mode})", "gradients = network.backward(x, y, y_pred)"]
        if run.penalty:
            share = " / len(x)" if run.penalty.get("per_sample") else ""
            slope = penalty_slope(run.penalty, "w", "np")
            lines += ["for name in gradients.keys() & PENALISED:", "    w = network.weights[name]"]
            lines.append(f"    gradients[name] += {f'({slope}){share}' if share else slope}")
        clipping = run.config.get("gradient_clipping", {})
        if "value" in clipping:
            c = number(clipping["value"])
            lines += ["for g in gradients.values():", f"    np.clip(g, -{c}, {c}, out=g)"]
        if "norm" in clipping:
            lines += [
                "norm = np.sqrt(sum((g**2).sum() for g in gradients.values()))",
                "for g in gradients.values():  # PyTorch adds 1e-6, too",
                f"    g *= min(1.0, {number(clipping['norm'])} / (norm + 1e-6))",
            ]
        return lines

    def _lbfgs(self) -> Lines:
        block = self.run.config["optimizer"]
        names = ("max_iter", "max_eval", "tolerance_grad", "tolerance_change", "history_size")
        given = [f"{name}={number(block[name])}" for name in names]
        searches = block["line_search_fn"] == "strong_wolfe"
        rate = f"lr={number(block['lr'])}"
        return ["optimizer = LBFGS(", *(f"    {each}," for each in (rate, *given, f"searches={searches}")), ")"]

    def _lbfgs_step(self, gradients: Lines) -> Lines:
        run = self.run
        value = "loss(y, y_pred)" + (" + penalty(network.weights)" if run.penalty else "")
        share = " / len(x)" if run.penalty.get("per_sample") else ""
        lines = ["def evaluate(w):", "    network.weights.update(unflat(w, trained))"]
        lines += [f"    {line}" for line in gradients]
        lines += [
            "    gradients = {name: gradients[name] for name in trained}",
            f"    return {value}{share}, flat(gradients)",
            "",
        ]
        held = [layer for layer in run.layers if layer.tensors and not layer.is_trained]
        chosen = "network.weights"
        if held:
            names = [f"{layer.index}.{t}" for layer in run.layers if layer.is_trained for t in layer.tensors]
            chosen = f"{{name: network.weights[name] for name in {names}}}"
        rate = ["optimizer.lr = lr"] if rules.schedule_unit(run) else []
        return [
            f"trained = dict({chosen})" if not held else f"trained = {chosen}",
            *lines,
            *rate,
            "w = optimizer.step(flat(trained), evaluate)",
            "network.weights.update(unflat(w, trained))",
        ]


def penalty_terms(block: dict, w: str, absolute: str) -> str:
    """Return l1 |w| + l2 / 2 w^2, summed over a tensor, where `absolute` is the function of |w|."""
    terms = []
    if block["l1"]:
        terms.append(f"{number(block['l1'])} * {absolute}({w}).sum()")
    if block["l2"]:
        terms.append(f"{number(block['l2'])} / 2 * ({w}**2).sum()")
    return " + ".join(terms)


def penalty_slope(block: dict, w: str, xp: str) -> str:
    terms = []
    if block["l1"]:
        terms.append(f"{number(block['l1'])} * {xp}.sign({w})")
    if block["l2"]:
        terms.append(f"{number(block['l2'])} * {w}")
    return " + ".join(terms)
