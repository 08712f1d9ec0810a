"""Expand macros and bridge gaps: LaTeX as people write it becomes LaTeX as math-core reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from community.rendering.limits import FORMULA_DEPTH
from community.rendering.messages import _
from community.rendering.readable import readable

from . import bridges
from .macros import SITE, Macro
from .tokens import Token, tokenize

MOST_EXPANSIONS = 1_000
MOST_TOKENS = 20_000
MOST_TOKENS_IN_A_POST = 300_000
_PLAIN_TAG = re.compile(r"[A-Za-z0-9.*+'-]+")
_TAG_MARK = "chainrule.tag."
_TAG_PLACE = re.compile(r"chainrule\.tag\.(\d+)")


class LatexProblem(Exception):
    """`at` is an offset into the formula as written."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(slots=True)
class Book:
    """What the formulas of one post share: macros and labels."""

    macros: dict[str, Macro] = field(default_factory=lambda: dict(SITE))
    labels: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    read: int = 0

    def label(self, name: str) -> str:
        """Return math-core's name for a label: it reads ASCII letters only."""
        return self.labels.setdefault(name.strip(), f"eq{len(self.labels) + 1}")

    def tag(self, words: str) -> str:
        """Return what math-core may read in a tag's place: it takes few characters. `with_tags` puts the words back."""
        if _PLAIN_TAG.fullmatch(words):
            return words
        self.tags.append(readable(words.replace("$", "")))
        return f"{_TAG_MARK}{len(self.tags) - 1}"

    def with_tags(self, markup: str) -> str:
        """Put the words of tags back into finished markup."""
        if not self.tags:
            return markup
        return _TAG_PLACE.sub(
            lambda match: escape(self.tags[int(match[1])]) if int(match[1]) < len(self.tags) else "", markup
        )


@dataclass(slots=True)
class Rewritten:
    """`reference` names the one label that the formula is a reference to, if it is nothing else."""

    tokens: list[Token]
    is_definition: bool = False
    reference: str = ""


def needs_nothing(latex: str, book: Book) -> bool:
    """Say whether a formula is as math-core reads it already: most are, and are spared the rest of this module."""
    if latex.count("{") + latex.count(r"\left") > FORMULA_DEPTH or _SPECIAL.search(latex):
        return False
    return _CONCERNS.isdisjoint(commands := set(_COMMAND.findall(latex))) and book.macros.keys().isdisjoint(commands)


def rewrite(latex: str, *, display: bool, book: Book) -> Rewritten:
    """Rewrite one formula. Raises LatexProblem; definitions go into the book."""
    return _Rewriter(latex, display, book).run()


