"""Advice on unknown fields: fields of another block, and names from other libraries."""

from __future__ import annotations

from bpsandbox.messages import N_, _

from .problems import Path, format_path, nearest

SURE = 0.85
BLOCKS = (
    "version", "title", "notes", "seed", "seeds", "compat", "dtype", "dataset", "model", "init", "bias_init", "loss",
    "regularization", "optimizer", "lr_scheduler", "gradient_clipping", "training", "stopping", "metrics", "checks",
    "record", "sweep",
)  # fmt: skip
"""The fields of a whole config."""

_FIELDS: dict[str, tuple[str, ...]] = {
    "dataset": ("split", "noise", "n_samples", "standardize", "features", "points", "arms", "classes"),
    "dataset.points": ("csv",),
    "model": ("layers",),
    "optimizer": ("lr", "learning_rate", "momentum", "nesterov", "betas", "eps", "weight_decay"),
    "training": ("epochs", "steps", "batch_size", "shuffle", "eval_every", "max_iter", "n_epochs"),
    "regularization": ("l1", "l2"),
    "loss": ("reduction", "label_smoothing", "class_weight"),
    "stopping": ("patience", "min_delta", "restore_best_weights"),
    "checks": ("gradient_check", "overfit_tiny"),
    "record": ("worked_example", "decision_boundary", "gradients", "activations", "weights", "lr_range"),
    "sweep": ("parameters", "run_cap"),
}
HOMES = {name: block for block, names in _FIELDS.items() for name in names}
"""The block of each field that is often written in another block."""

RENAMED = {
    "criterion": "loss",
    "loss_function": "loss",
    "network": "model",
    "net": "model",
    "architecture": "model",
    "random_state": "seed",
    "random_seed": "seed",
    "name": "title",
    "description": "notes",
}
"""Names of blocks in other tools, and ours."""

IN_LAYERS = ("hidden", "hidden_layers", "hidden_layer_sizes", "neurons", "units")
"""Names that other libraries use for the sizes of hidden layers."""

_LAYERS = N_("Write the layers one by one: layers: {example}.")
_SPLIT = N_("Held-out data are a part of dataset: write split: {example} there.")
_BETAS = N_("Both betas are one list: betas: {example}.")
_ONE_CORE = N_("Every run uses one processor core: leave {name} out.")
_HIDDEN = "[{type: Linear, out_features: 3, activation: sigmoid}, …]"
_HELD_OUT = "{val: 0.2}"
FOREIGN: dict[str, tuple[str, str]] = {
    "callbacks": (
        N_("Callbacks are not available; for early stopping write stopping: {example}."),
        "{type: EarlyStopping, patience: 10}",
    ),
    "early_stopping": (N_("Write early stopping as stopping: {example}."), "{type: EarlyStopping}"),
    "dropout": (N_("Dropout is a layer of the model: {example}."), "{type: Dropout, p: 0.5}"),
    "batch_norm": (N_("Batch normalisation is a layer of the model: {example}."), "{type: BatchNorm1d}"),
    **dict.fromkeys(("device", "gpu", "cuda", "num_workers", "n_jobs", "verbose"), (_ONE_CORE, "")),
    **dict.fromkeys(("beta_1", "beta_2", "beta1", "beta2"), (_BETAS, "[0.9, 0.999]")),
    **dict.fromkeys(IN_LAYERS, (_LAYERS, _HIDDEN)),
    **dict.fromkeys(("validation_split", "validation_fraction", "val_split", "test_size"), (_SPLIT, _HELD_OUT)),
}
"""Names from other libraries that are written differently here: a sentence and an example."""


def advice_on(name: str, path: Path) -> str:
    """Return where a misplaced field belongs, or what to write instead of it; empty where unknown."""
    if name in FOREIGN:
        sentence, example = FOREIGN[name]
        return _(sentence, example=example) if example else _(sentence, name=name)
    home = home_of(name)
    if home is None or format_path(path).startswith(home):
        return ""
    if path:
        return _("{name} belongs in {home}, not in {block}.", name=name, home=home, block=format_path(path))
    return _("{name} belongs in {home}, not at the top level.", name=name, home=home)


def home_of(name: str) -> str | None:
    """Return the block that has a field of this name, or of a very similar one."""
    meant = nearest(name, HOMES, SURE)
    return HOMES[meant] if meant else None
