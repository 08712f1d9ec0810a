"""Every optimiser with every option, worked at the first step and later, with everything applied to the gradient."""

import numpy as np
import pytest

from bpsandbox.explain.working.algebra import minus, named
from bpsandbox.explain.working.step import equation
from tests.full import FULL, some

from .training import CONVENTIONS, IRIS, XOR, faults, in_conventions, in_english, in_turn, network, step_of, worked

BASE = XOR + network(1) + "loss: MSELoss\nseed: 3\n"
STEPS = (0, 1, 7)
SGD = (
    "", "weight_decay: 0.1", "weight_decay: 0.1, decoupled_weight_decay: true", "momentum: 0.9",
    "momentum: 0.9, dampening: 0.3", "momentum: 0.9, nesterov: true",
    "momentum: 0.9, momentum_form: updates", "momentum: 0.9, momentum_form: updates, nesterov: true",
    "momentum: 0.9, weight_decay: 0.1, decoupled_weight_decay: true, nesterov: true",
)  # fmt: skip
DECAY = ("", "weight_decay: 0.1", "weight_decay: 0.1, decoupled_weight_decay: true")
ADAM = (
    "amsgrad: true",
    "eps_place: uncorrected",
    "betas: [0, 0]",
    "eps: 0.001",
    "eps_place: uncorrected, amsgrad: true",
)
RMSPROP = (
    "centered: true", "momentum: 0.9", "momentum: 0.9, momentum_form: updates", "eps_place: inside",
    "centered: true, momentum: 0.5, eps_place: inside, alpha: 0.5",
)  # fmt: skip
OPTIMIZERS = [
    *(("SGD", options) for options in SGD),
    *(("Adam", options) for options in (*DECAY, *ADAM)),
    *(("AdamW", options) for options in ("", "weight_decay: 0", *ADAM)),
    *(("NAdam", options) for options in (*DECAY, "momentum_decay: 1")),
    *(("Adamax", options) for options in (*DECAY, "eps_place: outside")),
    *(("RMSprop", options) for options in (*DECAY, *RMSPROP)),
    *(
        ("Adagrad", options)
        for options in (*DECAY, "lr_decay: 0.1", "initial_accumulator_value: 0.1, eps_place: inside")
    ),
    *(("Adadelta", options) for options in (*DECAY, "rho: 0.5, eps: 0.001")),
    *(("Lion", options) for options in ("", "weight_decay: 0.1", "betas: [0.5, 0.5]")),
]


def block(name, options, lr="0.05"):
    return f"optimizer: {{type: {name}, lr: {lr}{', ' + options if options else ''}}}\n"


@pytest.fixture(params=[False, pytest.param(True, marks=FULL)], ids=["in turn", "in every convention"])
def check(request):
    """Return a function that works steps, in every convention or in one after the other, and returns the last."""

    def check(text, steps=STEPS, sample=1):
        for step, convention in zip(steps, in_turn(len(steps)), strict=True):
            conventions = CONVENTIONS if request.param else (convention,)
            for working in in_conventions(text, sample, step, conventions):
                assert faults(working) == []
        return working

    return check


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS)
@pytest.mark.parametrize("dtype", some(["float64", "float32"], every=2))
def test_every_optimiser_with_its_options(check, name, options, dtype):
    working = check(BASE + block(name, options) + f"dtype: {dtype}\n")
    new = [step.id for step in working.of("update") if step.title.text == "Layer {layer}: new {parameter}"]
    assert new == ["update.0.weight", "update.0.bias", "update.1.weight", "update.1.bias"]


@pytest.mark.parametrize(
    ("name", "options"), [("SGD", "momentum: 0.9"), ("Adam", ""), ("RMSprop", ""), ("Adadelta", "")]
)
def test_small_batches_and_late_steps(check, name, options):
    check(BASE + block(name, options) + "training: {steps: 900, batch_size: 3}\n", steps=(899,))


@pytest.mark.parametrize("name", ["SGD", "Adam", "Lion", "NAdam", "Adamax", "RMSprop", "Adagrad", "Adadelta"])
def test_a_learning_rate_of_0_and_an_epsilon_of_0(check, name):
    eps = "" if name in ("SGD", "Lion") else "eps: 0"
    check(BASE + block(name, eps, lr="0"))


