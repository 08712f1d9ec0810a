"""Small faults in both packages, and a draw of which any first few are a fair sample.

A mutant replaces one span of one file. Its key is made of what it changes, not of where that is, and the order of the
draw of keys and the seed: a tree in which other lines differ has the same mutants in the same order.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

PACKAGES = ("community", "bpsandbox")
SHARES = {
    "permission": 10, "refusal": 10, "visible_to": 8, "lock": 6, "atomic": 6, "decorator": 8, "filter": 8, "guard": 10,
    "comparison": 9, "boolean": 9, "arithmetic": 7, "constant": 8, "default": 4, "statement": 10, "return": 7,
}  # fmt: skip
"""How many of 120 are of each kind."""
SIGNS = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.In: ("in", "not in"), ast.NotIn: (r"not\s+in", "in"), ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"), ast.And: ("and", "or"), ast.Or: ("or", "and"), ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"), ast.Mult: (r"\*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"),
    ast.Pow: (r"\*\*", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: (r"\|", "&"),
}  # fmt: skip
PLAIN_DECORATORS = re.compile(
    r"(functools\.)?(property|cached_property|cached|cache|lru_cache|wraps)\b|dataclass|\w*contextmanager|\w+method\b"
    r"|\w+\.setter|abstract|override|overload|[\w.]*register|router\.|app\.task|task\b"
)
"""Without them a module does not load or is slower."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TEXTS = (ast.JoinedStr, ast.List, ast.Tuple, ast.Dict)
Found = tuple[str, int, int, str]


@dataclass(frozen=True)
class Mutant:
    """`start` and `end` are bytes of the file; `lines` run when the fault can show."""

    key: str
    lot: str
    kind: str
    file: str
    function: str
    line: int
    before: str
    after: str
    start: int
    end: int
    lines: tuple[int, ...]

    def applied(self, text: bytes) -> bytes:
        return text[: self.start] + self.after.encode() + text[self.end :]


@dataclass(frozen=True)
class Place:
    """A node, what it is in, and the text of its file."""

    text: bytes
    starts: tuple[int, ...]
    node: ast.AST
    parent: ast.AST
    statement: ast.stmt
    function: ast.FunctionDef | ast.AsyncFunctionDef | None

    def start(self, node: ast.AST) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.AST) -> int:
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def source(self, node: ast.AST) -> str:
        return self.text[self.start(node) : self.end(node)].decode()

    def whole(self, kind: str, after: str, node: ast.AST | None = None) -> Found:
        return kind, self.start(node or self.node), self.end(node or self.node), after

    def turned(self, kind: str, left: ast.AST, operator: ast.AST, right: ast.AST, tail: str = "") -> Iterator[Found]:
        """Turn the operator that stands between two operands."""
        if type(operator) in SIGNS:
            begin, (sign, other) = self.end(left), SIGNS[type(operator)]
            if found := re.search((sign + tail).encode(), self.text[begin : self.start(right)]):
                yield kind, begin + found.start(), begin + found.end(), other + tail

    def changes(self) -> Iterator[Found]:
        name = self.function.name if self.function else ""
        match self.node:
            case ast.Return(value=ast.expr() as value) if name.startswith("can_"):
                yield self.whole("permission", f"not ({self.source(value)})", value)
            case ast.Return(value=ast.expr() as value) if name == "visible_to":
                yield self.whole("visible_to", "self.all()", value)
            case ast.Return(value=ast.expr() as value) if self.source(value) != "None":
                yield self.whole("return", "return None")
            case ast.Raise(exc=ast.expr() as error) if "NotImplemented" not in self.source(error):
                yield self.whole("refusal", "pass")
            case ast.If(body=[ast.Return() | ast.Continue() | ast.Break()], orelse=[]):
                yield self.whole("guard", "pass")
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called.startswith("can_"):
                yield self.whole("permission", "True")
            case ast.Call(func=ast.Attribute(attr="visible_to" | "select_for_update" | "filter" | "exclude") as called):
                kind = {"visible_to": "visible_to", "select_for_update": "lock"}.get(called.attr, "filter")
                if self.source(called.value) != "register":
                    yield kind, self.end(called.value), self.end(self.node), ".all()"
            case ast.withitem(context_expr=manager) if self.source(manager).startswith("transaction.atomic"):
                yield self.whole("atomic", '__import__("contextlib").nullcontext()', manager)
            case ast.FunctionDef(decorator_list=decorators) | ast.AsyncFunctionDef(decorator_list=decorators):
                for one in decorators:
                    kind = "atomic" if self.source(one).startswith("transaction.atomic") else "decorator"
                    if not PLAIN_DECORATORS.match(self.source(one)):
                        yield kind, self.text.rindex(b"@", 0, self.start(one)), self.end(one), ""
            case ast.Compare(left=left, ops=operators, comparators=right):
                for operator, (one, other) in zip(operators, pairwise([left, *right]), strict=True):
                    yield from self.turned("comparison", one, operator, other)
            case ast.BoolOp(op=operator, values=values):
                for one, other in pairwise(values):
                    yield from self.turned("boolean", one, operator, other)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self.whole("boolean", f"({self.source(operand)})")
            case ast.BinOp(left=left, op=operator, right=right):
                texts = any(
                    isinstance(one, TEXTS) or isinstance(getattr(one, "value", 0), str) for one in (left, right)
                )
                types = isinstance(operator, ast.BitOr) and not isinstance(right, ast.Call)
                if not texts and not types:
                    yield from self.turned("arithmetic", left, operator, right)
            case ast.Constant(value=bool() | int() | float() as value):
                kind = "default" if isinstance(self.parent, ast.arguments) else "constant"
                moved = (
                    not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else value * 2 or 1.0
                )
                yield self.whole(kind, str(moved))
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) if self.function:
                yield self.whole("statement", "pass")
            case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Delete():
                if not re.match(r"(log|logger)\.", self.source(self.node)):
                    yield self.whole("statement", "pass")
        if isinstance(self.node, ast.AugAssign):
            yield from self.turned("arithmetic", self.node.target, self.node.op, self.node.value, "=")

    def lines(self, kind: str) -> tuple[int, ...]:
        """Return the lines whose running shows that the fault is reached."""
        node = self.node if hasattr(self.statement, "body") else self.statement
        first = last = node.context_expr if isinstance(node, ast.withitem) else node
        of = self.function if kind == "default" else node
        if isinstance(of, FUNCTIONS):
            first, last = of.body[0], of.body[-1]
        elif kind == "guard":
            first = last = node.body[0]
        return tuple(range(first.lineno, last.end_lineno + 1))


def drawn(root: Path, seed: int, count: int) -> list[Mutant]:
    """Draw lines of each kind alike, and kinds in turn by their shares; one mutant a line and kind."""
    everything = [mutant for path in sources(root) for mutant in found_in(path, (root / path).read_bytes())]
    order = []
    for kind, share in SHARES.items():
        lines: set[tuple[str, int]] = set()
        lots = {(_digest(seed, one.lot), _digest(seed, one.key)): one for one in everything if one.kind == kind}
        for lot, one in sorted(lots.items()):
            if len(lines) > count * share / sum(SHARES.values()):
                break
            if (one.file, one.line) not in lines and _is_python(one.applied((root / one.file).read_bytes())):
                order.append(((len(lines) + 0.5) / share, lot, one))
                lines.add((one.file, one.line))
    return [one for _, _, one in sorted(order, key=lambda entry: entry[:2])[:count]]


def sources(root: Path) -> list[str]:
    paths = (path for package in PACKAGES for path in (root / package).rglob("*.py"))
    return sorted(path.relative_to(root).as_posix() for path in paths if "migrations" not in path.parts)


def found_in(file: str, text: bytes) -> Iterator[Mutant]:
    """Yield every mutant of a file; a few are no Python, such as a lone `elif` that was dropped."""
    lines, same = text.splitlines(keepends=True), Counter[tuple[str, ...]]()
    starts = (0, *accumulate(map(len, lines)))
    for at in _places(ast.parse(text), text, starts):
        for kind, start, end, after in at.changes():
            line = text.count(b"\n", 0, start) + 1
            before, words = text[start:end].decode(), lines[line - 1].decode().strip()
            what = (file, kind, words, before, after)
            same[what] += 1
            key, lot = _digest(*what, same[what]), _digest(file, kind, words, same[what])
            function = getattr(at.node if isinstance(at.node, FUNCTIONS) else at.function, "name", "")
            yield Mutant(key, lot, kind, file, function, line, before, after, start, end, at.lines(kind))


def _digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]


def _is_python(text: bytes) -> bool:
    try:
        return bool(ast.parse(text))
    except SyntaxError:
        return False


def _places(parent, text, starts, statement=None, function=None) -> Iterator[Place]:
    """Yield every node of the program itself: no types, and nothing within a decorator."""
    for name, value in ast.iter_fields(parent):
        for node in value if isinstance(value, list) else [value]:
            if name in {"annotation", "returns", "type_params"} or not isinstance(node, ast.AST):
                continue
            if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
                continue
            within = node if isinstance(node, ast.stmt) else statement
            if within is not None:
                yield Place(text, starts, node, parent, within, function)
            if name != "decorator_list":
                yield from _places(node, text, starts, within, node if isinstance(node, FUNCTIONS) else function)
