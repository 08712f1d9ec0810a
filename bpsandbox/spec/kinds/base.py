"""What a kind of value is."""

from __future__ import annotations

from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec.nodes import Mapping, Node, Scalar
from bpsandbox.spec.problems import Log, Path, shown


class _Wrong:
    def __repr__(self) -> str:
        return "WRONG"


WRONG: Any = _Wrong()
"""What a kind gives for a value that it has complained about."""


class Kind:
    """A kind of value."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        raise NotImplementedError

    def describe(self) -> str:
        """What is allowed, in words."""
        raise NotImplementedError

    def _complain(self, node: Node, path: Path, log: Log, code: str = "type") -> Any:
        seen = shown(node.text) if isinstance(node, Scalar) else _seen(node)
        message = _("{seen} is not allowed here; expected: {allowed}.", seen=seen or '""', allowed=self.describe())
        log.add(path, message, code, at=node.at, seen=seen, allowed=self.describe())
        return WRONG


def _seen(node: Node) -> str:
    return _("A mapping") if isinstance(node, Mapping) else _("A list")
