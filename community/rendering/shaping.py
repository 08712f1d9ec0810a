"""Final changes to Python-Markdown's tree: headings, pictures, tasks, tables, ids and links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from . import pictures
from .chars import han_and_words
from .emphasis import WRAPPER
from .islands import PLACEHOLDER
from .mentioned import mentioned_handles
from .sanitizer import SCHEMES
from .source import unquoted

if TYPE_CHECKING:
    from .markup import Page

_TASK = re.compile(r"\s*\[([ xX])\][ \u3000]")
_INDENT = re.compile(r"\n +")
_SCHEME = re.compile(r"([^/?#:]*):")
_TEXT_BLOCKS = frozenset("p h1 h2 h3 h4 h5 h6 li td th".split())
_BLOCKS = frozenset("p ul ol blockquote table div pre figure".split())
FEWEST_WORDS = 6
_HEADING = re.compile(r"h[1-6]")


class Shape(Treeprocessor):
    """Tree processor that runs after the inline patterns."""

    def __init__(self, page: Page) -> None:
        super().__init__(page.markdown)
        self.page = page

    def run(self, root: ElementTree.Element) -> None:
        _unwrap(root)
        _outdent(root)
        self._lower_headings(root)
        self._mark_languages(root)
        self._walk(root, in_link=False)
        self.page.mentions = mentioned_handles(root, self.page.islands)

    def _lower_headings(self, root: ElementTree.Element) -> None:
        """Lower headings to start at level two if the text has first-level ones; the page title is the only h1."""
        if root.find(".//h1") is None:
            return
        for element in root.iter():
            if _HEADING.fullmatch(element.tag):
                element.tag = f"h{min(6, int(element.tag[1]) + 1)}"

    def _mark_languages(self, root: ElementTree.Element) -> None:
        """Set `lang` on blocks in another language than the text, for fonts, punctuation and speech."""
        for element in root.iter():
            if element.tag in _TEXT_BLOCKS and not any(child.tag in _BLOCKS for child in element):
                tag = _other_language("".join(element.itertext()), self.page.context.language)
                if tag:
                    element.set("lang", tag)

    def _walk(self, parent: ElementTree.Element, *, in_link: bool) -> None:
        for index, child in enumerate(list(parent)):
            if child.tag == "img":
                self._picture(parent, index, child, in_link)
                continue
            self._shape(child)
            self._walk(child, in_link=in_link or child.tag == "a")
            if child.tag == "p" and _is_sole_figure(child):
                figure = child[0]
                figure.tail = child.tail
                parent[index] = figure

    def _picture(self, parent: ElementTree.Element, index: int, image: ElementTree.Element, in_link: bool) -> None:
        width, image.tail = pictures.width_after(image.tail or "")
        if width:
            image.set("width", width)
            image.attrib.pop("height", None)
        alone = (
            parent.tag == "p"
            and len(parent) == 1
            and not (parent.text or "").strip()
            and not (image.tail or "").strip()
        )
        placed = pictures.place(image, self.page.context, alone=alone, in_link=in_link)
        placed.tail = image.tail
        parent[index] = placed

    def _shape(self, element: ElementTree.Element) -> None:
        if element.tag == "li":
            _task(element)
        elif element.tag in {"td", "th"} and element.get("align"):
            element.set("class", f"align-{element.attrib.pop('align')}")
        elif element.tag == "a" and not _is_safe(element.get("href", "")):
            _show_address(element)
        elif element.tag == "a" and (element.get("href") or "").startswith("#"):
            element.set("href", f"#{self.page.context.prefix}{unquoted(element.get('href', '')[1:])}")
        elif _HEADING.fullmatch(element.tag):
            self.page.mark_heading(element)
            return
        if element.get("id"):
            element.set("id", self.page.context.prefix + element.get("id", ""))


def _other_language(text: str, language: str) -> str:
    """Return the tag of a block's language if it clearly differs from the text's; foreign names do not count."""
    han, words = han_and_words(PLACEHOLDER.sub(" ", text))
    if language == "en":
        return "zh-Hans" if han > words else ""
    return "en" if not han and words >= FEWEST_WORDS else ""


def _unwrap(element: ElementTree.Element) -> None:
    """Remove the wrappers of emphasis and keep their content."""
    for child in element:
        _unwrap(child)
    if not any(child.tag == WRAPPER for child in element):
        return
    children = list(element)
    text, element.text = element.text, None
    for child in children:
        element.remove(child)
    _say(element, text)
    for child in children:
        if child.tag == WRAPPER:
            _say(element, child.text)
            element.extend(list(child))
            _say(element, child.tail)
        else:
            element.append(child)


def _outdent(root: ElementTree.Element) -> None:
    """Remove the indentation of continued lines inside lists."""
    for element in root.iter():
        if element.text and "\n " in element.text:
            element.text = _INDENT.sub("\n", element.text)
        if element.tail and "\n " in element.tail:
            element.tail = _INDENT.sub("\n", element.tail)


def _say(parent: ElementTree.Element, text: str | None) -> None:
    if not text:
        return
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _is_safe(address: str) -> bool:
    """Return whether the sanitiser would keep the URL: a known scheme, or none."""
    scheme = _SCHEME.match("".join(address.split()))
    return scheme is None or scheme[1].lower() in SCHEMES


def _show_address(link: ElementTree.Element) -> None:
    """Show the URL of a forbidden link as text."""
    _say(link, f" ({link.attrib.pop('href')})")


def _is_sole_figure(paragraph: ElementTree.Element) -> bool:
    return len(paragraph) == 1 and paragraph[0].tag == "figure"


def _task(item: ElementTree.Element) -> None:
    """Turn `[ ]` and `[x]` at the start of an item into a disabled checkbox."""
    holder = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
    match = _TASK.match(holder.text or "")
    if match is None:
        return
    box = ElementTree.Element("input", {"type": "checkbox", "disabled": ""})
    if match[1] in "xX":
        box.set("checked", "")
    box.tail = AtomicString(f" {(holder.text or '')[match.end() :]}")
    holder.text = None
    holder.insert(0, box)
    item.set("class", "task")
