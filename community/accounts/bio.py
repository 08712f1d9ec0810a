"""The text about a person, as HTML."""

from django.utils.html import linebreaks

VERSION = 1


def rendered_bio(source: str) -> tuple[str, int]:
    """Return the HTML and the version of the renderer that made it."""
    return linebreaks(source, autoescape=True) if source.strip() else "", VERSION
