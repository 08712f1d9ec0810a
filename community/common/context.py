"""Template context for every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Add `site_name`, `site_version`, `theme` and `here`, the path to return to after signing in."""
    return {
        "site_name": settings.SITE_NAME,
        "site_version": settings.VERSION,
        "theme": getattr(request, "theme", "auto"),
        "here": request.get_full_path(),
    }
