"""A twin in scikit-learn: MLPRegressor or MLPClassifier, one `partial_fit` for each batch of the run."""

from __future__ import annotations

from bpsandbox.core import ACTIVATIONS
from bpsandbox.messages import N_, _

from . import rules, training
from .described import Described, Layer, NoTwin
from .numpy import penalty_terms, purpose
from .numpy.losses import written
from .parts import source
from .text import docstring, number

Lines = list[str]

LAYERS = N_("scikit-learn has networks of Linear layers only; this run has {name}.")
ROWS = N_("scikit-learn takes rows of numbers, not sequences of them.")
BIAS = N_("scikit-learn has no layer without a bias.")
HELD = N_("scikit-learn trains all layers; this run holds one.")
RATES = N_("scikit-learn has one learning rate for all layers; layers of this run have their own.")
ACTIVATION = N_("scikit-learn has no {name}: its hidden layers are identity, logistic, tanh or relu, all the same.")
DIFFERENT = N_("scikit-learn has one activation for all hidden layers; those of this run differ.")
LAST_LINEAR = N_("scikit-learn's regressor ends in a linear layer; this network ends in {name}.")
LOSS = N_("scikit-learn minimises squared error or cross-entropy; this run minimises {name}.")
TWO = N_("scikit-learn decides between two classes with one logistic output; this network has two outputs.")
SEVERAL = N_("scikit-learn sums the cross-entropy of several outputs, this run takes another total.")
WEIGHTED = N_("scikit-learn has no label smoothing and no class weights.")
TOTAL = N_("scikit-learn takes the mean over the samples of a batch, this run their sum.")
OPTIMIZER = N_("scikit-learn has no {name}: its solvers are sgd, adam and an lbfgs of its own.")
MOMENTUM = N_("scikit-learn has no dampening.")
EPS = N_("scikit-learn's Adam adds eps before the bias is corrected, this run after it as PyTorch does.")
AMSGRAD = N_("scikit-learn's Adam has no amsgrad.")
DECAY = N_("scikit-learn has no weight decay apart from its penalty alpha.")
PENALTY = N_("scikit-learn divides its penalty alpha by the size of the batch, this run does not.")
L1 = N_("scikit-learn has an l2 penalty on weights only.")
CLIPPING = N_("scikit-learn does not clip gradients.")
SCHEDULE = N_("scikit-learn has no {name}.")
DIVERGED = N_("scikit-learn ends with an error where weights are no longer finite, as for a seed of this run.")


def refuse(run: Described) -> None:
    """Raise NoTwin for a run that scikit-learn cannot repeat."""
    training.refuse_metrics(run)
    for reason, name in _refusals(run):
        raise NoTwin(_(reason, name=name))


def _refusals(run: Described):
    """Yield every reason against a twin, with the name in it."""
    config = run.config
    places = list(run.layers[1:] if run.layers[0].type == "Flatten" else run.layers)
    for before, layer in zip([None, *places], places, strict=False):
        follows = before is not None and before.type == "Linear" and not before.activation
        if layer.type not in ACTIVATIONS or not follows:
            yield from _of_layer(layer)
    yield from _of_activations(run)
    yield from _of_loss(run)
    yield from _of_optimizer(config["optimizer"])
    if "gradient_clipping" in config:
        yield CLIPPING, ""
    if "lr_scheduler" in config:
        yield SCHEDULE, config["lr_scheduler"]["type"]
    if run.has_diverged:
        yield DIVERGED, ""
    penalty = run.penalty
    if penalty and (penalty["l1"] or penalty["bias"]):
        yield L1, ""
    if penalty and not penalty.get("per_sample"):
        yield PENALTY, ""


def _of_layer(layer: Layer):
    if layer.type != "Linear":
        yield LAYERS, layer.type
    elif layer.is_sequence:
        yield ROWS, ""
    elif not layer.block["bias"]:
        yield BIAS, ""
    elif not layer.is_trained:
        yield HELD, ""
    elif "lr" in layer.block:
        yield RATES, ""


NAMES = {"identity": "identity", "sigmoid": "logistic", "tanh": "tanh", "relu": "relu"}


