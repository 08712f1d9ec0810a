"""Convert points to short SVG paths that look the same."""

import math
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]


def thinned(points: list[Point], columns: int, width: float) -> list[Point]:
    """Keep the first, lowest, highest and last point of each of `columns` strips."""
    if len(points) <= 2 * columns:
        return points
    kept: list[Point] = []
    strip: list[Point] = []
    edge = width / columns
    for point in points:
        if strip and point[0] >= edge:
            kept += _corners(strip)
            strip, edge = [], (math.floor(point[0] * columns / width) + 1) * width / columns
        strip.append(point)
    return kept + _corners(strip)


def _corners(strip: list[Point]) -> list[Point]:
    low = min(range(len(strip)), key=lambda i: strip[i][1])
    high = max(range(len(strip)), key=lambda i: strip[i][1])
    return [strip[i] for i in sorted({0, low, high, len(strip) - 1})]


def simplified(points: list[Point], tolerance: float) -> list[Point]:
    """Drop points that are within `tolerance` of the line between the kept points.

    One pass: from the last kept point, a cone of slopes stays open while one straight line can
    pass every point; the point before the cone closes is kept. `x` must not decrease.
    """
    if len(points) < 3:
        return points
    kept = [points[0]]
    (ax, ay), before = points[0], points[0]
    low, high = -math.inf, math.inf
    for x, y in points[1:]:
        run = x - ax
        slope = (y - ay) / run if run > 0 else math.inf
        if not (low <= slope <= high) or run <= 0:
            if before != kept[-1]:
                kept.append(before)
            (ax, ay), low, high = before, -math.inf, math.inf
            run = x - ax
        if run > 0:
            low, high = max(low, (y - tolerance - ay) / run), min(high, (y + tolerance - ay) / run)
        before = (x, y)
    if kept[-1] != before:
        kept.append(before)
    return kept


def line(points: list[Point]) -> str:
    """Write a path in whole units: one absolute move, then relative steps."""
    whole = [(round(x), round(y)) for x, y in points]
    if len(whole) == 1:
        return f"M{whole[0][0]} {whole[0][1]}h0"
    parts = [f"M{whole[0][0]} {whole[0][1]}"]
    px, py = whole[0]
    for x, y in whole[1:]:
        dx, dy = x - px, y - py
        if dx or dy:
            parts.append(f"{_gap(dx)}{dx}{_gap(dy)}{dy}" if len(parts) > 1 else f"l{dx}{_gap(dy)}{dy}")
        px, py = x, y
    return "".join(parts) if len(parts) > 1 else parts[0] + "h0"


def _gap(number: int) -> str:
    return "" if number < 0 else " "


def ring(points: list[Point]) -> str:
    return line(points) + "z"
