"""The parent accepts only complete and valid messages."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpsandbox.runner.protocol import Lines, ProtocolError, encode, read
from tests.bpsandbox.documents import typed
from tests.bpsandbox.runner.test_results import made

PROGRESS = {"type": "progress", "points": [[0, 0, {"train_loss": [0.5, None]}]], "epoch": 0, "epochs": 9, "eta": None}
READY = {"type": "ready"}


def lines(**sizes):
    return Lines(**{"line_bytes": 1000, "output_bytes": 10_000, **sizes})


@given(st.lists(st.sampled_from([PROGRESS, READY]), max_size=6), st.integers(1, 50))
def test_messages_come_out_as_they_went_in_however_they_are_cut(messages, size):
    stream = b"".join(map(encode, messages))
    reader = lines()
    heard = [m for start in range(0, len(stream), size) for m in reader.feed(stream[start : start + size])]
    assert heard == messages


def test_a_line_without_its_end_is_no_message():
    assert list(lines().feed(encode(READY)[:-1])) == []


def test_what_came_before_garbage_counts_even_when_it_came_together():
    coming = lines().feed(encode(PROGRESS) + b"nonsense\n" + encode(PROGRESS))
    assert next(coming) == PROGRESS
    with pytest.raises(ProtocolError):
        next(coming)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\x00",
        b"[]",
        b"nonsense",
        b'{"type":"unheard"}',
        b'{"type":"progress"}',
        b"[" * 100_000,
        b'{"type":"ready","x":NaN}',
        b"\xff\xfe",
        json.dumps({**PROGRESS, "points": None}).encode(),
        json.dumps({**PROGRESS, "points": [[0, 0]]}).encode(),
        json.dumps({**PROGRESS, "points": [[0, 0, {"train_loss": ["x"]}]]}).encode(),
        json.dumps({**PROGRESS, "points": [[True, 0, {}]]}).encode(),
        json.dumps({**PROGRESS, "points": [[0, 0, {"n" * 65: [1]}]]}).encode(),
        json.dumps({**PROGRESS, "epoch": -1}).encode(),
        json.dumps({**PROGRESS, "states": {}}).encode(),
        json.dumps({**PROGRESS, "states": [[0]]}).encode(),
        json.dumps({**PROGRESS, "states": [[0.5, [[1.0]]]]}).encode(),
        json.dumps({**PROGRESS, "states": [[0, [["x"]]]]}).encode(),
        json.dumps({**PROGRESS, "states": [[0, [[1.5e308]]]]}).encode(),
        json.dumps({**PROGRESS, "states": [[0, [[0] * 40_001]]]}).encode(),
        json.dumps({**PROGRESS, "eta": "soon"}).encode(),
        json.dumps({key: part for key, part in PROGRESS.items() if key != "eta"}).encode(),
        json.dumps({**PROGRESS, "epochs": 10**16}).encode(),
        json.dumps({**PROGRESS, "points": [[0, 0, {"train_loss": [0.5] * 40_001}]]}).encode(),
        b'{"type":["progress"]}',
        b'{"type":"ready","x":1e999}',
        b'{"type":"ready","x":-1e999}',
        b'{"type":"ready","x":' + b"9" * 400 + b"}",
        b'{"type":"ready","x":"\\u0000"}',
        b'{"type":"ready","\\ud800":1}',
        b'{"type":"ready","x":' + b"[" * 30 + b"]" * 30 + b"}",
        b'{"type":"result","document":[]}',
        b'{"type":"result","document":{"curves":{}}}',
        b'{"type":"failed","code":1,"message":""}',
        json.dumps({"type": "failed", "code": "engine", "message": "x" * 2001}).encode(),
    ],
)
def test_what_is_no_message_is_garbage(line):
    with pytest.raises(ProtocolError) as caught:
        read(line)
    assert caught.value.code == "garbage"


def test_an_escaped_backslash_before_a_code_is_ordinary_text():
    message = {"type": "ready", "x": "\\u0000 \\ud800 \U0001f600"}
    assert read(encode(message)) == message


def test_a_document_that_is_none_is_refused_with_the_path_of_what_is_wrong():
    document = {**typed(made(2)).to_json(), "stop": [5, 5]}
    with pytest.raises(ProtocolError) as caught:
        read(encode({"type": "result", "document": document}))
    assert (caught.value.code, caught.value.detail) == (
        "garbage", "a malformed result: stop[0]: expected an object, got 5",
    )  # fmt: skip


def test_a_line_has_a_longest_length_finished_or_not():
    with pytest.raises(ProtocolError) as caught:
        list(lines().feed(b"x" * 1001))
    assert caught.value.code == "flood"


def test_all_lines_together_have_a_longest_length():
    reader = lines(output_bytes=50)
    assert len(list(reader.feed(encode(READY) * 2))) == 2
    with pytest.raises(ProtocolError) as caught:
        list(reader.feed(encode(READY)))
    assert caught.value.code == "flood"


def test_a_run_has_only_so_much_to_say():
    reader = lines(output_bytes=1_000_000)
    assert len(list(reader.feed(encode(READY) * 5000))) == 5000
    with pytest.raises(ProtocolError) as caught:
        list(reader.feed(encode(READY)))
    assert caught.value.code == "flood"


def test_a_number_that_json_has_not_is_never_sent():
    with pytest.raises(ValueError):
        encode({"type": "ready", "loss": float("nan")})
