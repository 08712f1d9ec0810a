"""Template tags that show the charts and numbers of a run: `{% load sandbox %}`.

`series` below is the value of `Card.series`: a result document, or progress with its points.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from bpsandbox import charts, conf, explain, services
from bpsandbox.document import (
    ConfusionMatrix,
    DecisionBoundary,
    Document,
    FinalNetwork,
    LearningRateRange,
    OverfitCheck,
    Progress,
    Recorded,
    Saliency,
)
from bpsandbox.selectors import Brief, Card
from bpsandbox.spec import InvalidConfig, Spec

Drawable = Recorded | Progress

register = template.Library()


@register.simple_tag
def run_curve(
    series: Drawable | None, prefix: str, name: str = "train_loss", log: bool = True, look: charts.Look | None = None
) -> SafeString:
    """Draw a curve that takes the width of its container; nothing without points."""
    if not series:
        return SafeString("")
    seeds = series.seeds if look and isinstance(series, Document) and not series.members else ()
    return mark_safe(charts.curve(series, name=name, log=log, prefix=prefix, look=look or charts.Look(), seeds=seeds))


@register.simple_tag
def run_spark(series: Drawable | None, prefix: str, name: str = "train_loss") -> SafeString:
    return mark_safe(charts.curve(series, name=name, size="spark", prefix=prefix)) if series else SafeString("")


@register.simple_tag
def run_readings(series: Drawable, name: str = "train_loss", look: charts.Look | None = None) -> str:
    """Return the values that a pointer reads along a curve, as JSON for an attribute."""
    read = charts.readings(series, name=name, look=look or charts.Look())
    return json.dumps(read, ensure_ascii=False, separators=(",", ":"))


@register.simple_tag
def run_span(series: Drawable, name: str, look: charts.Look | None = None) -> str:
    """Return the ends of a curve's x axis, for scripts; without a look, those of the whole curve."""
    return "{:.15g} {:.15g}".format(*charts.span(series, name, look or charts.Look()))


@register.simple_tag
def run_counts_steps(document: Recorded) -> bool:
    """Return whether the curves of a result are over steps, not epochs."""
    return charts.counts_steps(document)


@register.simple_tag
def run_lines(document: Document, name: str, look: charts.Look) -> tuple[charts.Hideable, ...]:
    return charts.lines_of(document, name, look)


@register.simple_tag
def run_smoothings() -> tuple[str, ...]:
    return tuple(f"{weight:g}" for weight in charts.SMOOTHINGS)


@register.simple_tag
def run_snapshot(document: Document, config: str, epoch: int | None, seed: int | None) -> charts.Snapshot | None:
    """Return what was recorded of one seed at one epoch."""
    return charts.snapshot(document, config, epoch, seed)


@register.simple_tag
def run_layers_view(document: Document) -> charts.View:
    """Return the layers of a network, for a run that recorded no state of it."""
    return charts.layers_view(document)


@register.simple_tag
def run_mistakes(record: ConfusionMatrix | None) -> tuple[charts.Glyph, ...]:
    return charts.mistakes(record)


@register.simple_tag
def run_saliency(record: Saliency | None) -> tuple[charts.Glyph, ...]:
    return charts.salient(record)


@register.simple_tag
def run_unrecorded(document: Document, config: str) -> tuple[explain.Wish, ...]:
    """List what the run did not record."""
    return explain.unrecorded(document, _spec(config))


@register.simple_tag
def run_tile(series: Drawable, spec_hash: str) -> SafeString:
    """Draw only the lines of a curve, for a gallery of runs."""
    return mark_safe(charts.curve(series, size="tile", prefix=f"tile-{spec_hash[:12]}"))


@register.simple_tag
def brief_spark(brief: Brief, prefix: str) -> SafeString:
    """Draw the sparkline of a list from a run's summary. `prefix` tells its ids from those of another on the page."""
    return mark_safe(charts.summary_spark(brief.summary, prefix=f"{prefix}-{brief.spec_hash[:12]}"))


@register.simple_tag
def run_boundary(record: DecisionBoundary, number: int) -> SafeString:
    """Draw a recorded decision boundary; `number` makes ids unique on a page."""
    return mark_safe(charts.boundary(record, prefix=f"boundary-{number}"))


@lru_cache(maxsize=16)
def _spec(canonical: str) -> Spec:
    """Parse a canonical config. An older one that is no longer valid has no settings."""
    try:
        return Spec.from_json(canonical)
    except InvalidConfig:
        return Spec(json.loads(canonical))


@register.simple_tag
def data_picture(card: Any, prefix: str, axes: bool = False) -> SafeString:
    """Draw some samples of a data set."""
    return mark_safe(charts.data_picture(card.dataset, prefix=prefix, axes=axes))


@register.simple_tag
def data_spots(card: Any) -> str:
    """Return what is read at the samples of a picture with axes, as JSON for an attribute; empty without any."""
    return charts.data_spots(card.dataset)


@register.simple_tag
def data_keys(card: Any) -> list[tuple[SafeString, str]]:
    """Return the legend of a picture of data: marks with their words."""
    return [(mark_safe(key.drawing), key.words) for key in charts.data_keys(card.dataset)]


