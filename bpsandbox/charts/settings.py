"""Compare the settings of a sweep in a table, and draw the best of them in one chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bpsandbox.document import Recorded
from bpsandbox.messages import _, sentences
from bpsandbox.numbers import short
from bpsandbox.runner.ranking import MOST_DRAWN, ranked
from bpsandbox.runner.results import is_cut

from .look import PLAIN, Look, of_seed, within
from .scales import value_axis
from .series import Drawable, Series, Values, quantile, series
from .several import Line, Subject, several
from .words import curve_title

MOST_WORDS = 28
MOST_AT_END = 13


@dataclass(frozen=True)
class Setting:
    """One setting: its number from 1, the values that it sets, and the results of its seeds in one curve.

    `final` and `best` are medians over its seeds that have a number, `low` and `high` the quartiles of the final ones.
    """

    number: int
    values: dict[str, Any]
    line: Series
    finals: Values
    bests: Values
    failed: int
    spec_hash: str = ""
    rank: int = 0
    is_cut: bool = False
    """Whether a seed did not come to the end of its training."""
    names: tuple[int, ...] = ()
    """Its seeds, if they are known."""

    @property
    def seeds(self) -> int:
        return len(self.finals)

    @property
    def words(self) -> str:
        """Return the values that it sets, like "lr 0.1, hidden_size 8"."""
        return _(", ").join(
            f"{name} {shown(value)}" for name, value in zip(headings(self.values), self.values.values(), strict=True)
        )

    @property
    def cells(self) -> list[str]:
        return [shown(value) for value in self.values.values()]

    @cached_property
    def final(self) -> float | None:
        return middle(self.finals)

    @cached_property
    def best(self) -> float | None:
        return middle(self.bests)

    @cached_property
    def low(self) -> float | None:
        return middle(self.finals, 0.25)

    @cached_property
    def high(self) -> float | None:
        return middle(self.finals, 0.75)

    @property
    def in_full(self) -> str:
        """Return what it varies and what it came to."""
        words = _("Setting {number}: {words}, final median {value}")
        if self.is_cut:
            words = _("Setting {number}: {words}, median {value} when it stopped")
        return words.format(number=self.number, words=self.words, value=short(self.final))

    @property
    def is_drawn(self) -> bool:
        return self.rank < MOST_DRAWN

    @property
    def hue(self) -> str:
        return f"hue hue-{self.rank}"


def headings(paths: Iterable[str]) -> list[str]:
    """Shorten paths of fields to the last name, with as much before it as is needed to be unique."""
    parts = {path: path.split(".") for path in paths}
    return [next(end for end in _ends(own) if sum(end in _ends(other) for other in parts.values()) == 1 or end == path)
            for path, own in parts.items()]  # fmt: skip


def _ends(parts: list[str]) -> list[str]:
    """Yield the last name, the last two, … of a path."""
    return [".".join(parts[-count:]) for count in range(1, len(parts) + 1)]


def shown(value: Any) -> str:
    """Format a value of a config briefly."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        rest = [f"{key} {shown(inner)}" for key, inner in value.items() if key != "type"]
        text = " ".join([str(value.get("type", "")), *rest]).strip()
    elif isinstance(value, list):
        text = f"[{', '.join(map(shown, value))}]"
    else:
        text = str(value)
    return text if len(text) <= MOST_WORDS else f"{text[: MOST_WORDS - 1]}…"


def middle(values: Values, share: float = 0.5) -> float | None:
    known = sorted(value for value in values if value is not None)
    return quantile(known, share) if known else None


def settings(document: Drawable, name: str = "train_loss") -> tuple[Setting, ...]:
    """Return the members of a sweep in order, each with its rank, 0 for the best; empty without a sweep."""
    made = list(_made(document, series(document, name)))
    is_lower_better = made[0].line.is_lower_better if made else True
    order = ranked([s.finals for s in made], [s.failed for s in made], lower_is_better=is_lower_better)
    ranks = {place: rank for rank, place in enumerate(order)}
    return tuple(replace(setting, rank=ranks[i]) for i, setting in enumerate(made))


def best_setting(document: Drawable, name: str = "train_loss") -> Setting | None:
    return next((setting for setting in settings(document, name) if setting.rank == 0), None)