@pytest.mark.parametrize("name", ["Adam", "NAdam", "Adamax", "RMSprop", "Adagrad"])
def test_an_epsilon_that_is_lost_in_float32(check, name):
    """Where the gradient is 0 too, the run divides 0 by 0, and the steps show it."""
    text = BASE.removeprefix(XOR) + block(name, "eps: 1.0e-60") + "dtype: float32\n"
    check("dataset: {points: {x: [[0, 0]], y: [1]}}\n" + text, steps=(0,), sample=0)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Lion", "NAdam", "Adamax"])
def test_a_step_in_which_numbers_become_infinite(name):
    """The square of a gradient of 1e25 overflows float32."""
    far = BASE.replace("loss: MSELoss", "loss: {type: MSELoss, reduction: sum, factor: 1.0e+25}")
    working = worked(far + block(name, "") + "dtype: float32\n", 1, 1)
    assert faults(working) == []


@pytest.mark.parametrize("compat", ["keras", "sklearn", "textbook"])
@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "NAdam", "Adamax", "Lion"])
def test_other_libraries_forms(check, compat, name):
    momentum = "momentum: 0.9" if name in ("SGD", "RMSprop") else ""
    check(BASE + block(name, momentum) + f"compat: {compat}\n", steps=(1,))


SCHEDULES = (
    "type: StepLR, step_size: 3", "type: MultiStepLR, milestones: [1, 5]", "type: ExponentialLR, gamma: 0.9",
    "type: CosineAnnealingLR, T_max: 9, eta_min: 0.001", "type: LinearLR, total_iters: 5",
    "type: PolynomialLR, total_iters: 9, power: 2.5", "type: PolynomialLR, total_iters: 3",
)  # fmt: skip


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("per", ["epoch", "step"])
def test_the_learning_rate_of_a_schedule(check, schedule, per):
    training = "training: {steps: 9, batch_size: 2}\n"
    working = check(BASE + training + block("SGD", "") + f"lr_scheduler: {{{schedule}, per: {per}}}\n")
    rate = step_of(working, "update.rate")
    assert rate.formula.startswith(r"\eta = ")
    assert in_english(rate.notes[-1]).startswith(schedule.split()[1].rstrip(","))
    frozen = BASE.replace("out_features: 3,", "out_features: 3, trainable: false,")
    check(frozen + training + block("SGD", "") + f"lr_scheduler: {{{schedule}, per: {per}}}\n", steps=(7,))


@pytest.mark.parametrize("cycle", ["", ", pct_start: 0", ", pct_start: 1", ", total_steps: 10, pct_start: 0.1"])
def test_one_cycle_up_and_down(check, cycle):
    check(BASE + "training: {steps: 9}\n" + f"lr_scheduler: {{type: OneCycleLR, max_lr: 0.2{cycle}}}\n", steps=range(9))


@pytest.mark.parametrize("least", [0, 0.02])
def test_a_plateau_tells_its_factor(check, least):
    schedule = f"lr_scheduler: {{type: ReduceLROnPlateau, patience: 0, threshold: 0.5, factor: 0.5, min_lr: {least}}}\n"
    working = check(BASE + "training: {epochs: 9, eval_every: 1}\n" + block("SGD", "") + schedule)
    assert "ReduceLROnPlateau has multiplied the learning rate by 0." in in_english(
        step_of(working, "update.rate").notes[0]
    )


def test_a_rate_reduced_within_an_epoch_counts_from_the_next_one():
    schedule = "lr_scheduler: {type: ReduceLROnPlateau, patience: 0, threshold: 0.9, factor: 0.5}\n"
    text = BASE + block("SGD", "") + schedule + "training: {steps: 12, batch_size: 1, eval_every: 1}\n"
    rates = [step_of(worked(text, step=step), "update.rate").value for step in range(12)]
    assert len(set(map(float, rates[:4]))) == len(set(map(float, rates[4:8]))) == 1
    assert float(rates[4]) < float(rates[0])


def test_layers_with_rates_of_their_own(check):
    text = BASE.replace("out_features: 3,", "out_features: 3, lr: 0.2,") + block("Adam", "")
    working = check(text)
    assert step_of(working, "update.0.rate").numbers == r"\eta^{[0]} = 0.2"
    assert r"\eta^{[1]}" in step_of(working, "update.1.weight").formula
    scheduled = check(text + "lr_scheduler: {type: ExponentialLR, gamma: 0.5}\n")
    assert step_of(scheduled, "update.1.rate").formula == r"\eta^{[1]} = \eta_0^{[1]} \, \gamma^{t}"


