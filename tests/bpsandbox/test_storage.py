"""The table of trained weights: what is let in, and what makes room."""

import logging
import re

import numpy as np
import pytest
from django.db.models import Max

from bpsandbox import api, core, explain, leases, spec, storage
from bpsandbox.document import NUMPY_TYPES, RawTensor, SeedWeights, from_safetensors, to_safetensors
from bpsandbox.models import Run, TrainedWeights
from bpsandbox.spec.presets import PRESETS

pytestmark = pytest.mark.both

XOR = """
seeds: [3, 5]
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 3}, {type: BatchNorm1d}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
training: {epochs: 2, batch_size: full}
"""
WIDTHS = XOR + "sweep: {parameters: {model.layers.0.out_features: [3, 4]}}\n"
LAYERS = (
    "[{type: Conv2d, out_channels: 2, kernel_size: 3}, {type: BatchNorm2d}, {type: Flatten}, {type: LayerNorm}, "
    "{type: Linear, out_features: 10}]"
)
IMAGES = f"""
dataset: {{name: digits}}
model: {{layers: {LAYERS}}}
loss: {{type: CrossEntropyLoss}}
training: {{epochs: 1}}
dtype: float32
"""


@pytest.fixture
def finished(db):
    """Return a function that trains a config and ends its run with changed weights; it returns the run."""

    def finish(text, change=lambda weights: weights):
        api.submit(config_text=text, is_system=True, target=("page", 1))
        claim = leases.claim_next("here")
        *_, last = core.train(spec.build(spec.Spec.from_json(claim.canonical)))
        weights = change(list(core.trained_weights(last.result)))
        assert leases.finish(claim, explain.finished(last.result), weights)
        return Run.objects.get(pk=claim.run_id)

    return finish


def tensors_changed(change):
    """Return a change of weights that changes the tensors of the first seed."""

    def changed(weights):
        tensors = from_safetensors(weights[0].content)
        return [SeedWeights(weights[0].place, to_safetensors(change(tensors))), *weights[1:]]

    return changed


def numbers(*shape, dtype="F64"):
    return RawTensor(dtype, shape, np.zeros(shape, NUMPY_TYPES[dtype]).tobytes())


WRONG = {
    "a tensor more": tensors_changed(lambda found: found | {"layers.9.weight": numbers(2)}),
    "a tensor less": tensors_changed(lambda found: {k: v for k, v in found.items() if k != "layers.2.bias"}),
    "another name": tensors_changed(lambda found: {k.replace("layers.2", "layers.7"): v for k, v in found.items()}),
    "another shape": tensors_changed(lambda found: found | {"layers.0.weight": numbers(2, 3)}),
    "another precision": tensors_changed(lambda found: found | {"layers.0.weight": numbers(3, 2, dtype="F32")}),
    "no file": lambda weights: [SeedWeights(weights[0].place, b"no file"), *weights[1:]],
    "no such place": lambda weights: [SeedWeights(2, weights[0].content), *weights[1:]],
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_weights_of_another_network_are_refused_and_the_run_keeps_all_else(finished, caplog, change):
    with caplog.at_level(logging.WARNING, "bpsandbox.storage"):
        run = finished(XOR, change)
    assert run.state == "succeeded" and storage.places_of(run.pk) == {1}
    kept = run.result["stored_weights"]
    assert kept[0] is None and kept[1] > 0
    assert len(caplog.messages) == 1 and f"run {run.pk}: trained weights of place" in caplog.text


def test_each_setting_of_a_sweep_is_compared_with_its_own_network(finished):
    assert storage.places_of(finished(WIDTHS).pk) == {0, 1, 2, 3}
    TrainedWeights.objects.all().delete()

    def swapped(weights):
        by_place = {each.place: each.content for each in weights}
        return [SeedWeights(place, by_place[(place + 2) % 4]) for place in by_place]

    assert storage.places_of(finished(WIDTHS.replace("epochs: 2", "epochs: 3"), swapped).pk) == frozenset()


@pytest.mark.parametrize("text", [*(each.text for each in PRESETS.values()), XOR, WIDTHS, IMAGES])
def test_the_tensors_of_a_config_are_those_that_are_trained(text):
    parsed = spec.parse(text)
    built = spec.build(parsed)
    members = [each.experiment for each in built.members] if isinstance(built, core.Sweep) else [built]
    for number, experiment in enumerate(members):
        network = experiment.network
        wanted = {slot.name: slot.shape for slot in (*network.slots, *network.buffers)}
        of_setting = storage.tensors_of(spec.Spec.from_json(parsed.to_json()))[number * len(parsed.seeds)]
        assert {name: shape for name, (_dtype, shape) in of_setting.items()} == wanted
        assert list(of_setting) == list(wanted)


def stored(run, count, size=100):
    """Insert rows of a run that say that they have so many bytes."""
    first = 1 + (TrainedWeights.objects.aggregate(last=Max("place"))["last"] or 0)
    rows = [TrainedWeights(run=run, place=first + n, size=size, largest=1, content=b"") for n in range(count)]
    TrainedWeights.objects.bulk_create(rows)


def summed(queries):
    """Return for each sum of sizes after which key it began."""
    return [int(re.search(r'"id" > (\d+)', each["sql"])[1]) for each in queries if "SUM(" in each["sql"]]


def test_a_look_adds_up_what_was_added_since_the_last_one(finished, settings, django_assert_num_queries):
    run = finished(XOR)
    trimmer = storage.Trimmer()
    settings.BPSANDBOX_WEIGHTS_BYTES = 3200
    TrainedWeights.objects.all().delete()
    stored(run, 20)
    assert trimmer.trim() == 0
    newest = TrainedWeights.objects.order_by("pk").last().pk
    stored(run, 12)
    with django_assert_num_queries(1) as seen:
        assert trimmer.trim() == 0
    assert summed(seen) == [newest]
    stored(run, 1)
    assert trimmer.trim() == 3 and TrainedWeights.objects.count() == 30
    stored(run, 2)
    with django_assert_num_queries(1):
        assert trimmer.trim() == 0


def test_deleted_weights_make_room_without_others_being_deleted(finished, settings):
    run, trimmer = finished(XOR), storage.Trimmer()
    settings.BPSANDBOX_WEIGHTS_BYTES = 3200
    TrainedWeights.objects.all().delete()
    stored(run, 30)
    assert trimmer.trim() == 0
    TrainedWeights.objects.filter(place__lt=20).delete()
    stored(run, 20)
    assert trimmer.trim() == 0 and TrainedWeights.objects.count() == 31


def test_weights_of_a_run_that_is_gone_are_deleted(finished):
    run = finished(XOR)
    TrainedWeights.objects.update(run=run.pk + 1)
    assert storage.Trimmer().trim() == 2
