"""Equivalent configs have one hash, and different ones have different hashes."""

import copy
import json
import random

import pytest
import yaml

from bpsandbox import core, spec
from bpsandbox.spec.build.data import make_dataset
from bpsandbox.spec.language.dataset import MADE_BY_NOISE, NAMED, default_block
from tests.full import some

from .sweepable import paths, random_tree, with_value

BASE = """
dataset: {name: moons, n_samples: 24}
model: {layers: [{type: Linear, out_features: 4, activation: tanh}, {type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss}
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 4, batch_size: 8}
"""
IMAGES = """
dataset: {name: digits, split: {test: 0.97}}
model: {layers: [{type: MaxPool2d, kernel_size: 2}, {type: Flatten}, {type: Linear, out_features: 10}]}
loss: {type: CrossEntropyLoss}
training: {epochs: 2}
"""
SPLIT = "{name: moons, n_samples: 24, split: {test: 0.25%s}}"


def changed(base=BASE, **blocks):
    """Return the base with other blocks, each as YAML."""
    return yaml.safe_dump(yaml.safe_load(base) | {name: yaml.safe_load(text) for name, text in blocks.items()})


SAME = {
    "order of metrics": (changed(metrics="[accuracy, f1]"), changed(metrics="[f1, accuracy]")),
    "order of milestones": tuple(
        changed(lr_scheduler=f"{{type: MultiStepLR, milestones: {some}}}") for some in ("[1, 3]", "[3, 1]")
    ),
    "order of checks": tuple(
        changed(checks=f"{{gradient_check: {{at: {some}}}}}") for some in ("[start, end]", "[end, start, end]")
    ),
    "order in which all examples are taken at once": tuple(
        changed(training=f"{{epochs: 4, batch_size: full, shuffle: {flag}}}") for flag in ("true", "false")
    ),
    "a part of nothing": tuple(changed(dataset=SPLIT % more) for more in (", val: 0", ", val: 0.0", "")),
    "a split of nothing": (
        changed(dataset="{name: moons, n_samples: 24, split: {seed: 5, stratify: true}}"), BASE,
    ),
    "seed of noise without noise": tuple(
        changed(dataset=f"{{name: moons, n_samples: 24, noise: 0, seed: {seed}}}") for seed in (0, 9)
    ),
    "biases of no penalty": (changed(regularization="{l2: 0, bias: true, per_sample: true}"), BASE),
    "dampening without momentum": (changed(optimizer="{type: SGD, lr: 0.1, dampening: 0.5}"), BASE),
    "a form of no momentum": (changed(optimizer="{type: SGD, lr: 0.1, momentum_form: updates}"), BASE),
    "a form of no decay": (changed(optimizer="{type: SGD, lr: 0.1, decoupled_weight_decay: true}"), BASE),
    "the place of no eps": tuple(
        changed(optimizer=f"{{type: Adam, eps: 0, eps_place: {place}}}") for place in ("corrected", "uncorrected")
    ),
    "classes of weight 1": (changed(loss="{type: CrossEntropyLoss, class_weight: [1, 1]}"), BASE),
    "points rarer than the run is long": tuple(
        changed(training=f"{{epochs: 4, batch_size: 8, eval_every: {every}}}") for every in (4, 1000)
    ),
    "the rate that a layer has anyway": (
        changed(model="{layers: [{type: Linear, out_features: 4, activation: tanh, lr: 0.1}, "
                      "{type: Linear, out_features: 2}]}"), BASE,
    ),
    "a rate of no layer": tuple(
        changed(optimizer=f"{{type: SGD{rate}}}", model="{layers: [{type: Linear, out_features: 2, lr: 0.5}]}")
        for rate in (", lr: 0.5", "")
    ),
    "constants by name": tuple(
        changed(init=start) for start in ("{type: constant, value: 0}", "zeros")
    ),
    "a stride that is the window": (
        IMAGES, IMAGES.replace("kernel_size: 2", "kernel_size: 2, stride: 2, padding: 0"),
        IMAGES.replace("kernel_size: 2", "kernel_size: [2, 2]"),
    ),
    "an axis that is left over": tuple(
        IMAGES.replace("{type: Flatten}", f"{{type: Reshape, shape: [{axes}]}}") for axes in ("16", "-1")
    ),
    "the last axis of a norm": tuple(
        changed(model=f"{{layers: [{{type: LayerNorm{axes}}}, {{type: Linear, out_features: 2}}]}}")
        for axes in ("", ", normalized_shape: 2", ", normalized_shape: [2]")
    ),
    "1 and 1.0": tuple(changed(optimizer=f"{{type: SGD, lr: {one}}}") for one in ("1", "1.0", "1e0", "+1")),
    "1 and 1.0 in a sweep": tuple(
        changed(sweep=f"{{parameters: {{optimizer.lr: [0.1, {one}]}}}}") for one in ("1", "1.0")
    ),
    "1 and 1.0 in whole blocks of a sweep": tuple(
        changed(sweep=f"{{parameters: {{optimizer: [{{type: SGD, lr: {one}}}, Adam]}}}}") for one in ("1", "1.0")
    ),
    "order of paths in a sweep": tuple(
        changed(sweep=f"{{parameters: {{{some}}}}}")
        for some in ("optimizer.lr: [1, 2], loss.label_smoothing: [0, 0.1]",
                     "loss.label_smoothing: [0, 0.1], optimizer.lr: [1, 2]")
    ),
    "a cap that is not reached, and a draw of all": tuple(
        changed(sweep=f"{{parameters: {{optimizer.lr: [1, 2]}}{more}}}")
        for more in ("", ", run_cap: 9, method: random")
    ),
}  # fmt: skip

