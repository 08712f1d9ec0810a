"""The base of all kinds of values."""

from __future__ import annotations

import re
from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec.nodes import Mapping, Node, Scalar
from bpsandbox.spec.problems import Log, Path, excerpt
from bpsandbox.spec.scalars import NotFinite, resolve

DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")


class _Wrong:
    def __repr__(self) -> str:
        return "WRONG"


WRONG: Any = _Wrong()
"""Returned by a kind for a value that it has reported."""


class Kind:
    """A kind of value."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        raise NotImplementedError

    def describe(self) -> str:
        """Describe what is allowed."""
        raise NotImplementedError

    def _report(self, node: Node, path: Path, log: Log, code: str = "type") -> Any:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            meant = self._report_form(node, path, log)
            if meant is not WRONG:
                return meant
        seen = excerpt(node.text) if isinstance(node, Scalar) else _seen(node)
        message = _("{seen} is not allowed; expected: {allowed}.", seen=seen or '""', allowed=self.describe())
        if isinstance(node, Scalar) and node.value is None and not node.text:
            name = next((part for part in reversed(path) if isinstance(part, str)), "")
            message = _("{name} has no value; expected: {allowed}.", name=name, allowed=self.describe())
        log.add(path, message, code, at=node.at, seen=seen, allowed=self.describe())
        return WRONG

    def _report_form(self, node: Scalar, path: Path, log: Log) -> Any:
        """Report a value that is wrong only because of quotation marks or a decimal comma; return the value meant."""
        fix = node.text if node.quote else node.text.replace(",", ".") if DECIMAL_COMMA.fullmatch(node.text) else None
        meant = WRONG if fix is None else self._unquoted(fix)
        if meant is WRONG:
            return WRONG
        seen = node.quote + node.text + node.quote
        if node.quote:
            message = _("{seen} is a string because of its quotation marks: write {fix}.", seen=seen, fix=fix)
        else:
            message = _("{seen} has a decimal comma: write {fix}.", seen=seen, fix=fix)
        log.add(path, message, "type", at=node.at, seen=seen, allowed=self.describe(), suggestion=fix)
        return meant

    def _unquoted(self, text: str) -> Any:
        """Return the value without quotation marks; WRONG where it is not of this kind."""
        try:
            value = resolve(text)
        except NotFinite:
            return WRONG
        return WRONG if isinstance(value, str) else self.read(Scalar((0, 0), value, text), (), Log())


LONG = 200


def once(kind: Kind, node: Node, path: Path, log: Log) -> Any:
    """Read a node, or return its cached value: the settings of a sweep share most nodes.

    Cached values must not be changed. Short words are not cached, because reading them is faster.
    """
    if isinstance(node, Scalar) and len(node.text) < LONG:
        return kind.read(node, path, log)
    key = id(kind), id(node)
    if key in log.known:
        return log.known[key][0]
    problems = len(log.problems)
    value = kind.read(node, path, log)
    if len(log.problems) == problems:
        log.known[key] = value, kind, node  # which keeps them alive, and their ids their own
    return value


def _seen(node: Node) -> str:
    return _("A mapping") if isinstance(node, Mapping) else _("A list")
