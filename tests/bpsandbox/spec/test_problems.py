"""Error messages: all at once, located, and with a fix."""

import pytest

from bpsandbox import spec
from bpsandbox.spec.language.layer import LAYER
from bpsandbox.spec.problems import format_path

from .configs import XOR, only, place, problems


def test_everything_is_told_at_once():
    text = """dataset: {name: xorr, noise: 1}
model:
  layers:
    - {type: Linear, out_features: 0}
    - {type: Linar, out_features: 1}
loss: {type: MSELoss, reduction: mena}
optimizer: {type: Adam, lr: -1, beta: 3}
traning: {epochs: 0}
seeds: {start: 0}
"""
    assert [(place(problem), problem.path) for problem in problems(text)] == [
        ((1, 17), "dataset.name"),
        ((1, 23), "dataset.noise"),
        ((4, 36), "model.layers[0].out_features"),
        ((5, 14), "model.layers[1].type"),
        ((6, 34), "loss.reduction"),
        ((7, 29), "optimizer.lr"),
        ((7, 33), "optimizer.beta"),
        ((7, 39), "optimizer.betas"),
        ((8, 1), "traning"),
        ((8, 19), "training.epochs"),
        ((9, 8), "seeds.count"),
    ]


@pytest.mark.parametrize(("old", "new", "where", "message", "suggestion"), [
    ("MSELoss", "MSELos", (6, 14),
     "Unknown name: MSELos. Did you mean MSELoss? Allowed: MSELoss, CrossEntropyLoss, BCELoss, BCEWithLogitsLoss, "
     "L1Loss, HuberLoss, SmoothL1Loss, hinge.", "MSELoss"),
    ("out_features: 3", "out_feature: 3", (4, 22),
     "Unknown field: out_feature. Did you mean out_features? Allowed: out_features, in_features, bias, "
     "activation, init, bias_init, trainable, lr.", "out_features"),
    ("Linear", "Liner", (4, 14),
     f"Unknown name: Liner. Did you mean Linear? Allowed: {', '.join(LAYER.records)}.", "Linear"),
    ("out_features: 3", "out_features: three", (4, 36),
     "three is not allowed; expected: a whole number ≥ 1.", None),
    ("out_features: 3", "out_features: 2.5", (4, 36), "2.5 is not allowed; expected: a whole number ≥ 1.", None),
    ("out_features: 3", "out_features: true", (4, 36), "true is not allowed; expected: a whole number ≥ 1.", None),
    ("activation: sigmoid", "activation: [a]", (4, 51),
     "A list is not allowed; expected: a name or a mapping, like sigmoid.", None),
    ("{type: MSELoss}", "{reduction: mean}", (6, 7),
     "type is missing. Allowed: MSELoss, CrossEntropyLoss, BCELoss, BCEWithLogitsLoss, L1Loss, HuberLoss, "
     "SmoothL1Loss, hinge.", None),
])  # fmt: skip
def test_a_slip_is_named_with_what_is_allowed(old, new, where, message, suggestion):
    found = next(problem for problem in problems(XOR.replace(old, new, 1)) if place(problem) == where)
    assert found.message == message
    assert found.suggestion == suggestion


def test_a_problem_is_json_safe():
    assert only(XOR.replace("MSELoss", "MSELos")).as_dict() == {
        "line": 6,
        "column": 14,
        "path": "loss.type",
        "message": "Unknown name: MSELos. Did you mean MSELoss? Allowed: MSELoss, CrossEntropyLoss, BCELoss, "
        "BCEWithLogitsLoss, L1Loss, HuberLoss, SmoothL1Loss, hinge.",
        "code": "unknown_word",
        "seen": "MSELos",
        "allowed": "MSELoss, CrossEntropyLoss, BCELoss, BCEWithLogitsLoss, L1Loss, HuberLoss, SmoothL1Loss, hinge",
        "suggestion": "MSELoss",
    }


def test_paths_are_spelled_as_people_write_them():
    assert format_path(("model", "layers", 2, "out_features")) == "model.layers[2].out_features"


def test_a_bare_number_of_seeds_is_asked_about():
    found = only(XOR + "seeds: 16\n")
    assert found.message == "Is 16 a number of seeds or one seed? Write seeds: {count: 16} or seed: 16."
    assert (found.seen, found.suggestion) == ("16", "{count: 16}")


@pytest.mark.parametrize(("old", "new", "where", "sign", "plain"), [
    ("loss: {", "loss：{", (6, 5), "：", ": "),
    ("out_features: 3,", "out_features: 3，", (4, 37), "，", ", "),
    ("dataset: {name: xor}", "dataset: ｛name: xor｝", (1, 10), "｛", "{"),
])  # fmt: skip
def test_a_wide_sign_is_named_instead_of_what_follows_from_it(old, new, where, sign, plain):
    found = problems(XOR.replace(old, new, 1))
    assert (place(found[0]), found[0].code, found[0].seen, found[0].suggestion) == (where, "wide_sign", sign, plain)
    assert {problem.code for problem in found if problem.line == where[0]} == {"wide_sign"}


def test_wide_signs_in_titles_remarks_and_good_lines_are_words():
    text = "title: 异或：两层，够了 # 好：对\n" + XOR.replace("features: 3", "features: 0")
    assert problems(text)[0].code != "wide_sign"


FLATTEN = """dataset: digits
model:
  layers:
    - type: Linear
      out_features: 10
loss: CrossEntropyLoss
"""


@pytest.mark.parametrize("text", [
    XOR + "optimizer: {type: SGD, lr: \"2.0\"}\n",
    XOR + "optimizer:\n  type: SGD\n  lr: 2,0\n",
    XOR + "optimizer:\n  type: SGD\n  lr:2.0\n",
    XOR + "optimizer: {type: SGD, lr:2.0}\n",
    XOR + "optimizer: {type: SGD, lr:\u00a02.0}\n",
    XOR + "stopping: {type: EarlyStopping, monitor: val_loss}\n",
    XOR + "lr_scheduler: {type: OneCycleLR, max_lr: 1, total_steps: 5}\n",
    XOR.replace("activation: sigmoid", "activation: step", 1),
    XOR.replace("activation: sigmoid", "activation: {type: step}", 1),
    FLATTEN,
    FLATTEN.replace("- type: Linear\n      out_features: 10", "- {type: Linear, out_features: 10}"),
    "dataset: digits\nmodel: {layers: [{type: Linear, out_features: 10}]}\nloss: CrossEntropyLoss\n",
    "dataset: digits\nmodel: {layers: [BatchNorm1d, Flatten, {type: Linear, out_features: 10}]}\n"
    "loss: CrossEntropyLoss\n",
    "dataset: echo\nmodel:\n  layers:\n    - {type: RNN, hidden_size: 10, return: all}\nloss: MSELoss\n",
])  # fmt: skip
def test_a_suggestion_put_in_place_of_what_was_seen_mends_the_config(text):
    found = problems(text)[0]
    lines = text.split("\n")
    before, here = lines[found.line - 1][: found.column - 1], lines[found.line - 1][found.column - 1 :]
    assert here.startswith(found.seen)
    lines[found.line - 1] = before + found.suggestion + here.removeprefix(found.seen)
    spec.parse("\n".join(lines))