def test_a_frozen_layer_stays_and_says_so(check):
    text = BASE.replace("out_features: 3,", "out_features: 3, trainable: false,")
    for optimizer in (block("SGD", "momentum: 0.9, weight_decay: 0.1"), block("AdamW", ""), "optimizer: LBFGS\n"):
        working = check(text + optimizer + "regularization: {l2: 0.1}\n", steps=(0, 2))
        assert not [step.id for step in working.of("update") if step.id.startswith("update.0.w")]
        assert [in_english(note) for note in step_of(working, "update.0.frozen").notes] == [
            "Its gradient is set to 0, and its parameters are unchanged."
        ]


def test_a_frozen_layer_of_a_step_that_diverged_says_what_became_of_it():
    text = BASE.replace("out_features: 3,", "out_features: 3, trainable: false,") + "dtype: float32\n"
    working = worked(text + "optimizer: {type: LBFGS, lr: 1.0e+30}\n", 1)
    assert faults(working) == []
    assert np.isnan(working.tensors["after"]["layers.0.weight"]).all()
    assert in_english(step_of(working, "update.0.frozen").notes[0]).startswith("The step diverged")


@pytest.mark.parametrize("penalty", ["{l1: 0.01}", "{l2: 0.1}", "{l1: 0.01, l2: 0.1, bias: true}", "{alpha: 0.1}"])
@pytest.mark.parametrize("clipping", ["", "{norm: 0.1}", "{norm: 100}", "{value: 0.01}", "{value: 0.01, norm: 0.015}"])
def test_penalties_and_clipping(check, penalty, clipping):
    clip = f"gradient_clipping: {clipping}\n" if clipping else ""
    working = check(BASE + f"regularization: {penalty}\n{clip}training: {{steps: 9, batch_size: 3}}\n")
    ids = {step.id for step in working.of("update")}
    assert ("update.0.bias.penalty" in ids) == ("bias: true" in penalty)
    assert ("update.norm" in ids) == ("norm" in clipping)
    assert ("update.0.weight.cut" in ids) == ("value" in clipping)
    assert ("update.0.weight.clipped" in ids) == ("norm: 0" in clipping)


def test_the_gradient_of_the_tensors_is_the_one_before_clipping_and_decay():
    text = BASE + block("SGD", "weight_decay: 0.5") + "gradient_clipping: {norm: 0.1}\n"
    tensors = worked(text, 1, 1).tensors
    before, gradient = tensors["before"]["layers.0.weight"], tensors["gradient"]["layers.0.weight"]
    clipped, after = tensors["clipped"]["layers.0.weight"], tensors["after"]["layers.0.weight"]
    norm = np.sqrt(sum((one**2).sum() for one in tensors["gradient"].values()))
    assert clipped == pytest.approx(gradient * min(1.0, 0.1 / (norm + 1e-6)))
    assert after == pytest.approx(before - 0.05 * (clipped + 0.5 * before))


# LBFGS


@pytest.mark.parametrize("options", [
    "", "max_iter: 1", "max_iter: 3", "line_search_fn: strong_wolfe", "max_iter: 1, line_search_fn: strong_wolfe",
    "tolerance_grad: 1000", "max_iter: 40, lr: 0.5",
])  # fmt: skip
def test_lbfgs_tells_what_it_did(check, options):
    text = BASE + block("LBFGS", options, lr="1") + "regularization: {l2: 0.01}\n"
    text = text.replace("lr: 1, max_iter: 40, lr: 0.5", "lr: 0.5, max_iter: 40")
    working = check(text, steps=(0, 1, 3))
    notes = [in_english(note) for note in step_of(worked(text), "update.lbfgs").notes]
    assert notes[0].startswith("A step of LBFGS makes moves w + t d. Moves: ")
    assert any(note.startswith("The objective went from") for note in notes)
    assert working.of("update")


