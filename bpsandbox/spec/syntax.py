"""Messages for the errors of libyaml."""

from __future__ import annotations

import re

import yaml

from bpsandbox.messages import _

from .problems import Log

NAME_AND_VALUE = re.compile(r"([A-Za-z_]\w*):([^\s:/][^\s:]*)")
JOINED = re.compile(r"\s*(?:- )?([A-Za-z_]\w*:[^\s:/][^\s:]*)\s*(?:#.*)?$")


def add_syntax_problem(error: yaml.YAMLError, text: str, log: Log) -> None:
    """Report an error of libyaml."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    lines = text.split("\n")
    end = (len(lines) - 1, len(lines[-1]))
    at = min((mark.line, mark.column), end) if mark is not None else (0, 0)
    problem = str(getattr(error, "problem", "") or error)
    for line in range(at[0], max(-1, at[0] - 2), -1):
        joined = JOINED.match(lines[line])
        if joined:
            place, fix = (line, joined.start(1)), with_space(joined[1])
            log.add((), missing_space(fix or ""), "syntax", at=place, seen=joined[1], suggestion=fix)
            return
    opened = getattr(error, "context_mark", None)
    if opened is not None and opened.line < at[0] and _is_opening(lines, opened):
        sign = lines[opened.line][opened.column]
        message = _("The {sign} in line {line} is not closed.", sign=sign,
                    line=opened.line + log.first_line)  # fmt: skip
        log.add((), message, "syntax", at=(opened.line, opened.column))
    else:
        log.add((), _hint(problem), "syntax", at=at)


def _is_opening(lines: list[str], mark: yaml.Mark) -> bool:
    """Return whether there is a bracket, a brace or a quotation mark at this place."""
    return lines[mark.line][mark.column : mark.column + 1] in ("{", "[", '"', "'")


def with_space(word: str) -> str | None:
    """Return `lr: 2.0` for `lr:2.0`; None if the word is not a name and a value."""
    parts = NAME_AND_VALUE.fullmatch(word)
    return f"{parts[1]}: {parts[2]}" if parts else None


def missing_space(fix: str) -> str:
    return _("A space is missing after the colon: write {fix}.", fix=fix)


def _hint(problem: str) -> str:
    """Return a helpful message for an error of libyaml."""
    for said, meant in _hints().items():
        if said in problem:
            return meant
    return _("This is not YAML or JSON: {problem}.", problem=problem)


def _hints() -> dict[str, str]:
    return {
        "mapping values are not allowed": _(
            "A colon is not expected here. Is the line before it complete, and the indentation right?"
        ),
        "could not find expected ':'": _("A colon is missing: write name: value."),
        "did not find expected ',' or '}'": _("A comma or a closing brace } is missing before this."),
        "did not find expected ',' or ']'": _("A comma or a closing bracket ] is missing before this."),
        "did not find expected key": _("A name is expected here. Is the indentation the same as in the lines above?"),
        "did not find expected node content": _("A value is missing here."),
        "cannot start any token": _("This character cannot begin a value. Is it a tab? Indent with spaces."),
        "maximum nesting depth": _("This is nested too deeply for a config."),
        "unexpected end of stream": _("The text ends too early: a quotation mark or a bracket is not closed."),
    }
