"""The live config for pages of other apps: `{% load experiments %}{% playground_card rows=10 floating=True %}`."""

from __future__ import annotations

from typing import Any

from django import template

from community.experiments import playground

register = template.Library()


@register.inclusion_tag("experiments/_playground_card.html", takes_context=True)
def playground_card(
    context: Any, rows: int = 12, floating: bool = False, preset: str = playground.FIRST
) -> dict[str, Any]:
    """Show the editor that runs, with a ready network and its curve when it has been trained."""
    request = context["request"]
    opened = playground.opened(request, preset=preset)
    return {
        "playground": opened, "rows": rows, "floating": floating, "is_small": True, "request": request,
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip
