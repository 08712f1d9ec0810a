"""Draw the learning rate finder: the loss against the learning rate, on a log axis, with the suggestion."""

from __future__ import annotations

import json
import math

from bpsandbox.document import Document, LearningRateRange
from bpsandbox.messages import _, sentences
from bpsandbox.numbers import short

from .look import PLAIN, Look
from .records import Picture
from .several import Line, Subject, axis_for, several
from .ticks import Axis, log_axis


def lr_range(document: Document, *, prefix: str = "lr-range", look: Look = PLAIN) -> Picture | None:
    """Draw the raw and the smoothed loss of a look's range of steps; of all if fewer than two are in it.

    None without the record, or with fewer than two steps.
    """
    record = document.records.lr_range
    if record is None or len(record.rates) < 2 or record.rates[0] == record.rates[-1]:
        return None
    every = tuple(rate or 0.0 for rate in record.rates)
    start, end = look.rates
    part = slice(start, None if end is None else end + 1)
    if len(every[part]) < 2 or every[part][0] == every[part][-1]:
        part = slice(None)
    rates, smoothed, losses = every[part], record.smoothed[part], record.losses[part]
    lines = [Line("", _("smoothed loss"), smoothed), Line("", _("loss of a batch"), losses, rank=1)]
    if all(value is None for line in lines for value in line.values):
        return None
    axis = axis_for(lines, log=True)
    drawn = [*lines, *(each for each in _suggestion(record, lines) if rates[0] <= each.xs[0] <= rates[-1])]
    title = _("Loss by learning rate")
    caption = _("log scale") if axis.is_log else ""
    subject = Subject(title, words_of(record), caption, "rate")
    across = log_axis(rates[0], rates[-1])
    drawing = several(rates, drawn, subject, axis=axis, across=across, prefix=prefix)
    names = json.dumps([line.word for line in lines], ensure_ascii=False)
    return Picture(title, drawing, tuple(drawn), _readings(rates, lines, across), names, _span(every, across))


def _span(rates: tuple[float, ...], across: Axis) -> str:
    """Return the ends of the x axis in steps: each step multiplies the rate by the same factor."""
    a_step = (math.log(rates[-1]) - math.log(rates[0])) / (len(rates) - 1)
    ends = ((math.log(end) - math.log(rates[0])) / a_step for end in (across.low, across.high))
    return " ".join(f"{end:.6g}" for end in ends)


def _readings(rates: tuple[float, ...], lines: list[Line], across: Axis) -> str:
    rows = [
        [round(across.at(rate), 4), short(rate), *(short(line.values[i]) for line in lines)]
        for i, rate in enumerate(rates)
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _suggestion(record: LearningRateRange, lines: list[Line]) -> list[Line]:
    """Return a vertical line at the suggested rate, if there is one."""
    known = [value for line in lines for value in line.values if value is not None]
    if record.suggestion is None or not known:
        return []
    at = (record.suggestion, record.suggestion)
    return [Line("", _("suggested rate"), (min(known), max(known)), rank=2, xs=at)]


def words_of(record: LearningRateRange) -> str:
    """Say what the finder found, and what to do if it found nothing."""
    if record.suggestion is not None:
        found = _(
            "The smoothed loss fell fastest at {steepest} and was lowest at {minimum}. Suggested: {suggestion}, the "
            "smaller one of the first and a tenth of the second.",
            steepest=short(record.steepest), minimum=short(record.minimum), suggestion=short(record.suggestion),
        )  # fmt: skip
        return sentences(found, _at_an_end(record))
    if not record.rates:
        return _("The loss is not finite before the first update, so no learning rate helps. Look at the initial "
                 "weights and the scale of the inputs.")  # fmt: skip
    if record.begins_too_high:
        return _("The loss blew up at {rate}, soon after the lowest rate, so none is suggested: the range begins "
                 "too high.", rate=short(record.rates[-1]))  # fmt: skip
    return _("The loss hardly fell at any rate, so none is suggested. Look at the findings for a cause.")


def _at_an_end(record: LearningRateRange) -> str:
    """Say that a suggestion comes from an end of the range; empty if it does not."""
    if record.ends_too_low:
        return _("The loss was lowest at the highest rate of the range, where it was still falling: a higher rate may "
                 "be better.")  # fmt: skip
    if record.suggests_below:
        return _("The suggestion is below the range, which begins at {rate}: begin it lower to see the loss there.",
                 rate=short(record.rates[0]))  # fmt: skip
    return ""
