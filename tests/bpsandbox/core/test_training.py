"""Training: recorded points, early stopping per seed, and no allocations in a step."""

import json
import math
import tracemalloc
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from bpsandbox.core import Flatten, Linear, Network, Penalty, Plan, Trace, run, train
from bpsandbox.core.nn.layers import LayerNorm
from bpsandbox.core.train.session import Session

from .nets import BLOBS, XOR, experiment


def documents(text, **changes):
    return run(experiment(text, **changes)).document().to_json()


def test_points_lie_where_the_plan_says_and_at_the_end():
    document = documents(XOR.replace("epochs: 40", "epochs: 25, eval_every: 10"))
    assert document["epochs"] == [0, 10, 20, 25]
    assert document["steps"] == [0, 10, 20, 25]
    assert {stop["reason"] for stop in document["stop"]} == {"epochs"}


def test_a_plan_in_steps_ends_inside_an_epoch():
    document = documents(BLOBS.replace("epochs: 6", "steps: 7, eval_every: 3"))
    assert document["steps"] == [0, 3, 6, 7]
    assert document["epochs"] == [0, 0, 1, 1]
    assert document["stop"][0] == {"reason": "steps", "epoch": 1, "step": 7}


def test_reports_carry_every_point_once_and_the_result_last():
    reports = list(train(experiment(XOR)))
    points = [point for report in reports for point in report.points]
    document = reports[-1].result.document().to_json()
    assert [epoch for epoch, _, _ in points] == document["epochs"]
    assert [values["train_loss"] for _, _, values in points] == document["curves"]["train_loss"]
    assert [report.result is None for report in reports] == [True] * (len(reports) - 1) + [False]
    assert reports[-1].share == 1.0


def test_a_long_epoch_is_reported_on_its_way():
    reports = list(train(experiment(BLOBS.replace("n_samples: 75", "n_samples: 1000").replace("size: 16", "size: 1"))))
    assert max(b.step - a.step for a, b in pairwise(reports)) <= 200


def test_the_first_loss_of_equal_outputs_is_chance():
    document = documents(BLOBS + "init: zeros\n")
    assert document["curves"]["train_loss"][0] == pytest.approx([math.log(3.0)] * 4)
    assert document["data"]["chance_loss"] == pytest.approx(math.log(3.0))


def test_a_zero_start_of_xor_never_moves():
    document = documents(XOR + "init: zeros\n")
    assert document["final"]["train_loss"] == [0.25] * 3


def test_a_seed_that_reaches_its_target_freezes_while_others_go_on():
    text = XOR.replace("epochs: 40", "epochs: 3000, eval_every: 10") + "stopping: {type: Target, value: 0.1}\n"
    document = documents(text, seeds=tuple(range(5)))
    first = min(range(5), key=lambda seed: document["stop"][seed]["step"])
    stop = document["stop"][first]
    place = document["steps"].index(stop["step"])
    series = [row[first] for row in document["curves"]["train_loss"]]
    assert stop["reason"] == "target"
    assert series[place] <= 0.1 < series[place - 1]
    assert set(series[place + 1 :]) == {None}
    assert document["final"]["train_loss"][first] == series[place]
    assert len(document["steps"]) > place + 1


def test_divergence_is_a_result_that_names_layer_and_step():
    text = """
seeds: [0, 1]
dataset: {name: polynomial}
model: {layers: [{type: Linear, out_features: 4}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 50.0}
training: {epochs: 100, batch_size: full}
"""
    document = documents(text)
    stop = document["stop"][0]
    assert stop["reason"] == "diverged"
    assert stop["layer"] in ("layers[0] Linear", "layers[1] Linear", "loss MSELoss")
    assert 1 < stop["step"] < 100
    place = document["epochs"].index(stop["last_epoch"])
    assert stop["last"] == {name: rows[place][0] for name, rows in document["curves"].items()}
    assert None not in stop["last"].values()
    assert document["curves"]["train_loss"][place + 1 :][0][0] is None
    assert document["final"]["train_loss"] == [None, None]
    assert document["best"]["train_loss"][0] is not None
    [diverged] = (finding for finding in document["findings"] if finding["kind"] == "diverged")
    assert (diverged["seeds"], diverged["step"], diverged["evidence"]["why"]) == ([0, 1], stop["step"], "not_finite")
    json.dumps(document, allow_nan=False)


