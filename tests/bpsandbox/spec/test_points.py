"""Inline data: valid forms, their meaning, and the message for everything else."""

import json

import numpy as np
import pytest

from bpsandbox import spec
from bpsandbox.core import run

from .configs import only, problems

MODEL = """
model: {layers: [Flatten, {type: Linear, out_features: OUT}]}
loss: LOSS
training: {epochs: 2}
"""


def config(points, out=1, loss="MSELoss"):
    return f"dataset: {{points: {points}}}" + MODEL.replace("OUT", str(out)).replace("LOSS", loss)


def csv(*lines, out=1, loss="MSELoss"):
    return config(f"{{csv: {json.dumps(chr(10).join(lines))}}}", out, loss)


def trained(text):
    """Return the data as seen by the network after training."""
    experiment = spec.build(spec.parse(text))
    assert run(experiment).document().to_json()["stop"][0]["reason"] == "epochs"
    return experiment.dataset


@pytest.mark.parametrize(("x", "shape"), [
    ("[1, 2, 3]", (1,)),
    ("[[1, 2], [3, 4], [5, 6]]", (2,)),
    ("[[[1, 2], [3, 4], [5, 6]], [[1, 2], [3, 4], [5, 6]], [[0, 0], [0, 0], [1, 1]]]", (3, 2)),
    ("[[[[1, 2], [3, 4]]], [[[1, 0], [0, 1]]], [[[0, 0], [0, 0]]]]", (1, 2, 2)),
])  # fmt: skip
def test_samples_are_numbers_rows_sequences_or_images(x, shape):
    data = trained(config(f"{{x: {x}, y: [0.5, 1, 2]}}"))
    assert data.shape == shape
    assert data.x.tolist() == np.array(json.loads(x), dtype=float).reshape(3, *shape).tolist()


def test_targets_are_classes_numbers_or_rows_of_numbers():
    x = "[[1, 2], [3, 4], [5, 6]]"
    classes = trained(config(f"{{x: {x}, y: [3, 7, 3]}}", 2, "CrossEntropyLoss"))
    assert (classes.labels, classes.y.tolist()) == ((3, 7), [0, 1, 0])
    assert trained(config(f"{{x: {x}, y: [3, 7.5, 3]}}")).y.tolist() == [[3.0], [7.5], [3.0]]
    rows = trained(config(f"{{x: {x}, y: [[1, 0], [0, 1], [1, 1]]}}", 2, "BCEWithLogitsLoss"))
    assert rows.y.tolist() == [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]


def test_sequences_and_images_are_scaled_and_divided_like_all_data():
    x = json.dumps([[[i, 10 * i], [i + 1, 5]] for i in range(10)])
    text = config(f"{{x: {x}, y: {[i / 10 for i in range(10)]}}}, standardize: minmax, split: {{test: 0.3}}")
    parts = spec.build(spec.parse(text)).parts
    assert (parts["train"].x.shape, parts["test"].x.shape) == ((7, 2, 2), (3, 2, 2))
    assert (parts["train"].x.min(axis=(0, 1)).tolist(), parts["train"].x.max(axis=(0, 1)).tolist()) == ([0, 0], [1, 1])


@pytest.mark.parametrize("lines", [
    ("0,1,1", "2.5,3,0"),
    ("a,b,y", "0,1,1", "2.5,3,0"),
    ('"length, cm",b,y', "0, 1, 1", "", "# a remark, of two", ' "2.5" , 3 , 0'),
])  # fmt: skip
def test_lines_become_points_whose_last_column_is_the_target(lines):
    points = spec.parse(csv(*lines, out=2, loss="CrossEntropyLoss")).config["dataset"]["points"]
    assert points == {"x": [[0.0, 1.0], [2.5, 3.0]], "y": [1, 0]}


def test_lines_with_a_fraction_in_the_last_column_are_measurements():
    assert trained(csv("x,y", "1,1", "2,0.5")).y.tolist() == [[1.0], [0.5]]