def test_one_first_move_of_lbfgs_is_written_out():
    working = worked(BASE + block("LBFGS", "max_iter: 1", lr="1"))
    assert step_of(working, "update.0.weight.direction").formula == (
        r"d_{W^{[0]}} = -\frac{\partial L}{\partial W^{[0]}}"
    )
    assert step_of(working, "update.length").formula == r"t_1 = \min\left(1, \frac{1}{\lVert g \rVert_1}\right) \, \eta"
    assert step_of(working, "update.0.weight").formula == r"W^{[0]} \leftarrow W^{[0]} + t_1 \, d_{W^{[0]}}"


# the central formulas, complete


def test_plain_descent():
    working = worked(BASE + block("SGD", ""), 0)
    assert step_of(working, "update.1.weight").formula == (
        r"W^{[1]} \leftarrow W^{[1]} - \eta \, \frac{\partial L}{\partial W^{[1]}}"
    )


@pytest.mark.parametrize("sample", [0, 1])
def test_adam_is_chosen_by_the_config_also_where_gradients_are_0(sample):
    """XOR's sample 0 is (0, 0): in a batch of its own the gradient of the first weights is 0."""
    text = "dataset: {points: {x: [[0, 0]], y: [1]}}\n" + BASE.removeprefix(XOR) if sample == 0 else BASE
    working = worked(text + block("Adam", ""), sample)
    formulas = {step.id.removeprefix("update.0."): step.formula for step in working.of("update") if step.layer == 0}
    for name, letter in (("weight", "W"), ("bias", "b")):
        symbol = f"{letter}^{{[0]}}"
        gradient = rf"\frac{{\partial L}}{{\partial {symbol}}}"
        for mean, beta, new in (("m", r"\beta_1", gradient), ("v", r"\beta_2", rf"\left({gradient}\right)^{{2}}")):
            now, before = f"{mean}_{{{symbol},t}}", f"{mean}_{{{symbol},t-1}}"
            assert formulas[f"{name}.{mean}"] == rf"{now} = {beta} \, {before} + \left(1 - {beta}\right) \, {new}"
            corrected = rf"\hat{{{mean}}}_{{{symbol},t}}"
            assert formulas[f"{name}.{mean}.corrected"] == rf"{corrected} = \frac{{{now}}}{{1 - {beta}^{{t}}}}"
        move = rf"\frac{{\hat{{m}}_{{{symbol},t}}}}{{\sqrt{{\hat{{v}}_{{{symbol},t}}}} + \epsilon}}"
        assert formulas[name] == rf"{symbol} \leftarrow {symbol} - \eta \, {move}"


@pytest.mark.parametrize("sample", [0, 1])
@pytest.mark.parametrize("more", ["optimizer: Lion\n", "gradient_clipping: {norm: 0.01}\n", "optimizer: Adam\n"])
def test_weights_and_bias_of_a_layer_follow_one_rule(sample, more):
    working = worked(BASE + "training: {batch_size: 1, steps: 4}\n" + more, sample)
    for layer in (0, 1):
        rules = [
            step.formula.replace(f"W^{{[{layer}]}}", "w").replace(f"b^{{[{layer}]}}", "w")
            for name in ("weight", "bias")
            for step in working.of("update")
            if step.id == f"update.{layer}.{name}"
        ]
        assert rules[0] == rules[1]


def test_the_numbers_of_an_update_are_the_run_s():
    """The next step of the run starts where this one ended."""
    text = BASE + block("Adam", "amsgrad: true")
    first, second = worked(text, 1, 3), worked(text, 1, 4)
    for name, after in first.tensors["after"].items():
        np.testing.assert_array_equal(after, second.tensors["before"][name])
        value = step_of(first, f"update.{name.removeprefix('layers.')}").value
        assert value.size == after.size


def test_momentum_and_penalty_of_the_learner_s_report_are_worked():
    working = worked(BASE + block("SGD", "momentum: 0.9") + "regularization: {l2: 0.1}\n", 1, 2)
    assert r"\lambda_2 \, W^{[0]}" in step_of(working, "update.0.weight.penalty").formula
    assert step_of(working, "update.0.weight.v").formula == (
        r"v_{W^{[0]},t} = \mu \, v_{W^{[0]},t-1} + \frac{\partial J}{\partial W^{[0]}}"
    )
    assert step_of(working, "update.0.weight").formula == r"W^{[0]} \leftarrow W^{[0]} - \eta \, v_{W^{[0]},t}"


