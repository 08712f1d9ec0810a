"""URL path converters. Importing this module registers `words` and `key`."""

from django.urls import register_converter


class Slug:
    """Slug in any script; a wrong one is fixed by a redirect."""

    regex = r"[^/]{1,200}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Key:
    """Primary key or number within the range every database can store."""

    regex = r"[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Slug, "words")
register_converter(Key, "key")
