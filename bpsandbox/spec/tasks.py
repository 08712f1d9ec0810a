"""What people want to do, each with the fields for it and a config that does it: the index of the reference.

A config is BASE with some blocks replaced. A test trains all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from bpsandbox.messages import N_, _

BASE = {
    "seeds": "{count: 4}",
    "dataset": "{name: moons, n_samples: 200, split: {val: 0.25}}",
    "model": "{layers: [{type: Linear, out_features: 16, activation: relu}, {type: Linear, out_features: 2}]}",
    "loss": "{type: CrossEntropyLoss}",
    "optimizer": "{type: Adam, lr: 0.01}",
    "training": "{epochs: 40, batch_size: 20}",
}
ORDER = (
    "compat", "seeds", "dtype", "dataset", "model", "init", "bias_init", "loss", "regularization", "optimizer",
    "lr_scheduler", "gradient_clipping", "training", "stopping", "metrics", "checks", "record", "sweep",
)  # fmt: skip


@dataclass(frozen=True)
class Task:
    """`section` is the block of the reference about it; `blocks` are what its config has in place of BASE's."""

    name: str
    label: str
    section: str
    blocks: dict[str, str]

    @property
    def title(self) -> str:
        return _(self.label)

    @property
    def lines(self) -> str:
        """Return the lines that matter."""
        return _written(self.blocks)

    @property
    def text(self) -> str:
        """Return the whole config."""
        return _written({**BASE, **self.blocks})


def _written(blocks: dict[str, str]) -> str:
    return "".join(f"{name}: {blocks[name]}\n" for name in ORDER if name in blocks)


def _layers(*layers: str) -> dict[str, str]:
    return {"model": f"{{layers: [{', '.join(layers)}]}}"}


HIDDEN, LAST = "{type: Linear, out_features: 16, activation: relu}", "{type: Linear, out_features: 2}"
FUNCTION = {
    "dataset": "{name: sine, n_samples: 100, noise: 0.1}",
    "loss": "{type: MSELoss}",
    **_layers("{type: Linear, out_features: 16, activation: tanh}", "{type: Linear, out_features: 1}"),
}
POINTS = "{points: {x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 0]}}"
IMAGES = {"dataset": "{name: digits, split: {val: 0.25}}", "training": "{epochs: 2, batch_size: 64}", "seeds": "[0]"}
TASKS = {
    name: Task(name, label, section, blocks)
    for name, label, section, blocks in (
        ("own-data", N_("I want to use my own data"), "dataset", {"dataset": POINTS, "training": "{epochs: 40}"}),
        ("function", N_("I want to fit a function"), "dataset", FUNCTION),
        ("split", N_("I want a validation and a test part"), "dataset",
         {"dataset": "{name: moons, n_samples: 200, split: {val: 0.25, test: 0.25, stratify: true}}"}),
        ("scaling", N_("I want to scale the inputs"), "dataset",
         {"dataset": "{name: wine, standardize: standard, split: {val: 0.25}}",
          **_layers(HIDDEN, "{type: Linear, out_features: 3}")}),
        ("deeper", N_("I want more layers"), "model", _layers(HIDDEN, HIDDEN, HIDDEN, LAST)),
        ("images", N_("I want a convolution"), "model",
         {**IMAGES, **_layers("{type: Conv2d, out_channels: 4, kernel_size: 3, activation: relu}",
                              "{type: MaxPool2d, kernel_size: 2}", "{type: Flatten}",
                              "{type: Linear, out_features: 10}")}),
        ("sequences", N_("I want a recurrent network"), "model",
         {"dataset": "{name: adding, length: 5, n_samples: 60}", "loss": "{type: MSELoss}",
          **_layers("{type: LSTM, hidden_size: 8, return: last}", "{type: Linear, out_features: 1}")}),
        ("skip", N_("I want a skip connection"), "model",
         _layers(HIDDEN, HIDDEN, "{type: Add, from: 0}", LAST)),
        ("dropout", N_("I want dropout"), "model", _layers(HIDDEN, "{type: Dropout, p: 0.3}", LAST)),
        ("batch-norm", N_("I want batch normalisation"), "model",
         _layers("{type: Linear, out_features: 16}", "{type: BatchNorm1d}", "{type: relu}", LAST)),
        ("frozen", N_("I want to freeze a layer"), "model",
         _layers("{type: Linear, out_features: 16, activation: relu, trainable: false}", LAST)),
        ("start", N_("I want other initial weights"), "init", {"init": "{type: normal, std: 0.1}"}),
        ("given-weights", N_("I want to give the weights myself"), "init",
         _layers("{type: Linear, out_features: 2, activation: tanh, init: {type: values, values: "
                 "[[1, -1], [-1, 1]]}}", LAST)),
        ("class-weight", N_("I want rare classes to count more"), "loss",
         {"loss": "{type: CrossEntropyLoss, class_weight: [1, 3]}"}),
        ("weight-decay", N_("I want weight decay"), "optimizer",
         {"optimizer": "{type: AdamW, lr: 0.01, weight_decay: 0.01}"}),
        ("l1", N_("I want an L1 or L2 penalty"), "regularization", {"regularization": "{l1: 0.001, l2: 0.001}"}),
        ("momentum", N_("I want momentum"), "optimizer",
         {"optimizer": "{type: SGD, lr: 0.1, momentum: 0.9, nesterov: true}"}),
        ("schedule", N_("I want the learning rate to fall"), "lr_scheduler",
         {"lr_scheduler": "{type: CosineAnnealingLR}"}),
        ("clipping", N_("I want to clip gradients"), "gradient_clipping", {"gradient_clipping": "{norm: 1.0}"}),
        ("full-batch", N_("I want full-batch training"), "training", {"training": "{epochs: 40, batch_size: full}"}),
        ("steps", N_("I want to train for a number of steps"), "training",
         {"training": "{steps: 200, batch_size: 20}"}),
        ("early-stopping", N_("I want early stopping"), "stopping",
         {"stopping": "[{type: EarlyStopping, monitor: val_loss, patience: 5, restore_best_weights: true}]"}),
        ("target", N_("I want to stop at a loss"), "stopping",
         {"stopping": "[{type: Target, monitor: train_loss, value: 0.1}]"}),
        ("many-seeds", N_("I want to know whether it was luck"), "blocks", {"seeds": "{count: 16}"}),
        ("metrics", N_("I want to measure accuracy and F1"), "metrics", {"metrics": "[accuracy, f1]"}),
        ("gradient-check", N_("I want to check the gradient"), "checks", {"checks": "{gradient_check: true}"}),
        ("internals", N_("I want to see gradients and activations"), "record",
         {"record": "{gradients: true, activations: true}"}),
        ("boundary", N_("I want to see the decision boundary"), "record",
         {"record": "{decision_boundary: [0, 10, 40]}"}),
        ("by-hand", N_("I want one step worked out by hand"), "record",
         {"record": "{worked_example: {sample: 0, step: 0}}"}),
        ("compare-rates", N_("I want to compare learning rates"), "sweep",
         {"sweep": "{parameters: {optimizer.lr: [0.001, 0.01, 0.1]}}"}),
        ("keras", N_("I want the meanings of Keras"), "compat",
         {"compat": "keras", **_layers(HIDDEN, "{type: Linear, out_features: 2, activation: softmax}")}),
    )
}  # fmt: skip
