r"""`\newcommand` and related commands, and expansion of what they define."""

from __future__ import annotations

from typing import TYPE_CHECKING

from community.rendering.limits import FORMULA_LENGTH
from community.rendering.math.macros import SITE, Macro
from community.rendering.math.tokens import Token, join, tokenize
from community.rendering.messages import _

from .reader import Reader
from .shared import LatexProblem, SharedState

if TYPE_CHECKING:
    from .rewriter import Rewriter

MOST_EXPANSIONS = 1_000
MOST_ARGUMENTS = 9
_NEVER_ANEW = frozenset({r"\left", r"\right"})


def expand(rewriter: Rewriter, token: Token) -> None:
    macro = rewriter.shared.macros[token.text]
    rewriter.expansions += 1
    if rewriter.expansions > MOST_EXPANSIONS:
        raise LatexProblem(
            _(
                "The macros of this formula, {name} among them, expand more than {limit} times. Does one use itself?",
                name=token.text,
                limit=MOST_EXPANSIONS,
            ),
            token.at,
        )
    rewriter.push(_substitute(macro.body, _arguments(rewriter, macro, token), token.at))


def written_out(latex: str, macros: dict[str, Macro]) -> str:
    """Return a formula that has been rewritten with the macros of its text expanded, as another text can quote it.

    It is unchanged if it has none, or becomes longer than a formula may be.
    """
    own = {name: macro for name, macro in macros.items() if SITE.get(name) != macro}
    if not own:
        return latex
    reader, out = Reader(latex, SharedState()), list[Token]()
    try:
        while reader.rest:
            token = reader.next()
            if (macro := own.get(token.text)) is None:
                out.append(token)
            else:
                reader.push(_substitute(macro.body, _arguments(reader, macro, token), token.at))
    except LatexProblem:
        return latex
    expanded = join(out)
    return expanded if len(expanded) <= FORMULA_LENGTH else latex


def new_command(rewriter: Rewriter, token: Token) -> None:
    rewriter.skip("*")
    name = rewriter.word().strip()
    rewriter.skip_space()
    count = rewriter.option()
    rewriter.skip_space()
    default = rewriter.option() if count is not None else None
    _define(rewriter, token, name, _number(count), rewriter.argument(), default)


def define_primitive(rewriter: Rewriter, token: Token) -> None:
    r"""Parse `\def\name#1#2{...}`."""
    rewriter.skip_space()
    name = rewriter.next().text if rewriter.rest else ""
    count = 0
    while rewriter.rest and rewriter.peek() != "{":
        count += rewriter.next().text == "#"
    _define(rewriter, token, name, count, rewriter.argument())


def let(rewriter: Rewriter, token: Token) -> None:
    rewriter.skip_space()
    name = rewriter.next().text if rewriter.rest else ""
    rewriter.skip_space()
    if rewriter.skip("="):
        rewriter.skip_space()
    _define(rewriter, token, name, 0, [rewriter.next()] if rewriter.rest else [])


def operator_name(rewriter: Rewriter, token: Token) -> None:
    star = "*" if rewriter.skip("*") else ""
    name = rewriter.word().strip()
    command = tokenize(rf"\operatorname{star}")
    _define(rewriter, token, name, 0, [*command, Token("{", token.at), *rewriter.argument(), Token("}", token.at)])


HANDLERS = {
    r"\newcommand": new_command,
    r"\renewcommand": new_command,
    r"\providecommand": new_command,
    r"\def": define_primitive,
    r"\gdef": define_primitive,
    r"\let": let,
    r"\DeclareMathOperator": operator_name,
}


def _define(
    rewriter: Rewriter, token: Token, name: str, count: int, body: list[Token], default: list[Token] | None = None
) -> None:
    if not name.startswith("\\") or len(name) < 2 or count > MOST_ARGUMENTS:
        raise LatexProblem(_("A macro needs a name such as \\name and can have at most 9 arguments."), token.at)
    if rewriter.is_handled(name) or name in _NEVER_ANEW:
        raise LatexProblem(_("{name} cannot be redefined.", name=name), token.at)
    rewriter.defined = True
    if name not in rewriter.shared.macros and any(part.text == name for part in body):
        raise _endless(name, token.at)
    rewriter.shared.macros[name] = Macro(count, tuple(body), None if default is None else tuple(default))


def _endless(name: str, at: int) -> LatexProblem:
    return LatexProblem(_("The macro {name} expands without end.", name=name), at)


def _arguments(reader: Reader, macro: Macro, token: Token) -> list[list[Token]]:
    arguments: list[list[Token]] = []
    if macro.default is not None:
        reader.skip_space()
        arguments.append(reader.option() or list(macro.default))
    while len(arguments) < macro.arguments:
        reader.skip_space()
        if not reader.rest:
            raise LatexProblem(
                _("The macro {name} needs {count} arguments.", name=token.text, count=macro.arguments), token.at
            )
        arguments.append(reader.argument())
    return arguments


def _substitute(body: tuple[Token, ...], arguments: list[list[Token]], at: int) -> list[Token]:
    """Insert arguments; the macro's own tokens get the position of the call."""
    result: list[Token] = []
    parts = iter(body)
    for part in parts:
        if part.text != "#":
            result.append(Token(part.text, at))
            continue
        digit = next(parts, Token("", at)).text
        index = int(digit) - 1 if digit.isascii() and digit.isdigit() else -1
        if 0 <= index < len(arguments):
            result.extend(arguments[index])
    return result


def _number(count: list[Token] | None) -> int:
    """Return the number of arguments in `[2]`; one more than allowed if it is invalid."""
    digits = "".join(token.text for token in count or ()).strip()
    if not digits:
        return 0
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 1 else MOST_ARGUMENTS + 1
