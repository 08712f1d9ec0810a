"""Runs as scripts: on the page, at the API, and what is refused."""

import io
import json
import re
from html import unescape
from xml.etree import ElementTree

import numpy as np
import pytest

from bpsandbox.models import Spec
from community.common.ratelimit import Limit
from community.experiments.rates import DOWNLOADING
from tests.bpsandbox.twins.running import printed

pytestmark = pytest.mark.django_db


def test_a_script_gives_the_stored_curve(small, visitor, tmp_path):
    spec_hash = small
    answer = visitor.get(f"/runs/{spec_hash}/twin/numpy.py")
    assert answer["Content-Type"] == "text/plain; charset=utf-8" and 'filename="' in answer["Content-Disposition"]
    curves = json.loads(visitor.get(f"/runs/{spec_hash}/result.json").content)["curves"]["train_loss"]
    expected = [row[seed] for seed in range(3) for row in curves]
    assert printed(answer.content.decode(), tmp_path) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    "part", ["twin/numpy.py", "files/series.npz", "series.csv", "result.json", "pictures/network.svg"]
)
def test_files_of_a_run_are_limited(small, visitor, monkeypatch, part):
    monkeypatch.setattr(DOWNLOADING, "items", Limit("run-download-test", "1/minute").items)
    address = f"/runs/{small}/{part}"
    assert [visitor.get(address).status_code for _ in range(2)] == [200, 429]


def test_files_of_a_small_network_hold_its_weights(small, visitor):
    spec_hash = small
    stored = json.loads(visitor.get(f"/runs/{spec_hash}/result.json").content)["records"]["network"]["weights"]
    with np.load(io.BytesIO(visitor.get(f"/runs/{spec_hash}/files/weights.npz").content)) as arrays:
        assert {name: arrays[name].tolist() for name in arrays} == {each["name"]: each["value"] for each in stored}
    raw = visitor.get(f"/runs/{spec_hash}/files/weights.safetensors").content
    length = int.from_bytes(raw[:8], "little")
    header, numbers = json.loads(raw[8 : 8 + length]), raw[8 + length :]
    for each in stored:
        start, stop = header[each["name"]]["data_offsets"]
        assert np.frombuffer(numbers[start:stop]).tolist() == np.ravel(each["value"]).tolist()
    assert b"Sigmoid" in visitor.get(f"/runs/{spec_hash}/files/network.onnx").content
    assert visitor.get(f"/runs/{spec_hash}/files/no.zip").status_code == 404


def test_all_points_and_a_citation(small, visitor):
    spec_hash = small
    with np.load(io.BytesIO(visitor.get(f"/runs/{spec_hash}/files/series.npz").content)) as arrays:
        assert arrays["train_loss"].shape == (41, 3) and arrays["seeds"].tolist() == [0, 1, 2]
    entry = visitor.get(f"/runs/{spec_hash}/cite.bib").content.decode()
    assert entry.startswith(f"@misc{{chainrule-{spec_hash[:12]},") and f"/runs/{spec_hash}/" in entry


def test_a_notebook_runs_and_shows_the_worked_step(small, visitor):
    spec_hash = small
    notebook = json.loads(visitor.get(f"/runs/{spec_hash}/files/notebook.ipynb").content)
    cells = [("".join(cell["source"]), cell["cell_type"]) for cell in notebook["cells"]]
    space: dict = {}
    network, train, picture = [text for text, kind in cells if kind == "code"]
    exec(network, space)
    exec(train, space)
    assert {seed: len(points) for seed, points in space["losses"].items()} == {0: 41, 1: 41, 2: 41}
    assert "train(" not in picture
    assert any("Backward" in text for text, kind in cells if kind == "markdown")


@pytest.mark.parametrize(
    ("facts", "title"),
    [({}, ""), ({"words": {"en": {"title": r"a\b ^~ 5%", "line": ""}, "zh-hans": {"title": "异或", "line": ""}}},
               r"a\textbackslash{}b \textasciicircum{}\textasciitilde{} 5\%")],
)  # fmt: skip
def test_a_citation_is_english_and_escaped_whatever_is_known_of_the_run(small, visitor, facts, title):
    spec_hash = small
    Spec.objects.filter(hash=spec_hash).update(facts=facts)
    entry = visitor.get(f"/runs/{spec_hash}/cite.bib", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert f"title = {{{{{title or spec_hash[:8]}}}}}" in entry


def test_the_pictures_of_an_epoch_are_files(small, visitor):
    spec_hash = small
    page = visitor.get(f"/runs/{spec_hash}/?epoch=0&seed=1").content.decode()
    links = dict.fromkeys(re.findall(r'href="(/runs/\w+/pictures/[^"]+)"', page))
    names = [f"/runs/{spec_hash}/pictures/{kind}.svg?epoch=0&amp;seed=1" for kind in ("network", "boundary")]
    assert list(links) == names
    titles = []
    for link in links:
        answer = visitor.get(unescape(link))
        root = ElementTree.fromstring(answer.content)
        titles.append(root.find(".//{*}svg/{*}title").text)
        assert answer["Content-Type"].startswith("image/svg+xml") and root.get("width")
    assert titles[0].endswith("seed 1") and titles[1] == "Decision boundary at epoch 0, seed 1"
    assert visitor.get(f"/runs/{spec_hash}/pictures/heart.svg").status_code == 404
