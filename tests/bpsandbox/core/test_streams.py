"""Random streams: fixed forever, and independent of each other."""

import numpy as np
import pytest

from bpsandbox.core import STREAMS, run, stream

from .nets import BLOBS, experiment

FIRST = {
    "data": 0.9429375528828794,
    "split": 0.6771968569751019,
    "init": 0.8382711479571602,
    "shuffle": 0.3644334333698406,
    "dropout": 0.6529725757834846,
}


def test_the_order_of_the_streams_never_changes():
    assert STREAMS == ("data", "split", "init", "shuffle", "dropout")


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_a_child_of_the_seed_named_by_its_place(name):
    sequence = np.random.SeedSequence(42, spawn_key=(STREAMS.index(name),))
    assert stream(42, name).random(5).tolist() == np.random.Generator(np.random.PCG64(sequence)).random(5).tolist()


@pytest.mark.parametrize("name", STREAMS)
def test_the_first_draw_of_seed_0_is_pinned(name):
    assert stream(0, name).random() == pytest.approx(FIRST[name], abs=0.0)


def test_the_batch_order_does_not_move_the_start():
    shuffled = experiment(BLOBS)
    still = experiment(BLOBS.replace("batch_size: 16", "batch_size: 16, shuffle: false"))
    first = [run(one).document().to_json()["curves"]["train_loss"] for one in (shuffled, still)]
    assert first[0][0] == first[1][0]
    assert first[0][1] != first[1][1]


def test_seeds_differ_in_start_but_share_their_data():
    built = experiment(BLOBS)
    theta = built.network.draw(built.seeds, built.initializers)
    assert len({row.tobytes() for row in theta}) == len(built.seeds)
    assert built.dataset.hash == experiment(BLOBS, seeds=(9,)).dataset.hash


def test_training_never_touches_the_global_generator():
    before = np.random.get_state()[1].tobytes()
    run(experiment(BLOBS))
    assert np.random.get_state()[1].tobytes() == before
