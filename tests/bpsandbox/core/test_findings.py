"""Findings and warnings: raised for real problems, none otherwise."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpsandbox import explain, spec
from bpsandbox.core import run, train
from bpsandbox.core.tape.workspace import play
from bpsandbox.core.train.baseline import baseline
from bpsandbox.core.train.doctor.inside import silent_seeds
from bpsandbox.core.train.doctor.outcomes import Outcomes, overfits
from bpsandbox.core.train.doctor.training import in_curves
from bpsandbox.core.train.evaluation import PartEvaluation
from bpsandbox.core.train.observers.steps import Trace
from bpsandbox.core.train.session import Session
from bpsandbox.core.train.stack import Stack
from bpsandbox.core.train.trends import noise, trend
from bpsandbox.core.train.warnings import warnings
from bpsandbox.document import Document
from bpsandbox.spec import presets
from tests.bpsandbox.documents import blank
from tests.full import counts

SIX_SIGMOIDS = """
seeds: {start: 0, count: 4}
dataset: {name: moons, n_samples: 100, noise: 0.1, seed: 0}
model: {layers: [LAYERS{type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss}
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 60, batch_size: 20}
""".replace("LAYERS", "{type: Linear, out_features: 6, activation: sigmoid}, " * 6)
DEAD = """
seeds: {start: 0, count: 2}
dataset: {name: moons, n_samples: 100, noise: 0.1, seed: 0}
model:
  layers:
    - {type: Linear, out_features: 8, activation: relu, bias_init: {type: constant, value: -50}}
    - {type: Linear, out_features: 2}
loss: {type: CrossEntropyLoss}
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 50, batch_size: 20}
"""
ZEROS = """
seeds: [3, 4]
dataset: {name: xor}
model:
  layers:
    - {type: Linear, out_features: 3, activation: sigmoid}
    - {type: Linear, out_features: 1, activation: sigmoid}
init: zeros
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 0.5}
training: {epochs: 200, batch_size: full}
"""
SATURATED = """
seeds: [0, 1]
dataset: {name: spiral, n_samples: 90, seed: 0}
model:
  layers:
    - {type: Linear, out_features: 6, activation: tanh, init: {type: normal, std: 500}}
    - {type: Linear, out_features: 6, activation: tanh, init: {type: normal, std: 500}}
    - {type: Linear, out_features: 3, init: zeros, trainable: false}
