"""Reference of the config language, generated from its declaration: an index, and a page for each section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bpsandbox import api
from community.common import page_cache
from community.rendering import pool
from community.rendering.context import VERSION, Context, Heading, Rendered

KEPT_SECONDS = 7 * 24 * 3600
SLUGS = (
    "blocks", "dataset", "model", "activation", "init", "bias_init", "loss", "regularization", "optimizer",
    "lr_scheduler", "gradient_clipping", "training", "stopping", "compat", "checks", "record", "sweep", "metrics",
    "monitors", "random-numbers", "editor", "result", "examples",
)  # fmt: skip
"""The addresses of the sections, in their order, which is the same in all languages."""


@dataclass(frozen=True)
class Section:
    """A section with its headings, the first of which is its own; `html` is sanitised by the renderer."""

    slug: str
    headings: tuple[Heading, ...]
    html: str

    @property
    def heading(self) -> Heading:
        return self.headings[0]


@dataclass(frozen=True)
class Reference:
    introduction: str
    sections: tuple[Section, ...]

    def place(self, slug: str) -> int | None:
        return next((i for i, section in enumerate(self.sections) if section.slug == slug), None)


def sections() -> Reference:
    """Return the reference in the active language, split at its second-level headings."""
    found = reference()
    if found.notice:
        return Reference(found.html, ())
    introduction, *parts = re.split(r"(?=<h2 )", found.html)
    groups: list[list[Heading]] = []
    for heading in found.headings:
        if heading.level == 2:
            groups.append([])
        groups[-1].append(heading)
    made = (Section(slug, tuple(group), html) for slug, group, html in zip(SLUGS, groups, parts, strict=True))
    return Reference(introduction, tuple(made))


def runnable(section: Section) -> str:
    """Return the HTML of a section; below the heading of each example is a link that opens it in the playground."""
    if section.slug != "examples":
        return section.html
    introduction, *parts = re.split(r"(?=<h3 )", section.html)
    links = map(_playground_link, api.presets().values())
    return introduction + "".join(
        part.replace("</h3>", f"</h3>{link}", 1) for part, link in zip(parts, links, strict=True)
    )


def _playground_link(preset: Any) -> str:
    return format_html(
        '<p><a href="{}?preset={}">{}<span class="visually-hidden">{}{}</span></a></p>',
        reverse("experiments:playground"), preset.name, _("Open in the playground"), _(": "), preset.title,
    )  # fmt: skip


def reference() -> Rendered:
    """Render the reference in the active language, cached per text unless rendering failed."""
    source = api.config_reference().partition("\n")[2]  # the page has its own heading
    language = (get_language() or "en").lower()
    key = f"config-reference-{VERSION}-{language}-{sha256(source.encode()).hexdigest()[:20]}"
    found = cache.get(key)
    if found is None:
        rendered = pool.render(_without_note(source), _context(language))
        found = rendered.as_dict()
        if rendered.notice:
            page_cache.expires_in(0)
        else:
            cache.set(key, found, KEPT_SECONDS)
    return Rendered.from_dict(found)


def _context(language: str) -> Context:
    return Context(kind="article", prefix="c-", known_handles=(), language=language)


def _without_note(source: str) -> str:
    """Remove the note for people who would edit the file."""
    return "\n".join(line for line in source.splitlines() if not line.startswith("<!--"))
