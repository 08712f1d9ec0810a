"""Words, flags and short strings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bpsandbox.messages import _, sentences
from bpsandbox.spec.nodes import Node, Scalar
from bpsandbox.spec.problems import Log, Path, did_you_mean, excerpt, listing, nearest

from .base import WRONG, Kind


@dataclass(frozen=True)
class Flag(Kind):
    """true or false"""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        return (
            node.value if isinstance(node, Scalar) and isinstance(node.value, bool) else self._report(node, path, log)
        )

    def describe(self) -> str:
        return _("true or false")


@dataclass(frozen=True)
class OptionalFlag(Flag):
    """A flag that is left out of the canonical form unless it has the value `kept`."""

    kept: bool = True

    def read(self, node: Node, path: Path, log: Log) -> Any:
        flag = super().read(node, path, log)
        return None if flag is (not self.kept) else flag


@dataclass(frozen=True)
class Text(Kind):
    """A short string; numbers are kept as written."""

    limit: int

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Scalar) or node.value is None:
            return self._report(node, path, log)
        if len(node.text) > self.limit:
            return self._report(node, path, log, "range")
        return " ".join(node.text.split())

    def describe(self) -> str:
        return _("text of at most {limit} characters", limit=self.limit)


@dataclass(frozen=True)
class Choice(Kind):
    """One of several words."""

    words: tuple[str, ...]
    aliases: dict[str, str] = field(default_factory=dict)

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return self._report(node, path, log)
        word = canonical_word(node.value, self.words, self.aliases, log)
        return self._unknown(node, path, log) if word is None else word

    def _unknown(self, node: Scalar, path: Path, log: Log) -> Any:
        meant = nearest(node.value, [*self.words, *self.aliases])
        meant = self.aliases.get(meant, meant) if meant else None
        message = sentences(
            _("Unknown name: {seen}.", seen=excerpt(node.text)),
            did_you_mean(meant),
            _("Allowed: {allowed}.", allowed=self.describe()),
        )
        log.add(
            path,
            message,
            "unknown_word",
            at=node.at,
            seen=excerpt(node.text),
            allowed=self.describe(),
            suggestion=meant,
        )
        return WRONG if meant is None else meant

    def describe(self) -> str:
        return listing(self.words)


@dataclass(frozen=True)
class OptionalChoice(Choice):
    """One of several words, of which the first is left out of the canonical form."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        word = super().read(node, path, log)
        return None if word == self.words[0] else word


def canonical_word(word: str, words: Any, aliases: dict[str, str], log: Log) -> str | None:
    """Return the canonical spelling of a word, with a note for other libraries' names; None when unknown."""
    if word in words:
        return word
    folded = word.replace("_", "").replace("-", "").casefold()
    same = next((known for known in words if known.replace("_", "").casefold() == folded), None)
    known = same or next(
        (ours for theirs, ours in aliases.items() if theirs.replace("_", "").casefold() == folded), None
    )
    if known is not None:
        if known == "identity":
            log.note(_("{theirs} is read as identity: no activation is applied.", theirs=word))
        else:
            log.note(_("{theirs} is read as {ours}.", theirs=word, ours=known))
    return known


@dataclass(frozen=True)
class Either(Kind):
    """One of several words, or a value of another kind."""

    words: tuple[str, ...]
    other: Kind

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            if node.value in self.words:
                return node.value
            return self._report(node, path, log)
        return self.other.read(node, path, log)

    def describe(self) -> str:
        return _("{words} or {other}", words=listing(self.words), other=self.other.describe())
