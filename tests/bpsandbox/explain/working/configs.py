"""Small configs of every layer, and the properties of their worked steps."""

from collections import Counter

import numpy as np

from bpsandbox import explain, spec

ROWS = "{name: plane, n_samples: 6}"
SEQUENCES = "{name: adding, length: 3, n_samples: 6}"
NUMBERS = (0.3, -1.2, 0.7, 2.0, -0.5, 0.4)
TARGETS = "[0.5, -1, 0.2, 1, 0.7, -0.3]"


def _image(number, channel):
    rows = ((number, 0, 1, 0.5), (0, 1, number, -1), (1, number, 0, 0.2), (0.3, -0.4, channel, number))
    return [[round(each + 0.1 * channel, 3) for each in row] for row in rows]


IMAGES = f"{{points: {{x: {[[_image(number, channel) for channel in (0, 1)] for number in NUMBERS]}, y: {TARGETS}}}}}"
TOKENS = f"{{points: {{x: [[0, 2, 2], [1, 0, 1], [2, 2, 2], [4, 3, 0], [1, 1, 3], [0, 1, 2]], y: {TARGETS}}}}}"
OUT = "{type: Linear, out_features: 1}"


def config(data, layers, *, batch="full", dtype="float64"):
    return f"""
dataset: {data}
model: {{layers: [{", ".join(layers)}]}}
loss: MSELoss
training: {{steps: 5, batch_size: {batch}}}
optimizer: {{type: SGD, lr: 0.05}}
dtype: {dtype}
seeds: {{count: 2}}
"""


def worked(data, layers, sample=0, step=0, *, vectors="columns", batch="full", dtype="float64"):
    """Return the worked step of one example."""
    parsed = spec.parse(config(data, layers, batch=batch, dtype=dtype))
    return explain.worked(parsed, sample, step, convention=explain.Convention(vectors))


def steps_of(*what, **how):
    """Return the steps by id."""
    return {step.id: step for step in worked(*what, **how).steps}


VARIANTS = (
    {"sample": 1, "step": 0, "batch": "full", "vectors": "columns"},
    {"sample": 4, "step": 3, "batch": 3, "vectors": "rows"},
    {"sample": 2, "step": 3, "batch": 3, "vectors": "columns", "dtype": "float32"},
    {"sample": 3, "step": 2, "batch": 5, "vectors": "columns"},
    {"sample": 0, "step": 3, "batch": 1, "vectors": "rows"},
)
"""Both conventions; a step inside the run; examples in the batch and not in it; a last batch of one example."""


FEW = VARIANTS[1:3]


def assert_true(data, layers, *, batches_of_one=True, variants=VARIANTS):
    """Assert that every part is worked, ids are unique, and sums over the batch equal the applied gradients."""
    for variant in variants:
        if variant["batch"] in (1, 5) and not batches_of_one:
            continue
        made = worked(data, layers, **variant)
        assert [(step.id, step.fault) for step in made.steps if step.fault] == []
        assert [name for name, count in Counter(step.id for step in made.steps).items() if count > 1] == []
        assert {step.layer for step in made.steps} - {None} == set(range(len(layers)))
        assert_gradients(made, variant)


def assert_gradients(made, variant):
    """Assert that every printed gradient of a parameter, or part of it, equals the optimiser's."""
    tolerance = {"rtol": 2e-3, "atol": 1e-5} if variant.get("dtype") == "float32" else {"rtol": 1e-9, "atol": 1e-12}
    found = {step.id: step.value for step in made.steps if step.phase == "backward"}
    for name, gradient in made.tensors["gradient"].items():
        prefix = ".".join(["backward", *name.split(".")[1:]])
        own = [key for key in found if key == prefix or key.startswith(f"{prefix}.")]
        sums = [key for key in own if key.endswith(".batch")] or own
        assert sums, prefix
        for key in sums:
            index = tuple(int(place) for place in key.removeprefix(prefix).removesuffix(".batch").split(".") if place)
            expected = np.asarray(gradient)[index]
            laid_out = [value.reshape(expected.shape) for value in (found[key], found[key].T)]
            assert any(np.allclose(value, expected, **tolerance) for value in laid_out), key
