"""Every loss with every option, worked for samples in and out of the batch, in every convention."""

import pytest

from bpsandbox import spec
from bpsandbox.explain import Convention
from bpsandbox.explain.working import captured
from tests.full import FULL

from .training import (
    CONVENTIONS,
    IRIS,
    PLANE,
    TWO,
    XOR,
    faults,
    in_conventions,
    in_english,
    in_turn,
    network,
    step_of,
    worked,
)  # fmt: skip

NUMBERS = ("mean", "sum", "batchmean")
DISTANCES = [
    f"{{type: {name}, reduction: {reduction}{more}}}"
    for name, more in (
        ("MSELoss", ""), ("MSELoss", ", factor: 0.5"), ("MSELoss", ", factor: 0.3"), ("L1Loss", ""),
        ("HuberLoss", ""), ("HuberLoss", ", delta: 0.3"), ("SmoothL1Loss", ", beta: 0.5"), ("SmoothL1Loss", ""),
    )
    for reduction in NUMBERS
]  # fmt: skip
BINARY = [
    (f"{{type: {name}, reduction: {reduction}}}", last)
    for name, last in (("BCELoss", "sigmoid"), ("BCEWithLogitsLoss", ""))
    for reduction in NUMBERS
]
CLASSES = [
    f"{{type: CrossEntropyLoss, reduction: {reduction}{smoothing}{weights}}}"
    for reduction in ("mean", "sum")
    for smoothing in ("", ", label_smoothing: 0.1")
    for weights in ("", ", class_weight: [1, 2, 0.5]", ", class_weight: [0, 2, 1]")
]
BATCHES = ("full", 1, 3)


@pytest.fixture(params=[False, pytest.param(True, marks=FULL)], ids=["in turn", "in every convention"])
def check(request):
    """Return a function that checks every batch size and sample, in every convention or in one after the other.

    With batches of 1 and 3 some samples are not in the batch.
    """

    def check(text, step=2, samples=(0, 2)):
        for batch, convention in zip(BATCHES, in_turn(len(BATCHES)), strict=True):
            training = f"training: {{steps: 9, batch_size: {batch}}}\nseed: 3\n"
            conventions = CONVENTIONS if request.param else (convention,)
            for sample in samples:
                for working in in_conventions(text + training, sample, step, conventions):
                    assert faults(working) == []

    return check


@pytest.mark.parametrize("loss", DISTANCES)
def test_distances_of_one_number_and_of_two(check, loss):
    check(PLANE + network(1) + f"loss: {loss}\n")
    check(TWO + network(2) + f"loss: {loss}\n")


@pytest.mark.parametrize(("loss", "last"), BINARY)
def test_losses_of_probabilities(check, loss, last):
    check(XOR + network(1, last) + f"loss: {loss}\n")
    check(XOR + network(2, last) + f"loss: {loss}\n")


@pytest.mark.parametrize("loss", CLASSES)
def test_cross_entropy_with_smoothing_and_weights(check, loss):
    check(IRIS + network(3) + f"loss: {loss}\n", samples=(0, 120))
    of_probabilities = loss.replace("}", ", from_logits: false}")
    check(IRIS + network(3, "softmax") + f"loss: {of_probabilities}\n", samples=(120,))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_hinge_of_one_output_and_of_classes(check, reduction):
    check(XOR + network(1) + f"loss: {{type: hinge, reduction: {reduction}}}\n")
    check(IRIS + network(3) + f"loss: {{type: hinge, reduction: {reduction}}}\n", samples=(0, 120))


@pytest.mark.parametrize("penalty", ["{l2: 0.1}", "{l1: 0.01}", "{l1: 0.01, l2: 0.1, bias: true}"])
@pytest.mark.parametrize("sized", ["", "per_sample: true, "])
def test_penalties_complete_the_objective(check, penalty, sized):
    text = XOR + network(1) + f"loss: MSELoss\nregularization: {{{sized}{penalty[1:]}\n"
    check(text)
    working = worked(text, 1, 3)
    assert step_of(working, "loss.objective").formula == "J = L + R"


