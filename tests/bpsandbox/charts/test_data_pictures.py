"""Pictures of data sets."""

import json
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from bpsandbox.charts import data_keys, data_picture, data_spots
from bpsandbox.core.data.datasets import points
from bpsandbox.explain import data_card
from bpsandbox.spec.samples import SAMPLED


def drawn(dataset):
    """Return the class names of the parts, and the whole."""
    picture = ET.fromstring(data_picture(dataset, prefix="p"))
    return [part.get("class") for part in picture[2:]], picture


@pytest.mark.parametrize("name", SAMPLED)
def test_every_set_has_a_picture_without_script_that_says_what_it_is(name):
    text = data_picture(data_card(name).dataset, prefix=f"p-{name}")
    picture = ET.fromstring(text)
    assert picture[0].text == f"Samples from {name}"
    assert picture.get("aria-labelledby") == f"p-{name}-title"
    assert len(picture) > 2
    assert len(text) < 30_000
    assert not re.search(r'<script|href|on\w+=| d="[^"]*(nan|inf)', text)


@pytest.mark.parametrize(("name", "parts"), [
    ("spiral", ["example example-0", "example example-1", "example example-2"]),
    ("plane", [f"shade shade-{k}" for k in range(10)]),
    ("sine", ["example"]),
    ("iris", ["thread thread-0", "thread thread-1", "thread thread-2"]),
    ("digits", ["pixel"] * 7),
    ("parity", ["cell", "cell is-one", "answer"] * 4),
    ("adding", ["wave", "wave-dot", "cell", "cell is-one", "answer"] * 4),
    ("echo", ["cell", "cell is-one", "cell is-target", "cell is-one is-target"] * 4),
    ("sine_next", ["wave", "wave-dot", "answer"] * 4),
])  # fmt: skip
def test_the_picture_fits_the_samples(name, parts):
    assert drawn(data_card(name).dataset)[0] == parts


def test_axes_have_the_names_of_the_features_below_them():
    picture = ET.fromstring(data_picture(data_card("iris").dataset, prefix="p", axes=True))
    names = [part.text for part in picture.iter() if part.get("class") == "name"]
    assert names == ["sepal", "length", "sepal", "width", "petal", "length", "petal", "width"]
    _left, top, _width, height = map(float, picture.get("viewBox").split())
    assert all(top < float(part.get("y")) < top + height for part in picture.iter() if part.get("class") == "name")
    assert height == 10 * float(picture.get("height"))


def test_two_numbers_without_names_are_those_of_a_boundary():
    picture = ET.fromstring(data_picture(data_card("spiral").dataset, prefix="p", axes=True))
    assert [part.text for part in picture.iter() if part.get("class") == "name"] == ["x₁", "x₂"]


@pytest.mark.parametrize(("name", "words"), [
    ("xor", "(0, 0): class 0"), ("plane", r"\(\S+, \S+\): target \S+"), ("sine", r"\(0, \S+\)"),
])  # fmt: skip
def test_each_sample_that_is_drawn_is_read_where_it_is(name, words):
    dataset = data_card(name).dataset
    spots = json.loads(data_spots(dataset))
    picture = ET.fromstring(data_picture(dataset, prefix="p", axes=True))
    left, top, width, height = map(float, picture.get("viewBox").split())
    drawn = [part for part in picture if re.search("example|shade", part.get("class") or "")]
    centres = [(float(x), float(y)) for part in drawn for x, y in re.findall(r"M(-?\d+) (-?\d+)", part.get("d"))]
    assert len(spots) == len(centres) > 3
    for x, y, _words in spots:
        place = (left + x * width, top + y * height)
        assert min(math.dist(place, centre) for centre in centres) < 120  # where the mark begins
    assert re.fullmatch(words.replace("(0, 0)", r"\(0, 0\)"), spots[0][2])


def test_other_data_are_not_read():
    assert [data_spots(data_card(name).dataset) for name in ("iris", "digits", "parity")] == ["", "", ""]


def test_the_answer_of_a_sequence_stands_beside_it():
    dataset = data_card("parity").dataset
    said = [part.text for part in drawn(dataset)[1] if part.get("class") == "answer"]
    assert said == [f"→ {int(y)}" for y in dataset.y[:4]]


@pytest.mark.parametrize(("x", "y"), [
    ([[1.0]], [0.5]),
    ([[2.0, 2.0], [2.0, 2.0]], [1.0, 1.0]),
    ([[0.0, 0.0, 0.0]], [3]),
    ([[[[5.0]]]], [0]),
    ([[[7.0]], [[7.0]]], [[1.5, 2.5], [0.5, 0.5]]),
    (np.zeros((2, 300, 1)).tolist(), np.zeros((2, 300)).tolist()),
    ([[1e14, -1e14], [0.0, 1.0]], [1e14, -1e14]),
    (np.arange(24.0).reshape(12, 2).tolist(), list(range(12))),
])  # fmt: skip
def test_odd_sets_are_drawn_too(x, y):
    parts, picture = drawn(points(x, y))
    assert parts
    numbers = re.findall(r"-?\d+", "".join(part.get("d", "") for part in picture[2:]))
    assert all(abs(int(number)) <= 6400 for number in numbers)


def test_more_classes_than_colours_are_told_apart_by_colour_and_shape():
    _parts, picture = drawn(points(np.arange(20.0).reshape(10, 2).tolist(), list(range(10))))
    looks = {(part.get("class"), re.sub(r"^M-?\d+ -?\d+", "", part.get("d"))) for part in picture[2:]}
    assert len(looks) == 10


@pytest.mark.parametrize(("name", "words"), [
    ("spiral", ["class 0", "class 1", "class 2"]), ("iris", ["class setosa", "class versicolor", "class virginica"]),
    ("sine", []), ("digits", []), ("parity", []),
])  # fmt: skip
def test_the_colours_of_classes_have_a_legend_with_the_marks_of_the_picture(name, words):
    dataset = data_card(name).dataset
    keys = data_keys(dataset)
    assert [key.words for key in keys] == words
    classes = re.findall(r'class="((?:example|thread|shade)[^"]*)"', "".join(key.drawing for key in keys))
    assert set(classes) <= set(re.findall(r'class="([^"]*)"', data_picture(dataset)))


def test_shades_have_their_ends_and_many_classes_other_marks():
    low, high = data_keys(data_card("plane").dataset)
    assert "shade-0" in low.drawing and "shade-9" in high.drawing and low.words.startswith("target ")
    seven = points(x=[[k, k] for k in range(7)], y=list(range(7)))
    assert len({key.drawing for key in data_keys(seven)}) == 7
    assert data_keys(points(x=[[k, k] for k in range(13)], y=list(range(13)))) == ()
    assert data_keys(points(x=[[k, k, k] for k in range(6)], y=list(range(6)))) == ()
