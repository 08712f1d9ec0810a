"""Downloads of a run."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256

from django.http import HttpResponse

from bpsandbox import api

DAY = 24 * 3600


def csv(whole: api.Document, spec_hash: str) -> HttpResponse:
    """Return the full series as CSV, one row per point and seed.

    Not streamed: an ASGI server would collect a synchronous stream first, and warn about it.
    """
    response = HttpResponse("".join(api.series_csv(whole)), content_type="text/csv; charset=utf-8")
    return _named(response, f"{spec_hash[:12]}.csv")


def document(whole: api.Document, spec_hash: str) -> HttpResponse:
    body = json.dumps(whole.to_json(), ensure_ascii=False, allow_nan=False)
    return _named(HttpResponse(body, content_type="application/json"), f"{spec_hash[:12]}.json")


def picture(drawing: str) -> HttpResponse:
    """Return a standalone drawing. Its content security policy allows its own style and nothing else."""
    response = HttpResponse(drawing, content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = f"default-src 'none'; style-src {_own_style(drawing)}; sandbox"
    return response


def tex(text: str, spec_hash: str) -> HttpResponse:
    return _named(HttpResponse(text, content_type="application/x-tex; charset=utf-8"), f"{spec_hash[:12]}.tex")


def markdown(text: str, spec_hash: str) -> HttpResponse:
    return _named(HttpResponse(text, content_type="text/markdown; charset=utf-8"), f"{spec_hash[:12]}.md")


def _own_style(drawing: str) -> str:
    """Return the hash of the drawing's stylesheet for its content security policy."""
    sheets = re.findall(r"<style>(.*?)</style>", drawing, re.DOTALL)
    hashes = (b64encode(sha256(sheet.encode()).digest()).decode() for sheet in sheets)
    return " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"


def _named(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