@pytest.mark.parametrize("compat", ["keras", "sklearn", "textbook"])
def test_other_libraries_forms(check, compat):
    check(XOR + network(1) + f"loss: MSELoss\ncompat: {compat}\nregularization: {{l2: 0.1}}\n")
    check(XOR + network(1, "sigmoid") + f"loss: BCELoss\ncompat: {compat}\n")


@pytest.mark.parametrize("loss", ["MSELoss", "CrossEntropyLoss", "hinge"])
def test_float32(check, loss):
    check(XOR + network(2) + f"loss: {loss}\ndtype: float32\n", step=7)


# learner's view: the formulas as a textbook has them


def test_a_textbook_writes_half_a_square_and_a_plain_difference():
    """Also where the loss of the sample is 0, as at the start of XOR's sample 0."""
    text = XOR + network(1) + "loss: MSELoss\ncompat: textbook\nseed: 3\n"
    for sample in (0, 1):
        working = worked(text, sample)
        assert step_of(working, "loss.example").formula == (
            rf"\ell_{{{sample}}} = \frac{{1}}{{2}} \, \left(y - \hat{{y}}\right)^{{2}}"
        )
        assert step_of(working, "loss.share").formula == rf"L_{{{sample}}} = \frac{{1}}{{N}} \, \ell_{{{sample}}}"
        assert step_of(working, "backward.loss").formula == (
            r"\delta^{[1]} = \frac{\partial L}{\partial \hat{y}} = \frac{1}{N} \, \left(\hat{y} - y\right)"
        )
        assert r"\frac{1}{4} \cdot" in step_of(working, "backward.loss").numbers


def test_a_batch_of_one_has_no_factor_of_one():
    text = XOR + network(1) + "loss: MSELoss\ncompat: textbook\ntraining: {batch_size: 1, steps: 3}\nseed: 3\n"
    working = worked(text, step=0)
    sample = 0 if any(found.id == "loss.batch" for found in working.steps) else None
    formula = step_of(working, "backward.loss").formula
    assert formula == r"\delta^{[1]} = \frac{\partial L}{\partial \hat{y}} = \hat{y} - y"
    name = "L" if sample is None else f"L_{{{sample}}}"
    assert step_of(working, "loss.example").formula == rf"{name} = \frac{{1}}{{2}} \, \left(y - \hat{{y}}\right)^{{2}}"


def test_cross_entropy_shows_the_probabilities_before_the_loss():
    text = IRIS + network(3) + "loss: CrossEntropyLoss\nseed: 3\n"
    working = worked(text, 100)
    softmax = step_of(working, "loss.softmax")
    assert softmax.formula == r"p = \mathrm{softmax}\left(\hat{y}\right)"
    assert softmax.value.shape == (3, 1)
    assert softmax.value.sum() == pytest.approx(1.0)
    assert step_of(working, "loss.example").formula == r"\ell_{100} = -\log\left(p_{2}\right)"
    assert step_of(working, "backward.loss").formula == (
        r"\delta^{[1]} = \frac{\partial L}{\partial \hat{y}} = \frac{1}{N} \, \left(p - y\right)"
    )
    assert r"\begin{bmatrix} 0 \\ 0 \\ 1 \end{bmatrix}" in step_of(working, "backward.loss").numbers


def test_smoothed_and_weighed_targets_are_printed_and_have_a_slope():
    text = IRIS + network(3) + "loss: {type: CrossEntropyLoss, label_smoothing: 0.1, class_weight: [1, 2, 3]}\n"
    working = worked(text, 100)
    assert step_of(working, "loss.target").formula == (
        r"y = w \odot \left(\left(1 - \epsilon\right) \, e_{2} + \frac{\epsilon}{K}\right)"
    )
    assert step_of(working, "loss.share").formula == r"L_{100} = \frac{1}{\sum_n w_{y_n}} \, \ell_{100}"
    assert r"\mathrm{sum}\left(y\right) p - y" in step_of(working, "backward.loss").formula


