"""Invalid configs through every entry point: the same problems, with position and message, and nothing half-written."""

from __future__ import annotations

from html import unescape

import pytest
from django.core.management import CommandError, call_command

from bpsandbox.models import Attachment, Run, Spec
from community.api.models import Scope, new_token
from tests.factories import PersonFactory

NET = "model: {layers: [{type: Linear, out_features: 1}]}\nloss: {type: MSELoss}\n"
XOR = "dataset: {name: xor}\n" + NET
LAUGHS = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [*{before},*{before},*{before},*{before}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
# name: (config, line, column, path, words of the message)
WRONG: dict[str, tuple[str, int, int, str, str]] = {
    "nothing at all": ("", 1, 1, "", "empty"),
    "a bomb of aliases": (LAUGHS, 1, 4, "a", "Anchors (&a) are not allowed"),
    "a key twice": (XOR + "dataset: {name: circle}\n", 4, 1, "dataset", "appears twice; the first is in line 1"),
    "no number": (XOR + "optimizer: {type: SGD, lr: .nan}\n", 4, 28, "optimizer.lr", ".nan is not a finite number"),
    "a thousand million epochs": (XOR + "training: {epochs: 1000000000}\n", 4, 20, "training.epochs", "would fit"),
    "shapes that do not fit": (
        "dataset: {name: iris}\nmodel: {layers: [{type: Linear, out_features: 2}]}\nloss: {type: CrossEntropyLoss}\n",
        2, 47, "model.layers[0].out_features", "Write out_features: 3",
    ),
    "digits without Flatten": (
        "dataset: {name: digits}\nmodel: {layers: [{type: Linear, out_features: 10}]}\n"
        "loss: {type: CrossEntropyLoss}\n",
        2, 18, "model.layers[0]", "Flatten",
    ),
    "a word misspelt": (XOR.replace("MSELoss", "MSELos"), 3, 14, "loss.type", "MSELoss"),
    "a file that is no config": ("# My notes\n\nBuy milk and eggs.\n", 3, 1, "", "mapping"),
    "binary": ("\x7fELF\x02\x01", 1, 1, "", "character"),
    "softmax twice": (
        "dataset: {name: iris}\nmodel: {layers: [{type: Linear, out_features: 3, activation: softmax}]}\n"
        "loss: {type: CrossEntropyLoss}\n",
        2, 18, "model.layers[0]", "remove softmax",
    ),
    "a convolution without a kernel": (
        XOR.replace("{type: Linear,", "{type: Conv2d, out_channels: 2}, {type: Linear,"),
        2, 18, "model.layers[0].kernel_size", "kernel_size is missing",
    ),
    "nesterov alone": (XOR + "optimizer: {type: SGD, nesterov: true}\n", 4, 34, "optimizer.nesterov", "momentum"),
    "deeper than anybody needs": (XOR + "record: " + "[" * 500 + "]" * 500 + "\n", 4, 20, "", "at most 12 levels deep"),
}  # fmt: skip


@pytest.fixture
def door(db, client):
    _token, secret = new_token(owner=PersonFactory(), name="door", scope=Scope.WRITE, days=1)

    def ask(config: str) -> list[dict]:
        headers = {"Authorization": f"Bearer {secret}"}
        answer = client.post("/api/v1/runs", {"config": config}, content_type="application/json", headers=headers)
        assert answer.status_code == 422, answer.content
        return answer.json()["error"]["problems"]

    return ask


@pytest.mark.parametrize("name", WRONG)
def test_every_door_says_it_in_the_same_place_and_nothing_is_written(door, client, tmp_path, capsys, name) -> None:
    config, line, column, path, words = WRONG[name]
    problems = door(config)
    place = (line, column, path)
    assert place in [where(problem) for problem in problems]
    assert words in next(problem["message"] for problem in problems if where(problem) == place)
    checked = client.post("/playground/check/", {"config": config}).json()["problems"]
    assert [where(problem) for problem in checked] == [where(problem) for problem in problems]
    played = client.post("/playground/", {"config": config})
    assert played.status_code == 422
    page = unescape(unescape(played.content.decode()))
    assert config.strip()[:60] in page or not config.isprintable()
    file = tmp_path / "wrong.yaml"
    file.write_text(config)
    with pytest.raises(SystemExit) as ended:
        call_command("train", str(file))
    assert ended.value.code == 2
    assert f"{line}:{column}" in capsys.readouterr().err
    assert all(problem["message"][:40] in page for problem in checked)
    assert not any(model.objects.exists() for model in (Spec, Run, Attachment))


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\xfea\x00", b"PK\x03\x04", b"\x00" * 70_000])
def test_a_file_that_is_no_text_at_the_terminal(tmp_path, capsys, content) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        call_command("train", str(file))
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert len(said.strip()) > 20
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_no_file_at_the_terminal(tmp_path, name) -> None:
    with pytest.raises((SystemExit, CommandError)) as ended:
        call_command("train", str(tmp_path / name))
    assert isinstance(ended.value, CommandError) or ended.value.code != 0


def where(problem: dict) -> tuple[int, int, str]:
    return problem["line"], problem["column"], problem["path"]
