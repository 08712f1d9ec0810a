"""libyaml's complaints, in words that help."""

from __future__ import annotations

import yaml

from bpsandbox.messages import _

from .problems import Log


def add_syntax_problem(error: yaml.YAMLError, text: str, log: Log) -> None:
    """Tell what libyaml stumbled over, at the latest at the end of the text."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    lines = text.split("\n")
    end = (len(lines) - 1, len(lines[-1]))
    at = min((mark.line, mark.column), end) if mark is not None else (0, 0)
    problem = str(getattr(error, "problem", "") or error)
    log.add((), _hint(problem), "syntax", at=at)


def _hint(problem: str) -> str:
    """libyaml's complaint in words that help."""
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
        "cannot start any token": _("This character cannot begin a value here. A tab? Indent with spaces."),
        "maximum nesting depth": _("This is nested too deeply for a config."),
        "unexpected end of stream": _("The text ends too early: a quotation mark or a bracket is not closed."),
    }