@register.simple_tag
def data_first_rows(card: explain.DataCard) -> explain.FirstRows:
    return explain.first_rows(card.dataset)


@register.simple_tag
def run_data(config: str) -> explain.DataCard | None:
    """Return the data card of a canonical config; None if there are too many samples to make again."""
    return explain.data_of(_spec(config).config)


@register.simple_tag
def run_network(record: FinalNetwork | None, prefix: str) -> SafeString:
    return mark_safe(charts.network(record, prefix=prefix))


@register.simple_tag
def run_facts(series: Drawable | None, name: str = "train_loss") -> charts.Facts | None:
    return charts.facts(series, name) if series else None


@register.simple_tag
def run_seeds(document: Document, name: str = "train_loss") -> charts.SeedTable:
    return charts.seed_table(document, name)


@register.simple_tag
def run_table(series: Drawable | None, name: str = "train_loss", most: int = 30) -> charts.Table | None:
    return charts.curve_table(series, name=name, most=most) if series else None


@register.simple_tag
def run_statistics(document: Document) -> tuple[charts.Statistics, ...]:
    return charts.statistics(document)


@register.simple_tag
def run_settings(series: Drawable, name: str = "train_loss") -> tuple[charts.Setting, ...]:
    """List the settings of a sweep, the best first."""
    return tuple(sorted(charts.settings(series, name), key=lambda setting: setting.rank))


@register.simple_tag
def run_confusion(record: ConfusionMatrix | None) -> charts.Confusion | None:
    return charts.confusion(record)


@register.simple_tag
def run_rates(document: Document, look: charts.Look) -> charts.Picture | None:
    """Draw the learning rate if it changed."""
    return charts.learning_rate(document, look=look)


@register.simple_tag
def run_lr_range(document: Document, look: charts.Look) -> charts.Picture | None:
    return charts.lr_range(document, look=look)


@register.simple_tag
def run_rate_ends(record: LearningRateRange) -> str:
    """Return the first and the last step of the rate finder, for scripts."""
    return f"0 {max(1, len(record.rates) - 1)}"


@register.filter
def lr_range_words(record: LearningRateRange) -> str:
    return charts.lr_range_words(record)


@register.simple_tag
def run_gradients(document: Document, look: charts.Look) -> charts.Picture | None:
    return charts.gradient_norms(document, look=look)


@register.simple_tag
def run_activations(document: Document, answers: charts.Answers) -> tuple[charts.Picture, ...]:
    """Draw the statistics of the outputs: those of `document` at every point, or those that were computed."""
    record, epochs, _why = answers.activations
    if not epochs:
        return charts.activation_pictures(document, look=answers.look)
    return charts.activation_pictures(document, look=answers.look, record=record, epochs=epochs)


@register.simple_tag
def run_kernels(document: Document) -> tuple[charts.WeightPicture, ...]:
    return charts.kernels(document)


@register.simple_tag
def run_layers(document: Document) -> explain.LayerTable:
    return explain.layer_table(document)


@register.simple_tag
def run_formulas(config: str, document: Document | None = None) -> tuple[explain.Formula, ...]:
    """Return the formulas of what a canonical config uses."""
    outputs = document.layers[-1].out if document and document.layers else 1
    return explain.formulas(_spec(config).config, outputs)


@register.simple_tag
def run_checks(document: Document, config: str) -> tuple[explain.CheckedGradient, ...]:
    return explain.checked_gradients(document, _spec(config).config)


@register.simple_tag
def run_broken(document: Document) -> tuple[explain.Broken, ...]:
    """List the seeds that diverged."""
    return explain.diverged(document)


@register.simple_tag
def run_ending(document: Recorded) -> str:
    return explain.ending(document)


@register.simple_tag
def run_verdict(document: Recorded | None) -> str:
    """Return the sentence that nothing was learned, or an empty text."""
    return explain.verdict(document) if document else ""


@register.simple_tag
def run_story(document: Document) -> explain.Story:
    return explain.story(document)


@register.simple_tag
def run_restored(document: Recorded | None, facts: charts.Facts | None = None) -> str:
    """Return the epochs of restored best weights; for a sweep, those of its best setting."""
    if not document:
        return ""
    if facts and facts.setting and document.members:
        rows = document.members[facts.setting.number - 1].rows
        return explain.restored([document.stop[row] for row in rows])
    return explain.restored(document.stop)


@register.filter
def parts(line: str) -> SafeString:
    """Prevent line breaks within the parts of "SGD, lr 2 · 16 seeds"."""
    *first, last = line.split(" · ")
    return format_html_join(" ", "<span>{}</span>", ((part,) for part in [*(f"{each} ·" for each in first), last]))


@register.simple_tag
def run_engine_note(card: Card) -> str:
    """Return a note if a result was computed by another engine version; else an empty text."""
    ours = services.engine_version()
    if not card.has_result or card.engine_version in ("", ours):
        return ""
    return _("Computed by engine %(theirs)s. The current engine, %(ours)s, may give different last digits: "
             "re-run it to compare.") % {"theirs": card.engine_version, "ours": ours}  # fmt: skip