def test_a_loss_that_grew_and_stayed_finite_is_warned_of():
    text = """
seeds: [0, 1]
dataset: {name: polynomial}
model: {layers: [{type: Linear, out_features: 4}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 50.0}
training: {steps: 2, batch_size: full}
"""
    [diverged] = documents(text)["findings"]
    assert (diverged["kind"], diverged["seeds"], diverged["evidence"]["why"]) == ("diverged", [0, 1], "grown")
    assert "diverged" not in {each["kind"] for each in documents(XOR)["findings"]}


def test_a_diverged_seed_does_not_disturb_the_others():
    class OneBadSeed:
        """Starts seed 1 so large that its squares overflow."""

        def __call__(self, shape, rng):
            self.count = getattr(self, "count", -1) + 1
            draw = rng.normal(size=shape)
            return draw * 1e200 if self.count == 1 else draw

    text = XOR.replace("sigmoid}", "identity}").replace("lr: 2.0", "lr: 0.1")
    built = experiment(text)
    bad = OneBadSeed()
    mixed = experiment(text, initializers=[bad, *built.initializers[1:]])
    document = run(mixed).document().to_json()
    assert [stop["reason"] for stop in document["stop"]] == ["epochs", "diverged", "epochs"]
    assert document["stop"][1]["epoch"] == 0
    assert None not in (document["final"]["train_loss"][0], document["final"]["train_loss"][2])


def test_early_stopping_restores_the_best_weights():
    text = """
seeds: [0, 1]
dataset: {name: moons, n_samples: 60, noise: 0.4, split: {val: 0.5}}
model: {layers: [{type: Linear, out_features: 30, activation: relu}, {type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss}
optimizer: {type: Adam, lr: 0.05}
training: {epochs: 400}
stopping: {type: EarlyStopping, patience: 15, restore_best_weights: true}
"""
    document = documents(text)
    for seed in range(2):
        assert document["stop"][seed]["reason"] == "early_stopping"
        assert document["final"]["val_loss"][seed] == document["best"]["val_loss"][seed]
        assert document["stop"][seed]["restored_epoch"] == document["best_epoch"]["val_loss"][seed]
        assert document["stop"][seed]["epoch"] == document["stop"][seed]["restored_epoch"] + 15


def test_best_weights_are_restored_when_the_epochs_run_out_too():
    text = BLOBS.replace("lr: 0.02", "lr: 0.9").replace("n_samples: 75", "n_samples: 75, split: {val: 0.3}")
    document = documents(text + "stopping: {type: EarlyStopping, patience: 99, restore_best_weights: true}\n")
    assert {stop["reason"] for stop in document["stop"]} == {"epochs"}
    assert document["final"]["val_loss"] == document["best"]["val_loss"]


def test_tolerance_waits_its_patience_out():
    text = XOR.replace("lr: 2.0", "lr: 0.0") + "stopping: {type: Tolerance, min_delta: 0.001, patience: 5}\n"
    assert [stop["epoch"] for stop in documents(text)["stop"]] == [5, 5, 5]


def test_a_penalty_is_part_of_the_loss_and_the_data_loss_stands_beside_it():
    plain, penalised = documents(XOR), documents(XOR + "regularization: {l2: 0.1, l1: 0.01}\n")
    assert "data_loss" not in plain["curves"]
    assert penalised["curves"]["data_loss"][0] == plain["curves"]["train_loss"][0]
    weights = np.concatenate([np.ravel(entry["value"]) for entry in start_weights(XOR)])
    penalty = 0.01 * np.abs(weights).sum() + 0.05 * (weights**2).sum()
    difference = penalised["curves"]["train_loss"][0][0] - penalised["curves"]["data_loss"][0][0]
    assert difference == pytest.approx(penalty, rel=1e-12)


def start_weights(text):
    network = documents(text.replace("lr: 2.0", "lr: 0.0"))["records"]["network"]
    return [entry for entry in network["weights"] if entry["name"].endswith("weight")]


