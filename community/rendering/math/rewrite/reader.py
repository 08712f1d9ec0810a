"""Token reader of a formula: arguments, options and words."""

from __future__ import annotations

from collections.abc import Sequence

from community.rendering.math.tokens import Token, tokenize
from community.rendering.messages import _

from .shared import LatexProblem, SharedState

MOST_TOKENS = 20_000
MOST_TOKENS_IN_A_POST = 300_000


class Reader:
    """`rest` is a stack: its last token is the next one."""

    def __init__(self, latex: str, shared: SharedState) -> None:
        self.shared = shared
        self.rest = tokenize(latex)[::-1]
        self.read = 0

    def next(self) -> Token:
        self.read += 1
        self.shared.read += 1
        if self.read > MOST_TOKENS or self.shared.read > MOST_TOKENS_IN_A_POST:
            raise _too_long(self.rest[-1].at)
        return self.rest.pop()

    def peek(self) -> str:
        return self.rest[-1].text if self.rest else ""

    def push(self, tokens: Sequence[Token], at: int | None = None) -> None:
        """Push tokens to be read next; `at` is the position of all of them."""
        if at is not None:
            tokens = [Token(token.text, at) for token in tokens]
        if len(self.rest) + len(tokens) > MOST_TOKENS:
            raise _too_long(at or 0)
        self.rest.extend(reversed(tokens))

    def skip_space(self) -> None:
        while self.rest and self.rest[-1].is_space:
            self.rest.pop()

    def skip(self, text: str) -> bool:
        """Consume the next token if it is this one. Return whether it was."""
        if self.peek() != text:
            return False
        self.next()
        return True

    def argument(self) -> list[Token]:
        """Read one argument: a group without its braces, or one token."""
        self.skip_space()
        if not self.rest:
            return []
        token = self.next()
        return self._until_brace(token.at) if token.text == "{" else [token]

    def option(self) -> list[Token] | None:
        """Read `[...]` if it is there."""
        if self.peek() != "[":
            return None
        opened = self.next()
        found: list[Token] = []
        while self.rest:
            token = self.next()
            if token.text == "]":
                return found
            found.append(token)
        self.push(found)
        self.rest.append(opened)
        return None

    def word(self) -> str:
        return "".join(token.text for token in self.argument())

    def _until_brace(self, at: int) -> list[Token]:
        found: list[Token] = []
        depth = 1
        while self.rest:
            token = self.next()
            depth += (token.text == "{") - (token.text == "}")
            if not depth:
                return found
            found.append(token)
        raise LatexProblem(_("This brace is never closed."), at)


def _too_long(at: int) -> LatexProblem:
    return LatexProblem(_("The formula becomes too long when its macros are expanded."), at)
