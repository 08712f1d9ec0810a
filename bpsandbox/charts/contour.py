"""Trace the region where a grid of numbers is at least a level (marching squares)."""

from typing import TypeAlias

Grid: TypeAlias = list[list[float]]
Point: TypeAlias = tuple[float, float]
Segment: TypeAlias = tuple[Point, Point]

OUTSIDE = -1e12

# Corners are counted clockwise from the upper left: 1, 2, 4, 8; edges are top, right, bottom, left.
# Each pair of edges has the region on its right.
CASES: dict[int, tuple[tuple[int, int], ...]] = {
    0: (),
    1: ((3, 0),),
    2: ((0, 1),),
    3: ((3, 1),),
    4: ((1, 2),),
    5: ((3, 0), (1, 2)),
    6: ((0, 2),),
    7: ((3, 2),),
    8: ((2, 3),),
    9: ((2, 0),),
    10: ((0, 1), (2, 3)),
    11: ((2, 1),),
    12: ((1, 3),),
    13: ((1, 0),),
    14: ((0, 3),),
    15: (),
}


def outlines(values: Grid, level: float) -> list[list[Point]]:
    """Return closed rings in grid coordinates (column, row) around {value ≥ level}.

    A region that touches the edge of the grid is closed along it.
    """
    walled = _walled(values)
    following: dict[Point, list[Point]] = {}
    for row in range(len(walled) - 1):
        upper, lower = walled[row], walled[row + 1]
        for column in range(len(upper) - 1):
            corners = (upper[column], upper[column + 1], lower[column + 1], lower[column])
            for start, end in _segments(corners, column - 1, row - 1, level):
                if start != end:
                    following.setdefault(start, []).append(end)
    return _rings(following)


def _walled(values: Grid) -> Grid:
    width = len(values[0]) + 2
    wall = [OUTSIDE] * width
    return [wall, *([OUTSIDE, *row, OUTSIDE] for row in values), wall]


def _segments(corners: tuple[float, float, float, float], x: int, y: int, level: float) -> list[Segment]:
    case = sum(1 << i for i in range(4) if corners[i] >= level)
    return [(_crossing(corners, x, y, a, level), _crossing(corners, x, y, b, level)) for a, b in CASES[case]]


def _crossing(corners: tuple[float, float, float, float], x: int, y: int, edge: int, level: float) -> Point:
    """Return where the level crosses an edge; both cells that share the edge must get the same point."""
    ends = (((0, 0), (1, 0)), ((1, 0), (1, 1)), ((0, 1), (1, 1)), ((0, 0), (0, 1)))[edge]
    first, second = ((0, 1), (1, 2), (3, 2), (0, 3))[edge]
    low, high = corners[first], corners[second]
    share = (level - low) / (high - low)
    (ax, ay), (bx, by) = ends
    return round(x + ax + share * (bx - ax), 6), round(y + ay + share * (by - ay), 6)


def _rings(following: dict[Point, list[Point]]) -> list[list[Point]]:
    rings = []
    while following:
        start = next(iter(following))
        ring, here = [start], _take(following, start)
        while here != start:
            ring.append(here)
            here = _take(following, here)
        rings.append(ring)
    return rings


def _take(following: dict[Point, list[Point]], point: Point) -> Point:
    ends = following[point]
    end = ends.pop()
    if not ends:
        del following[point]
    return end