def test_the_last_short_batch_is_kept_and_counts_by_its_size():
    built = experiment(BLOBS)
    trace = Trace()
    run(built, observers=[trace])
    assert len(trace.steps) == 6 * 5
    assert built.steps_an_epoch == math.ceil(75 / 16)


def test_an_epoch_goes_through_every_example_once():
    session = Session(experiment(BLOBS))
    batches = session.stack.batches
    batches.begin_epoch()
    seen = [batches.slots[batches.load(i)][0].copy() for i in range(batches.count)]
    rows = np.concatenate(seen, axis=1)
    expected = np.sort(session.experiment.train.x, axis=0)
    for seed_rows in rows:
        np.testing.assert_array_equal(np.sort(seed_rows, axis=0), expected)
    assert not np.array_equal(rows[0], rows[1])


def test_epochs_drawn_together_are_each_a_whole_one():
    session = Session(experiment(XOR.replace("batch_size: full", "batch_size: 1"), seeds=(0,)))
    batches, epochs = session.stack.batches, []
    assert batches.ahead > 1
    for _ in range(48):
        batches.begin_epoch()
        epochs.append(np.concatenate([batches.slots[batches.load(i)][0][0] for i in range(batches.count)]))
    for rows in epochs:
        assert sorted(rows.tolist()) == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert len({rows.tobytes() for rows in epochs}) > 12


def test_many_small_batches_share_few_slots():
    text = BLOBS.replace("n_samples: 75", "n_samples: 5000").replace("batch_size: 16", "batch_size: 1")
    assert len(Session(experiment(text)).stack.tapes) <= 64


def test_chunks_of_the_evaluation_do_not_show_in_the_loss():
    built = experiment(BLOBS.replace("n_samples: 75", "n_samples: 1300").replace("epochs: 6", "epochs: 1"))
    document = run(built).document().to_json()
    theta = built.network.draw(built.seeds, built.initializers)
    first = built.network.named(theta)
    hidden = np.tanh(built.train.x @ first["layers.0.weight"][0].T)
    z = hidden @ first["layers.1.weight"][0].T
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -(logp * built.train.y).sum(axis=1).mean()
    assert document["curves"]["train_loss"][0][0] == pytest.approx(loss, rel=1e-12)


def test_a_layer_that_is_not_trained_stays_and_one_with_its_own_rate_moves_by_it():
    text = XOR.replace("out_features: 3,", "out_features: 3, trainable: false,").replace("epochs: 40", "epochs: 1")
    text = text.replace("out_features: 1,", "out_features: 1, lr: 0.5,").replace("SGD, lr: 2.0", "SGD")
    trace = Trace()
    run(experiment(text), observers=[trace])
    document = trace.document()
    assert document["end"]["layers.0.weight"] == document["start"]["layers.0.weight"]
    moved = np.array(document["start"]["layers.1.weight"]) - 0.5 * np.array(
        document["first_gradient"]["layers.1.weight"]
    )
    np.testing.assert_allclose(document["end"]["layers.1.weight"], moved, rtol=1e-15)


def test_clipping_by_norm_limits_the_step():
    text = XOR.replace("epochs: 40", "epochs: 1") + "gradient_clipping: {norm: 0.001}\n"
    trace = Trace()
    run(experiment(text, seeds=(0,)), observers=[trace])
    names = trace.start.keys()
    step = np.concatenate([np.ravel(np.array(trace.end[name]) - np.array(trace.start[name])) for name in names])
    assert np.linalg.norm(step) == pytest.approx(2.0 * 0.001, rel=1e-3)


def test_a_schedule_lowers_the_rate_epoch_by_epoch():
    text = XOR.replace("epochs: 40", "epochs: 3") + "lr_scheduler: {type: StepLR, step_size: 1, gamma: 0.5}\n"
    session = Session(experiment(text))
    rates = []
    while session.is_running:
        session.advance(1)
        rates.append(float(session.stack.optimizer.rate))
    assert rates == [2.0, 1.0, 0.5]


def test_the_trace_keeps_the_loss_that_each_update_was_computed_from():
    trace = Trace()
    document = run(experiment(XOR), observers=[trace]).document().to_json()
    assert [step["loss"] for step in trace.steps] == document["curves"]["train_loss"][:-1]
    assert [step["step"] for step in trace.steps] == list(range(40))


