"""Sentences for people, made without Django.

Packages that run in a notebook, a terminal or a child process write their sentences in English and pass each
through `_`. A host that speaks other languages gives its own `gettext` once: `messages.use(gettext)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

Translate = Callable[[str], str]

LOCALE = Path(__file__).resolve().parent / "locale"

_default: list[Translate] = [str]
_local: ContextVar[Translate | None] = ContextVar("bpsandbox_translate", default=None)


def _(text: str, /, **values: object) -> str:
    """Translate a sentence, then fill in its `{named}` values."""
    translate = _local.get() or _default[0]
    sentence = translate(text)
    return sentence.format(**values) if values else sentence


def use(translate: Translate) -> None:
    """Set the translator of the whole process; it may look up the active language at each call, as Django's does."""
    _default[0] = translate


@contextmanager
def speaking(translate: Translate) -> Iterator[None]:
    """Use a translator in this context only (thread, task)."""
    token = _local.set(translate)
    try:
        yield
    finally:
        _local.reset(token)


def sentences(*parts: str) -> str:
    """Join sentences with a space, except after a full-width stop."""
    text = ""
    for part in filter(None, parts):
        text += part if not text or text[-1] in "。！？；：" else f" {part}"
    return text


def N_(text: str) -> str:  # noqa: N802 (gettext's name)
    """Mark a sentence for translation where it is declared; `_` translates it where it is used."""
    return text
