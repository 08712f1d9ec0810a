"""Braces, primes, colours and comments, and nesting depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from community.rendering.math import bridges
from community.rendering.math.tokens import Token

if TYPE_CHECKING:
    from .rewriter import Rewriter

_PRIMES = frozenset({"'", r"\prime"})
_NO_PRIME_AFTER = frozenset({"'", "_", "^", "{", "&"})


def keep_group(rewriter: Rewriter, token: Token, *, second: bool) -> None:
    """Replace a command by its argument; `second`: by its second argument."""
    rewriter.option()
    if second:
        rewriter.argument()
    rewriter.push([Token("{", token.at), *rewriter.argument(), Token("}", token.at)])


def open_group(rewriter: Rewriter, token: Token) -> None:
    rewriter.deeper(token)
    rewriter.emit(token)


def close_group(rewriter: Rewriter, token: Token) -> None:
    rewriter.depth = max(0, rewriter.depth - 1)
    rewriter.emit(token)


def superscript(rewriter: Rewriter, token: Token) -> None:
    r"""Write `^{'}` and `^{\prime}` as a prime."""
    inner = [part.text for part in rewriter.rest[-1:-6:-1]]
    count = 1
    while count < len(inner) and inner[count] in _PRIMES:
        count += 1
    if inner[:1] == ["{"] and count > 1 and inner[count : count + 1] == ["}"] and _may_take_prime(rewriter):
        for _part in range(count + 1):
            rewriter.next()
        rewriter.write("'" * (count - 1), token.at)
        return
    rewriter.emit(token)


def colour(rewriter: Rewriter, token: Token) -> None:
    """Keep a colour that has a name in both themes; otherwise drop the colour and keep the content."""
    rewriter.option()
    name = rewriter.word().strip().lower()
    name = bridges.COLOUR_NAMES.get(name, name)
    if name in bridges.COLOURS:
        rewriter.emit(token)
        rewriter.write(f"{{{name}}}", token.at)


def colour_box(rewriter: Rewriter, token: Token) -> None:
    """Frame what has a ground of some colour: one colour rarely suits both themes, and a frame stands out as well."""
    rewriter.option()
    rewriter.argument()
    rewriter.push([Token(r"\boxed", token.at), Token("{", token.at), *rewriter.argument(), Token("}", token.at)])


def space(rewriter: Rewriter, token: Token) -> None:
    r"""Write `\hspace` without its star."""
    rewriter.skip("*")
    rewriter.emit(token)


def comment(rewriter: Rewriter, token: Token) -> None:
    while rewriter.rest:
        part = rewriter.next()
        if part.is_space and "\n" in part.text:
            rewriter.emit(Token(" ", part.at))
            return


def drop_stray_dollar(rewriter: Rewriter, token: Token) -> None:
    """Drop a stray `$` inside a formula."""


HANDLERS = {
    "{": open_group,
    "}": close_group,
    r"\left": open_group,
    r"\right": close_group,
    "^": superscript,
    r"\color": colour,
    r"\textcolor": colour,
    r"\colorbox": colour_box,
    r"\hspace": space,
    "%": comment,
    "$": drop_stray_dollar,
}


def _may_take_prime(rewriter: Rewriter) -> bool:
    return bool(rewriter.out) and rewriter.out[-1].text not in _NO_PRIME_AFTER
