"""A run as files."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256

from django.http import HttpResponse

from bpsandbox import api

DAY = 24 * 3600


def csv(whole: api.Document, spec_hash: str) -> HttpResponse:
    """Send the full series, one row a point and seed.

    Not as a stream: an ASGI server would gather a synchronous one first, and warn about it.
    """
    response = HttpResponse("".join(api.series_csv(whole)), content_type="text/csv; charset=utf-8")
    return _named(response, f"{spec_hash[:12]}.csv")


def document(whole: api.Document, spec_hash: str) -> HttpResponse:
    body = json.dumps(whole.to_json(), ensure_ascii=False, allow_nan=False)
    return _named(HttpResponse(body, content_type="application/json"), f"{spec_hash[:12]}.json")


def picture(drawing: str) -> HttpResponse:
    """Send a drawing of its own. It may style itself and do nothing else, wherever it is opened."""
    response = HttpResponse(drawing, content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = f"default-src 'none'; style-src {_own_style(drawing)}; sandbox"
    return response


def tex(text: str, spec_hash: str) -> HttpResponse:
    return _named(HttpResponse(text, content_type="application/x-tex; charset=utf-8"), f"{spec_hash[:12]}.tex")


def markdown(text: str, spec_hash: str) -> HttpResponse:
    return _named(HttpResponse(text, content_type="text/markdown; charset=utf-8"), f"{spec_hash[:12]}.md")


def _own_style(drawing: str) -> str:
    """Name the drawing's style sheet by its hash, so that no other may be in it."""
    sheets = re.findall(r"<style>(.*?)</style>", drawing, re.DOTALL)
    hashes = (b64encode(sha256(sheet.encode()).digest()).decode() for sheet in sheets)
    return " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"


def _named(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
