"""Template tags for what can be taken away from a run: `{% load take_away %}`."""

from __future__ import annotations

from django import template

from bpsandbox import api, charts
from bpsandbox.document import Member
from bpsandbox.errors import SandboxError

register = template.Library()


@register.simple_tag
def run_twins(page: api.RunPage) -> tuple[api.Offer, ...]:
    """Return every library, with a sentence where it cannot express the run; none for a config of an older language."""
    try:
        return api.twin_offers(page)
    except SandboxError:
        return ()


@register.simple_tag
def run_stored_weights(page: api.RunPage) -> frozenset[int]:
    return api.stored_weights(page)


@register.simple_tag
def run_files(page: api.RunPage, stored: frozenset[int]) -> api.Offered:
    """Return the files that can be taken; none for a config of an older language."""
    try:
        return api.file_offers(page, stored)
    except SandboxError:
        return api.Offered(frozenset())


@register.filter
def refused(offers: tuple[api.Offer, ...]) -> list[str]:
    """Return the names of the libraries that cannot express the run."""
    return [offer.title for offer in offers if offer.refusal]


@register.filter
def offered(offers: tuple[api.Offer, ...]) -> list[str]:
    """Return the names of the libraries that express the run."""
    return [offer.title for offer in offers if not offer.refusal]


@register.filter
def setting_words(member: Member) -> str:
    """Return what a setting of a sweep varies, such as "optimizer.lr 0.1"."""
    return ", ".join(f"{path} {charts.shown(value)}" for path, value in member.values.items())
