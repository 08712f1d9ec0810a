"""Template tags for small components: icons, avatars, times, numbers, fields, fonts, the theme."""

import math
import re
from datetime import time
from functools import lru_cache

import lucide
from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect
from django.forms.utils import flatatt
from django.template import Engine
from django.utils import timezone, translation
from django.utils.formats import date_format, get_format, number_format, time_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.common import drawn, page_cache, slots
from community.common.addresses import address_of
from community.common.fonts import store as fonts
from community.common.lines import line_of, lines_of
from community.common.text import sentences

register = template.Library()
register.simple_tag(sentences)
register.filter("with_formulas", lambda words: line_of(str(words)))
register.filter("lines_with_formulas", lines_of)

PRELOADED_ALWAYS = ("serif",)
MINUTE, HOUR, DAY = 60, 3600, 86400
MOST_LATE = {MINUTE: 60, HOUR: 300, DAY: 0}
"""Seconds that "3 min ago" and "3 h ago" of a kept page may be late; a browser with scripts corrects both."""
# Attributes the stylesheet sets for every icon, and whitespace between lines.
NEEDLESS = re.compile(r' (?:fill|stroke[a-z-]*)="[^"]*"(?=[^>]*class="icon)|\s+(?=<)| (?=/>)')
SECTIONS = ("forum:questions", "blogs:articles", "experiments:runs", "experiments:playground")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str) -> SafeString:
    """Render what higher apps have added to this slot."""
    engine = Engine.get_default()
    with context.push():
        return mark_safe("".join(engine.get_template(each).render(context) for each in slots.templates(name)))


@register.simple_tag
def hole(name: str) -> SafeString:
    """Leave a place in a fragment that `draw` fills for each page."""
    return drawn.hole(name)


@register.simple_tag
def kept(template_name: str, **inputs: str | int) -> SafeString:
    """Include a part of the page that is rendered once for each language and each value of its inputs.

    The part sees its inputs and nothing else: no request, no person. What it does not name cannot be in it.
    """
    return drawn.draw(template_name, inputs)


@register.simple_tag
def section(path: str) -> str:
    """Return the address of the main section that a path belongs to, or an empty string."""
    return next((place for place in map(address_of, SECTIONS) if path.startswith(place)), "")


@register.simple_tag
def icon(name: str, size: int | None = None, label: str = "") -> SafeString:
    """Draw a lucide icon, hidden from screen readers unless it has a label."""
    drawing = _drawing(str(name), size)
    if not label:
        return drawing
    return format_html('{}<span class="visually-hidden">{}</span>', drawing, label)


@lru_cache(maxsize=256)
def _drawing(name: str, size: int | None) -> SafeString:
    drawn = lucide._render_icon(name, size, **{"class": f"icon icon-{name}", "aria-hidden": "true"})
    return mark_safe(NEEDLESS.sub("", drawn))


@register.simple_tag
def avatar(user, size: int = 32) -> SafeString:
    """Show a person's avatar; decorative, since the name is next to it as text."""
    return format_html(
        '<img class="avatar" src="{}" width="{}" height="{}" alt="" loading="lazy" decoding="async">',
        user.avatar_url,
        size,
        size,
    )


@register.simple_tag
def hidden(*fields: BoundField) -> SafeString:
    """Show hidden fields, of which a form may lack some.

    Django renders a template for each, which took a tenth of the time of a thread's page.
    """
    return format_html_join("", '<input type="hidden" name="{}" value="{}"{}>', map(_hidden, filter(None, fields)))


def _hidden(field: BoundField) -> tuple[str, str, SafeString]:
    """Return the name, the value and the other attributes of a hidden field."""
    widget = field.field.widget
    value = widget.format_value(field.value())
    return field.html_name, value or "", flatatt({"id": field.auto_id, **widget.attrs})


@register.simple_tag
def ago(moment) -> SafeString:
    """Show a short relative time with the exact time for machines, hover and print."""
    if moment is None:
        return SafeString("")
    zone, language = timezone.get_current_timezone(), translation.get_language()
    exactly = _exactly(moment, moment.tzinfo, zone, language)
    return SafeString(f"{exactly}{conditional_escape(_short_age(moment, zone, language))}</time>")