def test_a_block_of_lines_is_as_good_as_a_string():
    text = config("POINTS").replace("{points: POINTS}", "\n  points:\n    csv: |\n      x,y\n      1,1\n      2,0.5\n")
    assert spec.parse(text).hash == spec.parse(csv("1,1", "2,0.5")).hash
    assert spec.parse(text).hash == spec.parse(config("{x: [[1], [2]], y: [1, 0.5]}")).hash


@pytest.mark.parametrize(("points", "path", "message"), [
    ("{x: [[1, 2], [3, 4], [5]], y: [0, 1, 0]}", "x[2]",
     "x[2] is a list of 1, but x[0] is a list of 2: all samples need the same shape."),
    ("{x: [[1, 2], 3], y: [0, 1]}", "x[1]",
     "x[1] is a single number, but x[0] is a list of 2: all samples need the same shape."),
    ("{x: [[[1], [2]], [[1], [2], [3]]], y: [0, 1]}", "x[1]",
     "x[1] is of shape (3, 1), but x[0] is of shape (2, 1): all samples need the same shape."),
    ("{x: [[[1], [2]], [[1], [2, 3]]], y: [0, 1]}", "x[1]", "The rows of x[1] have different lengths or depths."),
    ("{x: [1, 2], y: [[0, 1], [1]]}", "y[1]",
     "y[1] is a list of 1, but y[0] is a list of 2: all samples need the same shape."),
    ("{x: [1, 2], y: [0, 1, 1]}", "y", "x has 2 samples but y has 3 targets: every sample needs one target."),
    ("{x: [1, 2], y: [[], []]}", "y", "A target is a number or a row of numbers; these are empty."),
    ("{x: [[], []], y: [0, 1]}", "x", "A sample is a row of numbers, an image (c, h, w) or a sequence (t, d)."),
    ("{x: [1, 2]}", "", "Points need x and y, two lists of equal length, or csv."),
    ("{x: [], y: []}", "", "Points need x and y, two lists of equal length, or csv."),
    ("{x: 3, y: 4}", "", "Points need x and y, two lists of equal length, or csv."),
    ("{}", "", "Points need x and y, two lists of equal length, or csv."),
    ("{x: [1], y: [2], csv: '1,2'}", "csv", "Give x and y, or csv, not both."),
    ("{x: [1, two], y: [0, 1]}", "x[1]", "two is not allowed; expected: numbers or lists of numbers."),
    ("{x: [1, null], y: [0, 1]}", "x[1]", "null is not allowed; expected: numbers or lists of numbers."),
    ("{x: [[[[[1]]]]], y: [0]}", "x[0][0][0][0]", "A list is not allowed; expected: numbers or lists of numbers."),
    ("{x: [1, 2], y: [0, 1e15]}", "y[1]", "1e15 is not allowed; expected: numbers or lists of numbers."),
])  # fmt: skip
def test_points_that_are_not_whole_are_told_of_at_their_place(points, path, message):
    found = problems(config(points))
    whole = f"dataset.points.{path}" if path else "dataset.points"
    assert (whole, message) in {(problem.path, problem.message) for problem in found}


def test_a_ragged_sample_is_pointed_at():
    text = "dataset:\n  points:\n    x:\n      - [1, 2]\n      - [1]\n    y: [0, 1]\n" + MODEL
    found = only(text.replace("OUT", "1").replace("LOSS", "MSELoss"))
    assert (found.line, found.column, found.path) == (5, 9, "dataset.points.x[1]")


