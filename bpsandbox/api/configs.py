"""The config language: canonical configs, presets, references, data sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import translation

from bpsandbox import charts, explain, numbers, spec
from bpsandbox.errors import InvalidConfig
from bpsandbox.spec import Spec, controls, reference, revising, schema, tasks


def read_spec(canonical: str) -> Spec:
    """Read a canonical config back, as `Spec.to_json` wrote it.

    Raises InvalidConfig for a sweep of an older version of the language that is no longer valid.
    """
    try:
        return Spec.from_json(canonical)
    except spec.InvalidConfig as error:
        raise InvalidConfig(problems=error.problems) from None


def setting_of(canonical: str, number: int) -> Spec | None:
    """Return setting `number` (from 1) of a canonical config's sweep as a separate spec; None if there is none."""
    settings = read_spec(canonical).settings
    return settings[number - 1].spec if 0 < number <= len(settings) else None


def shortest_config(canonical: str) -> dict[str, Any]:
    """Return a canonical config without defaults; a sweep is returned as written."""
    return spec.shortest(read_spec(canonical))


def cured_config(canonical: str, change: str) -> dict[str, Any] | None:
    """Return the shortest config with a change that a finding offers; None if it does not apply or is not valid."""
    return explain.cured(read_spec(canonical), change)


def revised_config(config_text: str, wanted: dict[str, Any]) -> str:
    """Return the text of a config with what differs from another; empty if that cannot be done value by value."""
    return revising.revised(config_text, wanted)


def config_tasks() -> tuple[tasks.Task, ...]:
    """Return what people may want to do with a config, each with the section about it and a config that does it."""
    return tuple(tasks.TASKS.values())


def presets() -> dict[str, Any]:
    """Return the presets by name."""
    return dict(spec.presets.PRESETS)


def preset_path() -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """Return the presets in the order of learning, in groups with a heading each."""
    return spec.presets.path()


def config_controls(config_text: str) -> controls.Controls | None:
    """Return what controls show of a config; None if it cannot be read."""
    return controls.controls_of(config_text)


def change_config(config_text: str, name: str, value: str) -> str:
    """Return the text of a config after a control was set. Raises CannotEdit."""
    return controls.change(config_text, name, value)


def swept(config_text: str) -> tuple[str, ...]:
    """Return the paths that the sweep of a config varies."""
    return controls.swept(config_text)


def about(seconds: float) -> str:
    """Format an estimated time in the active language."""
    return numbers.about(seconds)


def config_reference() -> str:
    """Return the reference of the config language in Markdown, in the active language."""
    return reference.page()


def config_schema(language: str = "") -> str:
    """Return the JSON Schema of the config language, for editors, with descriptions in a language of the site."""
    with translation.override(language or "en"):
        return schema.text(language)


def data_shelves() -> tuple[tuple[str, tuple[explain.DataCard, ...]], ...]:
    """Return the cards of all data sets in groups, each with a heading."""
    return explain.shelves()


def data_csv(name: str) -> Iterator[str]:
    """Yield all samples of a data set with its default fields, as lines of CSV; nothing if there is no such set."""
    card = data_card(name)
    return explain.csv_lines(card.dataset) if card else iter(())


def data_card(name: str) -> explain.DataCard | None:
    """Return the card of a data set, or of `points`; None if there is no such set."""
    try:
        return explain.data_card(name)
    except KeyError:
        return None


def data_thumb(card: explain.DataCard) -> str:
    """Draw a data set small, for a picker; empty for samples that are no points."""
    return charts.thumb(card.dataset)


def before(parsed: Spec) -> charts.Before:
    """Draw the network of a config before it is run, with the start weights of its first seed if it is small."""
    return charts.before(parsed)
