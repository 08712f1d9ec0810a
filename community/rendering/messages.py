"""Translatable messages without Django.

Every message is written in English and passed through `_`. In the rendering child `speaking("zh-hans")` reads the
site's own catalogue with the standard library; without one the English stays.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

type Translate = Callable[[str], str]

LOCALE = Path(__file__).resolve().parents[1] / "locale"
FOLDERS = {"zh": "zh_Hans"}
TAGS = ("en", "zh-Hans")  # the languages of the site

_language: ContextVar[str] = ContextVar("rendering_language", default="en")
_translate: ContextVar[Translate | None] = ContextVar("rendering_translate", default=None)


def _(text: str, **values: object) -> str:
    """Translate a message, then fill in its `{named}` values."""
    translate = _translate.get()
    sentence = translate(text) if translate else text
    return sentence.format(**values) if values else sentence


@contextmanager
def use_translator(translate: Translate) -> Iterator[None]:
    """Use a translator in this context only (thread, task)."""
    token = _translate.set(translate)
    try:
        yield
    finally:
        _translate.reset(token)


@contextmanager
def using_language(language: str) -> Iterator[None]:
    """Use the site's catalogue for a language tag such as `zh-hans`; English needs none."""
    token = _language.set(language)
    try:
        with use_translator(catalogue(LOCALE)):
            yield
    finally:
        _language.reset(token)


def language() -> str:
    """Return the active language tag."""
    return _language.get()


def catalogue(locale: Path) -> Translate:
    """Return the translator of another catalogue, such as a fence's, for the active language."""
    return _translator(_language.get().split("-")[0].lower(), locale)


@cache
def _translator(language: str, locale: Path) -> Translate:
    folder = FOLDERS.get(language)
    if folder is None:
        return str
    return gettext.translation("django", locale, languages=[folder], fallback=True).gettext
