"""The trained weights of a finished run, seed by seed, as files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import numpy as np

from bpsandbox.core.nn.network import Network
from bpsandbox.core.types import Array
from bpsandbox.document.tensors import RawTensor, SeedWeights, to_safetensors

from .result import Result
from .sweep import SweepResult

MOST_BYTES = 16 << 20
"""Most bytes of the trained weights of a run: the largest network that a config may have fits, with its buffers."""
TYPES = {"float64": "F64", "float32": "F32"}

Row = tuple[int, Network, Array]
"""The place of a seed in the result, its network, and its final values."""


def trained_weights(result: Result | SweepResult, most: int = MOST_BYTES) -> Iterator[SeedWeights]:
    """Yield the final parameters and buffers of seeds until the next would exceed `most` bytes of numbers.

    Of a sweep the first seed of every setting comes first. Seeds whose values are not all finite are left out.
    """
    for place, network, values in _rows(result):
        if not np.isfinite(values).all():
            continue
        most -= values.nbytes
        if most < 0:
            return
        yield SeedWeights(place, _file(network, values, seed=_seeds(result)[place]))


def _seeds(result: Result | SweepResult) -> list[int]:
    if isinstance(result, Result):
        return list(result.session.experiment.seeds)
    return [seed for member in result.session.sweep.members for seed in member.experiment.seeds]


def _rows(result: Result | SweepResult) -> Iterator[Row]:
    if isinstance(result, Result):
        session = result.session
        for place, values in enumerate(session.endings.values):
            yield place, session.experiment.network, values
        return
    places, settings, first = result.session.places, [], 0
    for member in result.session.sweep.members:
        count = len(member.experiment.seeds)
        settings.append(range(first, first + count))
        first += count
    for column in zip_longest(*settings):
        for place in (each for each in column if each is not None):
            number, row = places[place]
            of_setting = result.session.sessions[number]
            yield place, of_setting.experiment.network, of_setting.endings.values[row]


def _file(network: Network, values: Array, *, seed: int) -> bytes:
    dtype = np.dtype(values.dtype.newbyteorder("<"))
    tensors = {
        slot.name: RawTensor(
            TYPES[values.dtype.name], slot.shape, values[slot.start : slot.stop].astype(dtype).tobytes()
        )
        for slot in (*network.slots, *network.buffers)
    }
    return to_safetensors(tensors, seed=str(seed))