class _Rewriter:
    def __init__(self, latex: str, display: bool, book: Book) -> None:
        self.book = book
        self.display = display
        self.rest = tokenize(latex)[::-1]
        self.out: list[Token] = []
        self.environments: list[_Environment] = []
        self.numbering: list[Token] = []
        self.depth = self.expansions = self.read = 0
        self.is_outer = self.defined = self.broken_row = self.has_columns = False
        self.last_command = ""

    def run(self) -> Rewritten:
        self.is_outer = self.display and self._is_one_environment()
        while self.rest:
            self._step(self._next())
        reference = self._sole_reference()
        return Rewritten(self._wrapped(), self.defined and not self._has_content(), reference)

    # === Reading ===

    def _next(self) -> Token:
        self.read += 1
        self.book.read += 1
        if self.read > MOST_TOKENS or self.book.read > MOST_TOKENS_IN_A_POST:
            raise LatexProblem(_("The formula grows too long when its macros are expanded."), self.rest[-1].at)
        return self.rest.pop()

    def _push(self, tokens: list[Token] | tuple[Token, ...], at: int | None = None) -> None:
        if at is not None:
            tokens = [Token(token.text, at) for token in tokens]
        if len(self.rest) + len(tokens) > MOST_TOKENS:
            raise LatexProblem(_("The formula grows too long when its macros are expanded."), at or 0)
        self.rest.extend(reversed(tokens))

    def _skip_space(self) -> None:
        while self.rest and self.rest[-1].is_space:
            self.rest.pop()

    def _peek(self) -> str:
        return self.rest[-1].text if self.rest else ""

    def _argument(self) -> list[Token]:
        """Read one argument: a group without its braces, or one token."""
        self._skip_space()
        if not self.rest:
            return []
        token = self._next()
        if token.text != "{":
            return [token]
        return self._until_brace(token.at)

    def _until_brace(self, at: int) -> list[Token]:
        found: list[Token] = []
        depth = 1
        while self.rest:
            token = self._next()
            depth += (token.text == "{") - (token.text == "}")
            if not depth:
                return found
            found.append(token)
        raise LatexProblem(_("This brace is never closed."), at)

    def _option(self) -> list[Token] | None:
        """Read `[...]` if it is there."""
        if self._peek() != "[":
            return None
        opened = self._next()
        found: list[Token] = []
        while self.rest:
            token = self._next()
            if token.text == "]":
                return found
            found.append(token)
        self._push(found)
        self.rest.append(opened)
        return None

    def _word(self) -> str:
        return "".join(token.text for token in self._argument())

    # === Writing ===

    def _emit(self, token: Token) -> None:
        self.out.append(token)
        if token.text.startswith("\\"):
            self.last_command = token.text
        elif not token.is_space:
            self.last_command = ""

    def _write(self, latex: str, at: int) -> None:
        for token in tokenize(latex):
            self.out.append(Token(token.text, at))

    def _step(self, token: Token) -> None:
        text = token.text
        act = _ACTS.get(text)
        if text in self.book.macros:
            self._expand(token)
        elif act is not None:
            act(self, token)
        elif text in bridges.SYNONYMS:
            self._push(tokenize(bridges.SYNONYMS[text]), token.at)
        elif text in bridges.SILENT:
            return
        elif text in bridges.TEXT:
            self._text(token)
        elif text in bridges.KEEP_SECOND:
            self._option()
            self._argument()
            self._keep_group(token)
        elif text in bridges.KEEP_ONLY:
            self._option()
            self._keep_group(token)
        elif text in bridges.DROP_ARGUMENT:
            self._argument()
        else:
            self._emit(token)

    def _keep_group(self, token: Token) -> None:
        inner = self._argument()
        self._push([Token("{", token.at), *inner, Token("}", token.at)])

    # === Macros ===

    def _expand(self, token: Token) -> None:
        macro = self.book.macros[token.text]
        self.expansions += 1
        if self.expansions > MOST_EXPANSIONS:
            raise LatexProblem(_("The macro {name} never comes to an end.", name=token.text), token.at)
        arguments: list[list[Token]] = []
        if macro.default is not None:
            self._skip_space()
            arguments.append(self._option() or list(macro.default))
        while len(arguments) < macro.arguments:
            self._skip_space()
            if not self.rest:
                raise LatexProblem(
                    _("The macro {name} wants {count} arguments.", name=token.text, count=macro.arguments), token.at
                )
            arguments.append(self._argument())
        self._push(_substitute(macro.body, arguments, token.at))

    def _new_command(self, token: Token) -> None:
        if self._peek() == "*":
            self._next()
        name = self._word().strip()
        self._skip_space()
        count = self._option()
        self._skip_space()
        default = self._option() if count is not None else None
        self._define(token, name, _number(count), self._argument(), default)

    def _def(self, token: Token) -> None:
        self._skip_space()
        name = self._next().text if self.rest else ""
        count = 0
        while self.rest and self._peek() != "{":
            count += self._next().text == "#"
        self._define(token, name, count, self._argument())

    def _let(self, token: Token) -> None:
        self._skip_space()
        name = self._next().text if self.rest else ""
        self._skip_space()
        if self._peek() == "=":
            self._next()
            self._skip_space()
        self._define(token, name, 0, [self._next()] if self.rest else [])

    def _operator_name(self, token: Token) -> None:
        star = "*" if self._peek() == "*" else ""
        if star:
            self._next()
        name = self._word().strip()
        body = [*tokenize(rf"\operatorname{star}"), Token("{", token.at), *self._argument(), Token("}", token.at)]
        self._define(token, name, 0, body)

    def _define(
        self, token: Token, name: str, count: int, body: list[Token], default: list[Token] | None = None
    ) -> None:
        if not name.startswith("\\") or len(name) < 2 or count > 9:
            raise LatexProblem(_("A macro needs a name such as \\name and at most 9 arguments."), token.at)
        if name in _ACTS or name in {r"\left", r"\right"}:
            raise LatexProblem(_("{name} cannot be defined anew.", name=name), token.at)
        self.defined = True
        own = any(part.text == name for part in body)
        if own and name not in self.book.macros:
            raise LatexProblem(_("The macro {name} never comes to an end.", name=name), token.at)
        self.book.macros[name] = Macro(count, tuple(body), None if default is None else tuple(default))

    # === Environments, rows, numbers ===

    def _is_one_environment(self) -> bool:
        """Say whether the formula is one outer environment and nothing else."""
        text = "".join(token.text for token in reversed(self.rest)).strip()
        if not text.startswith(r"\begin{"):
            return False
        name = text[7 : text.find("}")]
        mapped = bridges.ENVIRONMENTS.get(name, name)
        return mapped in bridges.OUTER and text.endswith(rf"\end{{{name}}}") and text.count(rf"\begin{{{name}}}") == 1

    def _begin(self, token: Token) -> None:
        name = self._word().strip()
        self._deeper(token)
        mapped = bridges.ENVIRONMENTS.get(name, name)
        if name in bridges.ENVIRONMENTS_WITH_COUNT:
            self._argument()
        elif name.endswith("*") and name != mapped:
            self._option()
        environment = _Environment(name, self._placed(name, mapped), is_outer=self._is_outer_here(mapped))
        self.environments.append(environment)
        if environment.mapped == "smallmatrix":
            self._write(r"{\scriptstyle\begin{matrix}", token.at)
        elif environment.mapped:
            self._write(rf"\begin{{{environment.mapped}}}", token.at)
        if environment.mapped == "array":
            self._columns(token)
        self.last_command = ""

    def _is_outer_here(self, mapped: str) -> bool:
        return mapped in bridges.OUTER and self.is_outer and not self.environments

    def _placed(self, name: str, mapped: str) -> str:
        if name in bridges.ENVIRONMENTS_DROPPED:
            return ""
        if mapped in bridges.OUTER and not self._is_outer_here(mapped):
            return bridges.INNER[mapped.rstrip("*")]
        return mapped

    def _columns(self, token: Token) -> None:
        """Keep of a column specification what can be drawn: l, c, r and rules."""
        self._option()
        spec, depth = "", 0
        for part in self._argument():
            depth += (part.text == "{") - (part.text == "}")
            text = "l" if part.text in {"p", "m", "b", "X"} else part.text
            if not depth and bridges.COLUMN_SPEC.fullmatch(text):
                spec += text
        self._write(f"{{{spec or 'c'}}}", token.at)

    def _end(self, token: Token) -> None:
        name = self._word().strip()
        if not self.environments:
            raise LatexProblem(_("\\end{name} has no \\begin before it.", name=f"{{{name}}}"), token.at)
        environment = self.environments.pop()
        if environment.name != name:
            raise LatexProblem(
                _("\\begin{begun} is ended by \\end{ended}.", begun=f"{{{environment.name}}}", ended=f"{{{name}}}"),
                token.at,
            )
        self.depth -= 1
        if environment.is_outer:
            self.out.extend(self.numbering)
            self.numbering = []
        if environment.mapped == "smallmatrix":
            self._write(r"\end{matrix}}", token.at)
        elif environment.mapped:
            self._write(rf"\end{{{environment.mapped}}}", token.at)
        self.last_command = ""

    def _row(self, token: Token) -> None:
        """Write `\\\\` without the star and the extra height that may follow it."""
        if self._peek() == "*":
            self._next()
        option = self._option()
        if option is not None and not bridges.ROW_SKIP.fullmatch("".join(part.text for part in option)):
            self._push([Token("[", token.at), *option, Token("]", token.at)])
        if self.environments:
            self.environments[-1].columns = 0
        elif not self.depth:
            self.broken_row = True
        self._emit(token)

    def _column(self, token: Token) -> None:
        if self.environments:
            environment = self.environments[-1]
            environment.columns += 1
            if environment.name.startswith("eqnarray") and environment.columns == 2:
                return
        elif not self.depth:
            self.has_columns = True
        self._emit(token)

    def _tag(self, token: Token) -> None:
        star = "*" if self._peek() == "*" else ""
        if star:
            self._next()
        words = self.book.tag(self._word().strip())
        if self.numbering and self.numbering[0].text.startswith(r"\tag"):
            return
        self._number(tokenize(rf"\tag{star}{{{words}}}"), token.at)

    def _label(self, token: Token) -> None:
        self._number(tokenize(rf"\label{{{self.book.label(self._word())}}}"), token.at)

    def _number(self, tokens: list[Token], at: int | None = None) -> None:
        """Put a number where math-core takes it: in the row of an outer environment, else at the formula's end."""
        tokens = [Token(token.text, token.at if at is None else at) for token in tokens]
        in_row = len(self.environments) == 1 and self.environments[0].is_outer
        (self.out if in_row else self.numbering).extend(tokens)

    def _no_number(self, token: Token) -> None:
        if len(self.environments) == 1 and self.environments[0].is_outer:
            self._emit(token)

    def _refer(self, token: Token) -> None:
        self._write(rf"\eqref{{{self.book.label(self._word())}}}", token.at)

    def _intertext(self, token: Token) -> None:
        inner = self._argument()
        self._push(
            [
                Token("&", token.at),
                Token(r"\text", token.at),
                Token("{", token.at),
                *inner,
                Token("}", token.at),
                Token(r"\notag", token.at),
                Token(r"\\", token.at),
            ]
        )

    def _wrapped(self) -> list[Token]:
        """Give rows that stand alone an environment, and a number an equation to belong to."""
        out = self.out
        if self.broken_row or (self.has_columns and self.display):
            out = _surround("aligned" if self.has_columns else "gathered", out)
        if self.numbering and self.display:
            out = _surround("equation", [*out, *self.numbering])
        elif self.numbering:
            out = [*out, *tokenize(r"\quad"), *_tag_as_text(self.numbering)]
        return out

    def _has_content(self) -> bool:
        return any(not token.is_space for token in self.out)

    def _sole_reference(self) -> str:
        words = [token.text for token in self.out if not token.is_space]
        if len(words) > 3 and words[0] == r"\eqref" and words[1] == "{" and words.index("}") == len(words) - 1:
            return "".join(words[2:-1])
        return ""

    # === Words, operators, braces ===

    def _text(self, token: Token) -> None:
        """Write text so that math-core reads it; `$...$` inside becomes mathematics again."""
        inner = self._argument()
        if not any(part.text == "$" for part in inner):
            self._write_text(token, inner)
            return
        self._write("{", token.at)
        piece: list[Token] = []
        in_math = False
        for part in [*inner, Token("$", token.at)]:
            if part.text != "$":
                piece.append(part)
                continue
            if in_math:
                self._nested(piece)
            elif piece:
                self._write_text(token, piece)
            piece, in_math = [], not in_math
        self._write("}", token.at)

    def _nested(self, tokens: list[Token]) -> None:
        """Rewrite mathematics that stands within text."""
        outer, self.rest = self.rest, tokens[::-1]
        self._write("{", tokens[0].at if tokens else 0)
        while self.rest:
            self._step(self._next())
        self._write("}", tokens[-1].at if tokens else 0)
        self.rest = outer

    def _write_text(self, token: Token, inner: list[Token]) -> None:
        self._emit(token)
        self._write("{", token.at)
        last = ""
        for part in inner:
            text = "~" if part.is_space and last in _TEXT_SPECIALS else _as_text(part.text)
            self.out.append(Token(text, part.at))
            last = part.text
        self._write("}", token.at)
        self.last_command = ""

    def _space(self, token: Token) -> None:
        """Write `\\hspace` without the star that would keep it at the edge of a line."""
        if self._peek() == "*":
            self._next()
        self._emit(token)

    def _limits(self, token: Token) -> None:
        if self.last_command in bridges.TAKES_LIMITS:
            self._emit(token)

    def _operator(self, token: Token) -> None:
        """Read `\\operatorname`, with a star where `\\limits` follows it."""
        star = self._peek() == "*"
        if star:
            self._next()
        inner = self._argument()
        self._skip_space()
        if self._peek() == r"\limits":
            self._next()
            star = True
        name = r"\operatorname*" if star else r"\operatorname"
        self.out.extend([Token(name, token.at), Token("{", token.at), *inner, Token("}", token.at)])
        self.last_command = ""

    def _mathop(self, token: Token) -> None:
        """Write a `\\mathop` that has limits as something with marks above and below it."""
        inner = self._argument()
        self._skip_space()
        above_and_below = self.display
        if self._peek() in {r"\limits", r"\nolimits"}:
            above_and_below = self._next().text == r"\limits"
        marks: dict[str, list[Token]] = {}
        self._skip_space()
        while above_and_below and self._peek() in {"_", "^"} and self._peek() not in marks:
            mark = self._next().text
            marks[mark] = self._argument()
            self._skip_space()
        body = [Token("{", token.at), *inner, Token("}", token.at)]
        if not marks:
            self._push(body)
            return
        for mark, command in (("_", r"\underset"), ("^", r"\overset")):
            if mark in marks:
                body = [
                    Token("{", token.at),
                    Token(command, token.at),
                    Token("{", token.at),
                    *marks[mark],
                    Token("}", token.at),
                    *body,
                    Token("}", token.at),
                ]
        self._push(body)

    def _substack(self, token: Token) -> None:
        inner = self._argument()
        self._push([*tokenize(r"\begin{subarray}{c}"), *inner, *tokenize(r"\end{subarray}")], None)

    def _colour(self, token: Token) -> None:
        """Keep a colour that has a name in both themes; without one the words stay and the colour goes."""
        self._option()
        name = self._word().strip().lower()
        name = bridges.COLOUR_NAMES.get(name, name)
        if name in bridges.COLOURS:
            self._emit(token)
            self._write(f"{{{name}}}", token.at)

    def _superscript(self, token: Token) -> None:
        """Write `^{'}` and `^{\\prime}` as the prime that they mean."""
        inner = [part.text for part in self.rest[-1:-6:-1]]
        count = 1
        while count < len(inner) and inner[count] in {"'", r"\prime"}:
            count += 1
        if inner[:1] == ["{"] and count > 1 and inner[count : count + 1] == ["}"] and self._may_take_prime():
            for _part in range(count + 1):
                self._next()
            self._write("'" * (count - 1), token.at)
            return
        self._emit(token)

    def _may_take_prime(self) -> bool:
        return bool(self.out) and self.out[-1].text not in {"'", "_", "^", "{", "&"}

    def _open(self, token: Token) -> None:
        self._deeper(token)
        self._emit(token)

    def _close(self, token: Token) -> None:
        self.depth = max(0, self.depth - 1)
        self._emit(token)

    def _deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > FORMULA_DEPTH:
            raise LatexProblem(_("The formula is nested more than {limit} deep.", limit=FORMULA_DEPTH), token.at)

    def _comment(self, token: Token) -> None:
        while self.rest:
            part = self._next()
            if part.is_space and "\n" in part.text:
                self._emit(Token(" ", part.at))
                return

    def _stray(self, token: Token) -> None:
        """Drop a `$` that stands inside a formula: it has nothing to open."""


