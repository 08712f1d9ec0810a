"""Draw sparklines."""

from . import svg
from .palette import standalone_style
from .paths import line, simplified, thinned
from .series import Series
from .ticks import Axis, linear_axis, log_axis
from .words import description_of, title_of

WIDTH, HEIGHT, MARGIN, UNIT = 96, 28, 4, 10


def spark(main: Series, *, prefix: str, standalone: bool = False) -> str:
    """Draw only the median, on a log axis if possible; vermilion if most seeds are stuck or diverged."""
    values = [v for v in main.median if v is not None]
    axis = _axis(main, values)
    across, down = (WIDTH - 2 * MARGIN) * UNIT, (HEIGHT - 2 * MARGIN) * UNIT
    last_x = main.x_last or 1.0
    points = [
        (MARGIN * UNIT + x / last_x * across, MARGIN * UNIT + (1 - min(1.0, max(0.0, axis.at(v)))) * down)
        for x, v in zip(main.x, main.median, strict=True)
        if v is not None
    ]
    drawn = simplified(thinned(points, 60, across), 3)
    end = drawn[-1]
    inner = (
        svg.titled(title_of(main), description_of(main), prefix)
        + (standalone_style(UNIT) if standalone else "")
        + svg.tag("path", class_="median", d=line(drawn))
        + svg.tag("circle", class_="dot", cx=round(end[0]), cy=round(end[1]), r=22)
    )
    space = {"xmlns": "http://www.w3.org/2000/svg"} if standalone else {}
    return svg.tag(
        "svg",
        inner,
        class_="spark is-off" if is_off(main) else "spark",
        **svg.labelled(prefix),
        **space,
        viewBox=f"0 0 {WIDTH * UNIT} {HEIGHT * UNIT}",
        width=WIDTH,
        height=HEIGHT,
    )


def is_off(main: Series) -> bool:
    """Return whether at least half of the seeds are stuck or diverged."""
    return bool(main.seeds) and 2 * len(main.stuck | main.diverged) >= len(main.seeds)


def _axis(main: Series, values: list[float]) -> Axis:
    if main.is_loss and min(values) > 0:
        return log_axis(min(values), max(values))
    return linear_axis(min(values), max(values))