def activations(run: Described) -> list[str]:
    """Return the activation after each layer."""
    found: list[str] = []
    for layer in run.layers:
        if layer.type == "Linear":
            found.append((layer.activation or {"type": "identity"})["type"])
        elif layer.type in ACTIVATIONS and found:
            found[-1] = layer.type
    return found


def linears(run: Described) -> list[Layer]:
    return [layer for layer in run.layers if layer.type == "Linear"]


def _of_activations(run: Described):
    names = activations(run)
    if not names:
        return
    *hidden, last = names
    for name in hidden:
        if name not in NAMES:
            yield ACTIVATION, name
    if len(set(hidden)) > 1:
        yield DIFFERENT, ""
    if last != "identity":
        yield LAST_LINEAR, last


def _of_loss(run: Described):
    block, outputs = run.config["loss"], run.outputs
    kind = block["type"]
    if kind not in ("MSELoss", "CrossEntropyLoss", "BCEWithLogitsLoss"):
        yield LOSS, kind
    if block["reduction"] == "sum":
        yield TOTAL, ""
    if kind == "CrossEntropyLoss":
        if block.get("label_smoothing") or block.get("class_weight") or block.get("from_logits") is False:
            yield WEIGHTED, ""
        if outputs == 2:
            yield TWO, ""
    if kind == "BCEWithLogitsLoss" and outputs > 1:
        yield SEVERAL, ""


def _of_optimizer(block: dict):
    kind = block["type"]
    if kind not in ("SGD", "Adam"):
        yield OPTIMIZER, kind
        return
    if block["weight_decay"]:
        yield DECAY, ""
    if kind == "SGD" and block["dampening"]:
        yield MOMENTUM, ""
    if kind == "Adam" and block.get("eps_place") != "uncorrected":
        yield EPS, ""
    if kind == "Adam" and block["amsgrad"]:
        yield AMSGRAD, ""


def script(run: Described) -> str:
    refuse(run)
    return Script(run).text()


