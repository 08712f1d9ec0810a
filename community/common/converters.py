"""What stands in our addresses. To import this module is to register `words` and `key`."""

from django.urls import register_converter


class Slug:
    """Words of any script; a wrong one is mended by a redirect."""

    regex = r"[^/]{1,200}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Key:
    """A primary key or number that every database can hold."""

    regex = r"[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Slug, "words")
register_converter(Key, "key")
