"""The equations of findings are those of the config that was trained, and of nothing else."""

import re
from math import sqrt

import pytest
import yaml

from bench.doctor_configs.judging import document_of
from bpsandbox import explain, spec
from bpsandbox.document import Evidence, Finding
from bpsandbox.explain.doctor.causes import CAUSES
from bpsandbox.explain.doctor.equations import equations
from bpsandbox.explain.doctor.words import WORDS
from bpsandbox.explain.numbers import number

CONFIG = """\
dataset: {name: moons, n_samples: 60, seed: 0}
model: {layers: [%s, {type: Linear, out_features: 2}]}
loss: %s
optimizer: %s
training: {epochs: 4, batch_size: 20}
"""
HIDDEN = "{type: Linear, out_features: 4, activation: tanh}"
LOSS, SGD = "{type: CrossEntropyLoss}", "{type: SGD, lr: 2}"


def config(layers=HIDDEN, loss=LOSS, optimizer=SGD, more=""):
    return spec.parse(CONFIG % (layers, loss, optimizer) + more).config


def said(kind, of, layer=None, **evidence):
    lines, numbers = equations(Finding(kind, (0,), layer, 0, Evidence(**evidence)), of)
    return "\n".join(lines), "\n".join(numbers)


def test_a_finding_of_one_setting_of_a_sweep_has_its_learning_rate():
    text = """
seeds: [0]
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 0.01}
training: {epochs: 20, batch_size: full}
sweep: {parameters: {optimizer.lr: [0.01, 5.0]}}
"""
    document, parsed = document_of(text), spec.parse(text)
    [finding] = document.found("diverged")
    assert finding.evidence.settings == (2,)
    [diagnosis] = [each for each in explain.diagnoses(document, parsed) if each.kind == "diverged"]
    assert rf"\lambda = {number((1.0 + sqrt(finding.evidence.growth)) / 5.0)}" in diagnosis.numbers[1]


@pytest.mark.parametrize(("name", "equation"), [("LSTM", r"h_t = o_t \odot"), ("GRU", "w_k n_k"), ("tanh", "1 - a^2")])
def test_outputs_at_their_bounds_have_the_equation_of_their_layer(name, equation):
    evidence = Evidence(activation=name, type=name if name.isupper() else "Linear", share=0.9, start=0.5)
    assert equation in said("saturated", config(), layer=0, activation=name)[0]
    cause = CAUSES["saturated"](Finding("saturated", (0,), 0, 0, evidence), evidence)
    assert ("at their bounds" if name.isupper() else "at the bounds of tanh") in cause


@pytest.mark.parametrize(
    ("why", "denominator", "words"),
    [(None, r"\min_c L(c)", "compared with a baseline of 2"), ("start", "L_0", "it was 2 at first")],
)
def test_jumps_are_compared_with_the_first_loss_where_no_baseline_is_known(why, denominator, words):
    evidence = Evidence(why=why, jump=1.0, rises=0.5, scale=2.0)
    finding = Finding("chaotic", (0,), None, 0, evidence)
    assert denominator in said("chaotic", config(), why=why, jump=1.0, rises=0.5, scale=2.0)[0]
    assert words in CAUSES["chaotic"](finding, evidence) and words in WORDS["chaotic"](finding, evidence)


@pytest.mark.parametrize(
    "changed",
    [
        config(optimizer="{type: SGD, lr: 2, weight_decay: 0.1}"),
        config(optimizer="{type: SGD, lr: 2, momentum: 0.9}"),
        config(optimizer="{type: Adam, lr: 2}"),
        config(HIDDEN.replace("}", ", lr: 5}")),
        config(more="lr_scheduler: {type: OneCycleLR, max_lr: 8}\n"),
        config(more="lr_scheduler: {type: LinearLR, start_factor: 0.1, total_iters: 4}\n"),
        config(more="gradient_clipping: {norm: 1}\n"),
    ],
)
def test_a_curvature_is_told_only_where_one_rate_made_every_step(changed):
    plain = said("diverged", config(), why="grown", growth=4.0)[1]
    assert r"\eta \lambda = 1 + \sqrt{4} = 3, \quad \lambda = 1.5" in plain
    assert r"\lambda" not in said("diverged", changed, why="grown", growth=4.0)[1]