DIFFERENT = {
    "dampening with momentum": tuple(
        changed(optimizer=f"{{type: SGD, momentum: 0.9, dampening: {share}}}") for share in (0, 0.5)
    ),
    "the order of batches": tuple(
        changed(training=f"{{epochs: 4, batch_size: 8, shuffle: {flag}}}") for flag in ("true", "false")
    ),
    "the seed of a split": tuple(changed(dataset=SPLIT % more) for more in ("", ", seed: 5")),
    "the seed of noise": tuple(changed(dataset=f"{{name: moons, seed: {seed}}}") for seed in (0, 9)),
    "the seed of a draw without noise": tuple(
        changed(dataset=f"{{name: circle, noise: 0, seed: {seed}}}") for seed in (0, 9)
    ),
    "biases of a penalty": tuple(changed(regularization=f"{{l2: 0.1, bias: {flag}}}") for flag in ("true", "false")),
    "classes of other weights": (changed(loss="{type: CrossEntropyLoss, class_weight: [1, 2]}"), BASE),
    "the order of seeds": (changed(seeds="[0, 1]"), changed(seeds="[1, 0]")),
    "the order of settings": tuple(
        changed(sweep=f"{{parameters: {{optimizer.lr: {some}}}}}") for some in ("[1, 2]", "[2, 1]")
    ),
    "a sweep of one and its setting": (changed(sweep="{parameters: {optimizer.lr: [0.1]}}"), BASE),
    "a milestone that counts twice": tuple(
        changed(lr_scheduler=f"{{type: MultiStepLR, milestones: {some}}}") for some in ("[1, 3]", "[1, 1, 3]")
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_configs_that_mean_the_same_have_one_hash(name):
    assert len({spec.parse(text).hash for text in SAME[name]}) == 1


@pytest.mark.parametrize("name", DIFFERENT)
def test_configs_that_differ_have_two(name):
    assert len({spec.parse(text).hash for text in DIFFERENT[name]}) == 2


# what the canonical form omits changes no bit

LEFT_OUT = [
    (BASE, ("optimizer", "dampening"), 0.5),
    (BASE, ("optimizer", "momentum_form"), "updates"),
    (BASE, ("optimizer", "decoupled_weight_decay"), True),
    (BASE, ("regularization", "bias"), True),
    (BASE, ("regularization", "per_sample"), True),
    (BASE, ("dataset", "split", "seed"), 5),
    (changed(training="{epochs: 4, batch_size: full}"), ("training", "shuffle"), False),
    (changed(training="{epochs: 4, batch_size: 8, eval_every: 4}"), ("training", "eval_every"), 1000),
    (changed(lr_scheduler="{type: MultiStepLR, milestones: [1, 3]}"), ("lr_scheduler", "milestones"), [3, 1]),
    (changed(lr_scheduler="{type: OneCycleLR, max_lr: 1}", optimizer="SGD"), ("optimizer", "lr"), 7.0),
    (changed(init="zeros"), ("model", "layers", 0, "init"), {"type": "constant", "value": 0.0}),
    (IMAGES, ("model", "layers", 0, "stride"), 2),
    (IMAGES.replace("Flatten", "Reshape, shape: [16]"), ("model", "layers", 1, "shape"), [-1]),
]


def trained(config):
    document = core.run(spec.build(spec.Spec(config))).document().to_json()
    return {name: document[name] for name in ("steps", "curves", "final", "best", "stop", "records")}


@pytest.mark.parametrize(("text", "path", "value"), LEFT_OUT)
def test_what_the_canonical_form_leaves_out_changes_no_bit(text, path, value):
    config = spec.parse(text + "seeds: [0, 1]\n").config
    written = copy.deepcopy(config)
    block = written
    for part in path[:-1]:
        block = block[part]
    assert block.get(path[-1]) != value
    block[path[-1]] = value
    assert trained(written) == trained(config)


def test_classes_of_weight_1_give_the_same_losses_to_rounding():
    config = spec.parse(BASE + "seeds: [0, 1]\n").config
    weighted = {**config, "loss": {**config["loss"], "class_weight": [1.0, 1.0]}}
    one, other = (trained(each)["curves"]["train_loss"] for each in (config, weighted))
    assert [list(point) for point in one] == [pytest.approx(list(point), rel=1e-12) for point in other]


@pytest.mark.parametrize("name", [name for name, record in NAMED.records.items() if "noise" in record.fields])
def test_sets_made_by_noise_alone_are_the_same_for_every_seed_without_it(name):
    drawn = {
        made.x.tobytes() + made.y.tobytes()
        for made, _raw in (make_dataset({**default_block(name), "noise": 0.0, "seed": seed}) for seed in range(3))
    }
    assert (len(drawn) == 1) == (name in MADE_BY_NOISE)


# every field of the language


@pytest.mark.parametrize("seed", some(range(6), every=3))
def test_another_value_of_any_field_is_another_hash_or_the_same_canonical_form(seed):
    rng = random.Random(seed)
    config = next(tree for tree in iter(lambda: random_tree(rng), None) if understood(tree))
    base, names = understood(config), {}
    for path, values in paths(config):
        for value in values:
            other = understood(with_value(config, path, value))
            if other is not None:
                assert (other.hash == base.hash) == (other.to_json() == base.to_json())
                assert names.setdefault(other.hash, other.to_json()) == other.to_json()
                assert spec.parse(other.to_json()).to_json() == other.to_json()
    assert len(names) > 40


def understood(tree):
    try:
        return spec.parse(json.dumps(tree))
    except spec.InvalidConfig:
        return None
