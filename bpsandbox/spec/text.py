"""Check the text of a config before it is read: size, characters, and differences between JSON and YAML."""

from __future__ import annotations

import json
import re

from bpsandbox.messages import _

from .nodes import Place
from .problems import Log

MAX_BYTES = 64 * 1024

# Characters that YAML forbids, that break its lines where no editor breaks them, or that turn the text around.
STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


# Lines of Python, which no config has at its left margin.
PYTHON = re.compile(
    r"^(?:import \w|from [\w.]+ import\b|(?:class|def) \w+\s*[(:]|[\w.]+(?:, ?\w+)* ?= ?[\w.]+\(|[\w.]+\(.*\)\s*$)",
    re.MULTILINE,
)


class Unreadable(Exception):
    """The text cannot be read any further; the problem is in the log."""


def prepared(text: str, log: Log) -> str:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        refuse(
            log,
            (0, 0),
            "too_long",
            _("A config can have at most {limit} bytes; this one has {size}.", limit=MAX_BYTES, size=size),
        )
    refuse_strange(text, log)
    python = PYTHON.search(text)
    if python:
        message = _("This is Python, and no code runs here. A config describes the run, in lines like loss: MSELoss; "
                    "the config reference has all of them.")  # fmt: skip
        refuse(log, _place_of(text, python.start()), "code", message)
    return _as_yaml(text)


def refuse_strange(text: str, log: Log, at: Place | None = None) -> None:
    """Refuse a text with a strange character; `at` is where it is written with an escape, such as \\0."""
    strange = STRANGE.search(text)
    if strange:
        message = _("The character {code} is not allowed in a config.", code=f"U+{ord(strange[0]):04X}")
        refuse(log, at or _place_of(text, strange.start()), "character", message)


def _as_yaml(text: str) -> str:
    """Convert JSON's tabs and surrogate pairs of \\u escapes, which YAML does not allow."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return SURROGATES.sub(_one_escape, text.replace("\t", " "))


def _one_escape(pair: re.Match[str]) -> str:
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"


def _place_of(text: str, offset: int) -> Place:
    before = text[:offset]
    return before.count("\n"), offset - (before.rfind("\n") + 1)


def refuse(log: Log, at: Place, code: str, message: str) -> None:
    log.add((), message, code, at=at)
    raise Unreadable