def test_large_tensors_are_cut_and_say_their_size():
    text = IRIS + network(3).replace("out_features: 3, activation: tanh", "out_features: 40, activation: tanh")
    working = worked(text + "loss: CrossEntropyLoss\n" + block("Adam", ""), 1, 1, CONVENTIONS[0])
    assert faults(working) == []
    step = step_of(working, "update.0.weight")
    assert r"\vdots" in step.numbers
    assert any("40 × 4" in in_english(note) for note in step.notes)


SMALLEST = (
    "dataset: {points: {x: [[1, 2]], y: [1]}}\n"
    "model: {layers: [{type: Linear, out_features: 1, init: {type: values, values: [[0.5, -0.5]]}}]}\n"
    "loss: MSELoss\ncompat: textbook\n"
)
"""One layer, one example: w = (0.5, -0.5), b = 0, so ŷ = -0.5, and the slope ŷ - y is -1.5."""


def test_adam_s_first_step_with_numbers_from_paper():
    """g = -1.5 x = (-1.5, -3), m = 0.1 g, v = 0.001 g², m̂ = g, v̂ = g², so w moves by lr against the sign of g."""
    working = worked(SMALLEST + block("Adam", "", lr="0.1"))
    numbers = {step.id: step.numbers for step in working.steps}
    g = r"\begin{bmatrix} -1.5 & -3 \end{bmatrix}"
    assert numbers["loss.example"] == r"L = \frac{1}{2} \cdot \left(1 - \left(-0.5\right)\right)^{2} = 1.125"
    assert numbers["backward.loss"].endswith("= -0.5 - 1 = -1.5")
    assert numbers["update.0.weight.m"] == (
        r"m_{W^{[0]},t} = 0.9 \cdot \begin{bmatrix} 0 & 0 \end{bmatrix} + \left(1 - 0.9\right) \cdot "
        rf"{g} = \begin{{bmatrix}} -0.15 & -0.3 \end{{bmatrix}}"
    )
    assert numbers["update.0.weight.v"] == (
        r"v_{W^{[0]},t} = 0.999 \cdot \begin{bmatrix} 0 & 0 \end{bmatrix} + \left(1 - 0.999\right) \cdot "
        rf"{g}^{{2}} = \begin{{bmatrix}} 0.00225 & 0.009 \end{{bmatrix}}"
    )
    assert numbers["update.0.weight.m.corrected"] == (
        r"\hat{m}_{W^{[0]},t} = \frac{\begin{bmatrix} -0.15 & -0.3 \end{bmatrix}}{1 - 0.9^{1}} = " + g
    )
    assert numbers["update.0.weight"] == (
        r"W^{[0]} = \begin{bmatrix} 0.5 & -0.5 \end{bmatrix} - 0.1 \cdot "
        rf"\frac{{{g}}}{{\sqrt{{\begin{{bmatrix}} 2.25 & 9 \end{{bmatrix}}}} + 1 \times 10^{{-8}}}} = "
        r"\begin{bmatrix} 0.6000 & -0.4000 \end{bmatrix}"
    )


def test_a_clipped_step_with_numbers_from_paper():
    """The norm of (-1.5, -3, -1.5) is √13.5 = 3.6742; the limit 1 leaves 0.2722 of it."""
    working = worked(SMALLEST + block("SGD", "", lr="1") + "gradient_clipping: {norm: 1}\n")
    numbers = {step.id: step.numbers for step in working.steps}
    assert numbers["update.norm"] == r"\left\lVert g \right\rVert = \sqrt{11.25 + 2.25} = 3.6742"
    assert numbers["update.scale"] == (r"s = \min\left(1, \frac{1}{3.6742 + 1 \times 10^{-6}}\right) = 0.2722")
    assert numbers["update.0.bias"] == r"b^{[0]} = 0 - 1 \cdot \left(-0.4082\right) = 0.4082"


def test_a_matrix_that_changes_has_its_norm_before_and_after():
    before, change = np.full((10, 10), 3.0), np.ones((10, 10))
    made = equation("W", minus(named("W", before), named("U", change)), before - change)
    assert [in_english(note) for note in made["notes"]] == [
        r"\(W\) is 10 × 10, norm \(30\) before and \(20\) after; dots stand for omitted rows and columns.",
        r"\(U\) is 10 × 10, norm \(10\); dots stand for omitted rows and columns.",
    ]