@dataclass(slots=True)
class _Environment:
    name: str
    mapped: str
    is_outer: bool
    columns: int = 0


def _as_text(text: str) -> str:
    if text in _TEXT_SPECIALS:
        return "\\" + text
    return "" if text in bridges.SILENT else bridges.SYNONYMS.get(text, text)


def _number(count: list[Token] | None) -> int:
    digits = "".join(token.text for token in count or ()).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 1 else (10 if digits else 0)


def _substitute(body: tuple[Token, ...], arguments: list[list[Token]], at: int) -> list[Token]:
    """Put arguments in; the macro's own tokens point to where it was called."""
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


def _surround(name: str, tokens: list[Token]) -> list[Token]:
    first, last = (tokens[0].at, tokens[-1].at) if tokens else (0, 0)
    begin = [Token(token.text, first) for token in tokenize(rf"\begin{{{name}}}")]
    return [*begin, *tokens, *(Token(token.text, last) for token in tokenize(rf"\end{{{name}}}"))]


def _tag_as_text(numbering: list[Token]) -> list[Token]:
    """Show a tag of an inline formula, which has no margin to stand in, behind it."""
    if not numbering or not numbering[0].text.startswith(r"\tag"):
        return []
    inner = [token for token in numbering[2:] if token.text != "}"]
    return [Token("(", numbering[0].at), *inner, Token(")", numbering[0].at)]


