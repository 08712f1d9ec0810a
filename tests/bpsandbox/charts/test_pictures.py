"""Boundaries and networks."""

import math
import re
import xml.etree.ElementTree as ET

import pytest

from bpsandbox.charts import boundary, network
from bpsandbox.charts.boundary import class_shares
from bpsandbox.charts.contour import outlines
from bpsandbox.charts.network import Map, unit_name
from bpsandbox.document import DecisionBoundary, FinalNetwork

SIDE = 48


def record(answer, classes=2, points=None):
    axis = [-1 + 2 * k / (SIDE - 1) for k in range(SIDE)]
    plain = {
        "epoch": 500,
        "seed": 3,
        "x": [-1, 1],
        "y": [-1, 1],
        "n": SIDE,
        "classes": classes,
        "values": [[number(answer(x, y)) for x in axis] for y in axis],
        "points": points or {"x": [], "y": []},
    }
    return DecisionBoundary.from_json(plain)


def number(answer):
    return int(answer) if isinstance(answer, bool) else answer


def area(ring):
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2


def test_an_outline_encloses_the_area_where_the_value_is_high():
    n = 81
    grid = [[40 - math.hypot(x - 40, y - 40) for x in range(n)] for y in range(n)]
    rings = outlines(grid, 20.0)
    assert len(rings) == 1
    assert area(rings[0]) == pytest.approx(math.pi * 20**2, rel=0.002)


def test_an_outline_is_closed_along_the_sides_and_leaves_holes():
    inside = [[1.0] * 10 for _ in range(10)]
    assert area(outlines(inside, 0.5)[0]) == pytest.approx(81)
    inside[5][5] = 0.0
    assert sorted(round(area(ring), 1) for ring in outlines(inside, 0.5)) == [0.5, 81.0]


def test_opposite_corners_stay_two_regions():
    assert len(outlines([[1.0, 0.0], [0.0, 1.0]], 0.5)) == 2


def test_numbers_are_drawn_in_bands_with_a_dividing_line():
    drawing = boundary(record(lambda x, y: 1 / (1 + math.exp(-8 * x * y))))
    root = ET.fromstring(drawing)
    assert [node.get("class") for node in root] == [None, None, "lines", "axes"]
    assert [node.get("class") for node in root[2]] == [f"level level-{k}" for k in range(10)] + ["divide"]
    assert len(drawing) < 60_000
    assert root[0].text == "Decision boundary at epoch 500, seed 3"


def test_high_y_is_drawn_at_the_top():
    drawing = boundary(record(lambda x, y: y > 0.5, points={"x": [[0, 1]], "y": [1]}))
    assert re.search(r'class="example example-0" d="M\d+ 0a', drawing)


def test_classes_are_drawn_as_regions_with_marks_of_different_shape():
    points = {"x": [[-0.9, 0], [0, 0], [0.9, 0]], "y": [0, 1, 2]}
    drawing = boundary(record(lambda x, y: int((x + 1) / 2 * 2.99), classes=3, points=points))
    assert [drawing.count(f'class="region region-{k}"') for k in range(3)] == [1, 1, 1]
    shapes = re.findall(r'class="example example-\d" d="M\d+ \d+([a-z])', drawing)
    assert shapes == ["a", "h", "l"]


def test_shares_of_the_answers_are_said():
    assert class_shares(record(lambda x, y: float(x > 0))) == [(0, 0.5), (1, 0.5)]
    assert "class 0: 50%, class 1: 50%" in boundary(record(lambda x, y: float(x > 0)))


@pytest.mark.parametrize("answer", [lambda x, y: 0.0, lambda x, y: 5.0, lambda x, y: 1e6 * x, lambda x, y: None])
def test_dull_answers_are_drawn(answer):
    ET.fromstring(boundary(record(answer, classes=0)))


def weights(*matrices):
    return named((f"layers.{k}.weight", matrix) for k, matrix in enumerate(matrices))


def named(tensors):
    weights = [{"name": name, "value": value} for name, value in tensors]
    return FinalNetwork.from_json({"seed": 0, "weights": weights})


def test_a_network_shows_sign_and_size():
    root = ET.fromstring(network(weights([[4.0, -1.0], [0.0, 2.0], [1.0, 1.0]], [[1.0, -4.0, 2.0]])))
    links = [node for node in root.iter() if "link" in (node.get("class") or "").split()]
    assert len(links) == 9
    assert [node.get("class") for node in links].count("link is-negative") == 2
    widths = [float(node.get("stroke-width")) for node in links]
    assert widths == sorted(widths) and widths[-1] == 6.0
    assert "".join(root[0].itertext()) == "Network 2-3-1 after training, seed 0"
    assert "9 weights, 2 of them negative; the largest absolute value is 4." in root[1].text


def test_the_weights_of_a_network_have_the_numbers_of_the_configs_layers():
    record = named([("layers.0.weight", [[1.0, 2.0]]), ("layers.2.weight", [[3.0]])])
    titles = [node.text for node in ET.fromstring(network(record)).iter() if node.tag.endswith("title")]
    assert {"W[0] 1,1 = 1", "W[0] 1,2 = 2", "W[2] 1,1 = 3"} <= set(titles)


def test_units_are_named_while_there_is_room():
    assert "x₁" in network(weights([[1.0, 2.0]])) and "ŷ" in network(weights([[1.0, 2.0]]))
    crowded = network(weights([[1.0] * 2] * 30, [[1.0] * 30]))
    assert "x₁" in crowded and "a₁" not in crowded


@pytest.mark.parametrize(("units", "beside"), [(4, False), (5, True), (16, True)])
def test_no_name_is_on_the_map_of_another_unit_or_leaves_the_drawing(units, beside):
    maps = [[Map(((0.0, 1.0),) * 2)] * count for count in (2, units, 1)]
    root = ET.fromstring(network(weights([[1.0] * 2] * units, [[1.0] * units]), maps=maps))
    names = [node for node in root.iter() if (node.text or "").startswith("a")]
    tops = [float(node.get("y")) for node in root.iter() if node.get("class") == "unit is-map"][2:-1]
    assert [node.text for node in names] == [unit_name(1, i, 3, units) for i in range(units)]
    assert {node.get("class") for node in names} == {"unit-name is-beside" if beside else "unit-name"}
    assert float(names[-1].get("y")) + 4 <= float(root.get("height"))
    if not beside:
        assert all(float(node.get("y")) < top for node, top in zip(names, tops[1:], strict=False))


@pytest.mark.parametrize("unfit", [None, weights(), weights([[[1.0]]]), weights([[1.0, 2.0]], [[1.0, 2.0]])])
def test_what_is_no_chain_of_matrices_is_not_drawn(unfit):
    assert network(unfit) == ""


def test_of_a_network_that_goes_round_no_part_is_drawn_as_the_whole():
    names = ("layers.0.weight_ih", "layers.0.weight_hh", "layers.1.weight")
    assert network(named((name, [[1.0, 2.0]]) for name in names)) == ""
