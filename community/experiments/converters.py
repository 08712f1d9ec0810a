"""URL path converter. Importing this module registers `spec`."""

from django.urls import register_converter


class SpecHash:
    """A spec hash in a URL: 32 hexadecimal digits."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SpecHash, "spec")
