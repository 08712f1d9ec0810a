"""Notes about a config that runs, but perhaps not as intended."""

import gettext

import pytest

from bpsandbox import spec
from bpsandbox.messages import LOCALE, speaking

from .configs import XOR

IRIS = """dataset: iris
model: {layers: [{type: Linear, out_features: 1, activation: sigmoid}]}
loss: MSELoss
"""
NOTES = [
    (XOR + "training: {batch_size: 100}\n",
     "batch_size: 100 is more than the 4 training examples: every batch has all of them, as with batch_size: full.",
     "batch_size: 100 多于 4 个训练样本：每一批都是全部样本，与 batch_size: full 相同。"),
    (XOR + "optimizer: {type: SGD, lr: 0}\n",
     "lr: 0 changes no weight: the network stays as it was initialised.",
     "lr: 0 时权重不会改变：网络一直停在初始状态。"),
    (XOR.replace("features: 3", "features: 3, lr: 0.5") + "optimizer: {type: SGD, lr: 0}\n",
     "lr: 0 changes no weight of a layer without an lr of its own.",
     "lr: 0 时，没有单独写 lr 的层的权重不会改变。"),
    (XOR.replace("features: 3", "features: 3, lr: 0"),
     "lr: 0 keeps layers[0] (Linear) as it was initialised; trainable: false is clearer.",
     "lr: 0 让 layers[0] (Linear) 停在初始状态；写 trainable: false 更清楚。"),
    (XOR.replace("activation: sigmoid", "activation: Linear", 1),
     "Linear is read as identity: no activation is applied.",
     "Linear 按 identity 处理：不使用激活函数。"),
    (XOR + "optimizer: {type: SGD, lr: 0.5}\nlr_scheduler: {type: OneCycleLR, max_lr: 1}\n",
     "optimizer.lr has no effect: OneCycleLR takes every learning rate from max_lr.",
     "optimizer.lr 不起作用：OneCycleLR 的学习率全部由 max_lr 决定。"),
    (XOR.replace("features: 3", "features: 3, lr: 0.5") + "lr_scheduler: {type: OneCycleLR, max_lr: 1}\n",
     "model.layers[0].lr has no effect: OneCycleLR takes every learning rate from max_lr.",
     "model.layers[0].lr 不起作用：OneCycleLR 的学习率全部由 max_lr 决定。"),
    (XOR.replace("features: 3", "features: 3, lr: 0.5").replace("features: 1", "features: 1, lr: 0.5")
     + "optimizer: {type: SGD, lr: 0.1}\n",
     "optimizer.lr has no effect: every layer has a learning rate of its own.",
     "optimizer.lr 不起作用：每一层都有自己的学习率。"),
    (XOR + "optimizer: {type: Adam, eps: 0}\n",
     "eps: 0 divides 0 by 0 where a weight's gradient is exactly 0, as for a unit that is off for every example.",
     "eps: 0 时，梯度恰好为 0 的权重（例如对所有样本都不激活的单元）的更新是 0 / 0。"),
    (IRIS.replace("1, activation: sigmoid", "3").replace("MSELoss", "{type: CrossEntropyLoss, class_weight: [0, 0, 1]}")
     + "training: {batch_size: 10}\n",
     "A batch in which every example has the class weight 0 has no mean loss: write batch_size: full, or reduction: "
     "sum.",
     "如果一批里所有样本的类别权重都是 0，就没有平均损失：请写 batch_size: full 或 reduction: sum。"),
    (IRIS,
     "One sigmoid output is at most 1, so class 2 can never be predicted: use CrossEntropyLoss and one output per "
     "class.",
     "一个 sigmoid 输出最大为 1，所以永远预测不出类别 2：请用 CrossEntropyLoss，每个类别一个输出。"),
    (IRIS.replace("sigmoid", "{type: hardtanh, min_val: 0, max_val: 0.5}"),
     "One hardtanh output is at most 0.5, so class 1, 2 can never be predicted: use CrossEntropyLoss and one output "
     "per class.",
     "一个 hardtanh 输出最大为 0.5，所以永远预测不出类别 1, 2：请用 CrossEntropyLoss，每个类别一个输出。"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "english", "chinese"), NOTES)
def test_a_doubtful_config_runs_with_a_note(text, english, chinese):
    assert english in spec.parse(text).notes
    with speaking(gettext.translation("django", LOCALE, ["zh_Hans"]).gettext):
        assert chinese in spec.parse(text).notes


@pytest.mark.parametrize("text", [
    XOR,
    XOR + "training: {batch_size: 4}\n",
    XOR + "compat: sklearn\n",
    IRIS.replace("sigmoid", "relu"),
    IRIS.replace("out_features: 1", "out_features: 3"),
    IRIS.replace("iris", "moons"),
])  # fmt: skip
def test_what_is_meant_so_has_no_note(text):
    assert [note for note in spec.parse(text).notes if not note.startswith("compat")] == []


@pytest.mark.parametrize(("example", "meant"), [
    ("worked_example: true", "worked_example: {}"),
    ("decision_boundary: true", "decision_boundary: [0, 7]"),
    ("weights: true", "weights: [0, 7]"),
    ("worked_example: false, decision_boundary: false, weights: false", "gradients: false"),
])  # fmt: skip
def test_true_asks_for_a_record_at_its_usual_moments(example, meant):
    text = XOR + "training: {epochs: 7}\n"
    short, long = (spec.parse(text + f"record: {{{words}}}\n") for words in (example, meant))
    assert short.hash == long.hash
