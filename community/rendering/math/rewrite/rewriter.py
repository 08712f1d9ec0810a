"""Rewriting state of one formula: unread tokens, output and open groups."""

from __future__ import annotations

from community.rendering.limits import FORMULA_DEPTH
from community.rendering.math import bridges
from community.rendering.math.tokens import Token, tokenize
from community.rendering.messages import _

from .definitions import expand, written_out
from .environments import Environment, is_one_environment, without_frame
from .groups import keep_group
from .handlers import HANDLERS
from .reader import Reader
from .result import Rewritten, result
from .shared import LatexProblem, SharedState
from .words import text


def rewrite(latex: str, *, display: bool, shared: SharedState) -> Rewritten:
    """Rewrite one formula. Raises LatexProblem; definitions are stored in `shared`."""
    rewriter = Rewriter(latex, display, shared)
    made = rewriter.run()
    if rewriter.expansions and not rewriter.defined:
        made.written_out = written_out(latex, shared.macros)
    return made


class Rewriter(Reader):
    """`numbering` is written at the end of the formula; `is_outer`: the formula is one environment with rows.

    `references` are the commands of its references, in order.
    """

    def __init__(self, latex: str, display: bool, shared: SharedState) -> None:
        super().__init__(latex, shared)
        self.rest = without_frame(latex, self.rest)
        self.display = display
        self.out: list[Token] = []
        self.environments: list[Environment] = []
        self.numbering: list[Token] = []
        self.references: list[str] = []
        self.depth = self.expansions = 0
        self.defined = self.broken_row = self.has_columns = False
        self.is_outer = display and is_one_environment(self.rest)
        self.last_command = ""

    def run(self) -> Rewritten:
        self.rewrite_rest()
        return result(self)

    def rewrite_rest(self) -> None:
        while self.rest:
            self._step(self.next())

    def emit(self, token: Token) -> None:
        self.out.append(token)
        if token.text.startswith("\\"):
            self.last_command = token.text
        elif not token.is_space:
            self.last_command = ""

    def write(self, latex: str, at: int) -> None:
        self.out.extend(Token(token.text, at) for token in tokenize(latex))

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > FORMULA_DEPTH:
            raise LatexProblem(_("The formula is nested more than {limit} levels deep.", limit=FORMULA_DEPTH), token.at)

    def is_handled(self, name: str) -> bool:
        return name in HANDLERS

    def _step(self, token: Token) -> None:
        name = token.text
        if name in self.shared.macros:
            expand(self, token)
        elif (act := HANDLERS.get(name)) is not None:
            act(self, token)
        elif name in bridges.SYNONYMS:
            self.push(tokenize(bridges.SYNONYMS[name]), token.at)
        elif name in bridges.TEXT:
            text(self, token)
        elif name in bridges.KEEP_SECOND or name in bridges.KEEP_ONLY:
            keep_group(self, token, second=name in bridges.KEEP_SECOND)
        elif name in bridges.DROP_ARGUMENT:
            self.argument()
        elif name not in bridges.SILENT:
            self.emit(token)
