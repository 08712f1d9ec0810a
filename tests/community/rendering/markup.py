"""HTML inspection for tests: elements by a lenient parser, and text."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser


@dataclass
class Elements(HTMLParser):
    """Every start tag with its attributes, in order."""

    found: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(html)
    parser.close()
    return parser.found


def formulas(html: str) -> list[str]:
    """Return every `<math>` element."""
    return re.findall(r"<math\b.*?</math>", html, re.DOTALL)


def latex(html: str) -> list[str]:
    """Return the LaTeX of every rendered formula."""
    return [unescape(each) for each in re.findall(r"<annotation[^>]*>(.*?)</annotation>", html, re.DOTALL)]


def without_math(html: str) -> str:
    """Return HTML with each formula as `⟨LaTeX⟩`, for readable expectations."""
    return re.sub(r"<math\b.*?<annotation[^>]*>(.*?)</annotation>.*?</math>", r"⟨\1⟩", html, flags=re.DOTALL)


def lost_words(source: str, html: str) -> list[str]:
    """Return words of the source (two letters or more) missing from the HTML."""
    there = unescape(html)
    return [word for word in re.findall(r"[^\W_]{2,}", source) if word not in there]
