"""Template tags for small components: icons, avatars, times, numbers, fields, fonts, the theme."""

import math
import re
from functools import lru_cache

import lucide
from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect
from django.template import Engine
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.common import slots
from community.common.fonts import store as fonts

register = template.Library()

PRELOADED_ALWAYS = ("serif",)
MINUTE, HOUR, DAY = 60, 3600, 86400
# Attributes the stylesheet sets for every icon, and whitespace between lines.
NEEDLESS = re.compile(r' (?:fill|stroke[a-z-]*)="[^"]*"(?=[^>]*class="icon)|\s+(?=<)| (?=/>)')
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str) -> SafeString:
    """Render what higher apps have added to this slot."""
    engine = Engine.get_default()
    with context.push():
        return mark_safe("".join(engine.get_template(each).render(context) for each in slots.templates(name)))


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
def ago(moment) -> SafeString:
    """Show a short relative time with the exact time for machines, hover and print."""
    if moment is None:
        return SafeString("")
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        moment.isoformat(timespec="seconds"),
        date_format(local, "DATETIME_FORMAT"),
        _short_age(local),
    )


def _short_age(local) -> str:
    seconds = (timezone.now() - local).total_seconds()
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return _("%(count)d min ago") % {"count": seconds // MINUTE}
    if seconds < DAY:
        return _("%(count)d h ago") % {"count": seconds // HOUR}
    days = int(seconds // DAY)
    if days < 7:
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    return date_format(local, "MONTH_DAY_FORMAT" if local.year == timezone.localtime().year else "DATE_FORMAT")


@register.filter
def number(value) -> str:
    """Format an integer with the reader's digit grouping."""
    if value is None:
        return "–"
    return number_format(value, use_l10n=True, force_grouping=True)


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


@register.simple_tag(takes_context=True)
def place(context, address: str, label: str, *, also: str = "") -> SafeString:
    """Link a section of the site and mark it if current. `also` is one more path it covers."""
    path = getattr(context.get("request"), "path", "")
    here = bool(address) and (path.startswith(address) or bool(also and path.startswith(also)))
    return format_html(
        '<a href="{}"{}>{}</a>', address or "#", mark_safe(' aria-current="page"') if here else "", label
    )


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
    return reverse("pages:font", args=[file_name]) if file_name else ""


@register.simple_tag
def font_preloads(*names: str) -> SafeString:
    """Preload the named fonts."""
    addresses = [(font_url(name),) for name in names or PRELOADED_ALWAYS]
    return format_html_join(
        "\n", '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>', [a for a in addresses if a[0]]
    )
