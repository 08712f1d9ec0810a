"""HTML sanitiser: one allow-list, two independent parsers: bleach (html5lib), then nh3 (ammonia).

Formulas and code are inserted afterwards.
"""

from __future__ import annotations

import re
from functools import cache

import bleach
import nh3

from .smaller import SIZES

TAGS = frozenset(
    """p br hr h2 h3 h4 h5 h6 ul ol li blockquote em strong del a img figure figcaption table thead tbody tr th td div
    span sup sub kbd details summary input""".split()
)
SCHEMES = frozenset({"http", "https", "mailto"})
REL = "nofollow ugc noopener"
_CALLOUTS = """theorem lemma corollary proposition definition example remark proof derivation warning important note tip
    question exercise"""
_ALIGN = frozenset({"align-left", "align-center", "align-right"})
CLASSES = {
    "a": frozenset({"mention", "reference", "footnote-ref", "footnote-backref", "picture-link", "picture-whole"}),
    "div": _ALIGN | {"callout", "footnote"} | {f"callout-{kind}" for kind in _CALLOUTS.split()},
    "p": frozenset({"callout-title"}),
    "li": frozenset({"task"}),
    "td": _ALIGN,
    "th": _ALIGN,
    "figure": frozenset({"picture", "picture-elsewhere"}),
    "span": frozenset({"picture-host", "picture-name"}),
}
ATTRIBUTES = {
    "a": frozenset({"href", "title", "id"}),
    "img": frozenset({"src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"}),
    "ol": frozenset({"start"}),
    "input": frozenset({"type", "disabled", "checked"}),
    "details": frozenset({"open"}),
    "li": frozenset({"id", "lang"}),
    **{tag: frozenset({"lang"}) for tag in ("p", "td", "th")},
    "sup": frozenset({"id"}),
    **{f"h{level}": frozenset({"id", "lang"}) for level in range(2, 7)},
}
VALUES = {
    "type": re.compile("checkbox"),
    "width": re.compile(r"\d{1,4}|\d{1,2}%|100%"),
    "height": re.compile(r"\d{1,4}"),
    "lang": re.compile("en|zh-Hans"),
    "start": re.compile(r"\d{1,9}"),
    "loading": re.compile("lazy"),
    "decoding": re.compile("async"),
    "id": re.compile(r"[^\s\"'<>&]{1,120}"),
    "src": re.compile(r"/media/[\w\-./%]+"),
    "srcset": re.compile(r"/media/assets/[\w\-.]+ \d{1,4}w(?:, /media/assets/[\w\-.]+ \d{1,4}w){0,3}"),
    "sizes": re.compile(re.escape(SIZES)),
}


_INPUT = re.compile(r"<input\b[^>]*>")
_TASK_BOX = (' type="checkbox"', ' disabled=""')


def sanitize(html: str) -> str:
    """Return the HTML reduced to the allow-list. Idempotent."""
    return _guard(_second().clean(_first().clean(html)))


def _guard(html: str) -> str:
    """Remove all inputs except disabled task checkboxes, whatever the parsers produced."""
    return _INPUT.sub(lambda match: match[0] if all(part in match[0] for part in _TASK_BOX) else "", html)


@cache
def _first() -> bleach.Cleaner:
    return bleach.Cleaner(tags=TAGS, attributes=_bleach_allows, protocols=SCHEMES, strip=False, strip_comments=False)


def _bleach_allows(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return bool(value) and set(value.split()) <= CLASSES.get(tag, frozenset())
    return name in ATTRIBUTES.get(tag, frozenset()) and _is_fit(name, value)


def _is_fit(name: str, value: str) -> bool:
    pattern = VALUES.get(name)
    return pattern is None or pattern.fullmatch(value) is not None


@cache
def _second() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=lambda tag, name, value: value if name in {"class", "rel"} or _is_fit(name, value) else None,
        allowed_classes={tag: set(names) for tag, names in CLASSES.items()},
        url_schemes=set(SCHEMES),
        link_rel=REL,
        clean_content_tags=set(),
        set_tag_attribute_values={"input": {"disabled": ""}},
    )


_EMBED_TAGS = frozenset(
    """div section p pre code span strong em ol ul li dl dt dd table thead tbody tr th td details summary mark h4 h5
    a""".split()
)


def sanitize_embed(html: str) -> str:
    """Sanitise a fence function's output: structure and classes, nothing that runs or loads."""
    return _embeds().clean(html)


@cache
def _embeds() -> nh3.Cleaner:
    names = {"class", "role", "aria-label", "title"}
    attributes = {tag: set(names) for tag in _EMBED_TAGS}
    attributes["a"] |= {"href"}
    return nh3.Cleaner(
        tags=set(_EMBED_TAGS),
        attributes=attributes,
        generic_attribute_prefixes={"data-"},
        attribute_filter=lambda tag, name, value: None if name.startswith("data-hx") else value,
        url_schemes=set(SCHEMES),
        link_rel=REL,
    )
