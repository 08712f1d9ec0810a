"""The HTML of a page without the white space that its templates are laid out with."""

import re

from django.http import HttpResponseBase


def html_of(page: HttpResponseBase | str) -> str:
    """Return a page's HTML with runs of white space as one space, and none just inside a start or end tag."""
    html = page if isinstance(page, str) else page.content.decode()
    return re.sub(r"(<[a-z][^<>]*>) | (?=</)", r"\1", re.sub(r"\s+", " ", html)).replace(" >", ">")
