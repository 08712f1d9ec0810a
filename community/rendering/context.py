"""Input and output of the renderer. Plain values only: both cross a pipe as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

# Increased whenever the same source would render differently; stored beside a post's HTML.
VERSION = 9

# A fence's facts about its text: its `key`, and whatever the site needs when the text is saved.
type Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Context:
    """Rendering context.

    `kind`: post, article, bio or title; it sets the limits. `prefix` starts every id, so that posts can share a page.
    `fences`: name of a fenced block to the dotted path of a Django-free `(text, line) -> html, facts, problems`.
    `mention_url` contains `{handle}`; `thread_url` contains `{number}` and is where `#12` leads (empty: `#12` stays
    text). `known_handles`: folded handles that exist; None links every `@name`. `hosts`: this site's own, without
    scheme. `pictures`: width and height in pixels by address. `language`: of the text (`en`, `zh-hans`), for callouts
    and notices. `title`: rendered along with the text; empty if listed by its first words; None if not listed.
    """

    kind: str = "post"
    prefix: str = "p-"
    fences: dict[str, str] = field(default_factory=dict)
    mention_url: str = "/@{handle}/"
    thread_url: str = ""
    known_handles: tuple[str, ...] | None = None
    hosts: tuple[str, ...] = ()
    pictures: dict[str, tuple[int, int]] = field(default_factory=dict)
    language: str = "en"
    title: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Context:
        known = values.get("known_handles")
        return cls(
            **values
            | {"hosts": tuple(values.get("hosts", ())), "known_handles": None if known is None else tuple(known)}
        )


@dataclass(frozen=True, slots=True)
class MathError:
    """`line` and `column` count from 1, in code points, in the original source."""

    message: str
    line: int
    column: int
    latex: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """`text` is plain; `html` contains text and MathML only, for a table of contents; `id` has the prefix."""

    level: int
    id: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered text. `html` is never empty for a source with words.

    `notice` is empty, or says why the text is unformatted. `version` is 0 if a retry may succeed. `title_html` is the
    rendered `Context.title`.
    """

    html: str
    text: str = ""
    excerpt: str = ""
    headings: tuple[Heading, ...] = ()
    mentions: tuple[str, ...] = ()
    specs: tuple[Facts, ...] = ()
    problems: tuple[dict[str, Any], ...] = ()
    math_errors: tuple[MathError, ...] = ()
    formulas: int = 0
    version: int = VERSION
    notice: str = ""
    title_html: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Rendered:
        return cls(
            **values
            | {
                "headings": tuple(Heading(**each) for each in values["headings"]),
                "math_errors": tuple(MathError(**each) for each in values["math_errors"]),
                "mentions": tuple(values["mentions"]),
                "specs": tuple(values["specs"]),
                "problems": tuple(values["problems"]),
            }
        )
