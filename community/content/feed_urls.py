"""URLs of feeds, for the head of pages and lists."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def feed_urls(place: str, *names: Any) -> dict[str, str]:
    """Return the URLs of a place's feed in both formats, for a template."""
    return {
        "feed_url": reverse(f"blogs:feed-{place}", args=names),
        "rss_url": reverse(f"blogs:feed-{place}-rss", args=names),
    }
