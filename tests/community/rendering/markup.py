"""What tests need to look at HTML: its elements by a lenient parser, and its words."""

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
    """Every `<math>` element, whole."""
    return re.findall(r"<math\b.*?</math>", html, re.DOTALL)


def latex(html: str) -> list[str]:
    """The LaTeX of every formula that was rendered."""
    return [unescape(each) for each in re.findall(r"<annotation[^>]*>(.*?)</annotation>", html, re.DOTALL)]


def without_math(html: str) -> str:
    """HTML with each formula as `⟨LaTeX⟩`: for expectations that people can read."""
    return re.sub(r"<math\b.*?<annotation[^>]*>(.*?)</annotation>.*?</math>", r"⟨\1⟩", html, flags=re.DOTALL)


def lost_words(source: str, html: str) -> list[str]:
    """Words of the source (two letters or more) that the HTML has nowhere."""
    there = unescape(html)
    return [word for word in re.findall(r"[^\W_]{2,}", source) if word not in there]