def test_training_twice_gives_the_same_document():
    built = experiment(BLOBS)
    assert run(built).document().to_json() == run(built).document().to_json()


def test_a_step_allocates_nothing_that_stays():
    built = experiment(BLOBS.replace("epochs: 6", "steps: 5000, eval_every: 5000"))
    session = Session(replace(built, observers=()))  # a snapshot stays
    session.advance(50)
    tracemalloc.start()
    session.advance(50)
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    session.advance(1000)
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 2_000
    assert peak - before < 20_000


def test_single_precision_stays_single():
    session = Session(experiment(BLOBS + "dtype: float32\n"))
    session.advance(10)
    assert session.stack.network.theta.dtype == np.float32
    assert session.stack.workspace.outputs[-1].dtype == np.float32


def test_the_norm_that_is_clipped_is_that_of_the_layers_in_training():
    text = XOR.replace("out_features: 3,", "out_features: 3, trainable: false,").replace("epochs: 40", "epochs: 1")
    trace = Trace()
    run(experiment(text + "gradient_clipping: {norm: 0.001}\n", seeds=(0,)), observers=[trace])
    step = np.concatenate([np.ravel(np.array(trace.end[name]) - np.array(trace.start[name])) for name in trace.start])
    assert np.linalg.norm(step) == pytest.approx(2.0 * 0.001, rel=1e-2)


def test_the_worked_example_is_updated_as_a_step_with_penalty_and_clipping_is():
    text = XOR.replace("epochs: 40", "epochs: 1").replace("{name: xor}", "{points: {x: [[0.5, -1]], y: [1]}}")
    text = text.replace("out_features: 3,", "out_features: 3, lr: 0.5,")
    more = "regularization: {l2: 0.1}\ngradient_clipping: {norm: 0.01}\nrecord: {worked_example: {}}\n"
    built = experiment(text + more, seeds=(0,))
    trace = Trace()
    capture = run(built, observers=[trace]).capture
    for slot in capture.network.slots:
        assert slot.view(capture.after[np.newaxis])[0].tolist() == trace.end[slot.name][0]
        lr = 0.5 if slot.layer == 0 else 2.0
        assert set(capture.rates[slot.start : slot.stop].tolist()) == {lr}


def test_the_boundary_of_two_outputs_keeps_what_decides_between_them():
    text = """
seeds: [0]
dataset: {name: moons, n_samples: 40, seed: 0}
model: {layers: [{type: Linear, out_features: 4, activation: tanh}, {type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss}
training: {epochs: 20}
record: {decision_boundary: [20]}
"""
    [picture] = documents(text)["records"]["decision_boundary"]
    outputs, values = np.array(picture["outputs"]), np.array(picture["values"])
    assert picture["divide"] == 0.0
    assert len(np.unique(outputs)) > 1000
    np.testing.assert_array_equal(values, outputs > 0)


def test_a_boundary_shows_few_examples_of_many():
    text = BLOBS.replace("n_samples: 75", "n_samples: 3000").replace("epochs: 6", "steps: 1")
    pictures = documents(text + "record: {decision_boundary: [0]}\n")["records"]["decision_boundary"]
    points = pictures[0]["points"]
    assert len(points["x"]) == len(points["y"]) == 375
    assert set(points["y"]) == {0, 1, 2}


@pytest.mark.parametrize("row", [3, 1000])
def test_the_layer_that_broke_is_found_in_whatever_chunk_it_broke(row):
    built = experiment(BLOBS.replace("n_samples: 75", "n_samples: 1024"))
    built.train.x[row] = np.nan
    stop = run(replace(built, seeds=(0,), plan=Plan(epochs=1))).document().to_json()["stop"][0]
    assert (stop["reason"], stop["layer"]) == ("diverged", "layers[0] Linear")


def test_no_penalty_counts_the_factors_of_a_norm():
    layers = [LayerNorm(normalized_shape=(2, 2)), Flatten(), Linear(1)]
    network = Network(layers, (2, 2)).bind(np.ones((1, 13)))
    penalty = Penalty(l2=2.0)
    penalty.bind(network)
    assert penalty.value()[0] == 4.0