@pytest.mark.parametrize(("lines", "message"), [
    ((), "There are no rows of numbers: write lines such as 0.5, 1.2, 0 with the target last."),
    (("a,b",), "There are no rows of numbers: write lines such as 0.5, 1.2, 0 with the target last."),
    (("a,b", "c,d"), "c in row 1, column 1 is not a number."),
    (("1", "0"), "This row has only one column: write the inputs, a comma, and the target last."),
    (("1;2", "3;4"), "Separate columns by commas, not by semicolons or tabs."),
    (("1\t2", "3\t4"), "Separate columns by commas, not by semicolons or tabs."),
    (("x,y,z", "0,1,1", "", "2,0"), "Row 2 has 2 columns; expected 3, as in row 1."),
    (("0,1", "0,1,1", "2,0,3"), "Row 1 has 2 columns; expected 3, as in row 2."),
    (("0,1,1", "2", "2,0,3"), "Row 2 has one column; expected 3, as in row 1."),
    (("0,1,1", "2,x,0"), "x in row 2, column 2 is not a number."),
    (("0,1,1", "2,,0"), "Row 2, column 2 is empty."),
    (("0,1,1", "2,1,"), "Row 2, column 3 is empty."),
    (("0,nan", "1,1"), "nan in row 1, column 2 is not finite or too large."),
    (("0,1", "1,1e999"), "1e999 in row 2, column 2 is not finite or too large."),
    (("0,1", "1," + "9" * 40),
     "9999999999999999999999999999999999999999 in row 2, column 2 is not finite or too large."),
    (("0,true",), "Row 1 ends with the word true, but classes must be whole numbers. Write 0 = true."),
    (("a,b,kind", "5.1,3.5,setosa", "7,3.2,versicolor", "5,3,setosa"),
     "Row 1 ends with the word setosa, but classes must be whole numbers. Write 0 = setosa, 1 = versicolor."),
    ([f"{i},class {i}" for i in range(9)],
     "Row 1 ends with the word class 0, but classes must be whole numbers. "
     "Write 0 = class 0, 1 = class 1, 2 = class 2, 3 = class 3, 4 = class 4, …."),
])  # fmt: skip
def test_lines_that_are_no_table_are_told_of_with_what_to_do(lines, message):
    found = only(csv(*lines))
    assert (found.path, found.code, found.message) == ("dataset.points.csv", "csv", message)


def test_lines_must_be_a_text():
    assert only(config("{csv: [1, 2]}")).message == (
        "A list is not allowed; expected: lines of numbers separated by commas, equally many in each line, the target "
        "last."
    )


def test_at_most_five_hundred_rows():
    row, more = "A config can contain at most 500 points; there are 501.", ["1, 0.5"] * 501
    assert only(config(f"{{x: {[1] * 501}, y: {[0.5] * 501}}}")).message == row
    assert only(csv(*more)).message == "A config can contain at most 500 rows; there are 501."
    assert spec.parse(csv(*more[:500])).facts.n == 500


def test_at_most_twenty_thousand_numbers():
    row = [1] * 101
    assert only(config(f"{{x: {[row] * 200}, y: {[0.5] * 200}}}")).code == "too_many_numbers"
    found = only(csv(*[",".join(map(str, row))] * 199))
    assert found.message == "A csv can have at most 20,000 numbers; this one has 20,099."


def test_points_belong_to_no_named_set():
    text = config("{x: [1], y: [0.5]}").replace("dataset: {", "dataset: {name: xor, ")
    assert "dataset.points" in {problem.path for problem in problems(text)}


@pytest.mark.parametrize(("dataset", "path"), [
    ("{name: sine, noise: 1e7}", "dataset.noise"),
    ("{name: sine_next, noise: -0.1}", "dataset.noise"),
    ("{name: polynomial, coefficients: [1, -1e7]}", "dataset.coefficients[1]"),
    ("{name: parity, length: 1}", "dataset.length"),
    ("{name: adding, length: 785}", "dataset.length"),
    ("{name: adding, n_samples: 50001}", "dataset.n_samples"),
    ("{name: echo, delay: 0}", "dataset.delay"),
    ("{name: sine_next, cycles: 0}", "dataset.cycles"),
])  # fmt: skip
def test_fields_of_a_set_keep_to_their_ranges(dataset, path):
    text = f"dataset: {dataset}" + MODEL.replace("OUT", "1").replace("LOSS", "MSELoss")
    assert path in {problem.path for problem in problems(text)}