_TEXT_SPECIALS = frozenset("_&#")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_SPECIAL = re.compile(r"\\\\|\\\n|\\[A-Za-z]+\*|[&%$]|\^\s*\{'|\^\s*\{\\prime")
_ACTS: dict[str, Callable[[_Rewriter, Token], None]] = {
    r"\newcommand": _Rewriter._new_command,
    r"\renewcommand": _Rewriter._new_command,
    r"\providecommand": _Rewriter._new_command,
    r"\def": _Rewriter._def,
    r"\gdef": _Rewriter._def,
    r"\let": _Rewriter._let,
    r"\DeclareMathOperator": _Rewriter._operator_name,
    r"\begin": _Rewriter._begin,
    r"\end": _Rewriter._end,
    r"\\": _Rewriter._row,
    "&": _Rewriter._column,
    r"\tag": _Rewriter._tag,
    r"\label": _Rewriter._label,
    r"\notag": _Rewriter._no_number,
    r"\nonumber": _Rewriter._no_number,
    r"\eqref": _Rewriter._refer,
    r"\intertext": _Rewriter._intertext,
    r"\hspace": _Rewriter._space,
    r"\limits": _Rewriter._limits,
    r"\nolimits": _Rewriter._limits,
    r"\operatorname": _Rewriter._operator,
    r"\mathop": _Rewriter._mathop,
    r"\substack": _Rewriter._substack,
    r"\color": _Rewriter._colour,
    r"\textcolor": _Rewriter._colour,
    "^": _Rewriter._superscript,
    "{": _Rewriter._open,
    "}": _Rewriter._close,
    r"\left": _Rewriter._open,
    r"\right": _Rewriter._close,
    "%": _Rewriter._comment,
    "$": _Rewriter._stray,
}
_CONCERNS = frozenset(
    {name for name in _ACTS if len(name) > 1} - {r"\left", r"\right"}
    | bridges.SYNONYMS.keys()
    | bridges.SILENT
    | bridges.KEEP_SECOND
    | bridges.KEEP_ONLY
    | bridges.DROP_ARGUMENT
    | bridges.TEXT
)
