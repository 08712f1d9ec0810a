"""Links in rendered HTML: those that the author wrote, and the post that a quote is of."""

from __future__ import annotations

from html.parser import HTMLParser

MOST_LINKS = 200
_OF_THE_PAGE = frozenset({"mention", "footnote-ref", "footnote-backref", "picture-link", "picture-whole"})


def written_links(html: str) -> list[str]:
    """Return the addresses that a text links to, in order, without duplicates; MOST_LINKS at most.

    Of what it quotes, only the line above a quote counts, which names a person and links to their post.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return list(reader.found)[:MOST_LINKS]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, None] = {}
        self.quotes = 0
        self.is_head = False  # in the first paragraph of an outer quote
        self.is_named = False  # and a person has been named there

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "blockquote":
            self.quotes += 1
            self.is_head, self.is_named = self.quotes == 1, False
        elif tag == "a":
            self._link(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self.quotes -= 1
        if tag in ("p", "blockquote"):
            self.is_head = False

    def _link(self, attributes: dict[str, str | None]) -> None:
        classes = set((attributes.get("class") or "").split())
        self.is_named = self.is_named or "mention" in classes
        address = attributes.get("href") or ""
        if not address or address.startswith("#") or classes & _OF_THE_PAGE:
            return
        if not self.quotes or (self.is_head and self.is_named):
            self.found[address] = None
