"""URLs of feeds, for the head of pages and lists."""

from __future__ import annotations

from typing import Any

from community.common.addresses import address_of


def feed_urls(place: str, *names: Any) -> dict[str, str]:
    """Return the URLs of a place's feed in both formats, for a template."""
    return {
        "feed_url": address_of(f"blogs:feed-{place}", *names),
        "rss_url": address_of(f"blogs:feed-{place}-rss", *names),
    }
