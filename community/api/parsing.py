"""Request body parsing; requires a JSON content type."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from community.api.errors import UnsupportedMediaType

JSON = "application/json"


class JsonParser(Parser):
    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the parsed body. Raises UnsupportedMediaType, and ValueError for invalid JSON."""
        if request.content_type != JSON:
            raise UnsupportedMediaType
        return super().parse_body(request)
