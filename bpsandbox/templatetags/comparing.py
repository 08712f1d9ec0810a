"""Template tags that compare runs: `{% load comparing %}`. `comparison` is a `RunComparison`."""

from __future__ import annotations

import json

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bpsandbox import charts
from bpsandbox.comparing import RunComparison
from bpsandbox.document import Document
from bpsandbox.family import Family

register = template.Library()


@register.simple_tag
def compared_curves(comparison: RunComparison, log: bool, prefix: str = "compared") -> SafeString:
    """Draw the curve of all runs in one chart; nothing without a curve in common. Ids begin with `prefix`."""
    by_step, look = comparison.by_step, comparison.look
    drawing = charts.overlay(comparison.drawn, comparison.curve, by_step=by_step, log=log, look=look, prefix=prefix)
    return mark_safe(drawing)


@register.simple_tag
def compared_span(comparison: RunComparison, whole: bool = False) -> str:
    """Return the ends of the x axis as it is drawn, or of the whole chart, for scripts."""
    drawn, look = (comparison.whole, charts.Look()) if whole else (comparison.drawn, comparison.look)
    ends = charts.overlay_span(drawn, comparison.curve, by_step=comparison.by_step, look=look)
    return "{:.15g} {:.15g}".format(*ends)


@register.simple_tag
def compared_readings(comparison: RunComparison) -> str:
    """Return the values that a pointer reads along the curves, as JSON for an attribute."""
    readings = charts.overlay_readings(
        comparison.drawn, comparison.curve, by_step=comparison.by_step, look=comparison.look
    )
    return json.dumps(readings, ensure_ascii=False, separators=(",", ":"))


@register.simple_tag
def compared_table(comparison: RunComparison) -> charts.Table | None:
    return charts.overlay_table(comparison.drawn, comparison.curve, by_step=comparison.by_step, look=comparison.look)


@register.simple_tag
def family_tree(family: Family) -> SafeString:
    """Draw a family; nothing for a run without relatives. The numbers are those of a list of its members."""
    places = {member.spec_hash: place for place, member in enumerate(family.members)}
    nodes = [
        charts.Node(
            str(number),
            member.depth,
            places.get(member.parent),
            member.spec_hash == family.focus,
            _(", ").join(member.changes) or member.shown_title,
        )
        for number, member in enumerate(family.members, 1)
    ]
    count = len(nodes)
    title = ngettext("Family tree of %(count)d run", "Family tree of %(count)d runs", count) % {"count": count}
    return mark_safe(
        charts.tree(nodes, (title, _("The runs are listed below, each after the one it was forked from.")))
    )


@register.simple_tag
def sweep_multiples(document: Document, curve: str, log: bool, look: charts.Look) -> charts.Multiples | None:
    """Return every setting of a sweep with a small drawing; None for other runs."""
    return charts.multiples(document, curve, log=log, look=look)


@register.simple_tag
def sweep_heat_map(document: Document, curve: str) -> charts.HeatMap | None:
    """Return the table of a sweep of two fields; None for other sweeps."""
    return charts.heat_map(document, curve)


@register.simple_tag
def sweep_parallel(document: Document, curve: str) -> tuple[charts.Parallel, ...]:
    """Draw one line for each setting of a sweep, with axes across and down; nothing for other runs."""
    return charts.parallel(document, curve)