@pytest.mark.parametrize(("gathered", "own", "batch"), [
    ("mean", r"\ell_{1} = \left(y - \hat{y}\right)^{2}", "L = L_{0} + L_{1} + L_{2} + L_{3}"),
    ("sum", r"S_{1} = \left(y - \hat{y}\right)^{2}", r"L = \frac{1}{N} \, S"),
    ("half", r"E_{1} = \frac{1}{2} \, \left(y - \hat{y}\right)^{2}", r"L = \frac{2}{N} \, E"),
])  # fmt: skip
def test_squares_are_gathered_as_the_reader_prefers(gathered, own, batch):
    working = worked(XOR + network(1) + "loss: MSELoss\n", 1, 2, Convention("columns", gathered))
    assert step_of(working, "loss.example").formula == own
    assert step_of(working, "loss.batch").formula == batch


def test_the_shares_of_a_large_batch_are_the_example_s_and_all_others():
    working = worked(IRIS + network(3) + "loss: CrossEntropyLoss\ntraining: {batch_size: full}\n", 7)
    assert step_of(working, "loss.batch").formula == r"L = L_{7} + \sum_{n \ne 7} L_n"


def test_a_sample_outside_the_batch_is_said_to_be_outside():
    text = XOR + network(1) + "loss: MSELoss\ntraining: {batch_size: 1, steps: 4}\nseed: 3\n"
    told = {sample: worked(text, sample) for sample in range(4)}
    outside = [sample for sample, working in told.items() if any(step.id == "loss.batch" for step in working.steps)]
    assert len(outside) == 3
    for sample in outside:
        assert f"Example {sample} is not in this batch" in in_english(step_of(told[sample], "loss.batch").notes[-1])


@pytest.mark.parametrize(("size", "listed"), [(3, 3), (8, 8), (9, 8)])
def test_the_examples_of_a_batch_are_named_whether_or_not_this_one_is_among_them(size, listed):
    text = IRIS + network(3) + f"loss: CrossEntropyLoss\ntraining: {{batch_size: {size}, steps: 4}}\nseed: 3\n"
    capture = captured(spec.parse(text))
    outside = next(sample for sample in range(150) if sample not in capture.batch)
    names = ("examples, starting with " if size > listed else "examples: ") + ", ".join(
        map(str, capture.batch[:listed])
    )
    for sample in (capture.batch[1], outside):
        notes = [in_english(note) for note in worked(text, sample).notes]
        assert notes[-1] == f"The batch has {size} {names}."
        assert len(notes) == (2 if sample == outside else 1)


def test_a_batch_of_one_example_lists_nothing():
    text = XOR + network(1) + "loss: MSELoss\ntraining: {batch_size: 1, steps: 4}\nseed: 3\n"
    assert not any("The batch has" in in_english(note) for sample in range(4) for note in worked(text, sample).notes)


@pytest.mark.parametrize("last", [1e3, -1e3])
def test_logits_that_saturate(last):
    """Probabilities that are 0 or 1 in double precision."""
    text = (
        "dataset: {name: xor}\nmodel: {layers: [{type: Linear, out_features: %d, "
        f"bias_init: {{type: constant, value: {last}}}}}]}}\nloss: %s\nseed: 3\n"
    )
    for outputs, loss in ((1, "BCEWithLogitsLoss"), (2, "CrossEntropyLoss"), (1, "hinge"), (2, "hinge")):
        assert faults(worked(text % (outputs, loss), 1)) == []


def test_probabilities_of_0_and_1_meet_the_limits_of_the_logarithm():
    text = (
        "dataset: {name: xor}\nmodel: {layers: [{type: Linear, out_features: 1, activation: sigmoid, "
        "bias_init: {type: constant, value: 800}}]}\nloss: BCELoss\n"
    )
    for sample in (0, 1):
        assert faults(worked(text, sample)) == []