@lru_cache(maxsize=8192)
def _exactly(moment, own_zone, zone, language) -> str:
    """Return the tag of a time, which does not change with the clock. Equal moments of two zones are written apart."""
    return format_html(
        '<time datetime="{}" title="{}" data-ago>', moment.isoformat(timespec="seconds"), exact_time(moment, zone)
    )


def exact_time(moment, zone) -> str:
    """Format a moment in a reader's zone. That of the site, for whoever has chosen none, is named."""
    local, language = moment.astimezone(zone), translation.get_language()
    said = _date(local.date(), language) + _between(language) + _clock(local.hour, local.minute, language)
    return f"{said} {local.tzname()}" if zone == timezone.get_default_timezone() else said


# Django's DATETIME_FORMAT in two halves, each kept: read letter by letter for each moment, it took 7 % of a thread.


@lru_cache(maxsize=8192)
def _date(day, language) -> str:
    return date_format(day, "DATE_FORMAT")


@lru_cache(maxsize=8192)
def _clock(hour: int, minute: int, language) -> str:
    return time_format(time(hour, minute), "TIME_FORMAT")


@lru_cache(maxsize=16)
def _between(language) -> str:
    """Return what is between date and time."""
    whole, date, clock = map(get_format, ("DATETIME_FORMAT", "DATE_FORMAT", "TIME_FORMAT"))
    return whole.removeprefix(date).removesuffix(clock)


def _short_age(moment, zone, language) -> str:
    now = timezone.now()
    seconds = (now - moment).total_seconds()
    unit = MINUTE if seconds < HOUR else HOUR if seconds < DAY else DAY
    is_last_hour = DAY - HOUR <= seconds < DAY
    page_cache.expires_in(unit - seconds % unit + (0 if is_last_hour else MOST_LATE[unit]))
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return _("%(count)d min ago") % {"count": seconds // MINUTE}
    if seconds < DAY:
        return _("%(count)d h ago") % {"count": seconds // HOUR}
    days = int(seconds // DAY)
    if days < 7:
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    return _day(moment.astimezone(zone).date(), language, now.astimezone(zone).year)


@lru_cache(maxsize=8192)
def _day(day, language, this_year: int) -> str:
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == this_year else "DATE_FORMAT")


@register.filter
def number(value) -> str:
    """Format an integer with the reader's digit grouping."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def up_to(value: int, most: int) -> str:
    """Format a count that was not continued beyond `most`: 12, 99+."""
    return number(value) if value <= most else f"{number(most)}+"


@register.filter
def short_count(value: int) -> str:
    """Abbreviate a count: 999, 1.2k, 34k; in Chinese 9999, 1.2万, 34万."""
    unit, size = ("万", 10_000) if (translation.get_language() or "").startswith("zh") else ("k", 1_000)
    if value < size:
        return str(value)
    units = value / size
    return f"{units:.1f}{unit}" if units < 9.95 else f"{units:.0f}{unit}"


@register.filter
def loss(value: float | None) -> str:
    """Format a loss with about four significant digits: 0.2513, 0.0002, 3.1×10⁻⁷."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0 or 1e-4 <= abs(value) < 1e5:
        return f"{value:.4f}" if abs(value) < 100 else f"{value:.1f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"


@register.filter
def html_lang(code: str) -> str:
    """Format a language code for the ``lang`` attribute: ``zh-hans`` becomes ``zh-Hans``."""
    return translation.to_locale(code).replace("_", "-") if code else ""


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, optional: bool = False, unseen_label: bool = False) -> dict:
    """Show a form field: label, help, control and errors, associated for screen readers."""
    widget = bound.field.widget
    return {
        "field": bound,
        "is_check": isinstance(widget, CheckboxInput),
        "is_group": isinstance(widget, RadioSelect) or widget.use_fieldset,
        "says_optional": optional and not bound.field.required,
        "unseen_label": unseen_label,
    }


@register.simple_tag
def font_url(name: str) -> str:
    """Return the URL of a generated font or of the stylesheet (``css``); empty before they are generated."""
    file_name = fonts.current().get(name)
    return address_of("pages:font", file_name) if file_name else ""


@register.simple_tag
def font_preloads(*names: str) -> SafeString:
    """Preload the named fonts, after the style sheets: text is shown without them."""
    addresses = [(font_url(name),) for name in names or PRELOADED_ALWAYS]
    return format_html_join(
        "\n",
        '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin fetchpriority="low">',
        [address for address in addresses if address[0]],
    )
