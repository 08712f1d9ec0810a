"""A child that sends other weights than it should."""

import json
import random
import struct

import numpy as np
import pytest

from bpsandbox import spec, storage
from bpsandbox.document import InvalidDocument, RawTensor, SeedWeights, from_safetensors, to_safetensors
from bpsandbox.runner import Failure, Job, supervise, supervisor
from bpsandbox.runner.protocol import ProtocolError, encode, read
from bpsandbox.spec.presets import PRESETS
from tests.bpsandbox.documents import typed
from tests.bpsandbox.runner.acting_engine import document
from tests.bpsandbox.runner.hostile import child_that_writes, spoiled
from tests.full import counts

GOOD = to_safetensors({"layers.0.weight": RawTensor("F64", (2, 3), np.arange(6.0).tobytes())}, seed="0")
POINTS = [[0, 0, {"train_loss": [0.5, 0.5]}]]


def outcome_of(*messages, wants_weights=True):
    result = {"type": "result", "document": document({}, [0, 1], POINTS)}
    child = child_that_writes(b"".join(map(encode, [*messages, result])))
    return supervise(child, Job(spec="{}", wants_weights=wants_weights), on_progress=lambda message: None)


def test_weights_that_nobody_asked_for_end_the_run():
    message = {"type": "weights", "place": 0, "part": "AAAA"}
    assert outcome_of(message).weights == (SeedWeights(0, b"\0\0\0"),)
    flood = Failure("flood", {"detail": "more weights than a run may send"})
    assert outcome_of(message, wants_weights=False).failure == flood


def test_more_weights_than_a_run_may_send_end_it(monkeypatch):
    monkeypatch.setattr(supervisor, "WEIGHTS_BYTES", 5)
    message = {"type": "weights", "place": 0, "part": "AAAA"}
    assert outcome_of(message, message).failure.code == "flood"


@pytest.mark.parametrize(
    "changes",
    [{"place": -1}, {"place": 256}, {"place": True}, {"place": 0.5}, {"part": None}, {"part": "A"}, {"part": "é"}],
)
def test_a_malformed_part_is_refused(changes):
    with pytest.raises(ProtocolError):
        read(encode({"type": "weights", "place": 0, "part": "AAAA"} | changes)[:-1])


@pytest.mark.parametrize("cases", counts(60, 400))
def test_every_spoiled_file_is_refused_or_read(cases):
    draw, refused = random.Random(7), 0
    length = int.from_bytes(GOOD[:8], "little")
    for _ in range(cases):
        header = spoiled(json.loads(GOOD[8 : 8 + length]), draw).strip()
        content = struct.pack("<Q", len(header)) + header + GOOD[8 + length :]
        try:
            from_safetensors(content)
        except InvalidDocument:
            refused += 1
    assert refused > cases / 4
    for content in (b"", b"\xff" * 8, GOOD[:-1], GOOD + b"\0", b"\2" + b"\0" * 7 + b"[]", b"\1" + b"\0" * 7 + b"{"):
        with pytest.raises(InvalidDocument):
            from_safetensors(content)


@pytest.mark.parametrize(
    ("name", "shape"), [("file", (1,)), ("a.b", (0,)), ("a.b", (0, *[2**31 - 1] * 7)), (".", (1,))]
)
def test_what_numpy_could_not_write_is_refused(name, shape):
    raw = b"\0" * 8 if 0 not in shape else b""
    with pytest.raises(InvalidDocument):
        from_safetensors(to_safetensors({name: RawTensor("F64", shape, raw)}))


def test_what_is_stored_is_written_anew_and_finite(monkeypatch):
    monkeypatch.setattr(storage, "checked", lambda given, networks, made: from_safetensors(given.content))
    made = typed(document({}, [0, 1], POINTS))
    broken = to_safetensors({"layers.0.weight": RawTensor("F32", (1,), np.float32(np.inf).tobytes())})
    partly = to_safetensors(
        {f"layers.{i}.weight": RawTensor("F64", (1,), np.float64(x).tobytes()) for i, x in enumerate((0.5, np.nan))}
    )
    canonical = spec.parse(PRESETS["xor"].text).to_json()
    assert storage.rows_of(1, canonical, made, [SeedWeights(0, partly)]) == []
    [row] = storage.rows_of(1, canonical, made, [SeedWeights(0, broken), SeedWeights(1, GOOD)])
    assert (row.place, row.largest) == (1, 5.0)
    assert from_safetensors(row.content) == from_safetensors(GOOD)
