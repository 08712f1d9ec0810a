"""Emphasis by CommonMark's delimiter runs, adapted to East Asian text: `**重要。**所以` is bold.

One linear pass over a text; it replaces Python-Markdown's emphasis patterns, which do not nest by that rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree

from markdown.inlinepatterns import InlineProcessor
from markdown.util import ETX, STX

from .chars import is_cjk, is_punctuation, is_space

WRAPPER = "x-run"
DEEPEST = 12
_DELIMITERS = re.compile(r"\*+|_+|~+")
_TAGS = {("*", 1): "em", ("_", 1): "em", ("*", 2): "strong", ("_", 2): "strong", ("~", 2): "del"}


@dataclass(slots=True, eq=False)
class Node:
    """A piece of text, a delimiter run or an element, in a doubly linked list."""

    text: str = ""
    tag: str = ""
    children: list[Node] = field(default_factory=list)
    depth: int = 0
    count: int = 0
    length: int = 0
    opens: bool = False
    closes: bool = False
    before: Node | None = None
    after: Node | None = None


class Emphasis(InlineProcessor):
    """Inline processor that takes the whole text at its first delimiter and returns one wrapper, unwrapped later."""

    def __init__(self) -> None:
        super().__init__(r"[*_]|~~")

    def handleMatch(self, match: re.Match[str], text: str) -> tuple[ElementTree.Element, int, int]:  # type: ignore[override]  # noqa: N802
        wrapper = ElementTree.Element(WRAPPER)
        _fill(wrapper, emphasise(text))
        return wrapper, 0, len(text)


def emphasise(text: str) -> list[Node]:
    """Return the text as nodes, with elements where delimiters match."""
    head = _split(text)
    _match(head)
    return _siblings(head.after)


def _split(text: str) -> Node:
    head = last = Node()
    position = 0
    for match in _DELIMITERS.finditer(text):
        if match.start() > position:
            last = _link(last, Node(text=text[position : match.start()]))
        last = _link(last, _delimiter(text, match))
        position = match.end()
    _link(last, Node(text=text[position:]))
    return head


def _link(last: Node, node: Node) -> Node:
    last.after, node.before = node, last
    return node


def _delimiter(text: str, match: re.Match[str]) -> Node:
    mark = match[0][0]
    if mark == "~" and len(match[0]) != 2:
        return Node(text=match[0])
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    left, right = _flanks(before, after), _flanks(after, before)
    opens, closes = left, right
    if mark == "_":
        opens = left and (not right or is_punctuation(before))
        closes = right and (not left or is_punctuation(after))
    size = len(match[0])
    return Node(text=mark, count=size, length=size, opens=opens, closes=closes)


def _flanks(outside: str, inside: str) -> bool:
    """Return whether a run can delimit emphasis on this side. East Asian characters are boundaries by themselves."""
    if is_space(inside):
        return False
    if not is_punctuation(inside) or is_cjk(inside):
        return True
    return is_space(outside) or is_punctuation(outside) or is_cjk(outside)


def _match(head: Node) -> None:
    """Pair closing runs with the nearest opening ones; `bottoms` bound the search."""
    bottoms: dict[tuple[str, bool, int], Node] = {}
    node = head.after
    while node is not None:
        if not (node.count and node.closes):
            node = node.after
            continue
        key = (node.text, node.opens, node.length % 3)
        opener = _opener(node, bottoms.get(key, head))
        if opener is None:
            bottoms[key] = node.before or head
            node = node.after
            continue
        size = 2 if node.count >= 2 and opener.count >= 2 else 1
        _wrap(opener, node, size)
        if not node.count:
            node = node.after


def _opener(closer: Node, bottom: Node) -> Node | None:
    node = closer.before
    while node is not None and node is not bottom:
        if node.count and node.opens and node.text == closer.text and _fits(node, closer):
            return node
        node = node.before
    return None


def _fits(opener: Node, closer: Node) -> bool:
    if closer.text == "~":
        return opener.count == closer.count == 2
    if (opener.closes or closer.opens) and (opener.length + closer.length) % 3 == 0:
        return opener.length % 3 == 0 and closer.length % 3 == 0
    return True


def _wrap(opener: Node, closer: Node, size: int) -> None:
    """Wrap the nodes between two runs in an element; delimiters left inside become text."""
    children = _siblings(opener.after, closer)
    opener.count -= size
    closer.count -= size
    depth = 1 + max((child.depth for child in children), default=0)
    if depth > DEEPEST:
        children = [Node(text=opener.text * size), *children, Node(text=opener.text * size)]
        element = Node(tag="", children=children, depth=depth - 1)
    else:
        element = Node(tag=_TAGS[opener.text, size], children=children, depth=depth)
    _link(opener, element)
    _link(element, closer)


def _siblings(node: Node | None, end: Node | None = None) -> list[Node]:
    found = []
    while node is not None and node is not end:
        if node.count or node.text or node.tag or node.children:
            found.append(node)
        node = node.after
    return found


def _fill(parent: ElementTree.Element, nodes: list[Node]) -> None:
    """Write nodes as elements. Text is put in wrappers, never in tails: Python-Markdown is quadratic in tails."""
    words: list[str] = []
    for node in nodes:
        if not node.tag and not node.children:
            words.append(_literal(node))
            continue
        _say(parent, words)
        _fill(ElementTree.SubElement(parent, node.tag) if node.tag else parent, node.children)
    _say(parent, words)


def _say(parent: ElementTree.Element, words: list[str]) -> None:
    if text := "".join(words):
        ElementTree.SubElement(parent, WRAPPER).text = text
    words.clear()


def _literal(node: Node) -> str:
    """Return a delimiter as text that is not parsed again."""
    if not node.length:
        return "".join(f"{STX}{ord(char)}{ETX}" if char in "*_~" else char for char in node.text)
    return f"{STX}{ord(node.text)}{ETX}" * node.count