@pytest.mark.parametrize(
    ("layers", "slope"),
    [
        (HIDDEN, r"\tanh'(z_l)"),
        (f"{HIDDEN}, {HIDDEN}", r"\tanh'(z_l)"),
        ("{type: Linear, out_features: 4}, {type: sigmoid}", r"\sigma'(z_l)"),
        (HIDDEN.replace("tanh", "elu"), r"\phi'(z_l)"),
        (f"{HIDDEN.replace('tanh', 'elu')}, {HIDDEN}", r"\phi'(z_l)"),
        (f"{HIDDEN.replace('tanh', 'relu')}, {HIDDEN}", r"\phi'(z_l)"),
    ],
)
def test_the_slope_is_that_of_the_hidden_layers_if_all_have_the_same(layers, slope):
    lines, _numbers = said("vanishing", config(layers), 0, through="layers", ratio=0.5, sizes=(1.0, 2.0), layers=(0, 1))
    assert slope in lines and ("\\le" in lines) is ("phi" not in slope)


SIGMOID = "{type: Linear, out_features: 4, activation: sigmoid}"


@pytest.mark.parametrize(
    ("last", "layers", "compared", "factors"),
    [
        ("{type: Linear, out_features: 1}", (0, 0, 1, 1, 2), "z_{2}", ["0.25", "0.4"]),
        (SIGMOID, (0, 0, 1, 1, 2), "z_{2}", ["0.25", "0.4"]),
        (SIGMOID, (0, 0, 1, 1, 2, 2), "a_{2}", ["0.25", "0.4", "0.1"]),
        ("{type: Linear, out_features: 1}, {type: sigmoid}", (0, 0, 1, 1, 2, 3), "a_{3}", ["0.25", "0.4", "0.1"]),
    ],
)
def test_the_factors_on_the_way_back_are_those_between_the_two_gradients(last, layers, compared, factors):
    of = {"model": {"layers": yaml.safe_load(f"[{SIGMOID}, {SIGMOID}, {last}]")}}
    sizes = (0.1, 0.2, 0.4, 0.5, 1.0, 10.0)[: len(layers)]
    ratio = sizes[0] / sizes[-1]
    lines, numbers = said("vanishing", of, 0, through="layers", ratio=ratio, sizes=sizes, layers=layers)
    left, *product, right = numbers.split(" = ")
    assert left.endswith(rf"{{\operatorname{{rms}} \partial L / \partial {compared}}}")
    assert product == [r" \cdot ".join(factors)] and float(right) == ratio
    assert (r"\odot \frac{\partial L}{\partial a_{2}}" in lines) is (len(layers) == 6 and layers[-1] == 2)


def test_a_gradient_that_passes_a_layer_by_is_no_product_of_factors():
    sizes, layers = (0.1, 0.0, 0.2, 0.5), (0, 1, 2, 3)
    numbers = said("vanishing", config(f"{HIDDEN}, " * 2 + HIDDEN), 0, through="layers", ratio=0.2, sizes=sizes,
                   layers=layers)[1]  # fmt: skip
    assert numbers.endswith("} = 0.2") and r"\cdot" not in numbers


def test_an_output_does_not_give_hidden_layers_its_slope():
    made = spec.parse(
        (CONFIG % (HIDDEN.replace("tanh", "elu"), "{type: BCELoss}", SGD)).replace(
            "out_features: 2}", "out_features: 1, activation: sigmoid}"
        )
    )
    lines, _numbers = said("vanishing", made.config, 0, through="layers", ratio=0.5, sizes=(1.0, 2.0), layers=(0, 1))
    assert r"\phi'(z_l)" in lines and "sigma" not in lines


def test_what_a_quotient_is_made_of_has_the_digits_that_give_it():
    numbers = said("plateau", config(), why="stuck", losses=(0.1252345678,), best=1.76574321e-4)[1]
    assert numbers == r"\frac{0.12523457}{1.7657432 \times 10^{-4}} = 709.2456"


def test_a_sum_of_losses_is_no_entropy():
    evidence = {"why": "baseline", "losses": (0.7,), "baseline": 0.69}
    assert "ln p_k" in said("plateau", config(), **evidence)[0]
    assert "ln p_k" not in said("plateau", config(loss="{type: CrossEntropyLoss, reduction: sum}"), **evidence)[0]


@pytest.mark.parametrize(("kind", "state"), [("RNN", r"W_{hh}^{\top}"), ("LSTM", "(h_k, c_k)"), ("GRU", "s_k = h_k")])
def test_gates_are_not_written_as_a_product_of_recurrent_weights(kind, state):
    lines, numbers = said("vanishing", config(), 0, through="time", ratio=0.25, steps=3, type=kind)
    assert state in lines and ("W_{hh}" in lines) is (kind == "RNN")
    assert re.fullmatch(r"T = 3, \\quad 0\.5\^\{2\} = 0\.25", numbers)