loss: {type: CrossEntropyLoss}
optimizer: {type: SGD, lr: 0.01}
training: {epochs: 30, batch_size: 30}
"""
OVERFITTED = """
seeds: {start: 0, count: 4}
dataset: {name: moons, n_samples: 60, noise: 0.5, split: {val: 0.5, seed: 0}, seed: 0}
model: {layers: [{type: Linear, out_features: 64, activation: relu}, {type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss}
optimizer: {type: Adam, lr: 0.03}
training: {epochs: 200, batch_size: 10}
"""
UNFINISHED = """
seeds: [0, 1]
dataset: {name: circle, n_samples: 100, seed: 0}
model: {layers: [{type: Linear, out_features: 8, activation: tanh}, {type: Linear, out_features: 1}]}
loss: {type: BCEWithLogitsLoss}
optimizer: {type: Adam, lr: 0.02}
training: {epochs: 60, batch_size: 20}
"""
EXPLODED = """
seeds: [0, 1, 2]
dataset: {name: sine}
model: {layers: [{type: Linear, out_features: 8, activation: relu}, {type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: SGD, lr: 3}
training: {epochs: 100}
"""


def document(text):
    return run(spec.build(spec.parse(text))).document().to_json()


def found(text):
    """Return the findings of a config by kind."""
    made = document(text)
    read = Document.from_json(json.loads(json.dumps(made, allow_nan=False)))
    assert [finding.kind for finding in read.findings] == [finding["kind"] for finding in made["findings"]]
    return {finding["kind"]: finding for finding in made["findings"]}


def warned(text):
    return {warning["code"]: warning for warning in document(text)["warnings"]}


def test_every_finding_has_all_fields():
    for text in (SIX_SIGMOIDS, OVERFITTED):
        for finding in document(text)["findings"]:
            assert list(finding) == ["kind", "seeds", "layer", "step", "evidence"]


def test_a_deep_sigmoid_net_has_learned_nothing_because_its_gradient_vanishes():
    findings = found(SIX_SIGMOIDS)
    assert list(findings) == ["vanishing", "plateau"]
    plateau, vanishing = findings["plateau"], findings["vanishing"]
    assert plateau["seeds"] == vanishing["seeds"] == [0, 1, 2, 3]
    assert (plateau["layer"], plateau["step"], plateau["evidence"]["why"]) == (None, None, "baseline")
    assert plateau["evidence"]["baseline"] == pytest.approx(np.log(2))
    assert plateau["evidence"]["losses"] == pytest.approx([np.log(2)] * 4, rel=0.01)
    assert (vanishing["layer"], vanishing["step"]) == (0, 0)


def test_the_ratio_of_a_vanishing_gradient_is_that_of_the_gradients_themselves():
    evidence = found(SIX_SIGMOIDS)["vanishing"]["evidence"]
    sizes = evidence["sizes"]
    assert evidence["ratio"] == pytest.approx(sizes[0] / sizes[-1], rel=1e-5)
    assert evidence["layers"] == [i for layer in range(6) for i in (layer, layer)] + [6]
    experiment = spec.build(spec.parse(SIX_SIGMOIDS))
    stack = Stack(experiment)
    stack.batches.begin_epoch()
    workspace, tape = stack.tapes[stack.batches.load(0)]
    play(tape.forward)
    play(tape.backward)
    row = evidence["seed"]
    by_hand = [np.sqrt(np.mean(gradient[row] ** 2)) for gradient in workspace.gradients[1:]]
    assert sizes == pytest.approx(by_hand, rel=1e-5)


def test_dead_units_are_named_with_their_layer_and_share():
    findings = found(DEAD)
    assert list(findings) == ["dead", "plateau"]
    evidence = {"type": "Linear", "activation": "relu", "share": 1.0, "start": 1.0}
    assert findings["dead"] == {"kind": "dead", "seeds": [0, 1], "layer": 0, "step": 0, "evidence": evidence}


def test_a_start_at_zero_is_found_by_equal_units():
    findings = found(ZEROS)
    assert list(findings) == ["symmetric", "plateau"]
    evidence = {"type": "Linear", "units": 3}
    symmetric = {"kind": "symmetric", "seeds": [3, 4], "layer": 0, "step": 0, "evidence": evidence}
    assert findings["symmetric"] == symmetric


def test_random_biases_break_the_symmetry_of_equal_weights():
    findings = found(ZEROS.replace("init: zeros", "init: {type: constant, value: 0.3}\nbias_init: {type: normal}"))
    assert "symmetric" not in findings


def test_saturated_outputs_are_named_where_nothing_was_learned():
    findings = found(SATURATED)
    assert list(findings) == ["saturated", "plateau"]
    assert findings["saturated"]["evidence"]["share"] > 0.9


def test_overfitting_says_where_the_minimum_was_and_nobody_is_told_to_train_longer():
    made = document(OVERFITTED)
    assert made["warnings"] == []
    [told] = made["findings"]
    medians = [float(np.median(row)) for row in made["curves"]["val_loss"]]
    evidence = told["evidence"]
    assert (evidence["part"], evidence["lowest"], evidence["last"]) == ("val", min(medians), medians[-1])
    assert evidence["train"] == float(np.median(made["curves"]["train_loss"][-1]))
    assert medians[made["epochs"].index(evidence["epoch"])] == min(medians)
    assert told["step"] == made["steps"][made["epochs"].index(evidence["epoch"])]


def test_seeds_whose_loss_explodes_are_neither_stuck_nor_without_learning():
    made = document(EXPLODED)
    findings = {finding["kind"]: finding for finding in made["findings"]}
    assert list(findings) == ["dead", "diverged"]
    assert findings["diverged"]["seeds"] == [0, 1, 2]
    assert findings["diverged"]["evidence"]["losses"] == made["curves"]["train_loss"][-1]
    assert findings["diverged"]["evidence"]["growth"] > 1
    read = Document.from_json(made)
    assert explain.verdict(read).startswith("The loss of every seed grew: the median ended at 4.6×10²⁸⁶.")
    assert len([*explain.cautions(read), *explain.hints(read)]) == 1


def curves_of(made):
    return {finding.kind: finding for finding in in_curves(Outcomes(made, tuple(range(len(made.seeds)))))}


def test_an_exploding_seed_beside_one_that_learns_has_grown_and_is_not_stuck():
    curves = {"train_loss": [[1.0 - 0.04 * i, 0.3 * 1.5**i, 0.9] for i in range(20)]}
    stop = [{"reason": "epochs", "epoch": 19, "step": 40}] * 3
    steps = list(range(20))
    made = blank(seeds=[0, 1, 2], epochs=steps, steps=steps, curves=curves, stop=stop)
    last = replace(made, curves={"train_loss": (*made.curves["train_loss"][:-1], (0.01, 900.0, 0.9))})
    findings = curves_of(last)
    assert (findings["diverged"].seeds, findings["plateau"].seeds) == ((1,), (2,))
    assert findings["plateau"].evidence.why == "stuck"


def test_stuck_seeds_are_held_against_the_best_one_in_the_same_loss():
    """Their losses are without penalties, so that of the best seed is too."""
    curves = {
        "train_loss": [[1.0 - 0.05 * i, 0.9] for i in range(20)],
        "data_loss": [[0.96 - 0.05 * i, 0.8] for i in range(20)],
    }
    steps, stop = list(range(20)), [{"reason": "epochs", "epoch": 19, "step": 40}] * 2
    made = blank(seeds=[0, 1], epochs=steps, steps=steps, curves=curves, stop=stop)
    evidence = curves_of(made)["plateau"].evidence
    assert (evidence.why, evidence.losses) == ("stuck", (0.8,))
    assert evidence.best == curves["data_loss"][-1][0] < curves["train_loss"][-1][0]


def outcomes_of(*columns, **more):
    """Return the outcomes of seeds with these training losses, and with a baseline of 1."""
    count, points = len(columns), len(columns[0])
    stop = [{"reason": "epochs", "epoch": points - 1, "step": 40 * points}] * count
    steps = list(range(points))
    curves = {"train_loss": [list(row) for row in zip(*columns, strict=True)]}
    made = blank(seeds=list(range(count)), epochs=steps, steps=steps, curves=curves, stop=stop)
    return Outcomes(made, tuple(range(count)), baseline=1.0, **more)


def test_a_loss_that_left_its_bounds_and_came_back_has_diverged_unless_it_learned():
    thrown = [1.3, 900.0, *(400.0 / 2**i for i in range(8)), 1.2, 1.1]
    catapult = [1.3, 900.0, *(400.0 / 2**i for i in range(8)), 0.4, 0.2]
    outcomes = outcomes_of(thrown, catapult)
    assert (outcomes.overshot, outcomes.grown, outcomes.ill >= {0}) == ([0], [], True)
    [found] = [finding for finding in in_curves(outcomes) if finding.kind == "diverged"]
    assert (found.evidence.why, found.evidence.highest, found.seeds) == ("overshot", (900.0,), (0,))
    told = replace(outcomes.document, findings=(found,))
    words = "The loss diverged: it rose to 900, more than a hundred times its value at the start"
    assert words in " ".join(explain.cautions(told))


def test_a_loss_that_follows_the_batches_of_a_dead_network_is_not_chaotic():
    jumps = [1.0 + 0.2 * (-1) ** i for i in range(20)]
    assert outcomes_of(jumps, jumps).chaotic == [0, 1]
    silent = outcomes_of(jumps, jumps, silent=frozenset({0}))
    assert (silent.chaotic, silent.unlearned) == ([1], [0])


def test_what_left_its_bounds_and_learned_nothing_is_neither_chaotic_nor_on_a_plateau():
    jumps = [1.3, 900.0, *(1.2 + 0.2 * (-1) ** i for i in range(18))]
    outcomes = outcomes_of(jumps, [1.3, 1.2, *jumps[2:]])
    assert (outcomes.overshot, outcomes.chaotic, outcomes.unlearned) == ([0], [1], [])


def test_a_loss_that_only_running_statistics_make_jump_or_grow_is_neither_chaotic_nor_grown():
    jumps, grows = [0.9 + 0.2 * (-1) ** i for i in range(20)], [1.0 + 0.1 * i for i in range(20)]
    falls = [1.0 / (i + 1) for i in range(19)]
    measured = outcomes_of(jumps, grows)
    assert (measured.chaotic, measured.grown) == ([0], [1])
    with_steps = outcomes_of(jumps, grows, step_losses=(tuple(falls),) * 2)
    assert (with_steps.chaotic, with_steps.grown) == ([], [])
    both = outcomes_of(jumps, grows, step_losses=(tuple(jumps[1:]), tuple(grows[1:])))
    assert (both.chaotic, both.grown) == ([0], [1])


NORMED = """seeds: [0, 1]
dataset: {name: moons, n_samples: 40}
model: {layers: [{type: Linear, out_features: 4}, {type: BatchNorm1d, activation: tanh},
  {type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss}
training: {epochs: 3, batch_size: 16}
"""


def test_networks_with_batch_norm_have_the_mean_loss_of_the_steps_up_to_each_point():
    trace = Trace()
    session = Session(spec.build(spec.parse(NORMED)), [trace])
    while session.is_running:
        session.advance(2)
    steps = np.array([step["loss"] for step in trace.steps])
    assert np.allclose(session.signals.step_losses, steps.reshape(3, 3, 2).mean(axis=1), rtol=1e-12)
    plain = Session(spec.build(spec.parse(NORMED.replace("{type: BatchNorm1d, activation: tanh}", "{type: tanh}"))))
    plain.advance(3)
    assert plain.stack.losses is None and plain.signals.step_losses == []


def test_the_scale_before_a_norm_is_no_part_of_a_gradients_ratio():
    """A norm divides its input by 0.001, so that the gradient before it is a thousand times as large."""
    small = "{type: Linear, out_features: 8, init: {type: normal, std: 0.001}}, {type: relu}, {type: LayerNorm}, "
    layers = f"[{small * 4}{{type: Linear, out_features: 2}}]"
    text = SIX_SIGMOIDS.replace(SIX_SIGMOIDS[SIX_SIGMOIDS.index("[{") : SIX_SIGMOIDS.index("}\nloss")], layers)
    sick = text.replace("lr: 0.1", "lr: 1.0e-9")
    assert [finding.kind for finding in run(spec.build(spec.parse(sick))).document().findings] == ["plateau"]


def test_a_start_far_above_the_baseline_from_which_nothing_came_back_is_explained():
    outcomes = outcomes_of([1e9 / (i + 1) for i in range(20)], [1e9 / 10**i for i in range(20)])
    assert (outcomes.lost, outcomes.ill) == ([0], {0})


BRANCHED = """seeds: [0]
dataset: {name: moons, n_samples: 40}
model: {layers: [{type: Linear, out_features: 4, activation: tanh},
  {type: Linear, out_features: 4, activation: relu, bias_init: {type: constant, value: BIAS}},
  SUM{type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss}
training: {epochs: 3}
"""
SUM = "{type: Add, from: 0}, "


@pytest.mark.parametrize(("bias", "layer", "silent"), [("-90", "", {0}), ("-90", SUM, set()), ("0", "", set())])
def test_outputs_are_constant_behind_a_dead_layer_unless_a_sum_passes_it_by(bias, layer, silent):
    session = run(spec.build(spec.parse(BRANCHED.replace("BIAS", bias).replace("SUM", layer)))).session
    assert silent_seeds(session.experiment.network, session.signals) == silent


SHRUNK = """seeds: [0]
dataset: {name: circle, n_samples: 60}
model: {layers: [LAYERS{type: Linear, out_features: 1}]}
loss: {type: BCEWithLogitsLoss}
optimizer: {type: SGD, lr: 1000}
training: {epochs: 20, batch_size: 20}
"""
LARGE = "{type: Linear, out_features: 16, init: {type: normal, std: 1}}, "
NARROW = "{type: Linear, out_features: 16, init: {type: normal, std: 0.0001}}, "


def test_the_first_layers_gradient_is_compared_with_that_of_any_later_one():
    evidence = found(SHRUNK.replace("LAYERS", LARGE * 5 + NARROW))["exploding"]["evidence"]
    assert evidence["layers"][-1] == 4  # behind the narrow layer, not the output's, which is larger
    first, *_, last = evidence["sizes"]
    assert first / last == pytest.approx(evidence["ratio"], rel=1e-4) and evidence["ratio"] > 100


def test_restored_best_weights_are_not_overfitted():
    stopping = "stopping: [{type: EarlyStopping, monitor: val_loss, patience: 300, restore_best_weights: true}]"
    assert not {"overfitting"} & {*found(OVERFITTED + stopping), *warned(OVERFITTED + stopping)}


def test_a_run_that_stopped_too_early_still_falls():
    assert found(UNFINISHED) == {}
    assert warned(UNFINISHED) == {"still_falling": {"code": "still_falling", "seeds": [0, 1]}}


def test_one_step_is_no_time_to_learn():
    assert found(presets.PRESETS["by-hand"].text) == warned(presets.PRESETS["by-hand"].text) == {}


def test_every_loss_has_a_baseline_to_learn_nothing_by():
    text = ZEROS.replace("MSELoss", "L1Loss").replace("lr: 0.5", "lr: 1.0e-9").replace("init: zeros", "")
    plateau = found(text)["plateau"]
    assert plateau["evidence"]["baseline"] == 0.5 and plateau["seeds"] == [3, 4]


QUARTER = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))


@pytest.mark.parametrize(
    "loss, targets, outputs, lowest",
    [
        ("{type: MSELoss}", [0, 0, 1, 5], 1, 4.25),
        ("{type: MSELoss, reduction: sum}", [0, 0, 1, 5], 1, 17.0),
        ("{type: L1Loss}", [0, 0, 1, 5], 1, 1.5),
        ("{type: HuberLoss}", [0, 0, 1, 5], 1, 13 / 12),
        ("{type: CrossEntropyLoss}", [0, 0, 0, 1], 2, QUARTER),
        ("{type: CrossEntropyLoss, reduction: sum}", [0, 0, 0, 1], 2, 4 * QUARTER),
        ("{type: CrossEntropyLoss, class_weight: [1, 3]}", [0, 0, 0, 1], 2, np.log(2)),
        (
            "{type: CrossEntropyLoss, class_weight: [1, 1, 2]}",
            [0, 1, 2, 2],
            3,
            -(2 * np.log(1 / 6) + 4 * np.log(4 / 6)) / 6,
        ),
        ("{type: CrossEntropyLoss, class_weight: [0, 1]}", [0, 0, 0, 1], 2, 0.0),
        ("{type: BCEWithLogitsLoss}", [0, 0, 0, 1], 1, QUARTER),
        ("hinge", [0, 0, 0, 1], 1, 0.5),
        ("hinge", [0, 0, 0, 0, 0, 0, 1, 1, 1, 2], 3, 1.1 / 3),
        ("hinge", [0, 0, 1, 1, 2], 3, 1.6 / 3),
    ],
)
def test_the_baseline_is_the_loss_of_the_best_constant_output(loss, targets, outputs, lowest):
    text = (
        f"dataset: {{points: {{x: {[[i] for i in range(len(targets))]}, y: {targets}}}}}\nloss: {loss}\nseeds: [0]\n"
        f"model: {{layers: [{{type: Linear, out_features: {outputs}}}]}}\ntraining: {{epochs: 1}}\n"
    )
    experiment = spec.build(spec.parse(text))
    assert baseline(experiment) == pytest.approx(lowest, rel=1e-9, abs=1e-9)
    assert run(experiment).document().baseline == baseline(experiment)


WEIGHTED = """
seeds: [0, 1]
dataset: {name: moons, n_samples: 60, noise: 0.1, seed: 0}
model: {layers: [{type: Linear, out_features: 8, activation: relu, bias_init: {type: constant, value: -20}},
  {type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss, class_weight: [1, 9]}
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 40, batch_size: 20}
"""


def test_all_that_is_compared_with_the_baseline_reads_the_same_number():
    document = run(spec.build(spec.parse(WEIGHTED))).document()
    [plateau] = document.found("plateau")
    assert plateau.evidence.baseline == document.data.chance_loss == document.baseline
    assert document.baseline == pytest.approx(-(0.1 * np.log(0.1) + 0.9 * np.log(0.9)), rel=1e-9)
    stored = replace(document, data=replace(document.data, chance_loss=np.log(2)))  # an earlier version's
    assert stored.baseline == document.baseline


def test_settings_of_a_sweep_that_differ_in_the_baseline_have_none_in_common():
    for path, values, is_known in (("optimizer.lr", "[0.1, 0.2]", True), ("dataset.noise", "[0.1, 0.5]", True),
                                   ("loss.reduction", "[mean, sum]", False)):  # fmt: skip
        *_, last = train(spec.build(spec.parse(f"{WEIGHTED}sweep: {{parameters: {{{path}: {values}}}}}")))
        assert (last.result.document().baseline is not None) is is_known


LINEAR, OFF = "bias: true", "activation: relu, bias_init: {type: constant, value: -50}"
ZERO = """
seeds: [0, 1]
dataset: {name: moons, n_samples: 60, noise: 0.1, seed: 0}
model: {layers: [{type: Linear, out_features: 4, %s}, {type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss, class_weight: %s}
optimizer: %s
training: {epochs: 5, batch_size: %s}
"""


@pytest.mark.parametrize(
    ("start", "weights", "optimizer", "batch", "why"),
    [
        *((OFF, [1, 1], f"{{type: {name}, eps: 0}}", 20, "zero_update")
          for name in ("Adam", "AdamW", "NAdam", "Adamax", "RMSprop", "Adagrad", "Adadelta")),
        (LINEAR, [0, 1], "{type: SGD, lr: 0.1}", 2, "zero_weights"),
        (LINEAR, [1, 1], "{type: SGD, lr: 1.0e+200}", 20, "not_finite"),
        (LINEAR, [1, 1], "{type: Adam, lr: 1.0e+200, eps: 0}", 20, "not_finite"),
    ],
)  # fmt: skip
def test_a_division_of_0_by_0_is_not_blamed_on_the_learning_rate(start, weights, optimizer, batch, why):
    parsed = spec.parse(ZERO % (start, weights, optimizer, batch))
    document = run(spec.build(parsed)).document()
    [finding] = document.found("diverged")
    assert (finding.evidence.why, finding.seeds) == (why, (0, 1))
    [told] = [each for each in explain.diagnoses(document, parsed) if each.kind == "diverged"]
    if why == "not_finite":
        assert "smaller_rate" in [cure.name for cure in told.cures] and "0 / 0" not in told.cause
        return
    assert [cure.name for cure in told.cures] == [{"zero_update": "default_eps", "zero_weights": "full_batch"}[why]]
    assert "0 / 0" in told.cause and r"\frac{0}{0" in told.numbers[0]
    story = explain.story(document)
    assert story.verdict.startswith("The loss diverged because 0 was divided by 0")
    assert story.is_off and not story.cautions
    cured = run(spec.build(spec.parse(json.dumps(explain.cured(parsed, told.cures[0].name))))).document()
    assert not cured.found("diverged")


def test_a_chunk_without_weight_has_no_share_of_the_loss():
    data = ZERO.replace("n_samples: 60", "n_samples: 1200")
    experiment = spec.build(spec.parse(data % (LINEAR, [0, 1], "{type: SGD, lr: 0.1}", "full")))
    part, order = experiment.train, np.argsort(experiment.train.classes, kind="stable")
    ordered = replace(part, x=part.x[order], y=part.y[order], classes=part.classes[order])
    network = experiment.network.bind(experiment.start_values())
    with np.errstate(all="ignore"):
        losses = [PartEvaluation(network, experiment, each, keep_outputs=False).loss() for each in (part, ordered)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-12)


def test_a_sweep_joins_what_its_sessions_found():
    text = UNFINISHED + "sweep: {parameters: {model.layers.0.out_features: [4, 8]}}"
    *_, last = train(spec.build(spec.parse(text)))
    assert last.result.document().to_json()["warnings"] == [{"code": "still_falling", "seeds": [0, 1, 0, 1]}]


def test_noise_is_the_scatter_around_a_smooth_line():
    rng = np.random.default_rng(0)
    line = np.exp(-np.linspace(0, 3, 400))
    assert noise(list(line)) < 1e-4
    assert noise(list(line + rng.normal(0, 0.1, 400))) == pytest.approx(0.1, rel=0.2)


def test_a_flat_noisy_curve_does_not_fall_and_a_falling_one_does():
    rng = np.random.default_rng(1)
    scatter = rng.normal(0, 0.02, 200)
    assert not any(trend(list(1 + np.roll(scatter, k))).falls for k in range(200))
    assert trend(list(1 - 0.005 * np.arange(200) + scatter)).falls


def test_a_lucky_point_of_a_noisy_curve_is_no_overfitting():
    scatter = [0.02 * (-1) ** i for i in range(40)]
    held_out = [0.3 + each for each in scatter]
    held_out[20] = 0.2
    training = [0.3 - 0.005 * i for i in range(40)]
    assert not overfits(held_out, training, 0.05)
    assert overfits([0.5 - 0.02 * i for i in range(20)] + [0.12 + 0.01 * i for i in range(20)], training, 0.05)


VALUE = st.one_of(st.none(), st.floats(min_value=0, max_value=9e307), st.floats(0, 2), st.just(0.0), st.just(0.25))


@pytest.mark.parametrize("examples", counts(40, 300))
def test_no_result_is_too_strange_to_be_judged_and_told_of(examples):
    @settings(max_examples=examples, deadline=None)
    @given(st.data(), st.integers(1, 3), st.integers(1, 24))
    def check(data, seeds, points):
        rows = st.lists(st.lists(VALUE, min_size=seeds, max_size=seeds), min_size=points, max_size=points)
        reasons = st.lists(st.sampled_from(["epochs", "diverged", "early_stopping"]), min_size=seeds, max_size=seeds)
        names = ("train_loss", "val_loss", "test_loss")
        made = blank(
            seeds=list(range(seeds)),
            epochs=list(range(points)),
            steps=list(range(points)),
            curves={name: data.draw(rows) for name in names},
            stop=[{"reason": reason, "epoch": 9, "step": 40} for reason in data.draw(reasons)],
        )
        outcomes = Outcomes(made, tuple(range(seeds)), baseline=data.draw(st.sampled_from([None, 0.25, 0.7])))
        findings = tuple(in_curves(outcomes))
        found = warnings(outcomes, findings)
        told = replace(made, warnings=found, findings=findings)
        assert Document.from_json(json.loads(json.dumps(told.to_json(), allow_nan=False))) == told
        assert all(explain.caution(warning, seeds) for warning in found)
        assert all([explain.verdict(told), *explain.cautions(told), *explain.hints(told)][1:])

    check()


def test_a_curve_without_a_first_value_is_not_judged_for_overfitting():
    stop = [{"reason": "epochs", "epoch": 19, "step": 40}] * 2
    rising = [[0.1 + 0.1 * i] * 2 for i in range(20)]
    late = [[None, None], *[[1.0 - 0.04 * i] * 2 for i in range(1, 20)]]
    steps = list(range(20))
    made = blank(seeds=[0, 1], epochs=steps, steps=steps, curves={"train_loss": late, "val_loss": rising}, stop=stop)
    assert "overfitting" not in curves_of(made)
