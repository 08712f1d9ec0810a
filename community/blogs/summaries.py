"""Summaries of articles with their formulas set: made when one is saved, and again when the renderer has changed."""

from __future__ import annotations

from typing import Any

from community.blogs.models import Article
from community.rendering import pool
from community.rendering.context import VERSION, Context

BATCH = 50


def columns_of(summary: str) -> dict[str, Any]:
    """Return the columns of an Article for a summary. One without formulas needs no HTML.

    Never call it within a transaction, as it asks the renderer. A summary that could not be rendered is made again.
    """
    columns = {"summary": summary, "summary_html": "", "summary_html_version": VERSION}
    if "$" in summary or "\\" in summary:
        rendered = pool.render("", Context(title=summary))
        columns["summary_html_version"] = rendered.version
        columns["summary_html"] = rendered.title_html if rendered.version else ""
    return columns


def render_again() -> int:
    """Make some of the summaries anew that another version of the renderer made, or none. Return how many."""
    left = Article.objects.exclude(summary="").exclude(summary_html_version=VERSION)
    made = 0
    for pk, summary in left.order_by("summary_html_version", "pk").values_list("pk", "summary")[:BATCH]:
        made += Article.objects.filter(pk=pk, summary=summary).update(**columns_of(summary))
    return made