def _made(document: Drawable, main: Series) -> Iterator[Setting]:
    final = document.final.get(main.name)
    best = document.best.get(main.name) or final
    seeds = document.seeds if isinstance(document, Recorded) else ()
    for number, member in enumerate(document.members or (), 1):
        rows = member.rows
        line = main.of(rows)
        finals = tuple(final[row] for row in rows) if final else line.finals
        yield Setting(
            number,
            member.values,
            line,
            finals,
            tuple(best[row] for row in rows) if best else finals,
            sum(document.stop[row].reason == "diverged" for row in rows) if document.stop else 0,
            member.spec_hash,
            is_cut=is_cut(document.stop[row] for row in rows if document.stop),
            names=tuple(seeds[row] for row in rows) if seeds else (),
        )


def settings_curve(
    document: Drawable, *, name: str, log: bool, size: str, standalone: bool, prefix: str, look: Look = PLAIN
) -> str:
    """Draw the medians of the best settings that are not hidden, with thin lines for their seeds."""
    made = tuple(replace(setting, line=within(setting.line, look)) for setting in settings(document, name))
    drawn = shown_settings(made, look)
    lines = [_line(setting, tail, look) for setting, tail in zip(drawn, end_labels(drawn), strict=True)]
    main = drawn[0].line
    axis = value_axis(replace(main, seeds=tuple(seed for s in drawn for seed in s.line.seeds), reasons=()), (), log)
    caption = curve_title(name)
    if axis.is_log:
        caption = _("{curve}, log scale", curve=caption)
    subject = Subject(_title(main, made), _description(made, drawn), caption, main.unit)
    first = main.x[0] if look.is_zoomed else 0.0
    return several(
        main.x,
        lines,
        subject,
        axis=axis,
        first=first,
        last=main.x_last,
        size=size,
        standalone=standalone,
        prefix=prefix,
        at=None if main.unit == "step" else look.at,
    )


def shown_settings(made: Iterable[Setting], look: Look) -> list[Setting]:
    """Return the best settings that are not hidden, as many as colours tell apart; the best ones if all are."""
    ordered = sorted(made, key=lambda setting: setting.rank)
    return [setting for setting in ordered if str(setting.number) not in look.hidden][:MOST_DRAWN] or ordered[
        :MOST_DRAWN
    ]


def has_seed_lines(setting: Setting) -> bool:
    """Return whether the seeds of a setting are few enough to be drawn."""
    return 1 < setting.seeds <= 8


def _line(setting: Setting, tail: str, look: Look) -> Line:
    thin: tuple[Values, ...] = ()
    if has_seed_lines(setting) and "seeds" not in look.hidden:
        names = setting.names or (None,) * setting.seeds
        pairs = zip(names, setting.line.seeds, strict=True)
        thin = tuple(values for seed, values in pairs if seed is None or of_seed(seed) not in look.hidden)
    band = (setting.line.quantile(0.25), setting.line.quantile(0.75)) if setting.seeds > 8 else ((), ())
    if "band" in look.hidden:
        band = ((), ())
    number, median = str(setting.number), setting.line.median
    return Line(number, setting.words, median, *band, thin=thin, rank=setting.rank, tail=tail)


def end_labels(drawn: list[Setting]) -> list[str]:
    """Return the labels at the ends of lines: words, or only values, or nothing if one of them would not fit."""
    forms = ([s.words for s in drawn], [_(", ").join(s.cells) for s in drawn])
    return next((form for form in forms if max(map(len, form)) <= MOST_AT_END), [""] * len(drawn))


def _title(main: Series, made: tuple[Setting, ...]) -> str:
    values = {"curve": curve_title(main.name), "settings": len(made), "seeds": made[0].seeds}
    return _("{curve} for {settings} settings, {seeds} seeds each", **values)


def _description(made: tuple[Setting, ...], drawn: list[Setting]) -> str:
    """Describe which settings are drawn and their final values, the best first."""
    ends = _("; ").join(
        _("{number}: {words}, median {value}", number=s.number, words=s.words, value=short(s.final)) for s in drawn
    )
    selection = _("Only the {count} best settings are drawn.", count=len(drawn)) if len(drawn) < len(made) else ""
    return sentences(selection, ends)