class Script:
    """The script of a run, part by part."""

    def __init__(self, run: Described) -> None:
        self.run = run
        self.is_classifier = run.config["loss"]["type"] != "MSELoss"

    @property
    def factor(self) -> float:
        """How many times the run's loss is the one that scikit-learn descends: half the sum over outputs."""
        block = self.run.config["loss"]
        if self.is_classifier:
            return 1.0
        whole = 2.0 * block["factor"]
        return whole if block["reduction"] == "batchmean" else whole / self.run.outputs

    def text(self) -> str:
        run = self.run
        names = {name: name for name in next(iter(run.start.values()))}
        arrays = training.arrays(run, names)
        loss = written(run)
        *hidden, _last = activations(run)
        activation = hidden[0] if hidden else "identity"
        parts = {activation} - {"identity"} | (loss.parts - {"softmax"})
        loop = self._loop()
        train = training.train(run, loop)
        common = loop.parts | arrays.parts
        blocks = [
            "\n".join([*training.constants(run), *self._rates(), *arrays.before]),
            source("common", common).rstrip("\n") if common else "",
            source("numpy", parts).rstrip("\n") if parts else "",
            "\n".join(_value_only(loss.lines)),
            "\n".join(self._network()),
            "\n".join(self._measure(activation)),
            "\n".join(train),
            "\n".join([*arrays.behind, *(self._flat() if run.x.ndim > 2 else [])]),
            'if __name__ == "__main__":\n'
            "    losses = [point for seed in START for point in train(seed)]\n"
            '    print(json.dumps({"train_loss": losses}))',
        ]
        text = "\n\n\n".join(block for block in blocks if block) + "\n"
        head = docstring(f"{run.title}, in scikit-learn.", purpose(run), *self._notes())
        names_of = [name for name in ("base64", "io", "json", "math") if f"{name}." in text]
        kind = "MLPClassifier" if self.is_classifier else "MLPRegressor"
        imports = [*(f"import {name}" for name in names_of), "", "import numpy as np"]
        imports += [f"from sklearn.neural_network import {kind}", ""]
        return head + "\n" + "\n".join(imports) + "\n" + text

    def _flat(self) -> Lines:
        return ["X = X.reshape(len(X), -1)  # scikit-learn takes rows"]

    def _notes(self) -> list[str]:
        notes = [
            "scikit-learn has no public way to begin at given weights; the class below overrides the private method "
            "that draws them."
        ]
        if self.factor != 1.0:
            notes.append(
                "scikit-learn descends half the squared error, so the learning rate here is the run's times "
                f"{number(self.factor)}."
            )
        return notes

    def _rates(self) -> Lines:
        rate = rules.base_rate(self.run)
        if self.factor == 1.0 or self.run.config["optimizer"]["type"] == "Adam":
            return [f"LR = {number(rate)}"]
        return [f"LR = {number(rate)} * {number(self.factor)}"]

    def _network(self) -> Lines:
        kind = "MLPClassifier" if self.is_classifier else "MLPRegressor"
        return [
            f"class Network({kind}):",
            '    """Begins at given weights: W (in, out) and b of each layer."""',
            "",
            "    def begin(self, start):",
            "        self.begins = iter(start)",
            "",
            "    def _init_coef(self, fan_in, fan_out, dtype):",
            "        return next(self.begins)",
        ]

    def _measure(self, activation: str) -> Lines:
        penalty = self.run.penalty
        lines = [
            "def forward(weights, x):",
            "    *hidden, (W, b) = weights",
            "    for V, c in hidden:",
            f"        x = {activation}(x @ V + c)" if activation != "identity" else "        x = x @ V + c",
            "    return x @ W + b",
            "",
            "",
            "def measure(weights, x, y):",
        ]
        value = "loss(y, forward(weights, x))"
        if not penalty:
            return [*lines, f"    return float({value})"]
        rows = number(len(self.run.x) / self.run.batches)
        terms = penalty_terms(penalty, "W", "np.abs")
        return [
            *lines,
            f"    penalty = sum({terms} for W, _ in weights)",
            f"    return float({value} + penalty / {rows})",
            *(
                ["", "", "def data_loss(weights, x, y):", f"    return float({value})"]
                if self.run.held_out or "data_loss" in rules.monitors(self.run)
                else []
            ),
        ]

    def _loop(self) -> training.Loop:
        run = self.run
        block = run.config["optimizer"]
        *hidden, _last = linears(run)
        widths = [layer.after[-1] for layer in hidden]
        sizes = f"({', '.join(map(str, widths))}{',' if len(widths) == 1 else ''})"
        names = [NAMES[name] for name in activations(run)[:-1]]
        given = [f"hidden_layer_sizes={sizes}", f'activation="{names[0] if names else "identity"}"']
        given += [f'solver="{block["type"].lower()}"', "learning_rate_init=LR", "shuffle=False"]
        alpha = run.penalty["l2"] / self.factor if run.penalty else 0.0
        given.append(f"alpha={number(alpha)}")
        if block["type"] == "SGD":
            given += [f"momentum={number(block['momentum'])}", f"nesterovs_momentum={block['nesterov']}"]
        else:
            b1, b2 = map(number, block["betas"])
            given += [f"beta_1={b1}", f"beta_2={b2}", f"epsilon={number(block['eps'] / self.factor)}"]
        order = [layer.index for layer in linears(run)]
        prepare = [
            "start = {name: np.array(each) for name, each in START[seed].items()}",
            "weights = [",
            '    (start[f"{i}.weight"].T, start[f"{i}.bias"])',
            f"    for i in {order}",
            "]",
            "model = Network(",
            *(f"    {each}," for each in given),
            ")",
            "model.begin((W.copy(), b.copy()) for W, b in weights)",
        ]
        y = "y" if run.takes_classes else "y.ravel()" if run.outputs == 1 else "y"
        classes = f", classes=list(range({run.outputs if run.outputs > 1 else 2}))" if self.is_classifier else ""
        step = [
            "model.batch_size = len(x)",
            f"model.partial_fit(x, {y}{classes})",
            "weights = list(zip(model.coefs_, model.intercepts_))",
        ]
        return training.Loop(
            prepare, step, measure="measure(weights, {x}, {y})", data_loss="data_loss(weights, {x}, {y})"
        )


def _value_only(lines: Lines) -> Lines:
    """Return the definitions before the loss and the loss, without its derivative."""
    end = lines.index("def deriv_loss(y_true, y_pred):")
    return lines[: end - 2]
