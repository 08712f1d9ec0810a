"""The language's defaults equal the objects' own: a notebook and a post mean the same."""

import inspect

import pytest

from bpsandbox.core import ACTIVATIONS, OPTIMIZERS
from bpsandbox.core.nn import losses
from bpsandbox.core.nn.layers import LAYERS
from bpsandbox.core.optim.schedules import SCHEDULES
from bpsandbox.spec.language import activation, layer, loss, optimizer
from bpsandbox.spec.records import REQUIRED

NAMES = {"return": "returns"}
TABLES = [
    (optimizer.OPTIMIZER.records, OPTIMIZERS),
    (optimizer.SCHEDULER.records, SCHEDULES),
    (loss.LOSS.records, {name: getattr(losses, name) for name in losses.__all__}),
    (activation.RECORDS, ACTIVATIONS),
    (layer.RECORDS, LAYERS),
]
PAIRS = [
    pytest.param(record, made[name], id=name)
    for records, made in TABLES
    for name, record in records.items()
    if name in made
]


# None in the language means "not written": the object is not given it either


def plain(value):
    return list(value) if isinstance(value, tuple) else None if value == "none" else value


@pytest.mark.parametrize(("record", "made"), PAIRS)
def test_a_default_of_the_language_is_the_object_s_own(record, made):
    own = {
        name: plain(parameter.default)
        for name, parameter in inspect.signature(made).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
    written = {NAMES.get(name, name): plain(field.default) for name, field in record.fields.items()}
    both = own.keys() & {name for name, default in written.items() if default is not REQUIRED and default is not None}
    assert {name: written[name] for name in both} == {name: own[name] for name in both}
