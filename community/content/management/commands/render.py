"""Render a file or many texts in the terminal as a post would be, without a database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from community.content import embeds
from community.rendering import pool
from community.rendering.context import Context, Rendered

KINDS = ("post", "article", "bio", "title")


class Command(BaseCommand):
    help = "Print the HTML of a Markdown file, or answer JSON lines with JSON lines."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="the text (or the lines); - is standard input")
        parser.add_argument("--kind", choices=KINDS, default="post")
        parser.add_argument("--jsonl", action="store_true", help='read {"id", "source"} a line, answer each at once')

    def handle(self, *args: Any, file: str, kind: str, jsonl: bool, **options: Any) -> None:
        pool.warm(fences=embeds.fences().values())
        if jsonl:
            self._answer_lines(file, kind)
        else:
            self._print_fragment(file, kind)

    def _print_fragment(self, file: str, kind: str) -> None:
        rendered = pool.render(_read(file), _context(kind))
        _print(rendered.html)
        if rendered.notice:
            self.stderr.write(rendered.notice)

    def _answer_lines(self, file: str, kind: str) -> None:
        for line in _lines(file):
            if line.strip():
                _print(json.dumps(_answer(line, kind), ensure_ascii=False))


def _answer(line: str, kind: str) -> dict[str, Any]:
    try:
        asked = json.loads(line)
        source, number = asked["source"], asked.get("id")
        if not isinstance(source, str):
            raise TypeError
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CommandError(f'Not a line of JSON with "id" and "source": {line[:80]!r}') from None
    chosen = asked.get("kind", kind)
    rendered, seconds = pool.render_timed(source, _context(chosen if chosen in KINDS else kind))
    return {
        "id": number,
        "html": rendered.html,
        "seconds": round(seconds, 6),
        "math_errors": _errors(rendered),
        "notice": rendered.notice,
    }


def _errors(rendered: Rendered) -> list[dict[str, Any]]:
    return [{"message": each.message, "line": each.line, "column": each.column} for each in rendered.math_errors]


def _context(kind: str) -> Context:
    return Context(kind=kind, fences=embeds.fences())


def _read(file: str) -> str:
    if file == "-":
        return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    try:
        return Path(file).read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}.") from error


def _lines(file: str) -> Iterable[str]:
    if file == "-":
        return iter(sys.stdin.buffer.readline, b"")  # type: ignore[return-value]
    try:
        return _open(file)
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}.") from error


def _open(file: str) -> TextIO:
    return Path(file).open(encoding="utf-8", errors="surrogateescape")


def _print(text: str) -> None:
    """Write a line in UTF-8, whatever the terminal's encoding, and flush."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
