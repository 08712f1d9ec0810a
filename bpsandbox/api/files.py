"""A result as files and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bpsandbox import charts
from bpsandbox.api.stage import Staged
from bpsandbox.charts import PLAIN, Look, Named, Sketch
from bpsandbox.comparing import RunComparison
from bpsandbox.document import Document, Progress, Recorded
from bpsandbox.runner import results
from bpsandbox.selectors import RunPage


def series_csv(whole: Document) -> Iterator[str]:
    """Yield the series of a result as lines of CSV."""
    return results.csv(whole)


def curve_svg(
    series: Recorded | Progress,
    *,
    name: str = "train_loss",
    log: bool = True,
    size: str = "wide",
    look: Look = PLAIN,
) -> str:
    """Draw a curve as a standalone SVG file with its colours; empty without points."""
    seeds = series.seeds if isinstance(series, Document) and not series.members else ()
    return charts.curve(series, name=name, log=log, size=size, look=look, seeds=seeds, standalone=True)


def compared_svg(comparison: RunComparison, *, log: bool = True) -> str:
    """Draw the curve of all runs of a comparison as a standalone SVG file; empty without a curve in common."""
    by_step, look = comparison.by_step, comparison.look
    return charts.overlay(comparison.drawn, comparison.curve, by_step=by_step, log=log, look=look, standalone=True)


def pictures(page: RunPage, shown: Staged | None, wanted: str = "") -> Iterator[Named]:
    """Yield the drawings of a result besides its curves, as its page has them; only a `wanted` one by its name."""
    if page.document is None or shown is None:
        return iter(())
    return charts.named_pictures(page.document, shown.answers, wanted)


def picture_svg(page: RunPage, shown: Staged | None, name: str) -> str:
    """Return one of `pictures` as a standalone SVG file; empty if there is no such picture."""
    return next((each.file for each in pictures(page, shown, name) if each.name == name), "")


def unread_fields(document: Document, given: Mapping[str, str], hidden: Sequence[str]) -> tuple[str, ...]:
    """Return the fields of a page's address, as name=value, that are of no curve, range, seed or epoch of a result."""
    return charts.unread(document, given, hidden)


def curve_names(series: Recorded | Progress) -> tuple[str, ...]:
    return charts.curve_names(series)


def sketch(series: Recorded | Progress, *, name: str = "train_loss") -> Sketch | None:
    """Return the lines of a curve without a format, for pictures that are not SVG; None without points."""
    return charts.sketch(series, name=name)
