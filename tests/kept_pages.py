"""Kept pages in tests: switched on, or compared with fresh ones at every request of a visitor.

With `CHAINRULE_COMPARE_KEPT_PAGES=1` every test runs with them: a kept page that differs from a fresh one fails it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings

from community.common.changes.log import CHANGES
from community.common.page_cache import answers, parts

MAX_BYTES = 32 * 1024 * 1024
COMPARES = os.environ.get("CHAINRULE_COMPARE_KEPT_PAGES") == "1"


class KeptPageDiffers(AssertionError):
    """A kept page shows something else than a fresh one."""


@contextmanager
def kept_pages(seconds: float = 0) -> Iterator[None]:
    """Keep pages within, read the log of changes every `seconds`, and forget them after."""
    answers.STORE.resize(MAX_BYTES)
    parts.STORE.resize(MAX_BYTES)
    CHANGES.forget()
    with override_settings(PAGE_CACHE_BYTES=MAX_BYTES, PAGE_CACHE_SECONDS=seconds):
        yield
    answers.STORE.resize(0)
    parts.STORE.resize(0)


@contextmanager
def compared(monkeypatch) -> Iterator[list[str]]:
    """Keep pages within, and compare each one that is sent with a fresh one; yields the addresses compared."""
    seen: list[str] = []
    current, renewed = answers.current, answers.renewed

    def is_kept(key):
        page = current(key) or renewed(key)
        if page is not None:
            seen.append(key[2])
        return  # the middleware makes it anew

    put = answers.STORE.put

    def compare(key, page):
        old = current(key) or renewed(key)
        if old is not None and old.etag != page.etag:
            raise KeptPageDiffers(
                f"{key}\n{difference(old.body().decode(), page.body().decode())}\n{sorted(old.topics)}"
            )
        put(key, page)

    with kept_pages():
        monkeypatch.setattr(answers, "current", is_kept)
        monkeypatch.setattr(answers, "renewed", lambda key: None)
        monkeypatch.setattr(answers.STORE, "put", compare)
        yield seen


def difference(old: str, new: str) -> str:
    pairs = zip(re.split(r"(?=<)", old), re.split(r"(?=<)", new), strict=False)
    return "\n".join(f"- {a.strip()}\n+ {b.strip()}" for a, b in pairs if a != b)[:2000]
