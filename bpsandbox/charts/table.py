"""Sample the numbers of a curve for a table, for people who do not see the chart."""

from dataclasses import dataclass

from bpsandbox.messages import _
from bpsandbox.numbers import grouped, short

from .series import Drawable, Series, series
from .settings import settings
from .words import curve_title

MOST_ROWS = 30


@dataclass(frozen=True)
class Table:
    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def curve_table(document: Drawable, *, name: str = "train_loss", most: int = MOST_ROWS) -> Table | None:
    """Sample at most `most` points: the first, the last, the extremes of the median, and evenly between."""
    if document.members:
        return _settings_table(document, name, most)
    main = series(document, name)
    if not any(main.columns):
        return None
    unit = _("Step") if main.unit == "step" else _("Epoch")
    headers = (
        (unit, _("Median"), _("Lower quartile"), _("Upper quartile"))
        if len(main.seeds) > 1
        else (unit, curve_title(name))
    )
    shares = (0.5, 0.25, 0.75) if len(main.seeds) > 1 else (0.5,)
    columns = [main.quantile(share) for share in shares]
    rows = tuple((grouped(main.x[i]), *(short(column[i], 4) for column in columns)) for i in sampled(main, most))
    return Table(curve_title(name), headers, rows)


def _settings_table(document: Drawable, name: str, most: int) -> Table | None:
    """Return one column of medians for each of the drawn settings, the best first."""
    made = sorted(settings(document, name), key=lambda setting: setting.rank)
    made = [setting for setting in made if setting.is_drawn]
    first = made[0].line
    if not any(first.columns):
        return None
    unit = _("Step") if first.unit == "step" else _("Epoch")
    headers = (unit, *(f"{setting.number}: {setting.words}" for setting in made))
    rows = tuple(
        (grouped(first.x[i]), *(short(setting.line.median[i], 4) for setting in made)) for i in sampled(first, most)
    )
    return Table(curve_title(name), headers, rows)


def sampled(main: Series, most: int) -> list[int]:
    """Choose the points by index, in order."""
    present = [i for i, v in enumerate(main.median) if v is not None]
    if len(present) <= most:
        return present
    must = {
        present[0],
        present[-1],
        min(present, key=lambda i: main.median[i] or 0.0),
        max(present, key=lambda i: main.median[i] or 0.0),
    }
    room = most - len(must)
    even = {present[round(k * (len(present) - 1) / (room + 1))] for k in range(1, room + 1)}
    return sorted(must | even)