@register.simple_tag
def run_cautions(document: Recorded) -> list[str]:
    return explain.cautions(document)


@register.simple_tag
def run_hints(document: Recorded) -> list[str]:
    return explain.hints(document)


@register.simple_tag
def run_diagnoses(document: Document, config: str) -> tuple[explain.Diagnosis, ...]:
    """Return the findings of a result of this canonical config, with causes, equations and cures."""
    return explain.diagnoses(document, _spec(config)) if document.known_findings else ()


@register.simple_tag
def run_cure_query(spec_hash: str, cure: explain.Cure, post_id: int | None = None) -> str:
    """Return the query that opens a spec with a cure in an editor, named by the post that shows it."""
    setting = {"setting": cure.setting} if cure.setting else {}
    post = {"post": post_id} if post_id else {}
    return "?" + urlencode({"fork": spec_hash, **post, **setting, "fix": cure.name})


@register.simple_tag
def run_rate_query(spec_hash: str, rate: float, post_id: int | None = None) -> str:
    """Return the query that opens a spec with another learning rate in an editor."""
    return run_cure_query(spec_hash, explain.Cure(f"lr={rate:g}", ""), post_id)


@register.simple_tag
def run_range_cures(record: LearningRateRange, config: str) -> tuple[explain.Cure, ...]:
    """Return what to change where the learning rate finder suggests no rate."""
    return explain.range_cures(record, _spec(config))


@register.simple_tag
def run_words(config: str, document: Document | None = None) -> tuple[explain.Row, ...]:
    """Describe a canonical config in words."""
    spec = _spec(config)
    return explain.in_words(spec.config, document, spec.settings)


@register.filter
def reason_word(reason: str) -> str:
    return explain.reason_word(reason)


@register.filter
def overfit_words(check: OverfitCheck) -> str:
    return explain.overfit_words(check)


@register.filter
def band_word(band: str) -> str:
    return explain.band_word(band)


@register.filter
def swatch(key: charts.Key) -> SafeString:
    """Draw the mark of a legend's entry."""
    return mark_safe(charts.swatch(key))


@register.filter
def drawing(
    picture: charts.Picture | charts.WeightPicture | charts.Multiple | charts.Parallel | charts.View,
) -> SafeString:
    return mark_safe(picture.drawing)  # charts escape all text


@register.filter
def drawn(drawing: str) -> SafeString:
    """Show a drawing of `charts`, which escape all text."""
    return mark_safe(drawing)


@register.filter
def curve_title(name: str) -> str:
    return charts.curve_title(name)


@register.filter
def short_number(value: Any) -> str:
    """Format a number briefly; None is a dash."""
    return charts.short(value if isinstance(value, int | float) else None)


@register.filter
def run_eta(seconds: float | None) -> str:
    """Format a remaining time in whole seconds or minutes."""
    whole = max(1, round(seconds or 0))
    if whole < 90:
        return _("%(seconds)s s") % {"seconds": whole}
    return _("%(minutes)d min") % {"minutes": round(whole / 60)}


@register.filter
def breakable(path: str) -> SafeString:
    """Allow line breaks after the dots of a path such as model.layers[0].out_features."""
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in re.findall(r"[^.]+\.?", path)))


@register.filter
def steady(words: str) -> str:
    """Prevent line breaks in a shape such as 2-3-1, by a word joiner after each hyphen between digits."""
    return re.sub(r"(?<=\d)-(?=\d)", "-\u2060", words)


@register.filter
def run_seconds(seconds: float | None) -> str:
    """Format a duration: 0.31 s, 12 s, 3 min 5 s."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return _("%(seconds)s s") % {"seconds": f"{seconds:.2f}"}
    if seconds < 100:
        return _("%(seconds)s s") % {"seconds": f"{seconds:.0f}"}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": seconds // 60, "seconds": seconds % 60}


@register.filter
def at_result(formula: str) -> list[str]:
    """Split "z = W x + b = 3" before its result, so that a narrow page can break the line there."""
    working, _equals, result = formula.rpartition(" = ")
    return [working, f"{{}} = {result}"] if " = " in working else [formula]


@register.filter
def with_formulas(sentence: object) -> SafeString:
    r"""Show a sentence with formulas between \( and \)."""
    parts = re.split(r"\\\((.*?)\\\)", str(sentence))
    return format_html_join("", "{}", ((inline(part) if i % 2 else part,) for i, part in enumerate(parts)))


def inline(formula: str) -> SafeString:
    if not conf.current().math:
        return format_html('<code class="latex">{}</code>', formula)
    return mark_safe(conf.loaded(conf.current().math)(formula, False))  # the host's function gives safe HTML


@register.filter
def latex(formula: str) -> SafeString:
    """Show a display formula with the host's `BPSANDBOX_MATH`, or as LaTeX source without it."""
    if not conf.current().math:
        return format_html('<code class="latex">{}</code>', formula)
    return mark_safe(conf.loaded(conf.current().math)(formula, True))  # the host's function gives safe HTML
