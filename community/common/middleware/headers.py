"""Headers for every response: pages, errors, rejected hosts, static files and media."""

from collections.abc import Collection, Mapping
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.csp import build_policy
from django.utils.deprecation import MiddlewareMixin

type Policy = Mapping[str, Collection[str] | str]

REFUSED = "accelerometer camera display-capture geolocation gyroscope microphone payment usb browsing-topics"
PERMISSIONS = ", ".join(f"{feature}=()" for feature in REFUSED.split())
# A page depends on its reader: proxies must not store it, and browsers revalidate it. Not `no-store`, which would clear
# form fields when the reader goes back.
ASK_FIRST = "private, no-cache"


class SecurityHeaders(MiddlewareMixin):
    """Outermost middleware, so that responses of all other middleware get the headers too."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        headers = response.headers
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        if not getattr(response, "xframe_options_exempt", False):
            headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        headers.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("Cache-Control", ASK_FIRST)
        if "Content-Security-Policy" not in headers and not hasattr(response, "_csp_config"):
            headers["Content-Security-Policy"] = build_policy(
                cast(Policy, settings.SECURE_CSP), getattr(request, "_csp_nonce", None)
            )
        return response
